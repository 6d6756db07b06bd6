"""Groups and figures one by one: what each means, of which type it is, and what is refused."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from meshwright.access import ColumnDecision, Decision
from meshwright.dtypes import polars_type
from meshwright.errors import AccessDenied, QueryRejected
from meshwright.markers import RevealLevel
from meshwright.query import Aggregate, ReadQuery
from meshwright.read import Shape, read, read_batches, shown
from meshwright.read.aggregate import aggregate_columns, grouping
from meshwright.spec import ColumnSpec, ColumnType, DecimalType, ListType, ScalarType, Spec, StructType


def column(name: str, kind: ColumnType, *classes: str) -> ColumnSpec:
    return ColumnSpec(name=name, type=kind, classes=classes)


def scalar(kind: Any) -> ScalarType:
    return ScalarType(kind=kind)


MOMENT = datetime(2026, 7, 1, tzinfo=UTC)
TWO: dict[str, tuple[ColumnType, Any, Any]] = {
    "string": (scalar("string"), "a", "b"),
    "integer": (scalar("integer"), 1, 4),
    "number": (scalar("number"), 1.0, 2.5),
    "date": (scalar("date"), date(2026, 7, 1), date(2026, 7, 2)),
    "timestamp": (scalar("timestamp"), MOMENT, MOMENT.replace(day=2)),
    "decimal": (DecimalType(precision=18, scale=2), Decimal("1.50"), Decimal("2.25")),
    "boolean": (scalar("boolean"), False, True),
}
WORDS = ListType(items=column("item", scalar("string")))
SPEC = Spec(
    id="sales.x",
    version="1.0.0",
    columns=(
        *(column(name, kind) for name, (kind, *_) in TWO.items()),
        column("binary", scalar("binary")),
        column("words", WORDS),
        column("place", StructType(fields=(column("no", scalar("integer")), column("home", scalar("string"), "pii")))),
        column("email", scalar("string"), "pii"),
    ),
)
SCHEMA = pl.Schema({c.name: polars_type(c.type) for c in SPEC.columns})
PATHS = (*TWO, "binary", "words", "place.no", "place.home", "email")


def decided(**levels: RevealLevel) -> Decision:
    """Show everything in the clear, but for what is said otherwise."""
    columns = {
        path: ColumnDecision(
            levels.get(path.replace(".", "_"), "clear"), classes=("pii",) if path in ("place.home", "email") else ()
        )
        for path in PATHS
    }
    return Decision("sales.x", "user:ana", "analytics", "desk", "sales/analytics", True, True, columns)


class OneKey:
    def key(self, scope: str) -> tuple[str, str]:
        return "k1", "3c" * 32


def table(*rows: Mapping[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([{name: row.get(name) for name in SCHEMA} for row in rows], schema=SCHEMA)


def asked(*measures: tuple[str, str, str | None], by: tuple[str, ...] = ()) -> Aggregate:
    return Aggregate.model_validate({"by": by, "of": [{"name": n, "function": f, "column": c} for n, f, c in measures]})


def answer(frame: pl.DataFrame, aggregate: Aggregate, decision: Decision | None = None, **query: Any) -> pl.DataFrame:
    """Aggregate at once and row by row, which must be the same."""
    chosen, wanted = decision or decided(), ReadQuery.model_validate({"aggregate": aggregate, **query})
    once = read(frame.lazy(), SPEC, chosen, wanted, OneKey()).collect()
    pieces = read_batches(frame.iter_slices(1), SCHEMA, Shape(SPEC, chosen, wanted, OneKey()))

    assert once.equals(pl.concat([pl.DataFrame(schema=pieces.schema), *pieces.pieces]), null_equal=True)
    return once


def refused(aggregate: Aggregate, decision: Decision | None = None) -> str:
    with pytest.raises((QueryRejected, AccessDenied)) as error:
        answer(table(), aggregate, decision)
    return str(error.value)


@pytest.mark.parametrize("kind", ["integer", "number", "decimal"])
def test_a_number_has_every_figure_and_nulls_count_for_none(kind: str) -> None:
    _, low, high = TWO[kind]
    frame = table({kind: high}, {kind: low}, {kind: None}, {kind: high})
    functions = ("count", "sum", "mean", "min", "max")

    found = answer(frame, asked(("n", "count", None), *((f, f, kind) for f in functions)))

    mean = float(low + high + high) / 3
    assert [(4, 3, low + high + high, pytest.approx(mean), low, high)] == found.rows()
    total = pl.Decimal(38, 2) if kind == "decimal" else SCHEMA[kind]
    assert [pl.Int64, pl.Int64, total, pl.Float64, SCHEMA[kind], SCHEMA[kind]] == found.dtypes


@pytest.mark.parametrize("kind", ["integer", "number", "decimal"])
def test_of_nothing_there_is_a_sum_and_no_other_figure(kind: str) -> None:
    functions = ("count", "sum", "mean", "min", "max")

    found = answer(table({kind: None}), asked(*((f, f, kind) for f in functions)))

    assert [(0, 0, None, None, None)] == found.rows()


@pytest.mark.parametrize("kind", ["string", "date", "timestamp"])
def test_what_has_an_order_has_a_first_and_a_last_and_no_sum(kind: str) -> None:
    _, low, high = TWO[kind]

    found = answer(table({kind: high}, {kind: None}, {kind: low}), asked(("a", "min", kind), ("b", "max", kind)))

    assert ([(low, high)], [SCHEMA[kind]] * 2) == (found.rows(), found.dtypes)
    for function in ("sum", "mean"):
        assert f"is {kind}, which has no '{function}'" in refused(asked(("x", function, kind)))


@pytest.mark.parametrize("function", ["sum", "mean", "min", "max"])
@pytest.mark.parametrize("name", ["boolean", "binary", "words"])
def test_what_has_no_order_can_only_be_counted(name: str, function: str) -> None:
    assert f"which has no '{function}'" in refused(asked(("x", function, name)))
    assert [(0,)] == answer(table({}), asked(("x", "count", name))).rows()


@pytest.mark.parametrize("kind", TWO)
def test_rows_are_grouped_by_every_type_that_is_equal_to_itself(kind: str) -> None:
    _, low, high = TWO[kind]
    frame = table({kind: high}, {kind: low}, {kind: None}, {kind: high})

    found = answer(frame, asked(("n", "count", None), by=(kind,)))

    assert [(high, 2), (low, 1), (None, 1)] == found.rows()


@pytest.mark.parametrize("name", ["binary", "words"])
def test_rows_are_grouped_by_no_other_type(name: str) -> None:
    assert f"cannot be grouped by column '{name}'" in refused(asked(("n", "count", None), by=(name,)))


def test_the_columns_of_an_answer_are_the_groups_by_their_paths_and_the_figures_which_may_be_null() -> None:
    everything = shown(SPEC, decided())

    found = grouping(SPEC, decided(), everything, asked(("n", "count", None), ("m", "max", "date"), by=("place.no",)))

    assert [("place.no", "integer", False), ("n", "integer", True), ("m", "date", True)] == [
        (c.name, c.type.kind, c.nullable) for c in found.columns
    ]


def test_rows_are_counted_though_no_column_is_named() -> None:
    frame = table(*({"integer": n} for n in range(7)))

    assert [(7,)] == answer(frame, asked(("n", "count", None))).rows()
    assert [(7,)] == answer(frame, asked(("n", "count", None)), decided(email="token")).rows()
    assert [(3,)] == answer(
        frame, asked(("n", "count", None)), filter={"op": "ge", "column": "integer", "value": 4}
    ).rows()


@pytest.mark.parametrize(
    ("decision", "sizes"),
    [
        (decided(), [1, 4, 5, 6]),
        (decided(integer="hidden"), [1, 4, 5, 6]),
        (decided(email="token"), [5, 6]),
        (decided(email="hidden"), [5, 6]),
        (decided(place_home="hidden"), [5, 6]),
    ],
    ids=["all clear", "unclassified hidden", "token", "hidden", "field hidden"],
)
def test_groups_of_less_than_five_are_left_out_but_for_who_sees_every_classified_column_in_the_clear(
    decision: Decision, sizes: list[int]
) -> None:
    frame = table(*({"string": name} for size, name in ((1, "a"), (4, "b"), (5, "c"), (6, "d")) for _ in range(size)))

    assert sizes == answer(frame, asked(("n", "count", None), by=("string",)), decision)["n"].to_list()


@pytest.mark.parametrize("name", ["a b", "1a", "", "a" * 64, "^.*$", "ä", "a.b", "a\n"])
def test_the_name_of_a_measure_is_a_plain_word(name: str) -> None:
    assert "letters, digits and underscores" in refused(asked((name, "count", None)))


@pytest.mark.parametrize("name", ["a" * 63, "_", "A9_"])
def test_a_plain_word_names_a_measure(name: str) -> None:
    assert [name] == answer(table(), asked((name, "count", None))).columns


@pytest.mark.parametrize(
    "aggregate",
    [
        asked(("n", "count", None), ("n", "count", "email")),
        asked(("string", "count", None), by=("string",)),
        asked(("n", "count", None), by=("string", "string")),
    ],
)
def test_two_columns_of_one_name_are_refused(aggregate: Aggregate) -> None:
    assert "two columns of the answer have one name" in refused(aggregate)


@pytest.mark.parametrize("function", ["sum", "mean", "min", "max"])
def test_only_rows_are_counted_without_a_column(function: str) -> None:
    assert f"'{function}' needs a column" in refused(asked(("x", function, None)))


def test_groups_are_sorted_by_a_measure_though_a_hidden_column_has_its_name() -> None:
    frame = table(*({"string": "ab"[n % 3 == 0]} for n in range(18)))
    aggregate = asked(("email", "count", None), by=("string",))

    found = answer(frame, aggregate, decided(email="hidden"), order_by=[{"column": "email"}], limit=1)

    assert [("b", 6)] == found.rows()


def test_a_masked_field_of_a_struct_is_counted_and_not_measured() -> None:
    frame = table(*({"place": {"no": n, "home": "h"}} for n in range(5)))
    token = decided(place_home="token")

    assert "'place.home' is not shown in the clear" in refused(asked(("x", "min", "place.home")), token)
    assert [(5, 4)] == answer(frame, asked(("x", "count", "place.home"), ("m", "max", "place.no")), token).rows()


@pytest.mark.parametrize(
    ("columns", "asks"),
    [
        (ColumnDecision("coarse", ("coarse",), classes=("pii",)), True),
        (ColumnDecision("coarse", ("coarse",), classes=("pii",), forbidden=("clear",)), False),
        (ColumnDecision("coarse", ("coarse",), classes=("pii",), forbidden=("token",)), True),
    ],
)
def test_a_figure_that_is_denied_comes_with_the_request_that_would_do(columns: ColumnDecision, *, asks: bool) -> None:
    decision = decided()
    decision = Decision("sales.x", "user:ana", "churn", read=True, columns={**decision.columns, "email": columns})

    with pytest.raises(AccessDenied) as denied:
        answer(table(), asked(("x", "min", "email")), decision)

    assert asks is any("--class pii --level clear" in ask for ask in denied.value.asks)
    assert ("email",) == denied.value.columns


def test_the_columns_of_an_aggregate_are_its_groups_and_what_is_measured_once_each() -> None:
    found = aggregate_columns(
        asked(("n", "count", None), ("a", "min", "date"), ("b", "max", "date"), by=("string", "place.no"))
    )

    assert ("string", "place.no", "date") == found
    assert () == aggregate_columns(None)
