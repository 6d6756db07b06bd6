"""Which literals a filter takes for which type, and how much of a filter."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from meshwright.dtypes import polars_type
from meshwright.errors import QueryRejected, TooMuchAsked, UnknownColumn
from meshwright.query import Compare, ReadQuery
from meshwright.read.filters import DEEPEST, MOST_TERMS, filter_columns, find_leaf, predicate, sortable
from meshwright.spec import ColumnSpec, ColumnType, DecimalType, ListType, ScalarType, StructType


def column(name: str, kind: ColumnType) -> ColumnSpec:
    return ColumnSpec(name=name, type=kind, nullable=True)


def scalar(kind: Any) -> ScalarType:
    return ScalarType(kind=kind)


MOMENT = datetime(2026, 7, 1, 12, tzinfo=UTC)
VALUES: dict[str, tuple[ColumnType, Any, Any, Any]] = {
    "string": (scalar("string"), "a", "b", "c"),
    "integer": (scalar("integer"), 1, 2, 3),
    "number": (scalar("number"), 1.5, 2.5, 3.5),
    "date": (scalar("date"), date(2026, 7, 1), date(2026, 7, 2), date(2026, 7, 3)),
    "timestamp": (scalar("timestamp"), MOMENT, MOMENT + timedelta(1), MOMENT + timedelta(2)),
    "decimal": (DecimalType(precision=18, scale=2), Decimal("1.50"), Decimal("2.50"), Decimal("3.50")),
}
COLUMNS = (
    *(column(name, kind) for name, (kind, *_) in VALUES.items()),
    column("boolean", scalar("boolean")),
    column("binary", scalar("binary")),
    column("words", ListType(items=column("item", scalar("string")))),
    column("place", StructType(fields=(column("city", scalar("string")), column("area.no", scalar("integer"))))),
    column("place.street", scalar("string")),
)
SCHEMA = pl.Schema({c.name: polars_type(c.type) for c in COLUMNS})


def condition(**filter_: Any) -> Any:
    return ReadQuery.model_validate({"filter": filter_}).filter


def rows(frame: pl.DataFrame, **filter_: Any) -> list[int]:
    """Name the rows that a filter lets through."""
    chosen = predicate(condition(**filter_), COLUMNS, "sales.x")
    return frame.with_row_index("row").filter(chosen)["row"].to_list()


@pytest.mark.parametrize("kind", VALUES)
def test_every_comparison_means_what_it_says_for_every_type_with_an_order(kind: str) -> None:
    _, low, middle, high = VALUES[kind]
    table = pl.DataFrame({kind: [low, middle, high, None]}, schema={kind: SCHEMA[kind]})

    found = {op: rows(table, op=op, column=kind, value=middle) for op in ("eq", "ne", "lt", "le", "gt", "ge")}

    assert {"eq": [1], "ne": [0, 2], "lt": [0], "le": [0, 1], "gt": [2], "ge": [1, 2]} == found
    assert [0, 2] == rows(table, op="is_in", column=kind, values=[high, low])
    assert [] == rows(table, op="not", of={"op": "is_in", "column": kind, "values": [low, middle, high]})
    assert [0, 1, 2] == rows(table, op="not", of={"op": "is_in", "column": kind, "values": []})


def test_truth_is_equal_or_not_and_has_no_order_to_compare_by() -> None:
    table = pl.DataFrame({"boolean": [True, False, None]})

    assert ([0], [1]) == (
        rows(table, op="eq", column="boolean", value=True),
        rows(table, op="is_in", column="boolean", values=[False]),
    )
    assert [0] == rows(table, op="ne", column="boolean", value=False)
    with pytest.raises(QueryRejected, match="is boolean, which cannot be compared by 'lt'"):
        rows(table, op="lt", column="boolean", value=True)


@pytest.mark.parametrize("name", ["binary", "words", "place"])
@pytest.mark.parametrize("op", ["eq", "lt", "is_in"])
def test_what_cannot_be_compared_is_refused(name: str, op: str) -> None:
    with pytest.raises(QueryRejected, match=f"cannot be compared by '{op}'"):
        rows(
            pl.DataFrame(schema=SCHEMA), op=op, column=name, **({"values": ["x"]} if op == "is_in" else {"value": "x"})
        )
    with pytest.raises(QueryRejected, match="cannot be compared by 'starts_with'"):
        rows(pl.DataFrame(schema=SCHEMA), op="starts_with", column=name, value="x")


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("string", [1, 1.5, True, MOMENT, Decimal(1)]),
        ("integer", [1.0, True, "1", 2**63, -(2**63) - 1, 2**200, -(2**200), Decimal(1)]),
        ("number", ["1", True, float("nan"), float("inf"), Decimal(1)]),
        ("boolean", [1, 0, "true", None]),
        ("date", [MOMENT, "2026-07-01T00:00:00", "July", 20260701, "2026-02-30"]),
        ("timestamp", [MOMENT.replace(tzinfo=None), "2026-07-01T00:00:00", "2026-07-01", date(2026, 7, 1), 0, "now"]),
        ("decimal", [1.5, True, "x", "NaN", "Infinity", "1e28", "-1e28", "0.12345678901", Decimal("sNaN")]),
    ],
)
def test_a_literal_of_another_type_or_beyond_it_is_refused(name: str, values: list[Any]) -> None:
    for value in values:
        with pytest.raises(QueryRejected, match=f"the literal for column '{name}' is no {name}"):
            predicate(Compare.model_construct(op="eq", column=name, value=value), COLUMNS, "sales.x")


@pytest.mark.parametrize(
    ("name", "value", "cell"),
    [
        ("integer", 2**63 - 1, 2**63 - 1),
        ("integer", -(2**63), -(2**63)),
        ("number", 2, 2.0),
        ("date", "2026-07-01", date(2026, 7, 1)),
        ("timestamp", "2026-07-01T14:00:00+02:00", MOMENT),
        ("timestamp", MOMENT.astimezone(timezone(timedelta(hours=-7))), MOMENT),
        ("decimal", "1.5", Decimal("1.50")),
        ("decimal", 2, Decimal("2.00")),
        ("decimal", "9999999999999999.99", Decimal("9999999999999999.99")),
    ],
)
def test_a_literal_is_read_as_the_column_s_type(name: str, value: Any, cell: Any) -> None:
    table = pl.DataFrame({name: [cell, None]}, schema={name: SCHEMA[name]})

    assert [0] == rows(table, op="eq", column=name, value=value)


@pytest.mark.parametrize("value", ["9999999999999999999999999999", "0.0000000001", "-0.0000000001", "1e-10", "1e27"])
def test_a_decimal_that_the_column_cannot_hold_is_compared_by_its_value_and_equals_nothing(value: str) -> None:
    table = pl.DataFrame({"decimal": [Decimal("0.00"), None]}, schema={"decimal": SCHEMA["decimal"]})

    assert [] == rows(table, op="eq", column="decimal", value=value)
    assert ([0] if Decimal(value) > 0 else []) == rows(table, op="lt", column="decimal", value=value)


def test_a_filter_may_be_as_deep_and_as_wide_as_is_said_and_no_more() -> None:
    leaf = {"op": "is_null", "column": "string"}

    def deep(levels: int) -> dict[str, Any]:
        found: dict[str, Any] = leaf
        for _ in range(levels):
            found = {"op": "not", "of": found}
        return found

    def wide(terms: int) -> dict[str, Any]:
        return {"op": "and", "of": [leaf] * (terms - 1)}

    def long(terms: int) -> dict[str, Any]:
        return {"op": "is_in", "column": "string", "values": ["x"] * (terms - 1)}

    def mixed(terms: int) -> dict[str, Any]:
        pair = {"op": "eq", "column": "string", "value": "x"}, {"op": "starts_with", "column": "string", "value": "x"}
        return {"op": "or", "of": [*pair, long(terms - 5)]}

    for filter_ in (deep(DEEPEST), wide(MOST_TERMS), long(MOST_TERMS), mixed(MOST_TERMS)):
        assert [] == rows(pl.DataFrame(schema=SCHEMA), **filter_)
    for filter_ in (wide(MOST_TERMS + 1), long(MOST_TERMS + 1), mixed(MOST_TERMS + 1)):
        with pytest.raises(TooMuchAsked, match="more than 2000 conditions and literals"):
            predicate(condition(**filter_), COLUMNS, "sales.x")
    with pytest.raises(TooMuchAsked, match="more than 50 levels of conditions"):
        predicate(condition(**deep(DEEPEST + 1)), COLUMNS, "sales.x")


def test_the_columns_of_a_filter_are_named_once_each_in_its_order() -> None:
    leaves = [{"op": "is_null", "column": name} for name in ("b", "a.x", "b")]

    assert ("b", "a.x", "c") == filter_columns(
        condition(op="or", of=[*leaves, {"op": "not", "of": {"op": "eq", "column": "c", "value": 1}}])
    )


@pytest.mark.parametrize(
    ("path", "kind"), [("string", "string"), ("place.city", "string"), ("place.street", "string"), ("place", "struct")]
)
def test_a_column_is_found_by_its_name_before_a_field_by_its_path(path: str, kind: str) -> None:
    table = pl.DataFrame(
        {"string": ["s"], "place": [{"city": "c", "area.no": 1}], "place.street": ["t"]},
        schema={name: SCHEMA[name] for name in ("string", "place", "place.street")},
    )

    value, found = find_leaf(path, COLUMNS, "sales.x")

    assert kind == found.type.kind
    assert {"string": "s", "place.city": "c", "place.street": "t"}.get(path, {"city": "c", "area.no": 1}) == (
        table.select(value.alias("v"))["v"][0]
    )


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("strin", "did you mean 'string'?"),
        ("place.cty", "did you mean 'place.city'?"),
        ("string.x", ""),
        ("place.city.x", ""),
        ("nowhere.city", ""),
        ("place.", "place.city"),
        (".city", ""),
    ],
)
def test_a_path_that_leads_nowhere_is_unknown(path: str, near: str) -> None:
    with pytest.raises(UnknownColumn) as unknown:
        find_leaf(path, COLUMNS, "sales.x")

    assert near in str(unknown.value)


def test_rows_are_sorted_by_what_has_an_order_and_by_truth() -> None:
    for name in (*VALUES, "boolean", "place.city"):
        sortable(name, COLUMNS, "sales.x")
    for name in ("binary", "words", "place"):
        with pytest.raises(QueryRejected, match=f"column '{name}' has no order"):
            sortable(name, COLUMNS, "sales.x")
