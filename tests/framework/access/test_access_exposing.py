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
        ("", see("clear", "secret").replace("resource in", "resource is Mesh::Column in"), ()),
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


def written(name: str, who: str, action: str, what: str = "resource", effect: str = "permit", *, when: str = "") -> str:
    principal = f"principal {'==' if who.startswith(('User', 'Service')) else 'in'} Mesh::{who}" if who else "principal"
    bare = what.startswith("resource")
    place = what if bare else f"resource {'in' if what.startswith(('Class', 'Domain')) else '=='} Mesh::{what}"
    condition = f" when {{ {when} }}" if when else ""
    return f'@id("{name}") @why("w") {effect}({principal}, action == Mesh::Action::"{action}", {place}){condition};\n'


ANA, BEN, DESK, PLANNING = 'User::"ana"', 'User::"ben"', 'Team::"desk"', 'Team::"planning"'
SALES, SUPPLY, NAMES = 'Domain::"sales"', 'Domain::"supply_chain"', 'Class::"pii.name"'


@pytest.mark.parametrize(
    ("reader", "seer", "meet"),
    [
        ("", DESK, True),
        (DESK, "", True),
        (DESK, DESK, True),
        (PLANNING, DESK, False),
        (SALES, DESK, True),
        (DESK, SALES, True),
        (SUPPLY, DESK, False),
        (DESK, SUPPLY, False),
        (SUPPLY, 'Team::"gone"', True),
        ('Team::"gone"', SUPPLY, True),
        (SALES, SUPPLY, False),
        (ANA, ANA, True),
        (ANA, BEN, False),
        (ANA, PLANNING, True),
        (SALES, BEN, True),
        ('Service::"sales.x"', 'Service::"sales.y"', False),
        (ANA, 'Service::"sales.y"', True),
    ],
)
def test_who_newly_reads_counts_when_somebody_of_them_may_be_shown_personal_data(
    policies: Policies, customers: Spec, reader: str, seer: str, *, meet: bool
) -> None:
    clear, read = written("c", seer, "see_clear", NAMES), written("r", reader, "read")

    assert (("r",) if meet else ()) == newly_clear(clear, clear + read, customers, policies)


def test_teams_meet_in_a_person_who_is_in_both(policies: Policies, customers: Spec) -> None:
    both = replace(policies.principals.find("ana"), teams=("desk", "planning"))
    people = replace(policies.principals, users={"ana": both})
    clear, read = written("c", DESK, "see_clear", NAMES), written("r", PLANNING, "read")

    assert ("r",) == newly_clear(clear, clear + read, customers, replace(policies, principals=people))


@pytest.mark.parametrize(
    ("what", "personal"),
    [
        ("resource", True),
        ('Class::"pii"', True),
        (NAMES, True),
        ('Class::"pii.phone"', True),
        ('Class::"export-controlled"', True),
        ('Class::"secret"', False),
        ('Column::"sales.customers/email"', True),
        ('Column::"sales.customers/address"', True),
        ('Column::"sales.customers/address.country"', True),
        ('Column::"sales.customers/customer_id"', False),
        (SALES, True),
    ],
)
def test_a_permit_shows_personal_data_where_its_resource_may_hold_some(
    policies: Policies, customers: Spec, what: str, *, personal: bool
) -> None:
    plain = customers.model_copy(update={"columns": customers.columns[:1]})
    text = written("c", DESK, "see_clear", what)

    assert (("c",) if personal else ()) == newly_clear("", text, customers, policies)
    if "pii" not in what:
        assert () == newly_clear("", text, plain, policies)


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (written("f", "", "see_clear", NAMES, "forbid"), "", ("f",)),
        (written("f", "", "see_clear", 'Class::"secret"', "forbid"), "", ()),
        (written("f", DESK, "read", effect="forbid"), "", ("f",)),
        (written("f", DESK, "discover", effect="forbid"), "", ()),
        (written("f", "", "see_token", NAMES, "forbid"), "", ()),
        (written("p", PLANNING, "read"), "", ()),
        (written("p", PLANNING, "see_clear", NAMES), "", ()),
        ("", written("f", "", "see_clear", NAMES, "forbid"), ()),
        ("", written("f", DESK, "read", effect="forbid"), ()),
        ("", written("p", DESK, "discover"), ()),
        ("", written("p", DESK, "see_token", NAMES), ()),
        ("", written("p", DESK, "see_clear", "resource", when="!resource.classified"), ("p",)),
        ("", written("p", DESK, "see_clear").replace(";", " unless { resource.classified };"), ()),
        (written("p", DESK, "see_clear", NAMES), written("q", DESK, "see_clear", NAMES).replace('"w"', '"new"'), ()),
        (
            written("p", DESK, "see_clear", NAMES, when='context.purpose == Mesh::Purpose::"fraud"'),
            written("p", DESK, "see_clear", NAMES, when='context.purpose == Mesh::Purpose::"churn"'),
            ("p",),
        ),
        ("permit(", "", ("c",)),
    ],
)
def test_what_comes_or_goes_counts_when_it_lets_somebody_see_more(
    policies: Policies, customers: Spec, old: str, new: str, found: tuple[str, ...]
) -> None:
    clear = written("c", "", "see_clear", 'Class::"pii.birth_date"')

    assert found == newly_clear(clear + old, clear + new, customers, policies)


@pytest.mark.parametrize(("effect", "gone"), [("permit", True), ("forbid", True), ("permit", False), ("forbid", False)])
def test_row_policies_count_where_personal_data_is_shown_at_all(
    policies: Policies, customers: Spec, effect: str, *, gone: bool
) -> None:
    place = 'resource in Mesh::Product::"sales.customers"'
    rows, clear = written("s", "", "see_row", place, effect), written("c", DESK, "see_clear", NAMES)
    old, new = (rows, "") if gone else ("", rows)

    assert (("s",) if gone else ()) == newly_clear(clear + old, clear + new, customers, policies)
    assert () == newly_clear(old, new, customers, policies)


@pytest.mark.parametrize("central", [False, True])
@pytest.mark.parametrize(("effect", "opens"), [("permit", True), ("forbid", False)])
def test_beside_other_row_policies_a_new_permit_of_rows_opens_some(
    policies: Policies, customers: Spec, effect: str, *, opens: bool, central: bool
) -> None:
    place = 'resource in Mesh::Product::"sales.customers"'
    first = written("first", DESK, "see_row", place)
    clear, rows = written("c", DESK, "see_clear", NAMES), written("s", "", "see_row", place, effect)
    mesh = replace(policies, central=policies.central + first) if central else policies
    old = clear if central else clear + first

    assert (("s",) if opens else ()) == newly_clear(old, old + rows, customers, mesh)


def test_a_central_permit_counts_for_who_newly_reads_and_not_for_itself(policies: Policies, customers: Spec) -> None:
    central = replace(policies, central=policies.central + written("c", DESK, "see_clear", NAMES))

    assert ("r",) == newly_clear("", written("r", DESK, "read"), customers, central)
    assert () == newly_clear("", written("r", PLANNING, "read"), customers, central)
    assert () == newly_clear("", "", customers, central)
