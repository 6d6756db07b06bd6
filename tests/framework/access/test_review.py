"""Access rules as a whole: who sees what, what a change brings, which policy no test holds."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meshwright.access import AccessRequest, Policies, decide, policies_of
from meshwright.access.cases import subject
from meshwright.access.decision import ALWAYS, PolicyReference, RowCondition, RowQuestion, RowRule
from meshwright.access.review import ROWS, AccessChange, Examples, Rules, Sought, differences, unheld, who_can
from meshwright.access.statements import statements, without
from meshwright.errors import UnknownColumn
from meshwright.grants import Grant, GrantAct
from meshwright.markers import RowsShown
from meshwright.ports import PolicyTexts
from meshwright.spec import Spec

PRODUCT = "sales.customers"
TESTS = """
product: sales.customers
cases:
  - {name: planners find it and join on tokens, principal: ben, purpose: analytics, columns: {email: token}}
  - {name: fraud handlers see it, principal: ana, purpose: fraud, columns: {email: [clear, coarse]}}
"""
MESH_TESTS = """
product: sales.anything
columns: {id: [], password: [secret]}
policies: |
  @id("anything.tries") @why("what no product may do")
  permit(principal in Mesh::Team::"desk", action == Mesh::Action::"see_clear", resource in Mesh::Class::"secret");
cases:
  - name: its domain finds it, and reads no secret
    principal: ana
    purpose: fraud
    discover: true
    read: true
    columns: {id: clear, password: hidden}
"""


def dropped(policies: Policies, policy_id: str) -> Policies:
    """Leave one of the product's policies out."""
    text = policies.text(PRODUCT)
    (policy,) = (p for p in statements(text, "f")[0] if p.id == policy_id)
    return replace(policies, products={PRODUCT: without(text, policy)})


def all_columns(
    specs: Mapping[str, Spec], policies: Policies, now: datetime, teams: Iterable[str] = ()
) -> set[tuple[str, str, str, str, str]]:
    """Decide everything for everybody, and for whoever comes to be in some teams, slowly."""
    found: set[tuple[str, str, str, str, str]] = set()
    known = (*policies.principals.users.values(), *policies.principals.services.values())
    everybody = [(f"{who.kind}:{who.name}", who, policies) for who in known]
    for who, principal, rules in [*everybody, *((team, *subject(team, "", policies)) for team in teams)]:
        for purpose in policies.purposes.parents:
            for name, spec in specs.items():
                decision = decide(AccessRequest(principal, purpose, now, spec), rules)
                if decision.discover:
                    found.add((name, who, "", "", "discover"))
                if decision.read:
                    found |= {(name, who, purpose, "", "read"), (name, who, purpose, ROWS, "all")}
                    found |= {(name, who, purpose, path, v) for path, c in decision.columns.items() for v in c.granted}
    return found


def as_sets(
    changes: list[AccessChange],
) -> tuple[set[tuple[str, str, str, str, str]], set[tuple[str, str, str, str, str]]]:
    gained = {(c.product, c.principal, c.purpose, c.column, level) for c in changes for level in c.gained}
    lost = {(c.product, c.principal, c.purpose, c.column, level) for c in changes for level in c.lost}
    return gained, lost


def test_who_can_names_everybody_with_a_level_and_the_policy_that_says_so(
    policies: Policies, customers: Spec, now: datetime
) -> None:
    found = list(who_can(customers, policies, now, Sought("email")))

    assert [
        ("user:ana", "fraud", {"email": ("clear", "coarse")}, ("sales.customers.clear",)),
        ("user:ben", "analytics", {"email": ("token",)}, ("sales.customers.token",)),
        ("user:ben", "churn", {"email": ("token",)}, ("sales.customers.token",)),
    ] == [(s.principal, s.purpose, s.columns, s.by) for s in found]


@pytest.mark.parametrize(
    ("column", "fields"),
    [
        ("contacts", {"contacts.item.mail", "contacts.item.kind"}),
        ("contacts.item", {"contacts.item.mail", "contacts.item.kind"}),
        ("contacts.item.kind", {"contacts.item.kind"}),
    ],
)
def test_who_can_see_a_column_of_structs_is_told_by_its_fields(
    policies: Policies, customers: Spec, now: datetime, column: str, fields: set[str]
) -> None:
    found = list(who_can(customers, policies, now, Sought(column)))

    assert fields == {path for sight in found for path in sight.columns}


@pytest.mark.parametrize(("column", "offered"), [("emial", "email"), ("contact", "contacts")])
def test_who_can_see_an_unknown_column_is_an_error(
    policies: Policies, customers: Spec, now: datetime, column: str, offered: str
) -> None:
    with pytest.raises(UnknownColumn, match=f"did you mean '{offered}'"):
        list(who_can(customers, policies, now, Sought(column)))


def test_who_can_asks_at_a_moment(policies: Policies, customers: Spec, now: datetime) -> None:
    clear = Sought("email", "clear")

    assert ["user:ana"] == [s.principal for s in who_can(customers, policies, now, clear)]
    assert [] == list(who_can(customers, policies, now + timedelta(days=365), clear))


def test_a_permit_taken_away_is_told_as_lost(policies: Policies, customers: Spec, now: datetime) -> None:
    specs = {PRODUCT: customers}

    found = list(differences(Rules(specs, policies), Rules(specs, dropped(policies, f"{PRODUCT}.clear")), now))

    assert {("user:ana", "fraud", ("clear",), ())} == {(c.principal, c.purpose, c.lost, c.gained) for c in found}
    assert "email" in {c.column for c in found}
    assert not any(c.gains_clear for c in found)


def test_a_row_policy_added_or_changed_is_told(policies: Policies, customers: Spec, now: datetime) -> None:
    specs = {PRODUCT: customers}
    rule = """
    @id("sales.customers.rows") @why("limited") permit(principal, action == Mesh::Action::"see_row",
      resource in Mesh::Product::"sales.customers") when { resource has email && resource.email == "%s" };
    """
    examples = (
        "product: sales.customers\ncases: [{name: n, principal: ana, purpose: fraud, rows: {seen: [{email: a}, {}]}}]"
    )
    rules = [
        Rules(specs, replace(policies, products={PRODUCT: policies.text(PRODUCT) + more}), {PRODUCT: examples})
        for more in ("", rule % "a", rule % "b")
    ]

    added = list(differences(rules[0], rules[1], now))
    changed = list(differences(rules[1], rules[2], now))

    assert {(ROWS, ("all",), Examples(2, 1, 2))} == {(c.column, c.lost, c.rows) for c in added}
    assert {Examples(1, 0, 2)} == {c.rows for c in changed}
    assert {ROWS} == {c.column for c in changed}
    assert all(c.gained[0].startswith("sales.customers.rows (") for c in (*added, *changed))
    assert {"user:ana", "user:ben"} <= {c.principal for c in changed}


RULE = """
    @id("sales.customers.rows") @why("limited") permit(principal, action == Mesh::Action::"see_row",
      resource in Mesh::Product::"sales.customers")
      unless { context.purpose == Mesh::Purpose::"fraud" && resource has email };
"""


def with_rows(policies: Policies, rule: str) -> Rules:
    """Add a row policy to the product."""
    return Rules({}, replace(policies, products={PRODUCT: policies.text(PRODUCT) + rule}))


def test_a_row_policy_that_takes_nothing_from_somebody_is_not_told_of_them(
    policies: Policies, customers: Spec, now: datetime
) -> None:
    specs = {PRODUCT: customers}
    before, after = Rules(specs, policies), replace(with_rows(policies, RULE), specs=specs)

    found = list(differences(before, after, now))

    assert {("user:ana", "fraud"), ("service:sales.customers", "fraud")} == {(c.principal, c.purpose) for c in found}
    assert {None} == {c.rows for c in found}


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ([("permit", ALWAYS)], "all"),
        ([("permit", ALWAYS), ("permit", "{}")], "all"),
        ([("permit", "{}")], "limited"),
        ([("permit", ALWAYS), ("forbid", "{}")], "limited"),
        ([("permit", ALWAYS), ("forbid", ALWAYS)], "none"),
        ([("forbid", "{}")], "none"),
        ([], "none"),
    ],
)
def test_all_rows_are_shown_where_a_permit_asks_nothing_and_nothing_is_forbidden_and_none_without_a_permit(
    conditions: list[tuple[Literal["permit", "forbid"], str]], expected: RowsShown
) -> None:
    made = tuple(RowCondition(PolicyReference("p"), effect, residual, "") for effect, residual in conditions)

    assert expected == RowRule(made, (), RowQuestion("", "", "", "")).shown


def test_who_sees_no_row_any_more_is_told_so(policies: Policies, customers: Spec, now: datetime) -> None:
    nobody = RULE.replace("unless", "when").replace('"fraud" && resource has email', '"marketing"')
    before, after = (replace(with_rows(policies, rule), specs={PRODUCT: customers}) for rule in ("", nobody))

    found = [change for change in differences(before, after, now) if change.principal == "user:ana"]

    assert {(ROWS, ("all",))} == {(change.column, change.lost) for change in found}
    assert found[0].gained[0].startswith("none (")


def test_other_words_for_the_same_rows_are_no_change(policies: Policies, customers: Spec, now: datetime) -> None:
    renamed = RULE.replace("sales.customers.rows", "sales.customers.choice").replace("limited", "another reason")
    before, after = (replace(with_rows(policies, rule), specs={PRODUCT: customers}) for rule in (RULE, renamed))

    assert [] == list(differences(before, after, now))


def test_example_rows_are_counted_for_whoever_gains_a_column(
    policies: Policies, customers: Spec, now: datetime
) -> None:
    examples = (
        "product: sales.customers\ncases: [{name: n, principal: ana, purpose: fraud, rows: {seen: [{email: a}, {}]}}]"
    )
    specs, tests = {PRODUCT: customers}, {PRODUCT: examples}
    before, after = Rules(specs, dropped(policies, f"{PRODUCT}.read"), tests), Rules(specs, policies, tests)

    found = [change for change in differences(before, after, now) if change.purpose]

    assert {Examples(0, 2, 2)} == {change.rows for change in found}


def test_who_changes_team_is_told_with_what_the_new_team_sees(
    texts: PolicyTexts, policies: Policies, customers: Spec, now: datetime
) -> None:
    specs = {PRODUCT: customers}
    moved = texts.principals.replace('[users.eve]\npurposes = ["marketing"]', '[users.eve]\nteams = ["desk"]')
    after = policies_of(replace(texts, principals=moved), [customers])

    found = list(differences(Rules(specs, policies), Rules(specs, after), now))

    assert {"user:eve"} == {c.principal for c in found}
    assert {("fraud", "email", ("clear", "coarse"))} <= {(c.purpose, c.column, c.gained) for c in found}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15, deadline=None)
@given(data=st.data())
def test_differences_are_those_of_deciding_everything_twice(
    data: st.DataObject, texts: PolicyTexts, policies: Policies, customers: Spec, now: datetime
) -> None:
    other = customers.model_copy(update={"id": "sales.others"})
    both = {PRODUCT: customers, other.id: other}

    def drawn() -> Rules:
        text = policies.text(PRODUCT)
        left = policies
        for policy in statements(text, "f")[0]:
            if data.draw(st.booleans()):
                left = dropped(left, policy.id)
        teams = data.draw(st.sampled_from(['"desk"', '"planning"', '"desk", "planning"']))
        people = texts.principals.replace('teams = ["planning"]', f"teams = [{teams}]")
        specs = {name: both[name] for name in data.draw(st.sets(st.sampled_from(sorted(both)), min_size=1))}
        return Rules(specs, policies_of(replace(texts, principals=people, products=left.products), specs.values()))

    before, after = drawn(), drawn()

    gained, lost = as_sets(list(differences(before, after, now)))
    filled = {team for side in (before, after) for who in side.policies.principals.users.values() for team in who.teams}
    empty = [f"team:{team}" for team in policies.principals.teams if team not in filled]
    old, new = (all_columns(rules.specs, rules.policies, now, empty) for rules in (before, after))
    assert (new - old, old - new) == (gained, lost)


def test_a_policy_that_no_test_misses_is_reported(policies: Policies, customers: Spec, now: datetime) -> None:
    count, missed = unheld({PRODUCT: customers}, policies, PolicyTexts(tests={PRODUCT: TESTS}), now)

    assert 9 == count
    assert {"mesh.unclassified.clear", "mesh.secret.never", "sales.customers.discover"} <= {m.id for m in missed}
    assert {"sales.customers.read", "sales.customers.token"}.isdisjoint({m.id for m in missed})
    assert "domains/sales/policies/customers.cedar:2" == next(
        m.where for m in missed if m.id == "sales.customers.discover"
    )


def test_a_policy_of_the_mesh_is_held_by_a_test_of_its_own(policies: Policies, customers: Spec, now: datetime) -> None:
    texts = PolicyTexts(tests={PRODUCT: TESTS}, mesh_tests={"mesh": MESH_TESTS})

    count, missed = unheld({PRODUCT: customers}, policies, texts, now)

    assert 9 == count
    assert ["sales.customers.discover"] == [each.id for each in missed]


@pytest.mark.parametrize("policy", ["discover", "read", "token", "clear", "coarse"])
def test_a_policy_left_out_leaves_the_others_as_they_were(policies: Policies, policy: str) -> None:
    text = policies.text(PRODUCT)
    before = [p.id for p in statements(text, "f")[0]]
    (found,) = (p for p in statements(text, "f")[0] if p.id == f"{PRODUCT}.{policy}")

    after = [p.id for p in statements(without(text, found), "f")[0]]

    assert [name for name in before if name != found.id] == after


def test_of_two_policies_in_one_line_one_is_left_out() -> None:
    one, other = (f'@id("{name}") permit(principal, action, resource);' for name in ("one", "other"))
    first, second = statements(f"{one} {other}", "f")[0]

    assert ["other"] == [p.id for p in statements(without(f"{one} {other}", first), "f")[0]]
    assert ["one"] == [p.id for p in statements(without(f"{one} {other}", second), "f")[0]]


@pytest.fixture
def granted(now: datetime) -> Grant:
    """A grant of tokens for fraud, asked for an hour ago by somebody at the desk and approved at once."""
    ago = now - timedelta(hours=1)
    approved = GrantAct(act="approve", by="bob", role="owner", at=ago)
    return Grant(
        id="g1",
        product=PRODUCT,
        requester="ben",
        grantee="user:ben",
        teams=("planning",),
        columns=("email",),
        level="coarse",
        purpose="analytics",
        asked_at=ago,
        until=now + timedelta(days=30),
        reason="to plan",
        acts=(approved,),
    )


def holders(spec: Spec, policies: Policies, at: datetime, grant: Grant) -> set[str]:
    found = who_can(spec, policies, at, Sought("email", "coarse"), [grant])
    return {sight.principal for sight in found if f"grant:{grant.id}" in sight.by}


def test_what_was_said_to_a_grant_later_does_not_count_in_the_past(
    staffed: Policies, customers: Spec, now: datetime, granted: Grant
) -> None:
    revoked = GrantAct(act="revoke", by="bob", role="owner", at=now)
    ended = granted.model_copy(update={"acts": (*granted.acts, revoked)})

    assert {"user:ben"} == holders(customers, staffed, now - timedelta(minutes=1), ended)
    assert set() == holders(customers, staffed, now, ended)


def test_a_grant_that_was_not_asked_for_yet_opened_nothing(
    staffed: Policies, customers: Spec, now: datetime, granted: Grant
) -> None:
    by_another_clock = granted.model_copy(update={"asked_at": now + timedelta(minutes=1)})

    assert set() == holders(customers, staffed, now, by_another_clock)
    assert {"user:ben"} == holders(customers, staffed, now + timedelta(minutes=2), by_another_clock)
