"""Random queries, shaped by what somebody sees, so that most of them have an answer."""

import random
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from drawn_policies import LEVELS, PURPOSES, Access, Person
from reference import View, cell
from visits import CELLS, VISITS

STRAYING = 0.03
"""How often a name or a literal is any at all, seen or not."""
_NUMBERS, _NESTED = ("integer", "number", "decimal"), ("list", "struct")


def purpose(drawn: random.Random, who: Person) -> str:
    """Draw a purpose, mostly one that is somebody's."""
    return drawn.choice(who.purposes if drawn.random() < 0.96 else sorted(PURPOSES))


def levels(drawn: random.Random, access: Access) -> dict[str, str]:
    """Ask for lower levels, hardly ever for one that is not granted."""
    open_ = sorted(set(access.granted) - access.hidden)
    if drawn.random() < 0.6 or not open_:
        return {}
    named = drawn.sample(open_, min(len(open_), drawn.randrange(1, 3)))
    stray = drawn.random() < STRAYING
    return {
        path: drawn.choice(LEVELS if stray else (*access.granted[path], "hidden"))
        for path in named
        if "calls" not in path
    }


def query(drawn: random.Random, seen: View) -> dict[str, Any]:
    """Draw a query about what is seen."""
    found: dict[str, Any] = {}
    grouped = drawn.random() < 0.25
    if drawn.random() < (0.2 if grouped else 0.5):
        found["filter"] = _filter(drawn, seen, 2)
    if grouped:
        found["aggregate"] = _aggregate(drawn, seen)
        if drawn.random() < 0.3:
            found["order_by"] = [_order(drawn, "n"), *(_order(drawn, path) for path in found["aggregate"]["by"])]
    else:
        if drawn.random() < 0.6:
            found["columns"] = _columns(drawn, seen)
        if drawn.random() < 0.4:
            found["order_by"] = [_order(drawn, _cell(drawn, seen)) for _ in range(drawn.randrange(1, 3))]
    if "order_by" in found or drawn.random() < 0.3:
        found["limit"] = drawn.choice((0, 1, 3, 5, 10, 10, 10, 10, 20, 100))
    return found


def _columns(drawn: random.Random, seen: View) -> list[str]:
    shown = [column.name for column in VISITS.columns if seen.cells(column.name)]
    found = drawn.sample(shown, drawn.randrange(1, len(shown) + 1)) if shown else ["visit_no"]
    return [drawn.choice(CELLS).path if drawn.random() < STRAYING / 4 else name for name in found]


def _cell(drawn: random.Random, seen: View, kinds: Sequence[str] = ()) -> str:
    """Name something that is seen and can be compared, or anything."""
    if drawn.random() < STRAYING:
        return drawn.choice([*(cell.path for cell in CELLS), "nothing", "Email"])
    shown = [path for path, kind in seen.kinds.items() if _fits(path, kind, kinds)]
    return drawn.choice(shown) if shown else "visit_no"


def _fits(path: str, kind: str, kinds: Sequence[str]) -> bool:
    return not path.startswith("calls.") and (kind in kinds if kinds else kind not in _NESTED)


def _order(drawn: random.Random, path: str) -> dict[str, Any]:
    return {"column": path, "descending": drawn.random() < 0.5}


def _filter(drawn: random.Random, seen: View, deep: int) -> dict[str, Any]:
    if deep and drawn.random() < 0.3:
        op = drawn.choice(("and", "or", "or", "not"))
        parts = [_filter(drawn, seen, deep - 1) for _ in range(drawn.randrange(1, 3))]
        return {"op": op, "of": parts[0] if op == "not" else parts}
    op = drawn.choice(("eq", "ne", "lt", "le", "gt", "ge", "is_in", "is_null", "starts_with", "ne", "is_in"))
    kinds = {"starts_with": ("string",), "eq": (), "ne": (), "is_in": (), "is_null": ()}.get(
        op, (*_NUMBERS, "string", "date", "timestamp")
    )
    path = _cell(drawn, seen, kinds)
    if op == "is_null":
        return {"op": "not", "of": {"op": op, "column": path}} if drawn.random() < 0.8 else {"op": op, "column": path}
    if op == "is_in":
        return {"op": op, "column": path, "values": [_literal(drawn, seen, path) for _ in range(drawn.randrange(5))]}
    value = _literal(drawn, seen, path)
    if op == "starts_with":
        value = str(value)[: drawn.randrange(8)]
    return {"op": op, "column": path, "value": value}


def _literal(drawn: random.Random, seen: View, path: str) -> Any:
    """Take a value that some row shows there, or any."""
    if drawn.random() < STRAYING:
        return drawn.choice(("EU", "", "1965-01-01", -1, 0.5, True, "tok1_k1_00"))
    there = [cell(row, path) for row in seen.rows] if _fits(path, seen.kinds.get(path, "list"), ()) else []
    found = [value for value in there if value is not None]
    return as_json(drawn.choice(found)) if found else _any_of(seen.kinds.get(path, "string"))


def _any_of(kind: str) -> Any:
    kinds: dict[str, Any] = {"integer": 3, "number": 1.5, "boolean": True, "decimal": "1.50", "date": "1965-01-01"}
    return kinds.get(kind, "2026-01-05T08:00:00+00:00" if kind == "timestamp" else "EU")


def as_json(value: Any) -> Any:
    """Write a literal as JSON has it."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _aggregate(drawn: random.Random, seen: View) -> dict[str, Any]:
    few = [path for path in ("region", "signed", "place.city", "region", "score", "email") if path in seen.kinds]
    by = list(dict.fromkeys(drawn.sample(few, min(len(few), drawn.choice((0, 0, 1, 1, 1, 2))))))
    by = [drawn.choice(CELLS).path if drawn.random() < STRAYING else path for path in by]
    figures = [{"name": "n", "function": "count"}, *(_measure(drawn, seen, n) for n in range(drawn.randrange(3)))]
    return {"by": by, "of": figures}


def _measure(drawn: random.Random, seen: View, number: int) -> dict[str, Any]:
    function = drawn.choice(("count", "sum", "mean", "min", "max"))
    kinds = () if function == "count" else _NUMBERS if function in ("sum", "mean") else (*_NUMBERS, "string", "date")
    clear = {path: kind for path, kind in seen.kinds.items() if seen.levels[path] == "clear"}
    narrowed = seen if function == "count" else View(clear, seen.rows, seen.levels, seen.sees_all)
    path = _cell(drawn, narrowed, kinds)
    if path == "visit_no" and function in ("sum", "mean"):
        function = "max"
    return {"name": f"f{number}", "function": function, "column": path}
