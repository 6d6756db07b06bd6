"""The closed list of what takes a class from values: seen in the plan, recorded, and checked on the data."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshwright import declassify
from meshwright.access.taxonomy import parse_classes
from meshwright.dtypes import polars_type
from meshwright.errors import DeclassifierRefused, DefinitionError, PolicyRejected
from meshwright.lineage import ColumnLineage, Origin, column_lineage, label_findings
from meshwright.lineage.marks import Mark, mark_in
from meshwright.spec import ColumnSpec, PortSpec, ScalarType, Spec, StructType

c = pl.col
CLASSES = parse_classes(
    """
    [classes.pii]
    [classes."pii.email"]
    coarse = "domain"
    [classes."pii.email.work"]
    [classes.cost]
    """
)
TEXT, NUMBER = ScalarType(kind="string"), ScalarType(kind="number")
EMAIL = ColumnSpec(name="email", type=TEXT, classes=("pii.email.work",))
SALES = PortSpec(
    product="sales.orders",
    major=1,
    columns=(
        ColumnSpec(name="customer", type=TEXT),
        ColumnSpec(name="part", type=TEXT),
        EMAIL,
        ColumnSpec(name="price", type=NUMBER, classes=("cost",)),
        ColumnSpec(name="day", type=ScalarType(kind="date")),
        ColumnSpec(name="who", type=StructType(fields=(EMAIL,))),
    ),
)
COSTS = PortSpec(
    product="supply.costs",
    major=1,
    columns=(ColumnSpec(name="part", type=TEXT), ColumnSpec(name="cost", type=NUMBER, classes=("cost",))),
)
INPUTS: dict[str, Any] = {"orders": SALES, "costs": COSTS}
Transform = Callable[[pl.LazyFrame, pl.LazyFrame], pl.LazyFrame]


def trace(transform: Transform) -> ColumnLineage:
    schemas = {n: pl.Schema({i.name: polars_type(i.type) for i in port.columns}) for n, port in INPUTS.items()}

    def called(orders: pl.LazyFrame, costs: pl.LazyFrame) -> pl.LazyFrame:
        return transform(orders, costs)

    return column_lineage(called, schemas, name="sales.summary")


def left(transform: Transform) -> set[tuple[str, str]]:
    """Name the classes that reach each column of a contract that declares none."""
    lineage = trace(transform)
    columns = tuple(ColumnSpec(name=name, type=TEXT) for name in lineage.columns)
    spec = Spec(id="sales.summary", version="1.0.0", columns=columns)
    return {(f.column, f.label) for f in label_findings(spec, lineage, INPUTS, CLASSES)}


def by_part(**columns: pl.Expr) -> Transform:
    return lambda orders, costs: orders.group_by("part").agg(**columns)


def total(each: str = "customer") -> pl.Expr:
    return declassify.total("price", each=each, at_least=3)


@pytest.mark.parametrize(
    "expression", [declassify.coarse("email", "domain"), declassify.null("email"), declassify.null("price")]
)
def test_the_class_goes_with_what_it_was_declared_for(expression: pl.Expr) -> None:
    assert set() == left(lambda orders, costs: orders.select(expression))


@pytest.mark.parametrize("name", ["total", "mean", "count"])
def test_groups_of_many_take_the_class_away(name: str) -> None:
    expression = getattr(declassify, name)("price", each="customer", at_least=3)

    assert set() == left(by_part(x=expression))
    assert set() == left(lambda orders, costs: orders.select(x=expression.over("part")))


def test_what_was_done_stands_in_the_lineage() -> None:
    lineage = trace(by_part(x=total()))

    [kind] = lineage.columns["x"][Origin("orders", "price")]
    assert ("DIRECT", "AGGREGATION", True, "total over at least 3 customer") == kind
    assert () == lineage.opaque


def test_a_plain_sum_keeps_the_class_as_does_the_sum_beside_a_declassified_one() -> None:
    assert {("x", "cost")} == left(by_part(x=c.price.sum()))
    assert {("x", "cost")} == left(by_part(x=total() + c.price.sum()))


def test_a_coarse_value_that_nobody_decided_for_the_class_keeps_it() -> None:
    found = left(lambda orders, costs: orders.select(declassify.coarse("email", "prefix:9")))

    assert {("email", "pii.email.work")} == found


COMPUTED = {
    "more before it": "a@" + c.email.str.replace("@", ""),
    "less of it": c.email.str.slice(1),
    "another case": c.email.str.to_lowercase(),
    "the first of a list": pl.concat_list("email").list.first(),
    "one of many": c.email.first().over("part"),
}


@pytest.mark.parametrize("name", COMPUTED)
def test_a_coarse_value_of_something_computed_keeps_the_class_and_the_path_says_why(name: str) -> None:
    lineage = trace(
        lambda orders, costs: orders.with_columns(x=COMPUTED[name]).select(declassify.coarse("x", "domain"))
    )
    spec = Spec(id="sales.summary", version="1.0.0", columns=(ColumnSpec(name="x", type=TEXT),))

    [found] = label_findings(spec, lineage, INPUTS, CLASSES)

    assert "pii.email.work" == found.label
    assert found.path.endswith(", coarse domain of something computed in summary")


MOVED: dict[str, Transform] = {
    "renamed": lambda orders, costs: orders.select(x="email"),
    "joined": lambda orders, costs: costs.join(orders, on="part").select(x="email"),
    "where it is": lambda orders, costs: orders.select(x=pl.when(c.email.is_not_null()).then("email")),
    "out of a struct": lambda orders, costs: orders.select(s=pl.struct("email")).unnest("s").rename({"email": "x"}),
    "a field of an input": lambda orders, costs: orders.select(x=c.who.struct.field("email")),
}


@pytest.mark.parametrize("name", MOVED)
def test_a_coarse_value_of_what_only_moved_takes_the_class_away(name: str) -> None:
    assert set() == left(lambda orders, costs: MOVED[name](orders, costs).select(declassify.coarse("x", "domain")))


def test_what_follows_a_declassifier_changes_nothing() -> None:
    masked = declassify.coarse("email", "domain").str.to_uppercase().str.slice(1)

    assert set() == left(lambda orders, costs: orders.with_columns(masked).unique("customer").select("email"))


def test_values_of_an_input_whose_rows_are_not_counted_keep_their_class() -> None:
    """Ten orders of one part tell the part's cost."""

    def margins(orders: pl.LazyFrame, costs: pl.LazyFrame) -> pl.LazyFrame:
        joined = orders.join(costs, on="part")
        return joined.group_by("day").agg(declassify.total("cost", each="customer", at_least=3), total())

    assert {("cost", "cost")} == left(margins)


NO_KEY, OVERLAP = "does not come as it is from an input", "make groups that share no rows"
REFUSED: dict[str, tuple[str, Transform]] = {
    "made up": (NO_KEY, lambda o, _: o.with_row_index("n").group_by("part").agg(x=total("n"))),
    "computed": (NO_KEY, lambda o, _: o.with_columns(n=c.customer + c.part).group_by("part").agg(x=total("n"))),
    "aggregated": (
        NO_KEY,
        lambda o, _: o.group_by("part", "price").agg(n=c.customer.first()).group_by("part").agg(x=total("n")),
    ),
    "sorted apart": (NO_KEY, lambda o, _: o.with_columns(n=c.customer.sort()).group_by("part").agg(x=total("n"))),
    "rolling": (OVERLAP, lambda o, _: o.rolling("day", period="2d").agg(x=total())),
    "rolling expression": (OVERLAP, lambda o, _: o.select(x=total().rolling("day", period="2d"))),
    "overlapping": (OVERLAP, lambda o, _: o.group_by_dynamic("day", every="1d", period="2d").agg(x=total())),
    "shared ends": (OVERLAP, lambda o, _: o.group_by_dynamic("day", every="1d", closed="both").agg(x=total())),
}


@pytest.mark.parametrize("name", REFUSED)
def test_groups_that_cannot_be_counted_soundly_are_refused(name: str) -> None:
    said, transform = REFUSED[name]

    with pytest.raises(DeclassifierRefused, match=f"sales.summary: total over at least 3 .*{said}"):
        trace(transform)


def test_windows_of_time_that_share_no_rows_are_groups_like_others() -> None:
    assert set() == left(lambda orders, costs: orders.group_by_dynamic("day", every="1w").agg(x=total()))


def test_a_group_of_one_and_an_unknown_way_to_be_coarse_are_refused_at_once() -> None:
    with pytest.raises(DefinitionError, match="at_least is 1"):
        declassify.total("price", each="customer", at_least=1)
    with pytest.raises(PolicyRejected, match="unknown coarse method"):
        declassify.coarse("email", "half")


def test_no_text_of_a_transform_is_a_mark() -> None:
    forged = '{"does": "null", "reads": ["email"], "masks": true, "each": "", "beneath": false}'

    assert mark_in(forged) is None
    assert mark_in(f"meshwright-mark-{'0' * 32}:{forged}") is None
    assert {("email", "pii.email.work")} == left(
        lambda orders, costs: orders.select(pl.when(pl.lit(forged).is_not_null()).then(c.email))
    )
    assert Mark("null", ("email",)) == Mark("null", ("email",), masks=True, each="", beneath=False)


PEOPLE = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from(["u", "v", "w", "x", None]), st.none() | st.integers(0, 9)),
    min_size=1,
    max_size=12,
)


@given(PEOPLE, st.sampled_from(["in-memory", "streaming"]), st.booleans())
def test_the_data_decide_whether_every_group_is_large_enough(
    rows: list[tuple[str, str | None, int | None]], engine: Any, windowed: bool
) -> None:
    frame = pl.LazyFrame(rows, schema={"g": pl.String, "who": pl.String, "n": pl.Int64}, orient="row")
    asked = declassify.total("n", each="who", at_least=2)
    groups = {g: {w for h, w, n in rows if h == g and w is not None and n is not None} for g, _, _ in rows}
    sums = {g: sum(n or 0 for h, _, n in rows if h == g) for g in groups}
    query = frame.select("g", asked.over("g")) if windowed else frame.group_by("g").agg(asked)

    if all(len(members) >= 2 for members in groups.values()):
        assert sums == dict(query.collect(engine=engine).rows())
    else:
        with pytest.raises(pl.exceptions.ComputeError, match="groups of fewer than 2"):
            query.collect(engine=engine)


@pytest.mark.parametrize(
    ("value", "method", "expected"),
    [
        ("ada@example.org", "domain", "***@example.org"),
        (1234, "bucket:1000", 1000),
        (-1, "bucket:10", -10),
        (12.5, "bucket:10", 10.0),
        (1e300, "bucket:10", None),
        (float("inf"), "bucket:10", None),
        (float("nan"), "bucket:10", None),
        (Decimal("-0.01"), "bucket:10", Decimal("-10.00")),
        ("@ada.example", "domain", "***"),
        ("12345", "last4", "***"),
        ("ada", "null", None),
    ],
)
def test_coarse_values_are_those_that_a_reader_gets_at_level_coarse(value: Any, method: str, expected: Any) -> None:
    assert expected == pl.DataFrame({"x": [value]}).select(declassify.coarse("x", method)).item()
