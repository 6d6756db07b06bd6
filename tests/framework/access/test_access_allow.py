"""Permits written for people who do not speak Cedar, and the tests that hold them."""

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
import yaml

from meshwright.access import (
    AccessRequest,
    Permit,
    Policies,
    Principal,
    allow,
    decide,
    explain,
    lint,
    run_policy_tests,
    scaffold_policy,
)
from meshwright.errors import PolicyRejected
from meshwright.spec import Spec


@pytest.fixture
def bare(policies: Policies) -> Policies:
    return replace(policies, products={})


@pytest.fixture
def people(customers: Spec) -> Spec:
    """The customers without columns that the starter's single permit per tree cannot show."""
    return customers.model_copy(
        update={"columns": tuple(c for c in customers.columns if c.name not in ("both", "password"))}
    )


def without(text: str, name: str) -> str:
    """Remove one policy."""
    return "\n".join(each for each in re.split(r"\n(?=@id)", text) if f'@id("{name}")' not in each)


def test_a_permit_brings_what_it_needs_and_a_test(bare: Policies, people: Spec, now: datetime) -> None:
    change = allow(Permit("planning", "token", "churn", "pii.contact"), people, bare, "", now)
    after = bare.with_product(people, change.after[0])

    stem = "sales.customers.planning"
    assert (f"{stem}.discover", f"{stem}.churn.read", f"{stem}.churn.pii.contact.token") == change.added
    decision = decide(AccessRequest(after.principals.find("ben"), "churn", now, people), after)
    assert (True, "token", "hidden") == (decision.read, decision.column("email").level, decision.column("born").level)
    assert (1, ()) == run_policy_tests(change.after[1], people, after, now)
    assert () == lint(after, [people])


def test_tests_that_expect_less_expect_the_new_level_from_now_on(bare: Policies, people: Spec, now: datetime) -> None:
    token = allow(Permit("planning", "token", "churn", "pii.contact.email"), people, bare, "", now)
    known = bare.with_product(people, token.after[0])
    one = token.after[1].replace("email: token", "email: token\n      born: hidden", 1)

    clear = allow(Permit("planning", "clear", "churn", "pii.contact.email"), people, known, one, now)

    first, _ = yaml.safe_load(clear.after[1])["cases"]
    assert ("clear", "hidden") == (first["columns"]["email"], first["columns"]["born"])
    assert (2, ()) == run_policy_tests(clear.after[1], people, bare.with_product(people, clear.after[0]), now)


def test_the_same_permit_again_changes_nothing(bare: Policies, people: Spec, now: datetime) -> None:
    permit = Permit("planning", "token", "churn", "pii")
    first = allow(permit, people, bare, "", now)

    again = allow(permit, people, bare.with_product(people, first.after[0]), first.after[1], now)

    assert ((), "", first.after) == (again.added, again.diff, again.after)


def test_each_policy_of_a_permit_turns_the_test_red_when_removed(bare: Policies, people: Spec, now: datetime) -> None:
    change = allow(Permit("planning", "coarse", "churn", "pii.birth_date"), people, bare, "", now)

    assert 3 == len(change.added)
    for name in change.added:
        less = bare.with_product(people, without(change.after[0], name))
        assert 1 == len(run_policy_tests(change.after[1], people, less, now)[1]), name


def test_a_permit_to_read_shows_what_is_unclassified(bare: Policies, people: Spec, now: datetime) -> None:
    change = allow(Permit("planning", "read", "churn"), people, bare, "", now)
    after = bare.with_product(people, change.after[0])

    found = decide(AccessRequest(after.principals.find("ben"), "churn", now, people), after).columns
    assert {"clear", "hidden"} == {column.level for column in found.values()}
    assert (1, ()) == run_policy_tests(change.after[1], people, after, now)


@pytest.mark.parametrize(
    ("permit", "columns"),
    [
        (Permit("planning", "token", "churn", "pii.contact"), {"email": "token", "contacts.item.mail": "token"}),
        (
            Permit("planning", "coarse", "churn", "pii"),
            dict.fromkeys(("email", "born", "contacts.item.mail", "aliases"), "coarse"),
        ),
        (
            Permit("planning", "read", "churn"),
            {"customer_id": "clear", "address.country": "clear", "contacts.item.kind": "clear"},
        ),
        (
            Permit("planning", "token", "churn"),
            dict.fromkeys(("email", "born", "address.street", "contacts.item.mail", "aliases"), "token"),
        ),
    ],
)
def test_the_test_of_a_permit_states_what_it_brought_and_nothing_else(
    bare: Policies, people: Spec, now: datetime, permit: Permit, columns: dict[str, str]
) -> None:
    (case,) = yaml.safe_load(allow(permit, people, bare, "", now).after[1])["cases"]

    assert ("team:planning", "churn", True, True) == tuple(
        case[name] for name in ("principal", "purpose", "discover", "read")
    )
    assert columns == case["columns"]


def test_the_test_of_a_weaker_permit_states_every_level_that_is_granted(
    bare: Policies, people: Spec, now: datetime
) -> None:
    clear = allow(Permit("planning", "clear", "churn", "pii.contact.email"), people, bare, "", now)
    known = bare.with_product(people, clear.after[0])

    token = allow(Permit("planning", "token", "churn", "pii.contact.email"), people, known, clear.after[1], now)

    _, case = yaml.safe_load(token.after[1])["cases"]
    assert {"email": ["clear", "token"], "contacts.item.mail": ["clear", "token"]} == case["columns"]


def test_a_permit_for_a_service_names_it_alone(bare: Policies, people: Spec, now: datetime) -> None:
    reader = people.model_copy(update={"id": "robotics.wear", "purpose": "churn"})
    known = bare.with_product(reader, "")

    change = allow(Permit("robotics.wear", "token", "churn", "pii"), people, known, "", now)

    assert 'principal == Mesh::Service::"robotics.wear"' in change.after[0]
    assert (1, ()) == run_policy_tests(change.after[1], people, known.with_product(people, change.after[0]), now)


@pytest.mark.parametrize("name", ["desk-deploy", "service:desk-deploy", "service:planning"])
def test_a_permit_for_a_service_of_any_name_is_no_teams(bare: Policies, people: Spec, now: datetime, name: str) -> None:
    plain = name.removeprefix("service:")
    services = {plain: Principal("service", plain, "parts", (), ("churn",))}
    known = replace(bare, principals=replace(bare.principals, services=services))
    team = allow(Permit("team:planning", "token", "churn", "pii"), people, known, "", now)
    known = known.with_product(people, team.after[0])

    change = allow(Permit(name, "token", "churn", "pii"), people, known, team.after[1], now)

    after = known.with_product(people, change.after[0])
    decision = decide(AccessRequest(services[plain], "churn", now, people), after)
    assert "token" == decision.column("email").level
    assert f'principal == Mesh::Service::"{plain}"' in change.after[0].removeprefix(team.after[0])
    assert "Mesh::Team" not in change.after[0].removeprefix(team.after[0].rstrip())
    assert (2, ()) == run_policy_tests(change.after[1], people, after, now)


def test_a_name_that_a_team_and_a_service_have_does_not_say_who_is_meant(
    bare: Policies, people: Spec, now: datetime
) -> None:
    services = {"planning": Principal("service", "planning", "parts", (), ("churn",))}
    known = replace(bare, principals=replace(bare.principals, services=services))

    with pytest.raises(PolicyRejected, match="write team:planning or service:planning"):
        allow(Permit("planning", "clear", "churn", "pii"), people, known, "", now)


def test_the_smallest_request_does_when_it_is_run(bare: Policies, people: Spec, now: datetime) -> None:
    request = AccessRequest(bare.principals.find("ana"), "churn", now, people)
    steps: list[str] = []
    policies, tests = bare, ""
    while asks := explain(decide(request, policies)).asks:
        steps.append(asks[0])
        words = asks[0].split()
        options = dict(zip(words[5::2], words[6::2], strict=True))
        level: Any = options["--level"]
        permit = Permit(words[3], level, options["--purpose"], options.get("--class"))
        change = allow(permit, people, policies, tests, now)
        policies, tests = policies.with_product(people, change.after[0]), change.after[1]

    assert {"clear"} == {column.level for column in decide(request, policies).columns.values()}
    assert len(set(steps)) == len(steps)


def test_the_reason_is_quoted(bare: Policies, people: Spec, now: datetime) -> None:
    why = 'they said "please"; permit(principal, action, resource);'

    change = allow(Permit("planning", "read", "churn", why=why), people, bare, "", now)

    found = bare.with_product(people, change.after[0])
    assert {why} == {p.why for p in found.of(people.id) if p.id.startswith(people.id)}


@pytest.mark.parametrize(
    ("permit", "problem"),
    [
        (Permit("planing", "token", "churn", "pii"), "no team or service 'planing'; did you mean 'planning'?"),
        (Permit('x"; permit(principal', "token", "churn", "pii"), "no team or service"),
        (Permit("planning", "token", "chrun", "pii"), "no purpose 'chrun'; did you mean 'churn'?"),
        (Permit("planning", "token", "marketing", "pii"), "'planning' does not have the purpose 'marketing'"),
        (Permit("planning", "token", "churn", "pii.contact.phone"), "no column has class 'pii.contact.phone'"),
        (Permit("planning", "coarse", "churn", "pii.contact.emial"), "no column has class"),
        (Permit("planning", "read", "churn", "pii"), "`read` is for unclassified columns"),
        (Permit("planning", "clear", "churn", "secret"), "another policy forbids it: mesh.secret.never"),
        (Permit("planning", "read", "churn", why="two\nlines"), "control characters"),
    ],
)
def test_a_permit_that_would_do_nothing_is_refused(
    bare: Policies, customers: Spec, now: datetime, permit: Permit, problem: str
) -> None:
    with pytest.raises(PolicyRejected) as rejected:
        allow(permit, customers, bare, "", now)

    assert problem in str(rejected.value)


def test_a_test_file_of_another_shape_is_not_appended_to(bare: Policies, people: Spec, now: datetime) -> None:
    with pytest.raises(PolicyRejected, match="cannot be appended to"):
        allow(Permit("planning", "read", "churn"), people, bare, "product: sales.customers\ncases: []\n", now)


def test_a_new_products_policies_are_clean_and_its_tests_green(bare: Policies, people: Spec, now: datetime) -> None:
    text, tests = scaffold_policy(people, bare)
    policies = bare.with_product(people, text)

    assert () == lint(policies, [people])
    assert (3, ()) == run_policy_tests(tests, people, policies, now)


def test_a_new_product_without_classified_columns_is_tested_once(bare: Policies, people: Spec, now: datetime) -> None:
    plain = people.model_copy(update={"columns": people.columns[:1]})
    text, tests = scaffold_policy(plain, bare)

    assert [{"customer_id": "clear"}] == [case["columns"] for case in yaml.safe_load(tests)["cases"]]
    assert (1, ()) == run_policy_tests(tests, plain, bare.with_product(plain, text), now)


def test_tokens_of_a_new_product_are_tested_for_the_purposes_that_its_team_has(
    bare: Policies, people: Spec, now: datetime
) -> None:
    foreign = people.model_copy(update={"purpose": "marketing"})
    text, tests = scaffold_policy(foreign, bare)

    _, *theirs = yaml.safe_load(tests)["cases"]
    assert ["analytics"] == [case["purpose"] for case in theirs]
    assert (2, ()) == run_policy_tests(tests, foreign, bare.with_product(foreign, text), now)


def test_the_first_read_of_a_new_product_is_masked(bare: Policies, people: Spec, now: datetime) -> None:
    policies = bare.with_product(people, scaffold_policy(people, bare)[0])

    owner = decide(AccessRequest(policies.principals.find("ana"), "fraud", now, people), policies)
    other = decide(AccessRequest(policies.principals.find("ben"), "analytics", now, people), policies)

    assert ("token", "clear") == (owner.column("email").level, owner.column("customer_id").level)
    assert ("hidden", "clear") == (other.column("email").level, other.column("customer_id").level)


def test_each_policy_of_a_new_product_turns_its_tests_red_when_removed(
    bare: Policies, people: Spec, now: datetime
) -> None:
    text, tests = scaffold_policy(people, bare)
    names = re.findall(r'@id\("([^"]+)"\)', text)

    assert 3 == len(names)
    for name in names:
        assert run_policy_tests(tests, people, bare.with_product(people, without(text, name)), now)[1], name
