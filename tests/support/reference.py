"""The slow, obvious reader: it masks every row in plain Python first, and runs the query on what is left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from drawn_policies import Access
from plain_masks import masked
from visits import CELLS, VISITS, Cell, Row, within

SMALLEST_GROUP = 5
_ORDERED = ("string", "integer", "number", "date", "timestamp", "decimal")
_EQUAL = (*_ORDERED, "boolean")


class Refused(Exception):
    """A query that nobody with this access may ask."""


@dataclass(frozen=True)
class View:
    """A table as somebody sees it: the kind of each cell that is shown, by path, and masked rows."""

    kinds: Mapping[str, str]
    rows: Sequence[Row]
    levels: Mapping[str, str]
    sees_all: bool

    def cells(self, name: str) -> list[str]:
        """List what is shown of a column."""
        return list(within(self.kinds, name))

    def kind(self, path: str) -> str:
        """Give the kind of a column or of a field; raise `Refused` for what is not shown or not there."""
        if path in self.kinds and not path.startswith("calls."):
            return self.kinds[path]
        if path not in ("place", "calls") or not self.cells(path):
            raise Refused(path)
        return "struct" if path == "place" else "list"


def view(table: Sequence[Row], access: Access, asked: Mapping[str, str], key: tuple[str, str]) -> View:
    """Choose rows by what they hold, then mask each cell at the level that is asked for, else at the strongest."""
    levels = {path: granted[0] if granted else "hidden" for path, granted in access.granted.items()}
    for name, level in asked.items():
        below = list(within(levels, name))
        if not below or any(level not in (*access.granted[path], "hidden") for path in below):
            raise Refused(name)
        levels |= dict.fromkeys(below, level)
    shown = [cell for cell in CELLS if levels[cell.path] != "hidden"]
    kinds = {cell.path: _kind(cell, levels[cell.path]) for cell in shown}
    masked = [
        _row(row, {cell.path: (cell, levels[cell.path]) for cell in shown}, key) for row in table if access.shows(row)
    ]
    return View(kinds, masked, levels, access.sees_all)


def answer(seen: View, query: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Run a query on what is seen; raise `Refused` where there is nothing to answer."""
    names = _columns(seen, query)
    found: list[Any] = [row for row in seen.rows if "filter" not in query or _holds(seen, query["filter"], row) is True]
    if "filter" in query:
        _holds(seen, query["filter"], dict.fromkeys((c.name for c in VISITS.columns), None))
    kinds = dict(seen.kinds)
    if "aggregate" in query:
        found, kinds = _groups(seen, query["aggregate"], found)
    for order in reversed(query.get("order_by", [])):
        kind = kinds.get(order["column"]) if "aggregate" in query else seen.kind(order["column"])
        if kind not in _EQUAL:
            raise Refused(order["column"])
        found = _sorted(found, order["column"], whole="aggregate" in query, descending=order.get("descending", False))
    found = found[: query.get("limit")]
    return found if "aggregate" in query else [{name: row[name] for name in names} for row in found]


def kinds_of(seen: View, query: Mapping[str, Any]) -> dict[str, str]:
    """Give the kind of each column of an answer."""
    if "aggregate" in query:
        return _groups(seen, query["aggregate"], [])[1]
    return {name: seen.kinds.get(name, "nested") for name in _columns(seen, query)}


def _columns(seen: View, query: Mapping[str, Any]) -> list[str]:
    shown = [column.name for column in VISITS.columns if seen.cells(column.name)]
    if "aggregate" in query:
        if query.get("columns") is not None:
            raise Refused("columns")
        return []
    asked = query.get("columns")
    if asked is None:
        return shown
    if any(name not in shown for name in asked):
        raise Refused("columns")
    return list(dict.fromkeys(asked))


def _kind(cell: Cell, level: str) -> str:
    return "string" if level == "token" and cell.kind != "list" else cell.kind


def _row(row: Row, shown: Mapping[str, tuple[Cell, str]], key: tuple[str, str]) -> dict[str, Any]:
    """Mask a row; structs and lists are rebuilt from what is shown of them."""

    def part(value: Row, prefix: str) -> dict[str, Any]:
        return {
            path.removeprefix(prefix): masked(value[path.removeprefix(prefix)], cell, level, key)
            for path, (cell, level) in shown.items()
            if path.startswith(prefix) and (prefix or "." not in path)
        }

    found = part(row, "")
    if [*within(shown, "place")]:
        found["place"] = None if row["place"] is None else part(row["place"], "place.")
    if [*within(shown, "calls")]:
        found["calls"] = None if row["calls"] is None else [part(call, "calls.item.") for call in row["calls"]]
    return found


def cell(row: Row, path: str) -> Any:
    """Give a column of a row, or a field of one; null where what it stands in is."""
    outer, _, inner = path.partition(".")
    found = row.get(outer)
    return found if not inner or found is None else found[inner]


def _sorted(found: list[Any], path: str, *, whole: bool, descending: bool) -> list[Any]:
    """Sort, equal ones as they were; nulls come last."""

    def read(row: Row) -> Any:
        return row[path] if whole else cell(row, path)

    there = [row for row in found if read(row) is not None]
    there.sort(key=read, reverse=descending)
    return [*there, *(row for row in found if read(row) is None)]


def _holds(seen: View, asked: Mapping[str, Any], row: Row) -> bool | None:
    """Answer a filter about a row, in the three values of SQL."""
    match asked["op"]:
        case "and" | "or":
            parts = [_holds(seen, each, row) for each in asked["of"]]
            settles = asked["op"] == "or"
            return settles if settles in parts else None if None in parts else not settles
        case "not":
            inner = _holds(seen, asked["of"], row)
            return None if inner is None else not inner
        case op:
            kind, value = seen.kind(asked["column"]), cell(row, asked["column"])
            return value is None if op == "is_null" else _compared(op, asked, kind, value)


def _compared(op: str, asked: Mapping[str, Any], kind: str, value: Any) -> bool | None:
    allowed = ("string",) if op == "starts_with" else _EQUAL if op in ("eq", "ne", "is_in") else _ORDERED
    if kind not in allowed:
        raise Refused(op)
    literals = [literal(each, kind) for each in (asked["values"] if op == "is_in" else [asked["value"]])]
    if value is None:
        return None
    if op == "is_in":
        return value in literals
    (other,) = literals
    return bool(
        {
            "eq": lambda: value == other,
            "ne": lambda: value != other,
            "lt": lambda: value < other,
            "le": lambda: value <= other,
            "gt": lambda: value > other,
            "ge": lambda: value >= other,
            "starts_with": lambda: value.startswith(other),
        }[op]()
    )


def literal(value: Any, kind: str) -> Any:
    """Read a literal as the kind that it is compared with; raise `Refused` when it is none."""
    numbers = {"integer": (int,), "number": (int, float), "decimal": (int, str)}
    wanted: tuple[type, ...] = (bool,) if kind == "boolean" else numbers.get(kind, (str,))
    if not isinstance(value, wanted) or (kind != "boolean" and isinstance(value, bool)):
        raise Refused(kind)
    try:
        return read_as(value, kind)
    except (ValueError, ArithmeticError):
        raise Refused(kind) from None


def read_as(value: Any, kind: str) -> Any:
    """Read text, or what JSON has, as a value of a kind."""
    match kind:
        case "date":
            return date.fromisoformat(value)
        case "timestamp":
            found = datetime.fromisoformat(value)
            if found.tzinfo is None:
                raise ValueError
            return found
        case "decimal":
            return Decimal(value)
        case "integer":
            return int(value)
        case "number":
            return float(value)
        case _:
            return value


def _groups(seen: View, asked: Mapping[str, Any], found: list[Any]) -> tuple[list[Any], dict[str, str]]:
    """Group and count; who does not see all is told of no group with less than five rows."""
    kinds = {path: seen.kind(path) for path in asked["by"]}
    if len(kinds) < len(asked["by"]) or any(kind not in _EQUAL for kind in kinds.values()):
        raise Refused("by")
    for measure in asked["of"]:
        if measure["name"] in kinds:
            raise Refused("name")
        kinds[measure["name"]] = _figure_kind(seen, measure)
    groups: dict[tuple[Any, ...], list[Row]] = {} if asked["by"] else {(): []}
    for row in found:
        groups.setdefault(tuple(cell(row, path) for path in asked["by"]), []).append(row)
    smallest = 0 if seen.sees_all else SMALLEST_GROUP
    told = [
        dict(zip(asked["by"], key, strict=True)) | {m["name"]: _figure(m, rows) for m in asked["of"]}
        for key, rows in groups.items()
        if len(rows) >= smallest
    ]
    return told, kinds


def _figure_kind(seen: View, measure: Mapping[str, Any]) -> str:
    function, path = measure["function"], measure.get("column")
    if path is None:
        if function != "count":
            raise Refused(function)
        return "integer"
    kind = seen.kind(path)
    if function == "count":
        return "integer"
    allowed = ("integer", "number", "decimal") if function in ("sum", "mean") else _ORDERED
    if seen.levels.get(path) != "clear" or kind not in allowed:
        raise Refused(function)
    return "number" if function == "mean" else kind


def _figure(measure: Mapping[str, Any], rows: Sequence[Row]) -> Any:
    path = measure.get("column")
    values: Sequence[Any] = [cell(row, path) for row in rows] if path else rows
    there = [value for value in values if value is not None]
    match measure["function"]:
        case "count":
            return len(there)
        case "sum":
            return sum(there)
        case "mean":
            return sum(map(float, there)) / len(there) if there else None
        case "min":
            return min(there, default=None)
        case _:
            return max(there, default=None)
