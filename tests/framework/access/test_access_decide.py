"""Deny by default: what is not known, not granted or not obeyable is hidden."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import cedarpy
import pytest

from meshwright.access import (
    AccessRequest,
    Decision,
    Policies,
    Principal,
    decide,
    may_discover,
    policies_of,
    service_of,
)
from meshwright.ports import PolicyTexts
from meshwright.spec import ColumnSpec, ScalarType, Spec

Decide = Callable[..., Decision]


def policy(effect: str, action: str, what: str = "", who: str = "", when: str = "") -> str:
    """Write a policy with id and reason; `what` and `who` are entities such as Class::"pii"."""
    principal = f"principal {'==' if who.startswith('User') else 'in'} Mesh::{who}" if who else "principal"
    resource = f"resource {'in' if what.startswith(('Class', 'Domain')) else '=='} Mesh::{what}" if what else "resource"
    condition = f" when {{ {when} }}" if when else ""
    return f'@id("x") @why("w") {effect}({principal}, action == Mesh::Action::"{action}", {resource}){condition};'


def levels(decision: Decision) -> dict[str, str]:
    return {path: column.level for path, column in decision.columns.items()}


def everything_hidden(decision: Decision, spec: Spec) -> bool:
    return not decision.read and all(decision.column(c.name).level == "hidden" for c in spec.columns)


def with_policy(policies: Policies, text: str) -> Policies:
    own = policies.products["sales.customers"]
    return replace(policies, products={"sales.customers": own + text})


def test_the_same_product_is_clear_for_one_and_tokens_for_another(decided: Decide) -> None:
    desk, planning = decided("ana", "fraud"), decided("ben", "churn")

    assert ("clear", "token") == (desk.column("email").level, planning.column("email").level)


def test_a_person_without_permits_may_neither_find_nor_read(decided: Decide, customers: Spec) -> None:
    decision = decided("eve", "marketing")

    assert not decision.discover
    assert everything_hidden(decision, customers)


def test_granted_levels_are_a_set_and_the_strongest_is_the_default(decided: Decide) -> None:
    column = decided("ana", "fraud").column("email")

    assert ("clear", ("clear", "coarse")) == (column.level, column.granted)


def test_a_level_without_a_coarse_value_of_the_type_is_not_granted(decided: Decide) -> None:
    assert ("clear",) == decided("ana", "fraud").column("address.street").granted


def test_a_column_of_two_classes_needs_both(decided: Decide, policies: Policies) -> None:
    permit = policy(
        "permit", "see_clear", 'Class::"export-controlled"', 'Team::"desk"', 'context.purpose == Mesh::Purpose::"fraud"'
    )

    assert ("hidden", ()) == (decided("ana", "fraud").column("both").level, decided("ana", "fraud").column("both").by)
    assert "clear" == decided("ana", "fraud", with_policy(policies, permit)).column("both").level


def test_a_central_forbid_beats_a_permit_of_the_product(decided: Decide, policies: Policies) -> None:
    permit = """
    @id("x.secret") @why("w")
    permit(principal, action == Mesh::Action::"see_clear", resource in Mesh::Class::"secret")
    when { context.purpose == Mesh::Purpose::"fraud" };
    """

    column = decided("ana", "fraud", with_policy(policies, permit)).column("password")

    assert ("hidden", ("clear", "coarse", "token"), "") == (column.level, column.forbidden, column.ask)
    assert ["mesh.secret.never"] == [each.id for each in column.by]


def test_nested_fields_are_decided_one_by_one(decided: Decide) -> None:
    found = levels(decided("ben", "churn"))

    expected = {
        "customer_id": "clear",
        "email": "token",
        "born": "token",
        "both": "hidden",
        "password": "hidden",
        "address.street": "token",
        "address.country": "clear",
        "contacts.item.mail": "token",
        "contacts.item.kind": "clear",
        "aliases": "token",
    }
    assert expected == found


def test_a_policy_that_names_a_column_holds_for_its_fields_too(decided: Decide, policies: Policies) -> None:
    forbid = """
    @id("x.address") @why("w")
    forbid(principal, action in [Mesh::Action::"see_token", Mesh::Action::"see_clear"],
      resource == Mesh::Column::"sales.customers/address");
    """

    found = levels(decided("ben", "churn", with_policy(policies, forbid)))

    assert ("hidden", "hidden", "token") == (found["address.street"], found["address.country"], found["email"])


@pytest.mark.parametrize(
    "when",
    [
        'resource in Mesh::Column::"sales.customers/email"',
        'resource in [Mesh::Class::"pii.contact", Mesh::Class::"secret"]',
        'resource.classified && resource in Mesh::Class::"pii.contact" && principal in resource.owner',
        'resource is Mesh::Column in Mesh::Class::"pii.contact"',
    ],
)
def test_a_condition_may_place_the_resource(decided: Decide, policies: Policies, when: str) -> None:
    forbid = policy("forbid", "see_clear", when=when)

    decision = decided("ana", "fraud", with_policy(policies, forbid))

    assert ("", "coarse") == (decision.problem, decision.column("email").level)


def test_a_permit_ends_at_its_moment(decided: Decide) -> None:
    end = datetime(2026, 12, 31, tzinfo=UTC)
    before, after = decided("ana", "fraud", at=end - timedelta(milliseconds=1)), decided("ana", "fraud", at=end)

    assert ("clear", "coarse") == (before.column("email").level, after.column("email").level)


def test_a_purpose_below_an_allowed_one_is_allowed(decided: Decide) -> None:
    assert decided("ben", "churn").read


@pytest.mark.parametrize(
    ("purpose", "problem"),
    [
        ("", "a purpose is needed: say what for (--purpose, purpose=)"),
        ("chrun", "unknown purpose 'chrun'; did you mean 'churn'?"),
        ("marketing", "ben may not read for 'marketing'"),
        ('churn" || true || "', "unknown purpose"),
        ("\u0441hurn", "unknown purpose"),  # a Cyrillic letter that looks like c
    ],
)
def test_a_purpose_that_is_not_his_shows_nothing(decided: Decide, customers: Spec, purpose: str, problem: str) -> None:
    decision = decided("ben", purpose)

    assert decision.problem.startswith(problem)
    assert everything_hidden(decision, customers)


@pytest.mark.parametrize(
    "typed", ["SEKRIT-QX9", "ana.schmidt", "4711", "\u0441hurn", "jo@example.com", "x" * 64, "a_b"]
)
def test_a_purpose_that_could_not_be_one_is_not_repeated(decided: Decide, typed: str) -> None:
    assert (typed in decided("ben", typed).problem, True) == (False, "unknown purpose" in decided("ben", typed).problem)


@pytest.mark.parametrize(
    "principal",
    [
        Principal("user", "mallory", "sales", ("desk",), ("fraud",)),
        Principal("user", "ana", "sales", ("desk", "planning"), ("fraud", "marketing")),
        Principal("service", "ana", "sales", ("desk",), ("fraud",)),
        Principal("user", 'ana"} || true || {"', "sales", ("desk",), ("fraud",)),
        Principal("user", "an\u0430", "sales", ("desk",), ("fraud",)),  # a Cyrillic letter that looks like a
        Principal("service", "sales.unknown", "sales", (), ("fraud",)),
    ],
)
def test_a_principal_that_is_not_exactly_known_shows_nothing(
    policies: Policies, customers: Spec, now: datetime, principal: Principal
) -> None:
    decision = decide(AccessRequest(principal, "fraud", now, customers), policies)

    assert decision.problem.startswith("unknown")
    assert not decision.discover
    assert everything_hidden(decision, customers)


def test_an_unknown_name_is_told_with_the_nearest_of_its_kind(
    policies: Policies, customers: Spec, now: datetime
) -> None:
    people = [Principal("user", name, "sales") for name in ("anna", "sales.customer")]
    invented = [*people, Principal("service", "sales.customer", "sales")]
    problems = [decide(AccessRequest(who, "fraud", now, customers), policies).problem for who in invented]

    assert [
        "unknown user 'anna'; did you mean 'ana'?",
        "unknown user 'sales.customer'; known: ana, ben, eve",
        "unknown service 'sales.customer'; did you mean 'sales.customers'?",
    ] == problems


def test_the_purpose_that_is_missing_is_asked_for_and_one_that_nobody_knows_is_not(decided: Decide) -> None:
    known, unknown, lone = decided("ben", "marketing"), decided("ben", "chrun"), decided("eve", "fraud")

    assert "data protection adds 'marketing' to the purposes of teams.planning in policies/principals.toml" == known.ask
    assert "data protection adds 'fraud' to the purposes of users.eve in policies/principals.toml" == lone.ask
    assert ("", "") == (unknown.ask, decided("ben", "").ask)


def test_the_owning_team_and_the_domain_write_permits_and_everybody_else_asks_for_grants(
    texts: PolicyTexts, customers: Spec, now: datetime
) -> None:
    moved = texts.principals.replace('[teams.desk]\ndomain = "sales"', '[teams.desk]\ndomain = "abroad"')
    moved += '[teams.stall]\ndomain = "sales"\n[users.sam]\nteams = ["stall"]\n'
    policies = policies_of(replace(texts, principals=moved), [customers])
    people = [policies.principals.find(name) for name in ("ana", "sam", "ben")]
    other = customers.model_copy(update={"id": "supply_chain.parts"})
    service = service_of(other)
    policies = policies.with_product(other, "")

    foreign = [decide(AccessRequest(who, "analytics", now, customers), policies).foreign for who in (*people, service)]

    assert [False, False, True, False] == foreign


@pytest.mark.parametrize(
    ("teams", "grantee"),
    [(["planning", "desk"], "desk"), (["planning", "stall", "desk"], "desk"), (["planning", "stall"], "stall")],
)
def test_of_several_teams_a_permit_is_for_the_owning_one_or_one_of_the_domain(
    texts: PolicyTexts, customers: Spec, now: datetime, teams: list[str], grantee: str
) -> None:
    people = f'{texts.principals}[teams.stall]\ndomain = "sales"\n[users.sam]\nteams = {json.dumps(teams)}\n'
    policies = policies_of(replace(texts, principals=people), [customers])

    decision = decide(AccessRequest(policies.principals.find("sam"), "fraud", now, customers), policies)

    assert grantee == decision.grantee


def test_a_leaver_loses_everything_at_the_next_decision(texts: PolicyTexts, customers: Spec, now: datetime) -> None:
    before = policies_of(texts, [customers])
    ana = before.principals.find("ana")
    after = policies_of(replace(texts, principals=texts.principals.replace("[users.ana]", "[users.anna]")), [customers])

    assert decide(AccessRequest(ana, "fraud", now, customers), before).read
    assert everything_hidden(decide(AccessRequest(ana, "fraud", now, customers), after), customers)


def test_a_time_without_zone_is_denied(decided: Decide, customers: Spec, now: datetime) -> None:
    assert everything_hidden(decided("ana", "fraud", at=now.replace(tzinfo=None)), customers)


def test_a_column_of_an_unknown_class_is_hidden_though_the_product_may_be_read(
    decided: Decide, customers: Spec
) -> None:
    odd = ColumnSpec(name="odd", type=ScalarType(kind="string"), classes=("pii.contact.emial",))
    decision = decided("ana", "fraud", spec=customers.model_copy(update={"columns": (*customers.columns, odd)}))

    assert decision.read
    assert ("hidden", "") == (decision.column("odd").level, decision.column("odd").ask)


@pytest.mark.parametrize("name", ["Email", "email ", "em\u0430il", 'email"', "address", "../email", "EMAIL", ""])
def test_a_name_that_is_no_leaf_of_the_contract_is_hidden(decided: Decide, name: str) -> None:
    assert "hidden" == decided("ana", "fraud").column(name).level


@pytest.mark.parametrize("name", ['x" || true || "', "x/y", "?0", "a\\", "e\u0301", "\u202exyz", "#", "Mesh::Column"])
def test_a_hostile_column_name_is_decided_like_any_other(decided: Decide, customers: Spec, name: str) -> None:
    column = ColumnSpec(name=name, type=ScalarType(kind="string"), classes=("pii",))
    decision = decided("ben", "churn", spec=customers.model_copy(update={"columns": (column,)}))

    assert {name: "token"} == levels(decision)


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        ("permit(principal action);", "is no Cedar policy"),
        (policy("permit", "read").removesuffix(";"), "is no Cedar policy"),
        ('@id("x") forbid(principal, action, resource in Mesh::Class::"pii");', "names no action"),
        (policy("forbid", "see_clear", 'Class::"pii"').removeprefix('@id("x") '), "has no @id"),
        (policy("permit", "see_row"), "does not say whose rows it is about"),
        (policy("forbid", "see_clear", 'Class::"pi"'), "unknown class"),
        (policy("forbid", "see_clear", 'Column::"sales.customers/emial"'), "unknown column"),
        (policy("forbid", "see_clear", when='resource.region == "eu"'), "attribute `region`"),
        (
            policy("forbid", "see_clear", when='resource == Mesh::Column::"sales.customers/email"'),
            "compares the resource in a condition",
        ),
        (
            policy("forbid", "see_clear", when='(if true then resource else resource) in Mesh::Class::"pii"'),
            "compares the resource",
        ),
        (policy("forbid", "see_clear", when='!(resource != Mesh::Class::"pii")'), "compares the resource"),
        (
            policy("forbid", "see_clear", when='true && [Mesh::Column::"sales.customers/email"].contains(resource)'),
            "compares the resource",
        ),
        (policy("forbid", "see_clear", 'Product::"sales.customers"'), "unable to find an applicable action"),
        (policy("permit", "read", when='context.purpose == Mesh::Purpose::"chrun"'), "unknown purpose"),
        (policy("permit", "read", 'Domain::"sales"').replace('"x"', '"mesh.domain.read"'), "2 policies have the id"),
        ('@id("x") permit(principal == ?principal, action == Mesh::Action::"read", resource);', "is a template"),
    ],
)
def test_a_policy_that_cannot_be_obeyed_denies_its_product(
    decided: Decide, policies: Policies, customers: Spec, broken: str, problem: str
) -> None:
    decision = decided("ana", "fraud", with_policy(policies, broken))

    assert problem in decision.problem
    assert not decision.discover
    assert everything_hidden(decision, customers)


def test_a_forbid_that_fails_while_deciding_denies(decided: Decide, policies: Policies) -> None:
    """Cedar itself skips such a forbid, and would permit."""
    overflow = """
    @id("x") forbid(principal, action == Mesh::Action::"see_clear", resource in Mesh::Class::"pii")
    when { 9223372036854775807 + 1 == 0 };
    """

    decision = decided("ana", "fraud", with_policy(policies, overflow))

    assert ("coarse", ("coarse",)) == (decision.column("email").level, decision.column("email").granted)


def test_a_broken_policy_of_one_product_denies_no_other(policies: Policies, customers: Spec, now: datetime) -> None:
    other = customers.model_copy(update={"id": "sales.leads"})
    both = policies.with_product(other, "permit(")

    decision = decide(AccessRequest(both.principals.find("ana"), "fraud", now, customers), both)

    assert "clear" == decision.column("email").level


def test_a_product_obeys_no_other_products_file(policies: Policies, customers: Spec, now: datetime) -> None:
    greedy = policy("permit", "see_clear", 'Class::"pii"', 'Team::"desk"', 'context.purpose == Mesh::Purpose::"churn"')
    both = policies.with_product(customers.model_copy(update={"id": "sales.leads"}), greedy)

    decision = decide(AccessRequest(both.principals.find("ana"), "churn", now, customers), both)

    assert "hidden" == decision.column("email").level


def test_rejected_rows_obey_the_policies_of_their_product(decided: Decide, customers: Spec) -> None:
    rejected = customers.model_copy(update={"id": "sales.customers__rejected"})

    assert levels(decided("ben", "churn")) == levels(decided("ben", "churn", spec=rejected))


def test_policies_given_for_rejected_rows_are_those_of_the_product(policies: Policies, customers: Spec) -> None:
    rejected = customers.model_copy(update={"id": "sales.customers__rejected"})

    assert "// new" == policies.with_product(rejected, "// new").text("sales.customers")


def test_a_products_service_reads_for_its_purpose_and_no_other(
    policies: Policies, customers: Spec, now: datetime
) -> None:
    service = service_of(customers)
    own = decide(AccessRequest(service, "fraud", now, customers), policies)
    other = decide(AccessRequest(service, "churn", now, customers), policies)

    assert ("sales", True, False) == (service.domain, own.read, other.read)


def test_discovery_needs_no_purpose(policies: Policies, customers: Spec, now: datetime) -> None:
    who = policies.principals.find

    assert may_discover(AccessRequest(who("ben"), "", now, customers), policies)
    assert not may_discover(AccessRequest(who("eve"), "", now, customers), policies)


def test_what_denies_every_decision_denies_to_discover(policies: Policies, customers: Spec, now: datetime) -> None:
    ben = policies.principals.find("ben")
    invented = replace(ben, purposes=("analytics", "fraud"))

    def found(who: Principal, at: datetime, by: Policies) -> bool:
        return may_discover(AccessRequest(who, "", at, customers), by)

    assert found(ben, now, policies)
    assert not found(invented, now, policies)
    assert not found(ben, now.replace(tzinfo=None), policies)
    assert not found(ben, now, with_policy(policies, "permit("))


def test_what_is_missing_comes_with_the_smallest_request(decided: Decide) -> None:
    planning, desk = decided("ben", "churn"), decided("ana", "churn")

    wanted = "--columns email --level {} --purpose churn --until 30d --reason '...'"
    coarse, clear = (f"mesh access request sales.customers {wanted.format(level)}" for level in ("coarse", "clear"))
    token = "mesh access allow desk sales.customers --class pii.contact.email --level token --purpose churn"
    assert (coarse, token) == (planning.column("email").ask, desk.column("email").ask)
    assert (clear, token.replace("token", "clear")) == (
        planning.column("email").ask_clear,
        desk.column("email").ask_clear,
    )
    read = "mesh access request sales.customers --level read --purpose marketing --until 30d --reason '...'"
    assert read == decided("eve", "marketing").ask
    assert "--columns both --level token" in planning.column("both").ask


@pytest.mark.parametrize(
    ("user", "forbidden", "wanted"),
    [
        ("ben", [], "coarse clear"),
        ("ben", ["see_clear"], "coarse"),
        ("ben", ["see_coarse"], "clear"),
        ("ben", ["see_clear", "see_coarse"], ""),
        ("ana", [], "token clear"),
        ("ana", ["see_token"], "coarse clear"),
        ("ana", ["see_clear"], "token"),
        ("ana", ["see_clear", "see_token"], "coarse"),
        ("ana", ["see_clear", "see_coarse", "see_token"], ""),
    ],
)
def test_no_request_is_told_for_what_a_forbid_keeps_whatever_is_granted(
    decided: Decide, policies: Policies, user: str, forbidden: list[str], wanted: str
) -> None:
    text = "".join(policy("forbid", action, 'Class::"pii"').replace('"x"', f'"{action}"') for action in forbidden)

    column = decided(user, "churn", with_policy(policies, text)).column("email")

    assert [action.removeprefix("see_") for action in forbidden] == list(column.forbidden)
    asked = [ask.partition("--level ")[2].partition(" ")[0] for ask in (column.ask, column.ask_clear) if ask]
    assert wanted.split() == asked


def test_one_class_s_permit_opens_no_column_whose_other_class_is_forbidden(decided: Decide, customers: Spec) -> None:
    kind = ScalarType(kind="string")
    odd = ColumnSpec(name="odd", type=kind, classes=("pii.contact.email", "secret"))
    spec = customers.model_copy(update={"columns": (*customers.columns, odd)})

    found = [decided(who, why, spec=spec).column("odd") for who, why in (("ana", "fraud"), ("ben", "churn"))]

    assert [("hidden", ()), ("hidden", ())] == [(column.level, column.granted) for column in found]


def test_an_unclassified_column_that_a_forbid_hides_is_not_asked_for(decided: Decide, policies: Policies) -> None:
    named, column = 'Column::"sales.customers/customer_id"', "customer_id"
    forbidden = decided("ben", "churn", with_policy(policies, policy("forbid", "see_clear", named))).column(column)
    unpermitted = decided("ben", "churn", replace(policies, central="")).column(column)

    assert ("hidden", "") == (forbidden.level, forbidden.ask)
    assert ("hidden", True) == (unpermitted.level, "--level read" in unpermitted.ask)


def test_who_is_forbidden_to_read_is_told_no_request(decided: Decide, policies: Policies) -> None:
    decision = decided("ben", "churn", with_policy(policies, policy("forbid", "read", who='Team::"planning"')))

    assert (False, "", ["x"]) == (decision.read, decision.ask, [each.id for each in decision.by])


def test_who_may_not_read_is_told_nothing_of_row_policies(decided: Decide, policies: Policies) -> None:
    rows = policy("permit", "see_row", 'Product::"sales.customers"').replace("resource ==", "resource in")

    known = with_policy(policies, rows)
    denied, shown = decided("eve", "marketing", known), decided("ben", "analytics", known)

    assert ("", False, None) == (denied.problem, denied.read, denied.rows)
    assert (True, True) == (shown.read, shown.rows is not None)


def test_a_forbid_below_what_is_shown_or_of_a_level_that_a_column_does_not_have_is_no_reason(
    decided: Decide, policies: Policies
) -> None:
    token, coarse = (
        with_policy(policies, policy("forbid", action, 'Class::"pii"')) for action in ("see_token", "see_coarse")
    )
    shown, planning = decided("ana", "fraud", token), decided("ben", "churn", coarse)

    assert ("clear", ()) == (shown.column("email").level, shown.column("email").missing)
    assert ("token", ()) == (planning.column("address.street").level, planning.column("address.street").missing)
    assert [("coarse", ["x"])] == [(m.level, [by.id for by in m.by]) for m in planning.column("email").missing]


def test_a_column_of_which_one_class_is_forbidden_is_forbidden(decided: Decide, policies: Policies) -> None:
    text = policy("forbid", "see_clear", 'Class::"export-controlled"')

    assert ("clear",) == decided("ben", "churn", with_policy(policies, text)).column("both").forbidden


def test_columns_of_the_same_classes_are_decided_together(
    policies: Policies, customers: Spec, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    real: Callable[..., Any] = vars(cedarpy)["is_authorized_batch"]

    def counting(requests: list[dict[str, Any]], *rest: Any) -> Any:
        asked.append(len(requests))
        return real(requests, *rest)

    monkeypatch.setattr(cedarpy, "is_authorized_batch", counting)
    wide = customers.model_copy(update={"columns": wide_columns(600)})
    decision = decide(AccessRequest(policies.principals.find("ben"), "churn", now, wide), policies)

    assert 600 == len(decision.columns)
    assert [1, 1 + 3 * 3] == asked


def wide_columns(count: int) -> tuple[ColumnSpec, ...]:
    kind = ScalarType(kind="string")
    classes = ((), ("pii.name",), ("pii.contact.email",))
    return tuple(ColumnSpec(name=f"c{n}", type=kind, classes=classes[n % 3]) for n in range(count))
