"""Reading piece by piece, against reading at once; and aggregates, against plain Python."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshwright.access import ColumnDecision, Decision
from meshwright.dtypes import polars_type
from meshwright.errors import AccessDenied, QueryRejected, UnknownColumn
from meshwright.markers import RevealLevel
from meshwright.masks import Mask
from meshwright.read import (
    Aggregate,
    Batches,
    Compare,
    Measure,
    Order,
    ReadQuery,
    Shape,
    raw_columns,
    read,
    read_batches,
)
from meshwright.spec import ColumnSpec, DecimalType, ScalarType, Spec, StructType

KEY = ("k1", "3c" * 32)


class OneKey:
    def key(self, scope: str) -> tuple[str, str]:
        return KEY


def column(name: str, kind: Any) -> ColumnSpec:
    return ColumnSpec(name=name, type=ScalarType(kind=kind), nullable=True)


SPEC = Spec(
    id="sales.people",
    version="1.0.0",
    columns=(
        column("region", "string"),
        column("born", "date"),
        column("email", "string"),
        column("secret", "integer"),
        column("amount", "integer"),
        ColumnSpec(name="price", type=DecimalType(precision=18, scale=2), nullable=True),
        ColumnSpec(name="place", type=StructType(fields=(column("city", "string"),)), nullable=True),
    ),
)
SCHEMA = pl.Schema({c.name: polars_type(c.type) for c in SPEC.columns})
LEVELS: dict[str, RevealLevel] = {
    "region": "clear",
    "born": "coarse",
    "email": "token",
    "secret": "hidden",
    "amount": "clear",
    "price": "clear",
    "place.city": "clear",
}
CLASSES = {"born": ("pii",), "email": ("pii",), "secret": ("frozen",)}


def decided(levels: Mapping[str, RevealLevel] = LEVELS) -> Decision:
    order: tuple[RevealLevel, ...] = ("clear", "coarse", "token")
    columns = {
        path: ColumnDecision(
            level,
            order[order.index(level) :] if level != "hidden" else (),
            classes=CLASSES.get(path, ()),
            mask=Mask("email" if path == "email" else "text", "year" if path == "born" else "null"),
        )
        for path, level in levels.items()
    }
    return Decision("sales.people", "user:ana", "analytics", "desk", "sales/analytics", True, True, columns)


ROW = st.fixed_dictionaries(
    {
        "region": st.sampled_from(["north", "süd", None]),
        "born": st.one_of(st.none(), st.dates(date(1950, 1, 1), date(1952, 12, 31))),
        "email": st.sampled_from(["a@x.de", "b@x.de", None]),
        "secret": st.integers(0, 3),
        "amount": st.one_of(st.none(), st.integers(-5, 5)),
        "price": st.one_of(st.none(), st.decimals(-9, 9, places=2)),
        "place": st.one_of(st.none(), st.fixed_dictionaries({"city": st.sampled_from(["Ulm", "Bonn", None])})),
    }
)
ORDERS = st.lists(
    st.builds(
        Order, column=st.sampled_from(["region", "born", "amount", "email", "place.city"]), descending=st.booleans()
    ),
    max_size=2,
    unique_by=lambda order: order.column,
)
COLUMNS = st.one_of(
    st.none(),
    st.lists(st.sampled_from(["region", "born", "email", "price", "place"]), min_size=1, unique=True).map(tuple),
)
FILTERS = st.one_of(st.none(), st.builds(Compare, op=st.just("ge"), column=st.just("amount"), value=st.integers(-5, 5)))
FOUR = Compare(op="ge", column="amount", value=4)
MEASURES = (
    Measure(name="rows", function="count"),
    Measure(name="known", function="count", column="email"),
    Measure(name="total", function="sum", column="amount"),
    Measure(name="value", function="sum", column="price"),
    Measure(name="average", function="mean", column="amount"),
    Measure(name="least", function="min", column="price"),
    Measure(name="last", function="max", column="region"),
)


def pieces(rows: Sequence[Any], size: int) -> list[pl.DataFrame]:
    return [pl.DataFrame(rows[i : i + size], schema=SCHEMA) for i in range(0, len(rows), size)]


def in_pieces(
    rows: Sequence[Any], query: ReadQuery, size: int, decision: Decision | None = None, *, coded: bool = False
) -> pl.DataFrame:
    """Read as the gateway does: only the columns that are needed, a few rows at a time."""
    chosen = decision or decided()
    needed = list(raw_columns(SPEC, chosen, query))
    table = (piece.select(needed) for piece in pieces(rows, size))
    schema = pl.Schema({name: SCHEMA[name] for name in needed})
    found = read_batches(table, schema, Shape(SPEC, chosen, query, OneKey(), coded=coded))
    return pl.concat([pl.DataFrame(schema=found.schema), *(decoded(found, piece) for piece in found.pieces)])


def decoded(found: Batches, piece: pl.DataFrame) -> pl.DataFrame:
    """Put tokens where their places stand; a piece without rows may have either."""
    lists = {name: pl.Series(tokens.tokens) for name, tokens in found.coded.items() if piece.height}
    assert all(piece.schema[name] == pl.UInt32 for name in lists)
    return piece.with_columns(lists[name].gather(piece[name]).alias(name) for name in lists)


def at_once(rows: Sequence[Any], query: ReadQuery, decision: Decision | None = None) -> pl.DataFrame:
    return read(pl.LazyFrame(rows, schema=SCHEMA), SPEC, decision or decided(), query, OneKey()).collect()


@given(st.lists(ROW, max_size=30), COLUMNS, FILTERS, ORDERS, st.tuples(st.integers(0, 12), st.integers(1, 7)))
def test_pieces_put_together_are_what_is_read_at_once(
    rows: list[Any], columns: Any, condition: Any, order: list[Order], sizes: tuple[int, int]
) -> None:
    limit, size = sizes
    query = ReadQuery(columns=columns, filter=condition, order_by=tuple(order), limit=limit if order or limit else None)

    assert at_once(rows, query).equals(in_pieces(rows, query, size), null_equal=True)
    assert at_once(rows, query).schema == in_pieces(rows, query, size).schema


@given(
    st.lists(ROW, max_size=30),
    COLUMNS,
    FILTERS | st.just(Compare(op="lt", column="email", value="tok1_k1_8")),
    ORDERS,
    st.tuples(st.integers(0, 12), st.integers(1, 7)),
)
def test_coded_pieces_mean_what_plain_ones_are(
    rows: list[Any], columns: Any, condition: Any, order: list[Order], sizes: tuple[int, int]
) -> None:
    limit, size = sizes
    query = ReadQuery(columns=columns, filter=condition, order_by=tuple(order), limit=limit if order or limit else None)

    assert in_pieces(rows, query, size).equals(in_pieces(rows, query, size, coded=True), null_equal=True)


def test_tokens_are_coded_where_rows_come_as_they_stand_and_nothing_works_on_them() -> None:
    def coded(**query: Any) -> list[str]:
        shape = Shape(SPEC, decided(), ReadQuery(**query), OneKey(), coded=True)
        return list(read_batches(iter(()), SCHEMA, shape).coded)

    assert ["email"] == coded() == coded(filter=FOUR) == coded(limit=3)
    assert [] == coded(columns=("region",))
    assert [] == coded(filter=Compare(op="eq", column="email", value="a"))
    assert [] == coded(order_by=(Order(column="amount"),), limit=3)


@given(
    st.lists(ROW, max_size=40),
    st.lists(st.sampled_from(["region", "born", "email", "place.city"]), max_size=2, unique=True),
    FILTERS,
    st.lists(st.sampled_from(MEASURES), min_size=1, unique=True),
    st.integers(1, 7),
)
def test_aggregates_in_pieces_are_those_of_all_rows_and_of_plain_python(
    rows: list[Any], by: list[str], condition: Any, of: list[Measure], size: int
) -> None:
    query = ReadQuery(filter=condition, aggregate=Aggregate(by=tuple(by), of=tuple(of)))
    found = at_once(rows, query)

    assert found.equals(in_pieces(rows, query, size), null_equal=True)
    assert expected(rows, by, condition, of) == sorted(found.rows(), key=repr)


def expected(rows: list[Any], by: list[str], condition: Any, of: list[Measure]) -> list[Any]:
    """Mask, filter and group row by row."""
    seen = pl.DataFrame(at_once(rows, ReadQuery())).to_dicts()
    least = None if condition is None else condition.value
    kept = [row for row in seen if least is None or (row["amount"] is not None and row["amount"] >= least)]
    groups: dict[tuple[Any, ...], list[Any]] = {}
    for row in kept:
        groups.setdefault(tuple(cell(row, path) for path in by), []).append(row)
    answers = [
        (*key, *(figure(measure, members) for measure in of)) for key, members in groups.items() if len(members) >= 5
    ]
    return sorted(answers, key=repr)


def cell(row: Any, path: str) -> Any:
    outer, _, inner = path.partition(".")
    value: Any = row[outer]
    return value[inner] if inner and value else None if inner else value


def figure(measure: Measure, rows: list[Any]) -> Any:
    if measure.column is None:
        return len(rows)
    values = [row[measure.column] for row in rows if row[measure.column] is not None]
    match measure.function:
        case "count":
            return len(values)
        case "sum":
            return sum(values, start=type(values[0])(0)) if values else 0
        case "mean":
            return sum(values) / len(values) if values else None
        case "min":
            return min(values, default=None)
        case _:
            return max(values, default=None)


def test_small_groups_are_shown_to_who_sees_every_classified_column_in_the_clear() -> None:
    rows = [{"region": "north", "amount": 1}, {"region": "south", "amount": 2}]
    query = ReadQuery(aggregate=Aggregate(by=("region",), of=(Measure(name="rows", function="count"),)))
    all_clear = decided(dict.fromkeys(LEVELS, "clear"))

    assert [] == in_pieces(rows, query, 1).rows()
    assert [("north", 1), ("south", 1)] == in_pieces(rows, query, 1, all_clear).rows()


def test_an_aggregate_of_no_rows_counts_none_and_is_left_out_where_groups_must_be_large() -> None:
    query = ReadQuery(aggregate=Aggregate(of=(Measure(name="rows", function="count"),)))
    all_clear = decided(dict.fromkeys(LEVELS, "clear"))

    assert [(0,)] == in_pieces([], query, 3, all_clear).rows()
    assert ([], {"rows": pl.Int64()}) == (in_pieces([], query, 3).rows(), in_pieces([], query, 3).schema)


def test_a_sum_beyond_64_bits_is_null_instead_of_another_number() -> None:
    rows = [{"amount": 2**62}, {"amount": 2**62}]
    query = ReadQuery(aggregate=Aggregate(of=(Measure(name="total", function="sum", column="amount"),)))

    assert [(None,)] == in_pieces(rows, query, 1, decided(dict.fromkeys(LEVELS, "clear"))).rows()


@pytest.mark.parametrize("function", ["sum", "mean", "min", "max"])
@pytest.mark.parametrize("name", ["email", "born"])
def test_figures_of_masked_values_are_refused_and_counting_them_is_not(function: Any, name: str) -> None:
    refused = ReadQuery(aggregate=Aggregate(of=(Measure(name="x", function=function, column=name),)))
    counted = ReadQuery(aggregate=Aggregate(of=(Measure(name="x", function="count", column=name),)))

    with pytest.raises(AccessDenied, match="can only be counted"):
        in_pieces([], refused, 1)
    assert [(6,)] == in_pieces([{"email": "a", "born": date(1950, 1, 1)}] * 6, counted, 4).rows()


@pytest.mark.parametrize(
    ("by", "measure", "kind"),
    [
        ((), {"name": "x", "function": "count", "column": "secret"}, AccessDenied),
        (("secret",), {"name": "x", "function": "count"}, AccessDenied),
        (("nothing",), {"name": "x", "function": "count"}, UnknownColumn),
        (("place",), {"name": "x", "function": "count"}, QueryRejected),
        (("region", "region"), {"name": "x", "function": "count"}, QueryRejected),
        (("region",), {"name": "region", "function": "count"}, QueryRejected),
        ((), {"name": "^.*$", "function": "count"}, QueryRejected),
        ((), {"name": "x", "function": "sum"}, QueryRejected),
        ((), {"name": "x", "function": "sum", "column": "region"}, QueryRejected),
        ((), {"name": "x", "function": "min", "column": "place"}, AccessDenied),
    ],
)
def test_what_cannot_be_grouped_or_measured_is_refused_before_a_row_is_read(
    by: tuple[str, ...], measure: dict[str, str], kind: type[Exception]
) -> None:
    query = ReadQuery(aggregate=Aggregate(by=by, of=(Measure.model_validate(measure),)))

    with pytest.raises(kind):
        in_pieces([], query, 1)


def test_an_aggregate_with_columns_and_an_order_without_a_limit_are_refused() -> None:
    both = ReadQuery(columns=("region",), aggregate=Aggregate(of=(Measure(name="rows", function="count"),)))

    with pytest.raises(QueryRejected, match="not columns"):
        in_pieces([], both, 1)
    with pytest.raises(QueryRejected, match="needs a limit"):
        in_pieces([], ReadQuery(order_by=(Order(column="region"),)), 1)


def test_groups_beyond_the_cap_stop_the_reading() -> None:
    rows = [{"amount": n} for n in range(10)]
    query = ReadQuery(aggregate=Aggregate(by=("amount",), of=(Measure(name="rows", function="count"),)))
    shape = Shape(SPEC, decided(), query, OneKey(), most_groups=3)

    with pytest.raises(QueryRejected, match="more than 3 groups"):
        list(read_batches(pieces(rows, 2), SCHEMA, shape).pieces)


def test_as_many_groups_as_the_usual_cap_are_read_and_not_one_more() -> None:
    count = ReadQuery(aggregate=Aggregate(by=("amount",), of=(Measure(name="rows", function="count"),)), limit=1)
    shape = Shape(SPEC, decided(dict.fromkeys(LEVELS, "clear")), count, OneKey())
    rows = pl.DataFrame({"amount": range(100_001)}).select(
        pl.col(name) if name == "amount" else pl.lit(None, kind).alias(name) for name, kind in SCHEMA.items()
    )

    (_, answer) = read_batches([rows[:-1]], SCHEMA, shape).pieces

    assert [(0, 1)] == answer.rows()
    with pytest.raises(QueryRejected, match="more than 100000 groups"):
        list(read_batches([rows], SCHEMA, shape).pieces)


def test_an_order_finds_groups_by_their_paths_and_columns_with_a_dot_in_their_names() -> None:
    by_city = ReadQuery(
        aggregate=Aggregate(by=("place.city",), of=(Measure(name="rows", function="count"),)),
        order_by=(Order(column="place.city"),),
    )
    dotted = SPEC.model_copy(update={"columns": (column("home.no", "integer"),)})
    by_number = ReadQuery(order_by=(Order(column="home.no"),), limit=2)
    clear = decided(dict.fromkeys((*LEVELS, "home.no"), "clear"))
    table = [pl.DataFrame({"home.no": [no]}) for no in (3, 1, 2)]

    cities = in_pieces([{"place": {"city": city}} for city in ("Ulm", "Bonn", "Jena")], by_city, 1, clear)
    numbers = read_batches(table, table[0].schema, Shape(dotted, clear, by_number))

    assert ["Bonn", "Jena", "Ulm"] == cities["place.city"].to_list()
    assert [1, 2] == pl.concat(numbers.pieces)["home.no"].to_list()


@pytest.mark.parametrize(
    ("query", "at_last"),
    [
        (ReadQuery(), False),
        (ReadQuery(limit=3), False),
        (ReadQuery(order_by=(Order(column="region"),), limit=3), True),
        (ReadQuery(aggregate=Aggregate(of=(Measure(name="rows", function="count"),))), True),
    ],
)
def test_an_order_and_an_aggregate_know_no_row_before_the_last(query: ReadQuery, *, at_last: bool) -> None:
    found = read_batches([], SCHEMA, Shape(SPEC, decided(), query, OneKey()))

    assert at_last is found.at_last


def test_a_limit_ends_the_reading_early() -> None:
    taken: list[int] = []

    def table() -> Any:
        for n, piece in enumerate(pieces([{"amount": n} for n in range(10)], 2)):
            taken.append(n)
            yield piece

    found = read_batches(table(), SCHEMA, Shape(SPEC, decided(), ReadQuery(limit=3), OneKey()))

    assert [2, 1] == [piece.height for piece in found.pieces]
    assert [0, 1] == taken


@pytest.mark.parametrize(
    "query",
    [
        ReadQuery(limit=0),
        ReadQuery(limit=0, order_by=(Order(column="region"),)),
        ReadQuery(limit=0, aggregate=Aggregate(of=(Measure(name="rows", function="count"),))),
    ],
)
def test_who_wants_no_row_learns_the_schema_and_has_no_row_read(query: ReadQuery) -> None:
    taken: list[int] = []

    def table() -> Any:
        taken.append(1)
        yield pl.DataFrame(schema=SCHEMA)

    found = read_batches(table(), SCHEMA, Shape(SPEC, decided(), query, OneKey()))
    one = read_batches(iter(()), SCHEMA, Shape(SPEC, decided(), query.model_copy(update={"limit": 1}), OneKey()))

    assert ([], []) == (list(found.pieces), taken)
    assert one.schema == found.schema
