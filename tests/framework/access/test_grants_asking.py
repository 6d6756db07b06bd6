"""What may be asked for, by whom and for whom; and who may break the glass."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from made_grants import NOW

from meshwright.access import Policies, Principal, policies_of
from meshwright.access.grants.asking import Asker, asked, broken_glass
from meshwright.errors import GrantRejected
from meshwright.grants import EmergencyRequest, Grant, GrantRequest
from meshwright.ports import PolicyTexts
from meshwright.spec import ColumnSpec, ScalarType, Spec, StructType

EMAIL = {"cls": "pii.contact.email", "level": "clear"}
MONTH = NOW + timedelta(days=30)


@pytest.fixture
def spec(customers: Spec) -> Spec:
    """The customers, with a struct of which every field is personal, and columns of unknown classes."""
    street = ColumnSpec(name="street", type=ScalarType(kind="string"), classes=("pii",))
    home = ColumnSpec(name="home", type=StructType(fields=(street,)))
    odd = ColumnSpec(name="odd", type=ScalarType(kind="string"), classes=("pii.odd",))
    odder = ColumnSpec(name="odder", type=ScalarType(kind="string"), classes=("pii.odd", "pii.even"))
    return customers.model_copy(update={"columns": (*customers.columns, home, odd, odder)})


@pytest.fixture
def rules(texts: PolicyTexts, staffed: Policies, customers: Spec) -> Policies:
    """The small mesh where glass may be broken for personal data but birth dates, which are granted for ten days."""
    classes = texts.classes.replace("[classes.pii]", "[classes.pii]\nbreak_glass = true")
    birth = '[classes."pii.birth_date"]'
    classes = classes.replace(birth, f"{birth}\nbreak_glass = false\ngrant_days = 10")
    return replace(staffed, classes=policies_of(replace(texts, classes=classes), [customers]).classes)


def ask(policies: Policies, spec: Spec, who: str | Principal = "ben", **wanted: Any) -> Grant:
    facts = {"product": spec.id, "purpose": "churn", "until": MONTH, "reason": "to call back", **wanted}
    requester = policies.principals.find(who) if isinstance(who, str) else who
    return asked(GrantRequest.model_validate(facts), Asker(requester, spec, policies, NOW, "g1"))


def smash(policies: Policies, spec: Spec, **wanted: Any) -> Grant:
    usual: dict[str, Any] = {} if "cls" in wanted else {"columns": ("email", "address.street")}
    facts = {"product": spec.id, "purpose": "churn", "reason": "the line stands still", **usual, **wanted}
    return broken_glass(
        EmergencyRequest.model_validate(facts), Asker(policies.principals.find("ben"), spec, policies, NOW, "g1")
    )


def refusal(act: Callable[..., Grant], *given: Any, **wanted: Any) -> str:
    with pytest.raises(GrantRejected) as rejected:
        act(*given, **wanted)
    return str(rejected.value)


def test_a_request_holds_who_asked_in_which_teams_and_what_once(rules: Policies, spec: Spec) -> None:
    rejected = spec.model_copy(update={"id": "sales.customers__rejected"})
    until = datetime(2026, 7, 20, 1, tzinfo=timezone(timedelta(hours=2)))

    grant = ask(rules, rejected, columns=("email", "home", "email"), level="clear", until=until)

    assert ("ben", "user:ben", ("planning",)) == (grant.requester, grant.grantee, grant.teams)
    assert ("sales.customers", ("email", "home"), "") == (grant.product, grant.columns, grant.cls)
    assert (NOW, "2026-07-19T23:00:00+00:00") == (grant.asked_at, grant.until.isoformat())
    assert (False, ()) == (grant.break_glass, grant.acts)


@pytest.mark.parametrize("grantee", ["team:planning", "service:supply_chain.parts"])
def test_people_ask_for_their_team_and_for_services_of_their_domain(rules: Policies, spec: Spec, grantee: str) -> None:
    grant = ask(rules, spec, grantee=grantee, **EMAIL)

    assert (grantee, ()) == (grant.grantee, grant.teams)


@pytest.mark.parametrize(
    "grantee",
    [
        "team:desk",
        "service:sales.orders",
        "user:ana",
        "user:planning",
        "team",
        "planning",
        "service:parts.supply_chain",
    ],
)
def test_nobody_asks_for_other_people_teams_or_domains(rules: Policies, spec: Spec, grantee: str) -> None:
    problem = refusal(ask, rules, spec, grantee=grantee, **EMAIL)

    assert "neither a team of yours nor a service of your domain" in problem


def test_a_service_asks_for_nothing(rules: Policies, spec: Spec) -> None:
    service = Principal("service", "supply_chain.parts", "supply_chain", (), ("churn",))

    assert "only a person asks for access" in refusal(ask, rules, spec, service, **EMAIL)


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        ({"level": "clear"}, "either columns or one class are needed"),
        ({"level": "clear", "cls": "pii.name", "columns": ("email",)}, "either columns or one class are needed"),
        ({"level": "clear", "columns": ("em*l",)}, "a wildcard is not granted"),
        ({"level": "clear", "columns": ("email", "bor?")}, "a wildcard is not granted"),
        ({"level": "clear", "cls": "pii.*"}, "a wildcard is not granted"),
        ({"level": "read", "columns": ("email",)}, "`read` is for all that is unclassified"),
        ({"level": "clear", "columns": ("address",)}, "column 'address' is unclassified"),
        ({"level": "clear", "columns": ("odd",)}, "class 'pii.odd' is unknown to the mesh"),
        ({"level": "clear", "columns": ("odder",)}, "class 'pii.even' is unknown to the mesh"),
        ({"level": "clear", "columns": ("email",), "purpose": "chrun"}, "no such purpose; did you mean 'churn'?"),
        ({"level": "clear", "columns": ("email",), "reason": "..."}, "the reason says nothing"),
        ({"level": "clear", "columns": ("email", "born"), "until": NOW + timedelta(days=11)}, "at most 10 days"),
        ({"level": "coarse", "columns": ("address.street",)}, "nothing of it has a coarse value, by class pii"),
        ({"level": "clear", "columns": ("password",)}, "another policy forbids it: mesh.secret.never"),
        ({"level": "clear", "columns": ("email",), "until": NOW}, "until is over already"),
    ],
)
def test_a_request_for_too_much_or_for_nothing_is_refused(
    rules: Policies, spec: Spec, wanted: dict[str, Any], problem: str
) -> None:
    assert problem in refusal(ask, rules, spec, **wanted)


@pytest.mark.parametrize(
    ("wanted", "field", "word"),
    [
        ({"level": "clear"}, "cls", "class"),
        ({"level": "clear", "columns": ("emial",)}, "columns", "column"),
        ({"level": "clear", "columns": ("address",)}, "columns", "column"),
        ({"level": "clear", "cls": "pii.*"}, "cls", "class"),
        ({"level": "read", "columns": ("email",)}, "level", "level"),
        ({"level": "coarse", "columns": ("address.street",)}, "level", "level"),
        ({**EMAIL, "purpose": "chrun"}, "purpose", "purpose"),
        ({**EMAIL, "purpose": "fraud"}, "purpose", "purpose"),
        ({**EMAIL, "reason": "..."}, "reason", "reason"),
        ({**EMAIL, "reason": "\x07"}, "reason", "reason"),
        ({**EMAIL, "until": NOW}, "until", "until"),
        ({**EMAIL, "until": NOW + timedelta(days=366)}, "until", "until"),
        ({**EMAIL, "grantee": "team:nobody"}, "grantee", "grantee"),
    ],
)
def test_a_refusal_names_what_it_is_about_and_no_option_of_a_command(
    rules: Policies, spec: Spec, wanted: dict[str, Any], field: str, word: str
) -> None:
    with pytest.raises(GrantRejected) as rejected:
        ask(rules, spec, **wanted)

    said = str(rejected.value)
    assert (field, True, False) == (rejected.value.field, word in said, "--" in said or "mesh access" in said)


@pytest.mark.parametrize(
    "wanted",
    [
        {"level": "read"},
        {"level": "clear", "columns": ("home",)},
        {"level": "clear", "columns": ("email", "password")},
        {"level": "clear", "columns": ("both",)},
        {"level": "coarse", "cls": "pii.birth_date", "until": NOW + timedelta(days=10)},
        {"level": "token", "cls": "pii.name", "until": NOW + timedelta(days=365)},
        {"level": "clear", "columns": ("email",), "until": NOW + timedelta(seconds=1)},
    ],
)
def test_what_would_show_something_may_be_asked_for(rules: Policies, spec: Spec, wanted: dict[str, Any]) -> None:
    grant = ask(rules, spec, **wanted)

    assert wanted.items() <= grant.model_dump().items()


def test_a_team_s_grant_needs_the_team_s_purpose_and_a_person_s_their_own(rules: Policies, spec: Spec) -> None:
    ben = replace(rules.principals.find("ben"), purposes=("analytics", "fraud"))
    known = replace(rules.principals, users={**rules.principals.users, "ben": ben})
    policies = replace(rules, principals=known)

    assert "planning does not have the purpose 'fraud'" in refusal(
        ask, policies, spec, ben, grantee="team:planning", purpose="fraud", **EMAIL
    )
    assert "fraud" == ask(policies, spec, ben, purpose="fraud", **EMAIL).purpose
    assert "fraud" == ask(rules, spec, grantee="service:supply_chain.parts", purpose="fraud", **EMAIL).purpose


def test_reading_may_be_asked_for_where_nothing_is_unclassified(rules: Policies, spec: Spec) -> None:
    closed = spec.model_copy(update={"columns": spec.columns[1:3]})

    assert "read" == ask(rules, closed, level="read").level


def test_what_another_policy_keeps_from_being_read_is_refused_with_its_name(rules: Policies, spec: Spec) -> None:
    never = '@id("n") forbid(principal in Mesh::Team::"planning", action == Mesh::Action::"read", resource);'

    forbidden = replace(rules, central=rules.central + never)
    closed = spec.model_copy(update={"columns": spec.columns[1:3]})

    for product, wanted in ((spec, {"level": "read"}), (closed, {"level": "read"}), (spec, EMAIL)):
        assert "another policy forbids it: n" in refusal(ask, forbidden, product, **wanted)


def test_what_is_shown_as_a_token_and_forbidden_in_the_clear_is_refused_without_blaming_the_permit(
    rules: Policies, spec: Spec
) -> None:
    never = '@id("n") forbid(principal, action == Mesh::Action::"see_clear", resource in Mesh::Class::"pii");'

    problem = refusal(ask, replace(rules, central=rules.central + never), spec, **EMAIL)

    assert "nothing more would be shown" in problem
    assert "sales.customers.token" not in problem


def test_half_of_a_column_s_classes_is_refused_without_blaming_what_forbids_another_level(
    rules: Policies, spec: Spec
) -> None:
    export = 'resource in Mesh::Class::"export-controlled"'
    never = f'@id("n") forbid(principal, action == Mesh::Action::"see_token", {export});'

    problem = refusal(ask, replace(rules, central=rules.central + never), spec, cls="export-controlled", level="clear")

    assert "the columns have other classes, too" in problem


def test_nothing_is_asked_for_where_the_policies_cannot_be_obeyed(rules: Policies, spec: Spec) -> None:
    broken = replace(rules, products={"sales.customers": "permit("})

    assert "the policies cannot be obeyed" in refusal(ask, broken, spec, **EMAIL)


def test_breaking_the_glass_opens_what_is_named_for_an_hour(rules: Policies, spec: Spec) -> None:
    grant = smash(rules, spec)

    assert ("email", "address.street") == grant.columns
    assert ("user:ben", ("planning",), "clear", True) == (grant.grantee, grant.teams, grant.level, grant.break_glass)
    assert (NOW, NOW + timedelta(hours=1), "churn") == (grant.asked_at, grant.until, grant.purpose)


def test_breaking_the_glass_may_name_columns_or_a_class(rules: Policies, spec: Spec) -> None:
    by_name, by_class = smash(rules, spec, columns=("email", "email")), smash(rules, spec, cls="pii.contact")

    assert (("email",), "") == (by_name.columns, by_name.cls)
    assert ((), "pii.contact") == (by_class.columns, by_class.cls)


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        ({"cls": "pii.contact", "columns": ("email",)}, "either columns or one class are needed"),
        ({"columns": ("email", "born")}, "class 'pii.birth_date' does not allow to break the glass"),
        ({"columns": ("both",)}, "class 'export-controlled' does not allow to break the glass"),
        ({"cls": "secret"}, "class 'secret' does not allow to break the glass"),
        ({"columns": ("emial",)}, "is not there; did you mean 'email'?"),
        ({"purpose": "fraud"}, "ben does not have the purpose 'fraud'"),
        ({"columns": ()}, "either columns or one class are needed"),
        ({"reason": "!!!"}, "the reason is no sentence"),
        ({"reason": "x"}, "the reason is no sentence"),
        ({"reason": "because"}, "the reason is no sentence"),
        ({"reason": "abcde abcd"}, "the reason is no sentence"),
        ({"reason": "abcd abcd abcd"}, "the reason is no sentence"),
        ({"reason": "xxxxx xxxxx xxxxx"}, "the reason is no sentence"),
    ],
)
def test_glass_that_may_not_be_broken_stays_whole(
    rules: Policies, spec: Spec, wanted: dict[str, Any], problem: str
) -> None:
    assert problem in refusal(smash, rules, spec, **wanted)


def test_a_short_sentence_is_one(rules: Policies, spec: Spec) -> None:
    assert "abcde abcde" == smash(rules, spec, reason="abcde abcde").reason


def test_what_may_be_opened_is_told_to_whoever_names_nothing(rules: Policies, spec: Spec) -> None:
    told = refusal(smash, rules, spec, columns=())

    assert "it can be opened: email, address.street, contacts.item.mail, aliases, home.street" in told


def test_glass_stays_whole_where_no_class_allows_to_break_it_or_a_policy_forbids_what_is_behind(
    rules: Policies, staffed: Policies, spec: Spec
) -> None:
    never = '@id("n") forbid(principal, action == Mesh::Action::"see_clear", resource in Mesh::Class::"pii");'
    forbidden = replace(rules, central=rules.central + never)

    assert "no class of its columns allows to break the glass" in refusal(smash, staffed, spec)
    assert "forbids it" in refusal(smash, forbidden, spec)


def test_only_a_person_breaks_the_glass(rules: Policies, spec: Spec) -> None:
    service = Principal("service", "supply_chain.parts", "supply_chain", (), ("churn",))
    wanted = EmergencyRequest(product=spec.id, cls="pii", purpose="churn", reason="the line stands still")

    assert "only a person asks" in refusal(broken_glass, wanted, Asker(service, spec, rules, NOW, "g1"))
