"""Functions that nobody can see into: the declaration is the lineage, and a test finds out when it is wrong."""

from collections.abc import Callable

import polars as pl
import pytest

from meshwright import udf
from meshwright.errors import DefinitionError
from meshwright.functions import ColumnFunction, FrameFunction
from meshwright.lineage import ColumnLineage, Kind, Origin, column_lineage, label_findings
from meshwright.spec import ColumnSpec, PortSpec, ScalarType, Spec
from meshwright.testing import undeclared

c = pl.col
SCHEMA = pl.Schema({"id": pl.String(), "email": pl.String(), "use": pl.Int64(), "wear": pl.Float64()})
ROWS = pl.DataFrame(
    {"id": ["p1", "p2", "p3"], "email": ["ada", "ben", "cyr"], "use": [11, 12, 17], "wear": [0.5, 1.25, 2.125]}
)
RETURNS = {"id": pl.String(), "expected": pl.Float64()}


@udf(reads={"id": ["id"], "expected": ["id", "use", "wear"]}, returns=RETURNS)
def expected(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select("id", expected=c.use * c.wear)


@udf(reads=["use", "wear"], returns=pl.Float64)
def load(use: pl.Series, wear: pl.Series) -> pl.Series:
    return use * wear


@udf(reads=["email"], returns=pl.Int64, masks=True)
def length(email: pl.Series) -> pl.Series:
    return email.str.len_chars().cast(pl.Int64)


def trace(transform: Callable[[pl.LazyFrame], pl.LazyFrame]) -> ColumnLineage:
    return column_lineage(transform, {"a": SCHEMA})


def origins(lineage: ColumnLineage, column: str) -> set[str]:
    return {o.column for o in lineage.direct(column)}


def test_a_declared_function_of_frames_has_the_lineage_that_it_declares() -> None:
    lineage = trace(lambda a: expected(a))  # noqa: PLW0108 - a declared function names its parameter `rows`

    assert () == lineage.opaque
    assert {"id"} == origins(lineage, "id")
    assert {"id", "use", "wear"} == origins(lineage, "expected")
    assert {"id", "use", "wear"} == {o.column for o in lineage.rows}


def test_its_columns_come_from_where_they_came_before_it() -> None:
    def transform(a: pl.LazyFrame) -> pl.LazyFrame:
        renamed = a.rename({"email": "id", "id": "other"})
        return renamed.join(expected(renamed), on="id", how="left").select("id", "expected")

    lineage = trace(transform)

    assert () == lineage.opaque
    assert {"email", "use", "wear"} == origins(lineage, "expected")
    assert ("expected", "join") == lineage.steps["expected"][Origin("a", "use")]


def test_a_declared_function_of_series_has_the_lineage_that_it_declares() -> None:
    lineage = trace(lambda a: a.with_columns(load().alias("load"), length()))

    assert () == lineage.opaque
    assert {"use", "wear"} == origins(lineage, "load")
    assert frozenset({Kind("DIRECT", "TRANSFORMATION")}) == lineage.columns["load"][Origin("a", "use")]
    assert (
        frozenset({Kind("DIRECT", "TRANSFORMATION", True, "length")}) == lineage.columns["length"][Origin("a", "email")]
    )


def test_beside_a_declared_function_another_one_stays_opaque() -> None:
    lineage = trace(lambda a: a.with_columns(load(), m=c.email.map_elements(str.upper, return_dtype=pl.String)))

    assert 1 == len(lineage.opaque)
    assert {"use", "wear"} == origins(lineage, "load")


def test_a_function_that_masks_takes_the_class_away_and_another_does_not() -> None:
    declared = ColumnSpec(name="email", type=ScalarType(kind="string"), classes=("pii.email",))
    port = PortSpec(product="sales.people", major=1, columns=(declared,))
    open_ = udf(reads=["email"], returns=pl.Int64)(length.function)

    def left(function: Callable[[], pl.Expr]) -> int:
        spec = Spec(
            id="sales.x", version="1.0.0", columns=(ColumnSpec(name="length", type=ScalarType(kind="integer")),)
        )

        def transform(a: pl.LazyFrame) -> pl.LazyFrame:
            return a.select(function())

        lineage = column_lineage(transform, {"a": pl.Schema({"email": pl.String()})})
        return len(label_findings(spec, lineage, {"a": port}))

    assert (0, 1) == (left(length), left(open_))


def test_the_values_are_those_of_the_function() -> None:
    found = ROWS.lazy().pipe(expected).collect()

    assert [5.5, 15.0, 36.125] == found["expected"].to_list()
    assert [5.5, 15.0, 36.125] == ROWS.lazy().select(load()).collect()["load"].to_list()


def test_a_function_of_frames_is_given_what_it_reads_and_no_more() -> None:
    @udf(reads=["use"], returns={"seen": pl.String()})
    def seen(rows: pl.DataFrame) -> pl.DataFrame:
        return pl.DataFrame({"seen": rows.columns})

    assert ["use"] == seen(ROWS.lazy()).collect()["seen"].to_list()


def test_a_declaration_that_forgets_a_column_is_refused() -> None:
    with pytest.raises(DefinitionError, match="reads other columns than it returns"):
        udf(reads={"id": ["id"]}, returns=RETURNS)


def test_a_sound_declaration_has_no_problem() -> None:
    assert [] == undeclared(expected, ROWS)
    assert [] == undeclared(load, ROWS)
    assert [] == undeclared(length, ROWS)


@udf(reads={"id": ["id"], "expected": ["use"]}, returns=RETURNS)
def reads_more(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select("id", expected=c.use * c.wear)


@udf(reads={"id": ["id"], "expected": ["use"]}, returns=RETURNS)
def reads_a_total(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select("id", expected=c.use + c.wear.sum())


@udf(reads=["id"], returns={"id": pl.String()})
def counts_by_another(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(c.use > 11).select("id")


@udf(reads=["id"], returns={"id": pl.String()})
def counts_another(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select("id").head(rows["use"].n_unique())


@udf(reads=["email"], returns=pl.String, masks=True)
def wraps(email: pl.Series) -> pl.Series:
    return "<" + email + ">"


@udf(reads=["use"], returns=pl.Int64, masks=True)
def turns(use: pl.Series) -> pl.Series:
    return use.reverse()


WRONG: dict[str, tuple[FrameFunction | ColumnFunction, list[str]]] = {
    "reads more": (reads_more, ["expected changes with wear, which it does not declare"]),
    "reads a total": (reads_a_total, ["expected changes with wear, which it does not declare"]),
    "chooses rows": (counts_by_another, ["id changes with use, which it does not declare"]),
    "decides how many": (counts_another, ["id changes with use, which it does not declare"]),
    "wraps text": (wraps, ["wraps holds values of email, though the function is declared to mask"]),
    "hands numbers on": (turns, ["turns holds values of use, though the function is declared to mask"]),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_declaration_is_found_out_and_no_value_is_told(name: str) -> None:
    function, problems = WRONG[name]

    assert problems == undeclared(function, ROWS)


def test_a_function_that_rolls_dice_and_rows_that_are_all_alike_prove_nothing() -> None:
    calls: list[int] = []

    def dice(use: pl.Series) -> pl.Series:
        calls.append(len(calls))
        return use + len(calls)

    rolled = udf(reads=["use"], returns=pl.Int64)(dice)

    assert ["dice gives other answers for the same rows: a seed is missing"] == undeclared(rolled, ROWS)
    assert ["wear is the same in all rows: give rows that differ"] == undeclared(load, ROWS.with_columns(wear=1.0))
