"""Put a decision into words: what is shown, which policy says so and why, and what would show more."""

from dataclasses import asdict, dataclass
from typing import Any

from meshwright.access.decision import ColumnDecision, Decision, PolicyReference, RowRule

NOTHING = "no policy grants it"
NO_ROW = "no policy permits any row"
_RESULT = {"permit": "shown", "forbid": "hidden"}


@dataclass(frozen=True, slots=True)
class Explanation:
    """One row per column: name, level, the ids that decided and why; and the smallest requests for more.

    `limits` are empty when all rows are shown; else one for each policy that shows or hides rows: which of the two,
    where, its id and why.
    """

    product: str
    principal: str
    purpose: str
    discover: bool
    read: bool
    problem: str
    rows: tuple[tuple[str, str, str, str], ...]
    asks: tuple[str, ...]
    limits: tuple[tuple[str, str, str, str], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Give the explanation as plain values, rows by name."""
        named = [dict(zip(("column", "level", "by", "why"), row, strict=True)) for row in self.rows]
        limits = [dict(zip(("rows", "where", "by", "why"), limit, strict=True)) for limit in self.limits]
        return {**asdict(self), "rows": named, "limits": limits}

    def __str__(self) -> str:
        """Write it as lines."""
        found = "found" if self.discover else "not found"
        head = [f"{self.principal} for {self.purpose or '(no purpose)'} on {self.product}: {found}"]
        problem = [f"  {self.problem}"] if self.problem else []
        rows = [f"  {name}: {level}, {by or 'nobody'}: {why}" for name, level, by, why in self.rows]
        limits = [f"  rows {what} where {where}, {by or 'nobody'}: {why}" for what, where, by, why in self.limits]
        return "\n".join([*head, *problem, *rows, *limits, *(f"  for more: {ask}" for ask in self.asks)])


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
        limits=_limits(decision.rows) if decision.rows else (),
    )


def _limits(rule: RowRule) -> tuple[tuple[str, str, str, str], ...]:
    found = tuple((_RESULT[c.effect], c.text, c.policy.id, c.policy.why) for c in rule.conditions)
    permits = any(each.effect == "permit" for each in rule.conditions)
    return found if permits else (*found, ("hidden", "true", "", NO_ROW))


def _row(path: str, column: ColumnDecision) -> tuple[str, str, str, str]:
    level = ", ".join([column.level, *(f"or {each}" for each in column.granted[1:])])
    return path, level, ", ".join(each.id for each in column.by), _why(column.by)


def _why(by: tuple[PolicyReference, ...]) -> str:
    return "; ".join(dict.fromkeys(each.why or each.id for each in by)) or NOTHING
