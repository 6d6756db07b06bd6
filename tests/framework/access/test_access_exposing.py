"""Which policies newly show personal data in the clear: never too few, held against the decisions themselves."""

import itertools
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meshwright.access import AccessRequest, Policies, Principal, decide
from meshwright.access.exposing import WITHOUT_CLEAR, newly_clear
from meshwright.spec import Spec

NOW = datetime(2026, 7, 1, tzinfo=UTC)
PURPOSES = ("analytics", "fraud")
PERSONAL = ("pii", "pii.name", "pii.contact.email")


@dataclass(frozen=True)
class Rule:
    """One random policy."""

    effect: str
    who: str
    action: str
    what: str
    purpose: str

    def cedar(self, number: int) -> str:
        when = f' when {{ context.purpose == Mesh::Purpose::"{self.purpose}" }}' if self.purpose else ""
        action = f'action == Mesh::Action::"{self.action}"'
        return f'@id("r{number}") @why("w") {self.effect}({self.who}, {action}, {self.what}){when};\n'


rules = st.builds(
    Rule,
    effect=st.sampled_from(("permit", "permit", "permit", "forbid")),
    who=st.sampled_from(
        ("principal", *(f'principal in Mesh::{w}"' for w in ('Team::"desk', 'Team::"planning', 'Domain::"sales')))
    ),
    action=st.sampled_from(("read", "see_clear", "see_clear", "see_token")),
    what=st.sampled_from(
        (
            "resource",
            *(f'resource in Mesh::Class::"{name}"' for name in (*PERSONAL, "export-controlled")),
            'resource == Mesh::Product::"sales.customers"',
            'resource == Mesh::Column::"sales.customers/email"',
        )
    ),
    purpose=st.sampled_from(("", *PURPOSES)),
)
texts = st.lists(rules, max_size=4)


def people(policies: Policies) -> list[Principal]:
    known = [*policies.principals.users.values()]
    return [replace(each, purposes=PURPOSES) for each in known]


def shown(text: str, policies: Policies, spec: Spec) -> set[tuple[str, str, str]]:
    """Decide about everybody, for every purpose: who sees which personal column in the clear."""
    users = {each.name: each for each in people(policies)}
    principals = replace(policies.principals, users=users)
    rules_now = replace(policies, principals=principals, products={spec.id: text})
    found: set[tuple[str, str, str]] = set()
    for who, purpose in itertools.product(users.values(), PURPOSES):
        decision = decide(AccessRequest(who, purpose, NOW, spec), rules_now)
        for path, column in decision.columns.items():
            if column.level == "clear" and any(c.split(".")[0] == "pii" for c in column.classes):
                found.add((who.name, purpose, path))
    return found


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(old=texts, new=texts, kept=texts)
def test_whoever_newly_sees_personal_data_is_noticed(
    policies: Policies, customers: Spec, old: list[Rule], new: list[Rule], kept: list[Rule]
) -> None:
    before = "".join(rule.cedar(n) for n, rule in enumerate([*kept, *old]))
    after = "".join(rule.cedar(n) for n, rule in enumerate([*kept, *new]))

    more = shown(after, policies, customers) - shown(before, policies, customers)

    assert not more or newly_clear(before, after, customers, policies)


def see(level: str, cls: str = "pii", when: str = "") -> str:
    scope = f'principal in Mesh::Team::"desk", action == Mesh::Action::"see_{level}", resource in Mesh::Class::"{cls}"'
    return f'@id("see") @why("w") permit({scope}){when};\n'


def reads(team: str) -> str:
    who = f'principal in Mesh::Team::"{team}"'
    return f'@id("reads") @why("w") permit({who}, action == Mesh::Action::"read", resource);\n'


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("", see("token"), ()),
        ("", see("clear", "export-controlled"), ("see",)),  # a personal column is of that class, too
        ("", see("clear", "secret"), ()),
        ("", see("clear"), ("see",)),
        ("", see("clear", "pii.name"), ("see",)),
        (see("clear"), "", ()),
        (see("clear"), see("clear").replace("see", "other", 1), ()),
        (see("clear"), see("token"), ()),
        (see("token"), see("token") + reads("planning"), ()),
        (see("clear"), see("clear") + reads("planning"), ()),
        (see("clear"), see("clear") + reads("desk"), ("reads",)),
        (see("clear") + WITHOUT_CLEAR, see("clear"), ("catalog.waiting",)),
        (see("clear"), see("clear") + WITHOUT_CLEAR, ()),
        ("", "permit(", ()),
    ],
)
def test_what_shows_nothing_new_does_not_wait(
    policies: Policies, customers: Spec, old: str, new: str, named: tuple[str, ...]
) -> None:
    assert named == newly_clear(old, new, customers, policies)
