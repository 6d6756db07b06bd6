"""Put a decision into words: what is shown, which policy says so and why, and what would show more."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from meshwright.access.decision import ColumnDecision, Decision, Missing, PolicyReference, RowRule

NOTHING = "no policy grants it"
NO_ROW = "no policy permits any row"
MOST_REQUESTS = 3
"""So many requests are written out: one for each level, where an owner is asked."""
_RESULT = {"permit": "shown", "forbid": "hidden"}


@dataclass(frozen=True, slots=True)
class More:
    """What would show more of a column; the empty name is the product, which is not to be read at all.

    `ask` is the smallest request for the next level up, `ask_clear` the one for clear where that is another.
    """

    column: str
    ask: str = ""
    ask_clear: str = ""
    missing: tuple[Missing, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """One row per column: name, level, the ids that decided and why; and the smallest requests for more.

    `limits` are empty when all rows are shown; else one for each policy that shows or hides rows: which of the two,
    where, its id and why. `more` has what is missing, for each column that is not clear.
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
    more: tuple[More, ...] = ()

    @property
    def lacks(self) -> tuple[tuple[str, str, str, str], ...]:
        """Say what is missing, a row for columns that miss the same: which, for which level, what, and why.

        A forbid that hides a column is left out: the column's own row names it.
        """
        hidden = {name for name, level, *_ in self.rows if level == "hidden"}
        columns: dict[tuple[str, str, str], list[str]] = {}
        for each in self.more:
            known = [m for m in each.missing if m.reason != "forbidden" or each.column not in hidden]
            for told in _lacking(known):
                columns.setdefault(told, []).append(each.column or "the product")
        return tuple((", ".join(names), *told) for told, names in columns.items())

    @property
    def requests(self) -> tuple[str, ...]:
        """Write the smallest requests as lines, and how to ask for clear where that is another."""
        clear = [each.column for each in self.more if each.ask_clear]
        every = len(clear) == sum(bool(each.ask) for each in self.more)
        lines = [f"for more: {ask}" for ask in self.asks[:MOST_REQUESTS]]
        if more := len(self.asks) - len(lines):
            lines.append(f"and {more} more requests: --json has one for each column")
        if any("," in ask.partition("--columns ")[2].partition(" ")[0] for ask in self.asks):
            lines.append("of several columns, name those that you need")
        if clear:
            of = "" if every else f" of {', '.join(clear)}"
            lines.append(f"for clear{of}: the same with --level clear")
        return tuple(lines)

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
        lacks = [f"  {of}: {level} {what}{why and ': '}{why}" for of, level, what, why in self.lacks]
        rows = [f"  {name}: {level}, {by or 'nobody'}: {why}" for name, level, by, why in self.rows]
        limits = [f"  rows {what} where {where}, {by or 'nobody'}: {why}" for what, where, by, why in self.limits]
        return "\n".join([*head, *problem, *rows, *limits, *lacks, *(f"  {each}" for each in self.requests)])


def explain(decision: Decision) -> Explanation:
    """Explain a decision column by column."""
    problem = decision.problem
    if not decision.read and not problem:
        problem = f"may not read: {_why(decision.by)}"
    asks = [decision.ask, *(decision.asks or (column.ask for column in decision.columns.values()))]
    columns = ((path, c) for path, c in decision.columns.items() if c.ask or c.ask_clear or c.missing)
    more = [More(path, column.ask, column.ask_clear, column.missing) for path, column in columns]
    if decision.missing:
        more.insert(0, More("", decision.ask, "", decision.missing))
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
        more=tuple(more),
    )


def _lacking(missing: Sequence[Missing]) -> Iterator[tuple[str, str, str]]:
    """Say what a column lacks: for which levels, what, and why; purposes that do the same stand together.

    A permit that wants nothing but a purpose of theirs is said by the purpose.
    """
    purposes: dict[str, list[str]] = {}
    levels: dict[tuple[str, str], list[str]] = {}
    for each in missing:
        if each.reason == "purpose":
            purposes.setdefault(each.level, []).append(each.purpose)
        elif each.whom or each.when or each.purpose not in purposes.get(each.level, ()):
            levels.setdefault((_what(each), _why(each.by)), []).append(each.level)
    for level, named in purposes.items():
        yield level, f"for purpose {' or '.join(named)}, yours too", ""
    for (what, why), named in levels.items():
        yield ", ".join(named), what, why


def _what(missing: Missing) -> str:
    by = ", ".join(each.id for each in missing.by)
    if missing.reason == "forbidden":
        return f"forbidden by {by}"
    needs = (missing.whom and f"to {missing.whom}", missing.purpose and f"for purpose {missing.purpose}", missing.when)
    return f"{', '.join(filter(None, needs))}: permitted by {by}"


def _limits(rule: RowRule) -> tuple[tuple[str, str, str, str], ...]:
    found = tuple((_RESULT[c.effect], c.text, c.policy.id, c.policy.why) for c in rule.conditions)
    permits = any(each.effect == "permit" for each in rule.conditions)
    return found if permits else (*found, ("hidden", "true", "", NO_ROW))


def _row(path: str, column: ColumnDecision) -> tuple[str, str, str, str]:
    level = ", ".join([column.level, *(f"or {each}" for each in column.granted[1:])])
    return path, level, ", ".join(each.id for each in column.by), _why(column.by)


def _why(by: tuple[PolicyReference, ...]) -> str:
    return "; ".join(dict.fromkeys(each.why or each.id for each in by)) or NOTHING
