"""What is easily lost on the way: influences of influences, fields of structs, distinct rows, and what is written."""

from collections.abc import Callable, Iterator

import polars as pl
import pytest
from polars.io.plugins import register_io_source

from meshwright.lineage import ColumnLineage, Origin, column_lineage
from meshwright.lineage.placeholders import Placeholder

c = pl.col
STRUCT = pl.Struct({"x": pl.Int64(), "y": pl.String()})
A = pl.Schema({"id": pl.Int64(), "email": pl.String(), "amt": pl.Float64(), "st": STRUCT, "l": pl.List(pl.Int64())})
B = pl.Schema({"id": pl.Int64(), "seg": pl.String(), "rank": pl.Int64()})
Transform = Callable[[pl.LazyFrame, pl.LazyFrame], pl.LazyFrame]


def trace(transform: Transform) -> ColumnLineage:
    return column_lineage(transform, {"a": A, "b": B})


def exact(transform: Transform) -> ColumnLineage:
    lineage = trace(transform)
    assert () == lineage.opaque
    return lineage


def direct(lineage: ColumnLineage, column: str) -> set[str]:
    return {o.column for o in lineage.direct(column)}


def kinds(lineage: ColumnLineage, column: str, origin: str) -> set[str]:
    return {k.subtype for o, found in lineage.columns[column].items() if o.column == origin for k in found}


def rows(lineage: ColumnLineage) -> set[tuple[str, str]]:
    return {(o.column, k.subtype) for o, found in lineage.rows.items() for k in found}


def test_distinct_rows_depend_on_every_column() -> None:
    assert {("id", "GROUP_BY"), ("email", "GROUP_BY")} == rows(exact(lambda a, b: a.select("id", "email").unique()))


def test_frames_side_by_side_keep_each_of_their_columns() -> None:
    lineage = exact(lambda a, b: pl.concat([a.select("email"), b.select("id", "seg", "rank")], how="horizontal"))

    assert [{"id"}, {"seg"}, {"rank"}] == [direct(lineage, name) for name in ("id", "seg", "rank")]


def test_the_key_of_a_full_join_depends_on_whether_the_left_one_is_there() -> None:
    lineage = exact(lambda a, b: a.join(b, on="id", how="full", coalesce=True))

    assert {"IDENTITY", "CONDITIONAL"} == {k.subtype for k in lineage.columns["id"][Origin("a", "id")]}


def test_an_outer_join_on_a_comparison_pairs_by_what_it_compares() -> None:
    query = "select a.email, b.seg from a left join b on a.id = b.id and cast(a.amt as int) > b.rank"

    lineage = exact(lambda a, b: pl.SQLContext(a=a, b=b, eager=False).execute(query))

    assert {"a.id", "b.id", "a.amt", "b.rank"} == {f"{o.input}.{o.column}" for o in lineage.rows}
    assert ("rank", "JOIN") in rows(lineage)


def test_what_fills_gaps_depends_on_where_they_are() -> None:
    lineage = exact(lambda a, b: a.select(filled=pl.coalesce("email", c.id.cast(pl.String))))

    assert {"IDENTITY", "CONDITIONAL"} == kinds(lineage, "filled", "email")
    assert {"TRANSFORMATION"} == kinds(lineage, "filled", "id")


def test_a_scan_of_anything_but_an_input_is_told() -> None:
    def rates(*_: object) -> Iterator[pl.DataFrame]:
        yield pl.DataFrame({"id": [1]})

    def transform(a: pl.LazyFrame, b: pl.LazyFrame) -> pl.LazyFrame:
        return a.join(register_io_source(rates, schema=pl.Schema({"id": pl.Int64()})), on="id")

    assert trace(transform).reads_others


def test_what_is_written_has_the_rows_of_what_it_was() -> None:
    lineage = exact(lambda a, b: a.filter(c.amt > 0).select("id").sink_parquet("never-written.parquet", lazy=True))

    assert {("amt", "FILTER")} == rows(lineage)


def test_the_word_that_rows_are_sorted_changes_nothing() -> None:
    assert {"email"} == direct(exact(lambda a, b: a.select("id", "email").set_sorted("id")), "email")


def test_items_of_a_list_are_not_the_list() -> None:
    assert {"TRANSFORMATION"} == kinds(exact(lambda a, b: a.select("l").explode("l")), "l", "l")


def test_sorted_values_tell_of_their_order() -> None:
    assert {"IDENTITY", "SORT"} == kinds(exact(lambda a, b: a.select(c.amt.sort())), "amt", "amt")


def test_fields_of_a_struct_that_some_step_changed_come_from_all_of_it() -> None:
    lineage = exact(lambda a, b: a.select(c.st.shift(1)).unnest("st"))

    assert {"st"} == direct(lineage, "x") == direct(lineage, "y")
    assert {} == lineage.parts.get("x", {})


def test_what_chooses_a_struct_influences_each_of_its_fields() -> None:
    def chosen(a: pl.LazyFrame, b: pl.LazyFrame) -> pl.LazyFrame:
        made = pl.when(c.amt > 0).then(pl.struct(x="id", y="email")).otherwise(c.st)
        return a.select(s=made).unnest("s")

    lineage = exact(chosen)

    assert ({"id", "st"}, {"email", "st"}) == (direct(lineage, "x"), direct(lineage, "y"))
    assert {"CONDITIONAL"} == kinds(lineage, "x", "amt") == kinds(lineage, "y", "amt")


def test_a_struct_of_which_one_way_is_not_known_apart_counts_as_a_whole() -> None:
    def chosen(a: pl.LazyFrame, b: pl.LazyFrame) -> pl.LazyFrame:
        made = pl.when(c.amt > 0).then(pl.struct(x="id", y="email")).otherwise(c.st.shift(1))
        return a.select(s=made).unnest("s")

    assert {"id", "email", "st"} == direct(exact(chosen), "x")


def test_of_two_influences_the_last_one_gives_the_kind() -> None:
    lineage = exact(lambda a, b: a.select(w=c.amt.sum().over("id")).filter(c.w > 1))

    assert {("id", "FILTER"), ("amt", "FILTER")} == rows(lineage)


def test_on_an_unknown_plan_what_one_column_alone_reads_shapes_no_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("meshwright.lineage.plan.SUPPORTED_MAJORS", {0})

    lineage = trace(lambda a, b: a.filter(c.amt > 1).select("id", "email"))

    assert {Origin("a", "amt")} == set(lineage.rows)


def test_an_input_without_rows_notes_the_columns_of_a_filter() -> None:
    placeholder = Placeholder("a", A)

    delivered = list(placeholder(["email"], c.amt > 1, None, None))

    assert {"email", "amt"} == placeholder.asked
    assert [["email"]] == [frame.columns for frame in delivered]
