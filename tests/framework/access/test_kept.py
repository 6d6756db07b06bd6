"""Which classes a contract takes from personal data, and contracts with and without them."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshwright.access import leaves
from meshwright.access.kept import keep, release, taken, with_recorded
from meshwright.registry import ClassesTaken
from meshwright.spec import ColumnSpec, ColumnType, ListType, ScalarType, Spec, StructType

TEXT, NUMBER = ScalarType(kind="string"), ScalarType(kind="number")
NAMES = ("pii", "pii.contact", "pii.contact.email", "commercial")


def col(name: str, *classes: str, kind: ColumnType = TEXT) -> ColumnSpec:
    return ColumnSpec(name=name, type=kind, classes=classes)


def spec(*columns: ColumnSpec) -> Spec:
    return Spec(id="sales.orders", version="1.0.0", columns=columns)


def told(new: Spec, live: Spec, *earlier: Spec) -> list[str]:
    return [str(each) for each in taken(new, live, earlier)]


def drawn(name: str, classes: set[str], kind: ScalarType) -> ColumnSpec:
    return col(name, *sorted(classes), kind=kind)


FLAT = st.lists(
    st.builds(drawn, st.sampled_from("abcd"), st.sets(st.sampled_from(NAMES)), st.sampled_from([TEXT, NUMBER])),
    max_size=4,
    unique_by=lambda column: column.name,
)


def slowly(new: Sequence[ColumnSpec], live: Sequence[ColumnSpec]) -> set[tuple[str, str]]:
    """Tell for columns without fields, one by one, what each loses."""
    found = set[tuple[str, str]]()
    personal = [old for old in live if any(name.startswith("pii") for name in old.classes)]
    came = [column for column in new if column.name not in {old.name for old in live}]
    for old in personal:
        for column in new:
            if column.name == old.name:
                found |= {(column.name, name) for name in old.classes if name not in column.classes}
        if old.name in {column.name for column in new}:
            continue
        if any(column.type == old.type and set(old.classes) <= set(column.classes) for column in came):
            continue
        for column in came:
            if column.type == old.type and not any(name.startswith("pii") for name in column.classes):
                found |= {(column.name, name) for name in old.classes if name not in column.classes}
    return found


@given(FLAT, FLAT)
def test_what_is_taken_is_what_each_column_loses_and_keeping_it_takes_nothing(
    new: list[ColumnSpec], live: list[ColumnSpec]
) -> None:
    takes = taken(spec(*new), spec(*live))
    kept = keep(spec(*new), takes)

    assert slowly(new, live) == {(each.column, name) for each in takes for name in each.classes}
    assert {leaf.path: leaf.classes for leaf in leaves(new)} == {
        leaf.path: leaf.classes for leaf in leaves(release(kept, takes).columns)
    }
    assert {(each.column, each.classes) for each in taken(spec(*new), kept)} == {
        (each.column, each.classes) for each in takes
    }


def test_a_new_column_is_compared_with_the_newest_contract_that_had_it() -> None:
    live, freed, first = spec(col("id")), spec(col("id"), col("mail")), spec(col("id"), col("mail", "pii"))

    assert ["pii from mail"] == told(freed, live, live, first)
    assert [] == told(freed, live, live, freed, first)
    assert [] == told(freed, live)


@pytest.mark.parametrize(
    "columns",
    [
        (col("mail", "pii"), col("note")),
        (col("reach", "pii"), col("note")),
        (col("reach", "pii", "commercial"), col("note")),
        (col("units", kind=NUMBER),),
        (col("reach", "pii.contact"),),
    ],
    ids=["still there", "renamed with its class", "renamed with more", "another type", "of another personal class"],
)
def test_a_column_beside_personal_data_that_is_accounted_for_is_no_new_name_of_it(
    columns: tuple[ColumnSpec, ...],
) -> None:
    assert [] == told(spec(*columns), spec(col("mail", "pii")))


def test_columns_that_went_together_are_named_together() -> None:
    live = spec(col("mail", "pii.contact"), col("phone", "pii"))

    assert ["pii and pii.contact from reach, which came as mail or phone went"] == told(spec(col("reach")), live)


@pytest.mark.parametrize(
    ("new", "live", "expected"),
    [
        (col("a"), col("a", kind=StructType(fields=(col("b", "pii"), col("c")))), ["pii from a"]),
        (col("a", kind=StructType(fields=(col("b"), col("c")))), col("a", "pii"), ["pii from a.b", "pii from a.c"]),
        (
            col("a", kind=ListType(items=col("item", kind=StructType(fields=(col("b"),))))),
            col("a", "pii", kind=ListType(items=col("item", kind=StructType(fields=(col("b"),))))),
            ["pii from a.item.b"],
        ),
        (col("a", kind=ListType(items=col("item"))), col("a", kind=ListType(items=col("item", "pii"))), ["pii from a"]),
        (col("a", kind=ListType(items=col("item", "pii"))), col("a", "pii", kind=ListType(items=col("item"))), []),
    ],
    ids=["a struct becomes text", "text becomes a struct", "around a list", "within a list", "moved inwards"],
)
def test_classes_count_wherever_they_stand_around_or_within_a_path(
    new: ColumnSpec, live: ColumnSpec, expected: list[str]
) -> None:
    assert expected == told(spec(new), spec(live))


def test_what_was_recorded_for_a_path_counts_around_and_within_it() -> None:
    inner = col("a", kind=StructType(fields=(col("b"), col("c"))))

    found = {
        leaf.path: leaf.classes for leaf in leaves(with_recorded(spec(inner), {"a.b": frozenset({"pii"})}).columns)
    }

    assert {"a.b": frozenset({"pii"}), "a.c": frozenset()} == found
    assert frozenset({"pii"}) == leaves(with_recorded(spec(col("a")), {"a.b": frozenset({"pii"})}).columns)[0].classes


def test_only_what_was_kept_is_released() -> None:
    kept = keep(spec(col("a", "commercial")), [ClassesTaken(column="a", classes=("pii",))])

    assert ("commercial", "pii") == kept.columns[0].classes
    assert ("commercial",) == release(kept, [ClassesTaken(column="a", classes=("pii", "pii.contact"))]).columns[
        0
    ].classes
