"""What the plan says of every construct a transform is likely to use."""

from collections.abc import Callable
from typing import Any

import polars as pl
import polars.selectors as cs
import pytest

from meshwright.lineage import ColumnLineage, Origin, column_lineage

c = pl.col
A = pl.Schema({"id": pl.Int64(), "email": pl.String(), "amt": pl.Float64(), "ts": pl.Int64()})
B = pl.Schema({"id": pl.Int64(), "seg": pl.String(), "ts": pl.Int64(), "amt": pl.Float64()})

Transform = Callable[[pl.LazyFrame, pl.LazyFrame], pl.LazyFrame]


def trace(transform: Transform) -> ColumnLineage:
    return column_lineage(transform, {"a": A, "b": B})


def trace_one(transform: Callable[[pl.LazyFrame], pl.LazyFrame], schema: pl.Schema) -> ColumnLineage:
    return column_lineage(transform, {"a": schema})


def exact(transform: Transform) -> ColumnLineage:
    lineage = trace(transform)
    assert () == lineage.opaque
    return lineage


def direct(lineage: ColumnLineage, column: str) -> set[str]:
    return {f"{o.input}.{o.column}" for o in lineage.direct(column)}


def kinds(lineage: ColumnLineage, column: str, origin: str) -> set[tuple[str, str]]:
    found = lineage.columns[column].get(Origin(*origin.split(".")), frozenset())
    return {(k.type, k.subtype) for k in found}


def masked(lineage: ColumnLineage, column: str, origin: str) -> bool:
    return all(k.masking for k in lineage.columns[column][Origin(*origin.split("."))])


def rows(lineage: ColumnLineage) -> set[tuple[str, str]]:
    return {(f"{o.input}.{o.column}", k.subtype) for o, found in lineage.rows.items() for k in found}


def test_a_selection_is_identity_transformation_or_nothing() -> None:
    lineage = exact(lambda a, b: a.select("email", x=c.amt + c.ts, one=pl.lit(1)))

    assert {("DIRECT", "IDENTITY")} == kinds(lineage, "email", "a.email")
    assert {"a.amt", "a.ts"} == direct(lineage, "x")
    assert {("DIRECT", "TRANSFORMATION")} == kinds(lineage, "x", "a.amt")
    assert {} == lineage.columns["one"]


def test_a_count_masks_and_a_hash_does_not() -> None:
    lineage = exact(lambda a, b: a.select(n=c.email.n_unique(), null=c.email.is_null().any(), h=c.email.hash()))

    assert masked(lineage, "n", "a.email")
    assert masked(lineage, "null", "a.email")
    assert not masked(lineage, "h", "a.email")


def test_selectors_suffixes_renames_and_drops_are_resolved() -> None:
    lineage = exact(
        lambda a, b: a.select(cs.numeric().name.suffix("_n"), pl.all().exclude("amt")).rename({"email": "e"}).drop("ts")
    )

    assert {"a.amt"} == direct(lineage, "amt_n")
    assert {"a.email"} == direct(lineage, "e")
    assert "ts" not in lineage.columns


@pytest.mark.parametrize("how", ["inner", "left", "right", "full"])
@pytest.mark.parametrize("coalesce", [None, True, False])
def test_a_join_pairs_by_its_keys_and_keeps_the_sides_apart(how: Any, coalesce: bool | None) -> None:
    lineage = exact(lambda a, b: a.join(b, on="id", how=how, coalesce=coalesce))

    assert {"b.seg"} == direct(lineage, "seg")
    assert {"b.amt"} == direct(lineage, "amt_right")
    assert {"a.email"} == direct(lineage, "email")
    assert {("a.id", "JOIN"), ("b.id", "JOIN")} == rows(lineage)


def test_the_coalesced_key_of_a_full_join_comes_from_both_sides() -> None:
    lineage = exact(lambda a, b: a.join(b, on="id", how="full", coalesce=True))

    assert {"a.id", "b.id"} == direct(lineage, "id")


def test_join_keys_may_have_other_names_or_be_expressions() -> None:
    named = exact(lambda a, b: a.join(b, left_on="ts", right_on="id", how="left"))
    computed = exact(lambda a, b: a.join(b, left_on=c.id * 2, right_on=c.id + 1, how="left"))

    assert {"a.ts"} == direct(named, "ts")
    assert {"b.ts"} == direct(named, "ts_right")
    assert {"b.id"} == direct(computed, "id_right")


def test_an_as_of_join_pairs_by_time_and_group() -> None:
    lineage = exact(lambda a, b: a.sort("ts").join_asof(b.sort("ts"), on="ts", by="id"))
    other = exact(lambda a, b: a.sort("ts").join_asof(b.sort("id"), left_on="ts", right_on="id"))

    assert {"b.seg"} == direct(lineage, "seg")
    assert {("b.id", "JOIN"), ("a.ts", "JOIN"), ("a.ts", "SORT")} <= rows(lineage)
    assert {"b.amt"} == direct(other, "amt_right")


@pytest.mark.parametrize("how", ["semi", "anti"])
def test_a_semi_join_shapes_rows_alone(how: Any) -> None:
    lineage = exact(lambda a, b: a.join(b, on="id", how=how))

    assert list(A) == list(lineage.columns)
    assert ("b.id", "JOIN") in rows(lineage)
    assert {"a.email"} == direct(lineage, "email")


def test_cross_joins_and_joins_on_conditions() -> None:
    crossed = exact(lambda a, b: a.join(b, how="cross"))
    where = exact(lambda a, b: a.join_where(b, c.amt > c.amt_right))

    assert {"b.id"} == direct(crossed, "id_right")
    assert ("b.amt", "FILTER") in rows(where)


def test_groups_aggregate_and_their_keys_shape_rows() -> None:
    lineage = exact(
        lambda a, b: a.group_by("id", k=c.email.str.len_chars()).agg(
            c.amt.sum(), n=pl.len(), f=c.amt.filter(c.ts > 1).mean()
        )
    )

    assert {("DIRECT", "AGGREGATION")} == kinds(lineage, "amt", "a.amt")
    assert {("DIRECT", "IDENTITY")} == kinds(lineage, "id", "a.id")
    assert {("INDIRECT", "FILTER")} == kinds(lineage, "f", "a.ts")
    assert {} == lineage.columns["n"]
    assert {("a.id", "GROUP_BY"), ("a.email", "GROUP_BY")} == rows(lineage)


def test_windows_over_time_keep_their_index() -> None:
    dynamic = exact(
        lambda a, b: (
            a.with_columns(t=c.ts.cast(pl.Datetime))
            .group_by_dynamic("t", every="1d", group_by="id", include_boundaries=True)
            .agg(c.amt.sum())
        )
    )
    rolling = exact(lambda a, b: a.rolling("ts", period="2i", group_by="id").agg(c.amt.sum()))

    assert {"a.ts"} == direct(dynamic, "t") == direct(dynamic, "_lower_boundary") == direct(rolling, "ts")
    assert {("a.ts", "GROUP_BY"), ("a.id", "GROUP_BY")} == rows(dynamic) == rows(rolling)


def test_filters_sorts_and_distinct_rows_shape_rows() -> None:
    lineage = exact(lambda a, b: a.filter(c.amt > 1).sort("ts").unique("email").drop_nulls("id").head(3))
    derived = exact(lambda a, b: a.with_columns(d=c.email.str.len_chars()).filter(c.d > 3).select("id"))

    assert {("a.amt", "FILTER"), ("a.ts", "SORT"), ("a.email", "GROUP_BY"), ("a.id", "FILTER")} == rows(lineage)
    assert {("a.email", "FILTER")} == rows(derived)


def test_windows_and_conditions_are_indirect() -> None:
    lineage = exact(
        lambda a, b: a.select(
            w=c.amt.sum().over("id", order_by="ts"),
            z=pl.when(c.amt > 0).then(c.email).otherwise(pl.lit("x")),
            r=c.amt.sum().rolling("ts", period="2i"),
        )
    )

    window = {("INDIRECT", "WINDOW")}
    assert window == kinds(lineage, "w", "a.id") == kinds(lineage, "w", "a.ts") == kinds(lineage, "r", "a.ts")
    assert {("INDIRECT", "CONDITIONAL")} == kinds(lineage, "z", "a.amt")
    assert {"a.email"} == direct(lineage, "z")


def test_values_of_stacked_frames_come_from_each_of_them() -> None:
    stacked = exact(lambda a, b: pl.concat([a.select("id", s="email"), b.select("id", s="seg")]))
    relaxed = exact(lambda a, b: pl.concat([a.select("id"), b.select(id=c.amt)], how="vertical_relaxed"))
    diagonal = exact(lambda a, b: pl.concat([a, b], how="diagonal"))
    merged = exact(lambda a, b: a.select("id", "ts").merge_sorted(b.select("id", "ts"), key="ts"))

    assert {"a.email", "b.seg"} == direct(stacked, "s")
    assert {"a.id", "b.amt"} == direct(relaxed, "id")
    assert {"b.seg"} == direct(diagonal, "seg")
    assert {"a.amt", "b.amt"} == direct(diagonal, "amt")
    assert {"a.id", "b.id"} == direct(merged, "id")


def test_frames_side_by_side_stay_apart() -> None:
    beside = exact(lambda a, b: pl.concat([a, b.select(q="seg")], how="horizontal"))
    aligned = exact(lambda a, b: pl.concat([a, b.select("id", "seg")], how="align"))

    assert {"b.seg"} == direct(beside, "q")
    assert {"b.seg"} == direct(aligned, "seg")


def test_reshaped_values_come_from_the_columns_they_stood_in() -> None:
    long = exact(lambda a, b: a.unpivot(on=["amt", "ts"], index="id"))
    wide = exact(lambda a, b: a.pivot(on="email", on_columns=["x", "y"], index="id", values="amt"))
    exploded = exact(lambda a, b: a.with_columns(pl.concat_list("amt", "ts").alias("l")).explode("l"))

    assert {"a.amt", "a.ts"} == direct(long, "value") == direct(exploded, "l")
    assert set() == direct(long, "variable")
    assert {"a.amt"} == direct(wide, "x")
    assert {("INDIRECT", "FILTER")} == kinds(wide, "x", "a.email")


def test_fields_of_a_struct_made_here_stay_apart() -> None:
    unnested = exact(lambda a, b: a.select(s=pl.struct("id", "email")).unnest("s"))
    picked = exact(lambda a, b: a.select(s=pl.struct("id", "email")).select(e=c.s.struct.field("email")))

    assert {"a.id"} == direct(unnested, "id")
    assert {("DIRECT", "IDENTITY")} == kinds(picked, "e", "a.email")


def test_fields_of_structs_that_come_from_inputs_stay_apart() -> None:
    schema = pl.Schema({"x": pl.Struct({"p": pl.Int64()}), "y": pl.Struct({"q": pl.Int64()}), "z": pl.Int64()})

    lineage = trace_one(lambda a: a.unnest("x", "y"), schema)

    assert {Origin("a", "x")} == lineage.direct("p")
    assert {Origin("a", "y")} == lineage.direct("q")
    assert {Origin("a", "y"): frozenset({"q"})} == lineage.parts["q"]
    assert {Origin("a", "z")} == lineage.direct("z")


def test_a_branch_used_twice_is_walked_once_and_counts_twice() -> None:
    def transform(a: pl.LazyFrame, b: pl.LazyFrame) -> pl.LazyFrame:
        kept = a.filter(c.amt > 0).cache()
        return kept.join(kept.group_by("id").agg(tot=c.amt.sum()), on="id")

    assert {"a.amt"} == direct(exact(transform), "tot")


def test_updated_shifted_and_filled_values() -> None:
    updated = exact(lambda a, b: a.update(b.select("id", "amt"), on="id"))
    shifted = exact(lambda a, b: a.fill_null(0).shift(1).gather_every(2).with_row_index("i"))

    assert {"a.amt", "b.amt"} == direct(updated, "amt")
    assert {"a.amt"} == direct(shifted, "amt")
    assert set() == direct(shifted, "i")


def test_sql_is_the_same_plan() -> None:
    query = """
        with z as (
          select l.email, sum(l.amt) s, r.seg from l join r on l.id = r.id where l.ts > 1 group by l.email, r.seg)
        select email, s, seg, case when s > 1 then seg else 'x' end k, row_number() over (partition by seg order by s) n
        from z"""

    lineage = exact(lambda a, b: pl.SQLContext(l=a, r=b, eager=False).execute(query))

    assert {"a.email"} == direct(lineage, "email")
    assert {"a.amt"} == direct(lineage, "s")
    assert {"b.seg"} == direct(lineage, "k")
    assert ("a.ts", "FILTER") in rows(lineage)


def test_a_function_nobody_sees_into_has_what_the_optimiser_reads_for_it() -> None:
    mapped = trace(lambda a, b: a.with_columns(m=c.email.map_elements(lambda s: s + "x", return_dtype=pl.String)))
    both = trace(lambda a, b: a.select(m=pl.struct("email", "amt").map_elements(str, return_dtype=pl.String)))
    folded = trace(lambda a, b: a.select(f=pl.fold(pl.lit(0.0), lambda x, y: x + y, exprs=c("amt", "ts"))))
    listed = trace(lambda a, b: a.select("id", m=pl.concat_list("amt", "ts").list.eval(pl.element() * 2)))

    assert mapped.opaque
    assert {"a.email"} == direct(mapped, "m")
    assert {"a.amt"} == direct(mapped, "amt")
    assert {"a.email", "a.amt"} == direct(both, "m")
    assert {"a.amt", "a.ts"} == direct(folded, "f") == direct(listed, "m")
    assert {"a.id"} == direct(listed, "id")


def test_a_frame_function_nobody_sees_into_makes_everything_of_everything() -> None:
    mapped = trace(lambda a, b: a.select("id", "amt").map_batches(lambda d: d))
    grouped = trace(
        lambda a, b: a.group_by("id").map_groups(lambda d: d.select("id"), schema=pl.Schema({"id": pl.Int64()}))
    )

    assert mapped.opaque
    assert {"a.id", "a.amt"} == direct(mapped, "id")
    assert {f"a.{name}" for name in A} == direct(grouped, "id")


def test_struct_updates_are_opaque_and_dates_are_not() -> None:
    schema = pl.Schema({"i": pl.Int64(), "st": pl.Struct({"x": pl.Int64()}), "d": pl.Date(), "u": pl.String()})

    updated = trace_one(lambda a: a.select(c.st.struct.with_fields(z=pl.field("x") + c.i)), schema)
    replaced = trace_one(lambda a: a.select(c.d.dt.replace(year=2000)), schema)

    assert updated.opaque
    assert {Origin("a", "st"), Origin("a", "i")} == updated.direct("st")
    assert () == replaced.opaque
    assert {Origin("a", "d")} == replaced.direct("d")


def test_a_cast_that_keeps_every_value_is_still_the_same_column() -> None:
    schema = pl.Schema({"n": pl.Int32(), "x": pl.Float64()})

    lineage = trace_one(lambda a: a.select(c.n.cast(pl.Int64), c.x.cast(pl.Int64)), schema)

    assert [("n", Origin("a", "n"))] == list(lineage.copies())


def test_constants_have_no_origin() -> None:
    lineage = exact(lambda a, b: a.join(pl.LazyFrame({"id": [1], "label": ["one"]}), on="id"))

    assert {} == lineage.columns["label"]


def test_a_file_read_beside_the_inputs_is_told() -> None:
    lineage = trace(
        lambda a, b: pl.scan_csv("codes.csv", schema={"id": pl.Int64(), "code": pl.String()}).join(a, on="id")
    )

    assert ("Scan reads what is no input",) == lineage.opaque
    assert {} == lineage.columns["code"]


def test_parameters_reach_the_transform() -> None:
    def transform(a: pl.LazyFrame, *, column: str) -> pl.LazyFrame:
        return a.select(x=column)

    lineage = column_lineage(transform, {"a": A}, {"column": "ts"})

    assert {Origin("a", "ts")} == lineage.direct("x")


def test_inputs_of_a_column_are_grouped_and_count_what_shapes_the_rows() -> None:
    lineage = exact(lambda a, b: a.join(b, on="id").select("email"))

    assert {"a": {"email", "id"}, "b": {"id"}} == lineage.inputs("email")


def test_an_unknown_plan_version_falls_back_to_what_the_optimiser_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("meshwright.lineage.plan.SUPPORTED_MAJORS", {0})

    lineage = trace(lambda a, b: a.filter(c.amt > 1).join(b.filter(c.seg == "x"), how="cross").select("email"))

    assert ("plan version (16, 0)",) == lineage.opaque
    assert {Origin("a", "email"), Origin("a", "amt"), Origin("b", "seg")} == lineage.upper_bound("email")
    assert {Origin("a", "amt"), Origin("b", "seg")} <= set(lineage.rows)
    assert [] == list(lineage.copies())


def test_a_function_that_fails_without_rows_has_everything_on_an_unknown_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("meshwright.lineage.plan.SUPPORTED_MAJORS", {0})

    lineage = trace(lambda a, b: a.select("id").map_batches(lambda d: d.head(d.item(0, 0))))

    assert {"a": set(A), "b": set(B)} == lineage.inputs("id")


def test_the_otherwise_of_a_condition_counts_like_its_then() -> None:
    lineage = exact(lambda a, b: a.select(z=pl.when(c.amt > 0).then(pl.lit("x")).otherwise(c.email)))

    assert {("DIRECT", "IDENTITY")} == kinds(lineage, "z", "a.email")


def test_what_orders_picks_or_cuts_values_is_indirect() -> None:
    lineage = exact(
        lambda a, b: a.select(
            ordered=c.amt.sort_by("ts"), picked=c.amt.gather(c.id), cut=c.amt.slice(c.ts.min(), c.id.max())
        )
    )

    assert {("INDIRECT", "SORT")} == kinds(lineage, "ordered", "a.ts")
    assert {("INDIRECT", "CONDITIONAL")} == kinds(lineage, "picked", "a.id")
    assert {("INDIRECT", "CONDITIONAL")} == kinds(lineage, "cut", "a.ts") == kinds(lineage, "cut", "a.id")
    assert {"a.amt"} == direct(lineage, "ordered") == direct(lineage, "picked") == direct(lineage, "cut")


def test_items_of_a_list_come_from_the_list() -> None:
    lineage = exact(lambda a, b: a.select(x=pl.concat_list("amt", "ts").explode()))

    assert {"a.amt", "a.ts"} == direct(lineage, "x")


def test_what_shapes_the_rows_of_either_side_shapes_the_rows() -> None:
    kept = {("a.amt", "FILTER"), ("b.seg", "FILTER")}
    sides: list[Transform] = [
        lambda a, b: a.filter(c.amt > 1).join(b.filter(c.seg == "x"), on="id"),
        lambda a, b: pl.concat([a.filter(c.amt > 1).select("id"), b.filter(c.seg == "x").select("id")]),
        lambda a, b: pl.concat([a.filter(c.amt > 1), b.filter(c.seg == "x").select(q="id")], how="horizontal"),
    ]

    assert [True, True, True] == [kept <= rows(exact(transform)) for transform in sides]


def test_merging_exploding_and_grouping_in_time_shape_rows() -> None:
    merged = exact(lambda a, b: a.select("id", "ts").merge_sorted(b.select("id", "ts"), key="ts"))
    exploded = exact(lambda a, b: a.select(l=pl.concat_list("amt", "ts")).explode("l"))
    grouped = exact(lambda a, b: a.sort("ts").join_asof(b.sort("ts"), on="ts", by_left="amt", by_right="amt"))

    assert {("a.ts", "SORT"), ("b.ts", "SORT")} == rows(merged)
    assert {("a.amt", "FILTER"), ("a.ts", "FILTER")} == rows(exploded)
    assert {("a.amt", "JOIN"), ("b.amt", "JOIN")} <= rows(grouped)


def test_what_a_frame_function_reads_may_shape_its_rows() -> None:
    lineage = trace(lambda a, b: a.select("id", "amt").map_batches(lambda d: d))

    assert {("a.id", "FILTER"), ("a.amt", "FILTER")} == rows(lineage)
