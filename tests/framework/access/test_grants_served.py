"""A grant of a product of which several major versions are served: what it reaches in each, and how it stands."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from made_grants import BOTH, NOW, granted, said

from meshwright.access import Policies
from meshwright.access.grants.served import Served, classes_named, concerned, standing_in_all
from meshwright.grants import GrantAct
from meshwright.spec import ColumnSpec, ScalarType, Spec

DAY = NOW + timedelta(days=1)


def column(name: str, *classes: str) -> ColumnSpec:
    return ColumnSpec(name=name, type=ScalarType(kind="string"), classes=classes)


@pytest.fixture
def majors(customers: Spec, staffed: Policies) -> tuple[Served, Served]:
    """Two major versions: the newer has no `old`, and its `both` is of another class."""
    newer = (column("both", "pii.contact.email"), column("new", "pii"), column("free"))
    older = (column("both", "export-controlled"), column("old", "pii"), column("free"))
    specs = (
        customers.model_copy(update={"version": "2.0.0", "columns": newer}),
        customers.model_copy(update={"columns": older}),
    )
    one, two = (Served(spec, staffed) for spec in specs)
    return one, two


@pytest.mark.parametrize(
    ("what", "where"),
    [
        ({"columns": ("both",)}, [2, 1]),
        ({"columns": ("old",)}, [1]),
        ({"columns": ("new",)}, [2]),
        ({"columns": ("gone",)}, [2]),
        ({"cls": "export-controlled"}, [1]),
        ({"level": "read"}, [2, 1]),
    ],
)
def test_a_grant_is_about_the_majors_in_which_it_reaches_something(
    majors: tuple[Served, Served], what: dict[str, Any], where: list[int]
) -> None:
    assert where == [each.spec.major for each in concerned(granted(**what), majors)]


def test_the_classes_of_named_columns_are_those_of_every_major(majors: tuple[Served, Served]) -> None:
    assert ("export-controlled", "pii.contact.email") == classes_named(granted(columns=("both",)), majors)
    assert () == classes_named(granted(cls="pii"), majors)


def test_it_waits_while_one_major_wants_a_word_and_says_which(majors: tuple[Served, Served]) -> None:
    found = standing_in_all(granted(columns=("both",), acts=BOTH[:1]), majors, DAY)

    assert ("waiting", ("data protection",)) == (found.status, found.waits_for)
    assert "major 2: waits for data protection; major 1: approved by ana" == found.why


def test_it_waits_whichever_major_it_is_and_for_each_word_in_order(majors: tuple[Served, Served]) -> None:
    turned = standing_in_all(granted(columns=("both",), acts=BOTH[:1]), majors[::-1], DAY)
    nobody = standing_in_all(granted(columns=("both",), acts=()), majors[::-1], DAY)

    assert ("waiting", ("data protection",)) == (turned.status, turned.waits_for)
    assert ("waiting", ("owner", "data protection")) == (nobody.status, nobody.waits_for)
    assert "major 1: waits for owner; major 2: waits for owner and data protection" == nobody.why


def test_it_is_in_force_when_every_major_has_its_words(majors: tuple[Served, Served]) -> None:
    found = standing_in_all(granted(columns=("both",)), majors, DAY)

    assert ("active", "approved by ana, dora", ()) == (found.status, found.why, found.waits_for)


@pytest.mark.parametrize("looked", [[], [said("review", "ana")], [said("review", "ana"), said("review", "dora")]])
def test_broken_glass_is_in_force_where_one_major_allows_it_and_flagged_until_both_looked(
    majors: tuple[Served, Served], looked: list[GrantAct]
) -> None:
    rules = {**majors[0].policies.classes.rules}
    rules["export-controlled"] = replace(rules["export-controlled"], break_glass=True)
    allowing = replace(majors[0].policies, classes=replace(majors[0].policies.classes, rules=rules))
    both = tuple(replace(each, policies=allowing) for each in majors)
    grant = granted(columns=("both",), break_glass=True, acts=tuple(looked))

    found = standing_in_all(grant, both, NOW + timedelta(minutes=5))

    assert ("active", len(looked) < 2) == (found.status, found.flagged)
    assert "major 2: its classes do not allow to break the glass; major 1: ben broke the glass" == found.why
