"""Reading, against a slow reference that masks every row in plain Python first and runs the query on what is left."""

import hashlib
import hmac
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from meshwright.access import ColumnDecision, Decision
from meshwright.dtypes import polars_type
from meshwright.errors import MeshError
from meshwright.markers import RevealLevel
from meshwright.masks import Mask
from meshwright.read import ReadQuery, read
from meshwright.spec import ColumnSpec, ScalarType, Spec, StructType

KEY = ("k1", "3c" * 32)
EPOCH = date(1970, 1, 1)
LEVELS: tuple[RevealLevel, ...] = ("clear", "coarse", "token")
BY_NAME: dict[str, RevealLevel] = {"clear": "clear", "coarse": "coarse", "token": "token", "hidden": "hidden"}
KINDS = {"name": "string", "email": "string", "born": "date", "amount": "integer", "place.city": "string"}
MASKS = {
    "name": Mask("text", "initial"),
    "email": Mask("email", "domain"),
    "born": Mask("text", "year"),
    "amount": Mask("text", "bucket:10"),
    "place.city": Mask("text", "prefix:2"),
}
CELLS: dict[str, st.SearchStrategy[Any]] = {
    "name": st.sampled_from(["Ana", "ana", "Bo", "B", "", "A\u0308rn"]),
    "email": st.sampled_from(["a@x.de", " A@X.DE", "b@y.fr", "none", "@ana"]),
    "born": st.dates(date(1950, 1, 1), date(1953, 12, 31)),
    "amount": st.integers(-25, 25),
    "place.city": st.sampled_from(["Ulm", "Ul", "Bonn", "U l m"]),
}


class OneKey:
    def key(self, scope: str) -> tuple[str, str]:
        return KEY


def column(name: str, kind: Any) -> ColumnSpec:
    return ColumnSpec(name=name, type=ScalarType(kind=kind), nullable=True)


SPEC = Spec(
    id="sales.people",
    version="1.0.0",
    columns=(
        column("id", "integer"),
        *(column(name, kind) for name, kind in KINDS.items() if "." not in name),
        ColumnSpec(name="place", type=StructType(fields=(column("city", "string"),)), nullable=True),
    ),
)
SCHEMA = {c.name: polars_type(c.type) for c in SPEC.columns}


def masked(value: Any, path: str, level: str) -> Any:
    if value is None or level == "clear":
        return value
    if level == "token":
        plain: Any = value
        if path == "email":
            plain = value.strip().lower()
        elif path == "name":
            plain = unicodedata.normalize("NFC", value)
        elif path == "born":
            plain = (value - EPOCH).days
        message = f"{KINDS[path]}\x1f{plain}".encode()
        return f"tok1_{KEY[0]}_{hmac.new(KEY[1].encode(), message, hashlib.sha256).hexdigest()[:32]}"
    if path == "born":
        return value.replace(month=1, day=1)
    if path == "amount":
        return value // 10 * 10
    if path == "email":
        return f"***@{value.split('@')[1].lower()}" if "." in value else "***"
    keep = 1 if path == "name" else 2
    return f"{value[:keep]}***" if sum(c.isalnum() for c in value) >= 2 * keep else "***"


def cell(row: Mapping[str, Any], path: str) -> Any:
    outer, _, inner = path.partition(".")
    return row[outer][inner] if inner and row[outer] is not None else None if inner else row[outer]


def seen(row: Mapping[str, Any], levels: Mapping[str, str]) -> dict[str, Any]:
    """Mask one row, and leave out what is hidden."""
    found: dict[str, Any] = {"id": row["id"]}
    for path, level in levels.items():
        outer, _, inner = path.partition(".")
        if level != "hidden":
            value = masked(cell(row, path), path, level)
            found[outer] = None if row[outer] is None else ({inner: value} if inner else value)
    return found


def holds(condition: Mapping[str, Any], row: Mapping[str, Any]) -> bool | None:
    """Evaluate a filter by the three-valued logic of SQL."""
    op = condition["op"]
    if op in ("and", "or"):
        parts = [holds(each, row) for each in condition["of"]]
        if (op == "or") in parts:
            return bool(op == "or")
        return None if None in parts else bool(op == "and")
    if op == "not":
        inner = holds(condition["of"], row)
        return None if inner is None else not inner
    value = cell(row, condition["column"])
    if op == "is_null":
        return value is None
    if value is None:
        return None
    if op == "is_in":
        return bool(value in condition["values"])
    if op == "starts_with":
        return bool(value.startswith(condition["value"]))
    other = condition["value"]
    answers = {"eq": value == other, "ne": value != other}
    if op in answers:
        return bool(answers[op])
    return bool({"lt": value < other, "le": value <= other, "gt": value > other, "ge": value >= other}[op])


def reference(rows: Sequence[Mapping[str, Any]], levels: Mapping[str, str], query: Mapping[str, Any]) -> list[Any]:
    found = [seen(row, levels) for row in rows]
    if query["filter"] is not None:
        found = [row for row in found if holds(query["filter"], row) is True]
    for order in reversed(query["order_by"]):
        name = order["column"]
        present = [row for row in found if cell(row, name) is not None]
        absent = [row for row in found if cell(row, name) is None]
        present.sort(key=lambda row, by=name: cell(row, by), reverse=order["descending"])  # type: ignore[misc]  # mypy cannot type a lambda with a default
        found = present + absent
    limited = found if query["limit"] is None else found[: query["limit"]]
    return [{name: row[name] for name in query["columns"]} for row in limited]


@st.composite
def tables(draw: DrawFn) -> list[dict[str, Any]]:
    count = draw(st.integers(0, 8))
    rows: list[dict[str, Any]] = []
    for number in range(count):
        row: dict[str, Any] = {"id": number}
        row |= {path: draw(st.none() | values) for path, values in CELLS.items() if "." not in path}
        city = draw(st.none() | CELLS["place.city"])
        row["place"] = draw(st.sampled_from([None, {"city": city}, {"city": city}]))
        rows.append(row)
    return rows


def levels() -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries({path: st.sampled_from(["hidden", *LEVELS]) for path in CELLS})


def literal(draw: DrawFn, path: str, level: str, rows: Sequence[Mapping[str, Any]]) -> Any:
    """Draw a literal that may well be in the table as it is seen."""
    if path == "id":
        return draw(st.integers(-1, 8))
    there = [masked(cell(row, path), path, level) for row in rows if cell(row, path) is not None]
    made = CELLS[path].map(lambda value: masked(value, path, level))
    return draw(st.sampled_from(there) | made) if there else draw(made)


@st.composite
def filters(
    draw: DrawFn, shown: Mapping[str, str], rows: Sequence[Mapping[str, Any]], depth: int = 2
) -> dict[str, Any]:
    kind = draw(st.sampled_from(["leaf", "and", "or", "not"])) if depth else "leaf"
    if kind in ("and", "or"):
        return {"op": kind, "of": draw(st.lists(filters(shown, rows, depth - 1), min_size=1, max_size=3))}
    if kind == "not":
        return {"op": "not", "of": draw(filters(shown, rows, depth - 1))}
    path = draw(st.sampled_from(["id", *shown]))
    op = draw(st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge", "is_in", "is_null", "starts_with"]))
    level = shown.get(path, "clear")
    textual = path != "id" and (level == "token" or KINDS[path] == "string")
    if op == "is_null":
        return {"op": op, "column": path}
    if op == "is_in":
        return {
            "op": op,
            "column": path,
            "values": [literal(draw, path, level, rows) for _ in range(draw(st.integers(0, 3)))],
        }
    if op == "starts_with" and textual:
        return {"op": op, "column": path, "value": literal(draw, path, level, rows)[:3]}
    return {"op": "eq" if op == "starts_with" else op, "column": path, "value": literal(draw, path, level, rows)}


@st.composite
def queries(draw: DrawFn, chosen: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    shown = {path: level for path, level in chosen.items() if level != "hidden"}
    names = ["id", *dict.fromkeys(path.partition(".")[0] for path in shown)]
    orders = st.fixed_dictionaries({"column": st.sampled_from(["id", *shown]), "descending": st.booleans()})
    return {
        "columns": draw(st.lists(st.sampled_from(names), min_size=1, unique=True)),
        "filter": draw(st.none() | filters(shown, rows)),
        "order_by": draw(st.lists(orders, max_size=2)),
        "limit": draw(st.none() | st.integers(0, 9)),
    }


def decision(chosen: Mapping[str, str]) -> Decision:
    columns: dict[str, ColumnDecision] = {"id": ColumnDecision(level="clear", granted=("clear",))}
    for path, level in chosen.items():
        shown = BY_NAME[level]
        granted = () if level == "hidden" else (shown,)
        columns[path] = ColumnDecision(shown, granted, classes=("pii",), mask=MASKS[path])
    return Decision(SPEC.id, "user:ana", "churn", "desk", "sales/churn", discover=True, read=True, columns=columns)


def answer(rows: Sequence[Mapping[str, Any]], chosen: Mapping[str, str], query: Mapping[str, Any]) -> str | list[Any]:
    """Give the rows, or the text of the error."""
    frame = pl.LazyFrame(list(rows), schema=SCHEMA)
    try:
        return read(frame, SPEC, decision(chosen), ReadQuery.model_validate(query), OneKey()).collect().to_dicts()
    except MeshError as error:
        return f"{type(error).__name__}: {error}"


@given(st.data())
def test_an_answer_is_what_masking_row_by_row_and_then_asking_gives(data: st.DataObject) -> None:
    rows, chosen = data.draw(tables()), data.draw(levels())
    query = data.draw(queries(chosen, rows))

    assert reference(rows, chosen, query) == answer(rows, chosen, query)


@given(st.data())
def test_hidden_cells_change_no_answer_and_no_error(data: st.DataObject) -> None:
    rows, chosen = data.draw(tables()), data.draw(levels())
    permitted = data.draw(queries(chosen, rows))
    greedy = data.draw(queries(dict.fromkeys(CELLS, "clear"), rows))
    others = [dict(row) for row in rows]
    for row in others:
        for path in (path for path, level in chosen.items() if level == "hidden"):
            outer, _, inner = path.partition(".")
            if inner and row[outer] is not None:
                row[outer] = {inner: data.draw(st.none() | CELLS[path])}
            elif not inner:
                row[outer] = data.draw(st.none() | CELLS[path])

    for query in (permitted, greedy):
        assert answer(rows, chosen, query) == answer(others, chosen, query)
