"""What a grant names in a contract, which classes it opens, and whether that is personal data."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from made_grants import BOTH, NOW, granted

from meshwright.access import AccessRequest, Policies, decide
from meshwright.access.grants.reach import opened, reached, rules_of, shows_personal_data
from meshwright.access.taxonomy import Classes, ClassRule
from meshwright.grants import Grant
from meshwright.spec import ColumnSpec, ScalarType, Spec

TEXT = ScalarType(kind="string")
MORE = (
    ColumnSpec(name="emails", type=TEXT, classes=("pii",)),
    ColumnSpec(name="size", type=TEXT, classes=("piiless",)),
)


@pytest.fixture
def spec(customers: Spec) -> Spec:
    """The customers, with a column and a class that only begin like others."""
    return customers.model_copy(update={"columns": (*customers.columns, *MORE)})


@pytest.mark.parametrize(
    ("named", "paths"),
    [
        ({"columns": ("email",)}, ["email"]),
        ({"columns": ("address", "born")}, ["born", "address.street", "address.country"]),
        ({"columns": ("address.street",)}, ["address.street"]),
        ({"cls": "pii.contact"}, ["email", "contacts.item.mail"]),
        ({"cls": "pii"}, ["email", "born", "both", "address.street", "contacts.item.mail", "aliases", "emails"]),
        ({"level": "read"}, ["customer_id", "address.country", "contacts.item.kind"]),
    ],
)
def test_a_grant_reaches_columns_with_their_fields_a_class_with_those_below_or_what_is_unclassified(
    spec: Spec, named: dict[str, Any], paths: list[str]
) -> None:
    assert paths == [leaf.path for leaf in reached(granted(**named), spec)]


@pytest.mark.parametrize(
    ("named", "classes"),
    [
        ({"columns": ("both", "email")}, {"pii.name", "export-controlled", "pii.contact.email"}),
        ({"cls": "pii.name"}, {"pii.name"}),
        ({"cls": "pii.contact"}, {"pii.contact", "pii.contact.email"}),
        ({"cls": "frozen"}, {"frozen"}),
        ({"level": "read"}, set[str]()),
    ],
)
def test_columns_open_all_their_classes_and_a_class_itself_with_those_below(
    spec: Spec, named: dict[str, Any], classes: set[str]
) -> None:
    assert classes == opened(granted(**named), spec)


@pytest.mark.parametrize(
    ("named", "personal"),
    [
        ({"columns": ("email",)}, True),
        ({"columns": ("email",), "level": "token"}, False),
        ({"cls": "pii"}, True),
        ({"cls": "pii.contact.email", "level": "coarse"}, False),
        ({"cls": "secret"}, False),
        ({"columns": ("password", "born")}, True),
        ({"columns": ("size",)}, False),
        ({"cls": "pii.phone"}, True),
        ({"level": "read"}, False),
    ],
)
def test_personal_data_is_shown_by_what_is_clear_and_of_its_class_or_below(
    spec: Spec, named: dict[str, Any], *, personal: bool
) -> None:
    assert personal is shows_personal_data(granted(**named), spec)


def test_a_class_beside_a_personal_one_needs_data_protection_for_a_policy_may_have_opened_the_other(
    staffed: Policies, spec: Spec
) -> None:
    names = '@id("n") permit(principal, action == Mesh::Action::"see_clear", resource in Mesh::Class::"pii.name");'
    policies = replace(staffed, central=staffed.central + names)
    ben, alone = staffed.principals.find("ben"), granted(cls="export-controlled", acts=BOTH[:1])

    def level(grant: Grant) -> str:
        return decide(AccessRequest(ben, "churn", NOW, spec, (grant,)), policies).column("both").level

    assert shows_personal_data(alone, spec)
    assert ("hidden", "clear") == (level(alone), level(granted(cls="export-controlled")))


def test_the_rules_are_those_of_the_classes_opened_and_without_any_the_usual_ones(
    staffed: Policies, spec: Spec
) -> None:
    rules = {name: ClassRule(name, grant_days=days) for name, days in (("pii.name", 7), ("secret", 9))}
    policies = replace(staffed, classes=Classes(rules))

    def days(named: Mapping[str, Any]) -> list[int]:
        return [rule.grant_days for rule in rules_of(granted(**named), spec, policies)]

    assert [7] == days({"columns": ("both",)})
    assert [7, 9] == days({"columns": ("both", "password")})
    assert [365] == days({"level": "read"})
    assert [365] == days({"cls": "export-controlled"})
