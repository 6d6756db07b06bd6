"""Put a decision into words: what is shown, which policy says so and why, and what would show more."""

from dataclasses import asdict, dataclass
from typing import Any

from meshwright.access.decision import ColumnDecision, Decision, PolicyReference

NOTHING = "no policy grants it"


@dataclass(frozen=True, slots=True)
class Explanation:
    """One row per column: name, level, the ids that decided and why; and the smallest requests for more."""

    product: str
    principal: str
    purpose: str
    discover: bool
    read: bool
    problem: str
    rows: tuple[tuple[str, str, str, str], ...]
    asks: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Give the explanation as plain values, rows by name."""
        named = [dict(zip(("column", "level", "by", "why"), row, strict=True)) for row in self.rows]
        return {**asdict(self), "rows": named}

    def __str__(self) -> str:
        """Write it as lines."""
        found = "found" if self.discover else "not found"
        head = [f"{self.principal} for {self.purpose or '(no purpose)'} on {self.product}: {found}"]
        problem = [f"  {self.problem}"] if self.problem else []
        rows = [f"  {name}: {level}, {by or 'nobody'}: {why}" for name, level, by, why in self.rows]
        return "\n".join([*head, *problem, *rows, *(f"  for more: {ask}" for ask in self.asks)])


def explain(decision: Decision) -> Explanation:
    """Explain a decision column by column."""
    problem = decision.problem
    if not decision.read and not problem:
        problem = f"may not read: {_why(decision.by)}"
    asks = [decision.ask, *(column.ask for column in decision.columns.values())]
    return Explanation(
        product=decision.product,
        principal=decision.principal,
        purpose=decision.purpose,
        discover=decision.discover,
        read=decision.read,
        problem=problem,
        rows=tuple(_row(path, column) for path, column in decision.columns.items()),
        asks=tuple(dict.fromkeys(ask for ask in asks if ask)),
    )


def _row(path: str, column: ColumnDecision) -> tuple[str, str, str, str]:
    level = ", ".join([column.level, *(f"or {each}" for each in column.granted[1:])])
    return path, level, ", ".join(each.id for each in column.by if each.id), _why(column.by)


def _why(by: tuple[PolicyReference, ...]) -> str:
    return "; ".join(dict.fromkeys(each.why or each.id for each in by)) or NOTHING
