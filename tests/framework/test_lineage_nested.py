"""Classes of fields: each field of a struct, in a list or not, declares what reaches it and need not more."""

from collections.abc import Callable

import polars as pl
import pytest

from meshwright.access.taxonomy import parse_classes
from meshwright.dtypes import polars_type
from meshwright.lineage import ColumnLineage, Origin, column_lineage, label_findings
from meshwright.lineage.dependencies import CONDITIONAL, TRANSFORMATION
from meshwright.spec import ColumnSpec, ColumnType, ListType, PortSpec, ScalarType, Spec, StructType

TEXT = ScalarType(kind="string")
EMAIL = ("pii.contact.email",)
c = pl.col


def column(name: str, classes: tuple[str, ...] = (), kind: ColumnType = TEXT) -> ColumnSpec:
    return ColumnSpec(name=name, type=kind, classes=classes)


def struct(*fields: ColumnSpec) -> StructType:
    return StructType(fields=fields)


def several(kind: ColumnType) -> ListType:
    return ListType(items=column("item", kind=kind))


PAIR = struct(column("a", EMAIL), column("b"))
PEOPLE = PortSpec(
    product="crm.people",
    major=1,
    columns=(
        column("email", EMAIL),
        column("segment"),
        column("n", kind=ScalarType(kind="integer")),
        column("s", kind=PAIR),
        column("l", kind=several(PAIR)),
    ),
)
SCHEMA = pl.Schema({each.name: polars_type(each.type) for each in PEOPLE.columns})
swapped, kept = pl.struct(a="segment", b="email"), pl.struct(a="email", b="segment")


def undeclared(y: pl.Expr | Callable[[pl.LazyFrame], pl.LazyFrame], kind: ColumnType, *whole: str) -> set[str]:
    def transform(p: pl.LazyFrame) -> pl.LazyFrame:
        return p.select(y=y) if isinstance(y, pl.Expr) else y(p)

    spec = Spec(id="mart.g", version="1.0.0", columns=(column("y", whole, kind),))
    return {f.column for f in label_findings(spec, column_lineage(transform, {"p": SCHEMA}), {"p": PEOPLE})}


def traced(y: pl.Expr) -> ColumnLineage:
    def transform(p: pl.LazyFrame) -> pl.LazyFrame:
        return p.select(y=y)

    return column_lineage(transform, {"p": SCHEMA})


STRUCTS: dict[str, tuple[pl.Expr, set[str]]] = {
    "packed as declared": (kept, set()),
    "packed the other way round": (swapped, {"y.b"}),
    "packed twice": (pl.struct(a="segment", b=swapped.struct.field("b")), {"y.b"}),
    "handed on": (c.s, set()),
    "renamed fields": (c.s.struct.rename_fields(["b", "a"]), {"y.b"}),
    "null for some": (pl.when(c.segment == "x").then(kept), set()),
    "null for some, the other way round": (pl.when(c.segment == "x").then(swapped), {"y.b"}),
    "one of two": (pl.coalesce(swapped, kept), {"y.b"}),
    "a first item": (c.l.list.first(), set()),
    "a first row": (kept.first(), set()),
    "another type": (kept.cast(pl.Struct({"a": pl.Categorical, "b": pl.String})), set()),
    "nobody knows": (kept.map_elements(dict, return_dtype=pl.Struct({"a": pl.String, "b": pl.String})), {"y.b"}),
}
LISTS: dict[str, tuple[pl.Expr | Callable[[pl.LazyFrame], pl.LazyFrame], set[str]]] = {
    "gathered": (lambda p: p.group_by("n").agg(y=kept).select("y"), set()),
    "gathered the other way round": (lambda p: p.group_by("n").agg(y=swapped).select("y"), {"y.item.b"}),
    "imploded": (kept.implode(), set()),
    "a list of one": (pl.concat_list(kept), set()),
    "a list of one, the other way round": (pl.concat_list(swapped), {"y.item.b"}),
    "handed on": (c.l, set()),
    "cut": (c.l.list.head(2), set()),
    "opened and gathered": (lambda p: p.explode("l").group_by("n").agg(y="l").select("y"), set()),
    "other fields": (pl.concat_list(pl.struct(b="email", a="segment")), {"y.item.b"}),
    "nobody knows": (c.l.list.eval(pl.element()), {"y.item.b"}),
}


@pytest.mark.parametrize("name", STRUCTS)
def test_each_field_of_a_struct_declares_the_classes_that_reach_it(name: str) -> None:
    y, expected = STRUCTS[name]

    assert expected == undeclared(y, PAIR)


@pytest.mark.parametrize("name", LISTS)
def test_each_field_in_a_list_declares_the_classes_that_reach_it(name: str) -> None:
    y, expected = LISTS[name]

    assert expected == undeclared(y, several(PAIR))


def test_a_class_on_the_whole_column_covers_each_field() -> None:
    assert set() == undeclared(swapped, PAIR, "pii.contact")
    assert set() == undeclared(pl.concat_list(swapped), several(PAIR), "pii.contact")


def test_where_no_field_declares_it_and_nobody_knows_which_the_whole_column_is_named_once() -> None:
    plain = struct(column("a"), column("b"))

    assert {"y"} == undeclared(c.l.list.eval(pl.element()), several(plain))


def test_a_field_of_a_field_is_asked_for_itself() -> None:
    deep = struct(column("t", kind=PAIR), column("u"))

    assert {"y.t.b"} == undeclared(pl.struct(t=swapped, u="segment"), deep)
    assert {"y.u"} == undeclared(pl.struct(t=kept, u="email"), deep)


def test_a_field_read_out_of_a_list_carries_its_own_class_alone() -> None:
    assert {"y"} == undeclared(c.l.list.first().struct.field("a"), TEXT)
    assert set() == undeclared(c.l.list.first().struct.field("b"), TEXT)
    assert set() == undeclared(lambda p: p.explode("l").unnest("l").select(y="b"), TEXT)


def test_the_path_leads_to_the_field() -> None:
    spec = Spec(id="mart.g", version="1.0.0", columns=(column("y", kind=PAIR),))
    lineage = traced(swapped)

    [found] = label_findings(spec, lineage, {"p": PEOPLE})

    assert "mart.g.y.b <- crm.people.email" == found.path
    assert 'declare Pii("contact.email") on y.b' in found.hint


def test_what_influences_a_column_of_fields_is_asked_of_each_field() -> None:
    tree = parse_classes(
        '[classes.internal]\n[classes.pii]\ninfluence = "internal"\n'
        '[classes."pii.contact"]\n[classes."pii.contact.email"]'
    )
    fields = struct(column("a", ("internal",)), column("b"))
    spec = Spec(id="mart.g", version="1.0.0", columns=(column("y", kind=fields),))

    def transform(p: pl.LazyFrame) -> pl.LazyFrame:
        decided = pl.when(c.email == "x").then(c.segment)
        return p.select(y=pl.struct(a=decided, b=decided))

    found = label_findings(spec, column_lineage(transform, {"p": SCHEMA}), {"p": PEOPLE}, tree)

    assert [("y.b", "internal", True)] == [(f.column, f.label, f.influences) for f in found]


TABLE = pl.lit(pl.Series(["a", "b", "c"]))
LOOKED_UP = {
    "get": TABLE.get(c.email.str.len_chars().first()),
    "gather": TABLE.gather(c.email.str.len_chars()),
    "slice": TABLE.slice(c.email.str.len_chars().first(), 1).first(),
    "filter": TABLE.filter(TABLE == c.email.first()).first(),
    "sort": TABLE.sort_by(c.email).first(),
    "get from a list": pl.lit(["a", "b"]).list.get(c.email.str.len_chars()),
}


@pytest.mark.parametrize("name", LOOKED_UP)
def test_what_looks_a_constant_up_stands_in_it(name: str) -> None:
    assert {"y"} == undeclared(LOOKED_UP[name], TEXT)


@pytest.mark.parametrize("y", [c.segment.gather(c.email.str.len_chars()), c.l.list.get(c.email.str.len_chars())])
def test_what_chooses_among_the_values_of_a_column_is_a_condition_on_them(y: pl.Expr) -> None:
    lineage = traced(y)

    assert {CONDITIONAL} == lineage.columns["y"][Origin("p", "email")]


COUNTS = {
    "the length of a list": pl.concat_list("email", "segment").list.len(),
    "how long a run is": c.email.rle().struct.field("len"),
    "how often a value stands there": c.email.value_counts().struct.field("count"),
    "how often each value stands there": c.email.unique_counts(),
}


@pytest.mark.parametrize("name", COUNTS)
def test_a_count_needs_no_class(name: str) -> None:
    assert set() == undeclared(COUNTS[name], TEXT)


@pytest.mark.parametrize("y", [c.email.rle().struct.field("value"), c.email.value_counts().struct.field("email")])
def test_what_was_counted_keeps_its_class(y: pl.Expr) -> None:
    assert {"y"} == undeclared(y, TEXT)


def test_a_field_of_an_input_is_not_its_column_as_it_is() -> None:
    lineage = traced(c.s.struct.field("b"))

    assert {TRANSFORMATION} == lineage.columns["y"][Origin("p", "s")]
