"""What is missing where a decision shows less: other purposes, forbids, permits that are not met, and requests."""

import shlex
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from meshwright.access import AccessRequest, Decision, Policies, decide, explain, policies_of, unmet, with_missing
from meshwright.access.decision import Missing, PolicyReference
from meshwright.access.grants.asking import Asker, asked
from meshwright.access.missing import MOST_PURPOSES
from meshwright.grants import GrantRequest
from meshwright.ports import PolicyTexts
from meshwright.spec import Spec

PRODUCT = "sales.customers"
Told = Callable[..., Decision]
CLEAR = PolicyReference("sales.customers.clear", "the desk handles fraud")
TOKEN = PolicyReference("sales.customers.token", "planning joins on tokens")
NO_ONE = '@id("own.never") @why("frozen") forbid(principal, action == Mesh::Action::"see_clear", resource);'
CHURN = 'context.purpose == Mesh::Purpose::"churn"'
FRAUD = 'context.purpose == Mesh::Purpose::"fraud"'
FINDS = '@id("all") @why("w") permit(principal, action == Mesh::Action::"discover", resource);'


@pytest.fixture
def told(staffed: Policies, customers: Spec, now: datetime) -> Told:
    """Decide for a user, with what is missing."""

    def decide_in_full(user: str, purpose: str, by: Policies = staffed, at: datetime = now) -> Decision:
        def decision(other: str) -> Decision:
            return decide(AccessRequest(by.principals.find(user), other, at, customers), by)

        request = AccessRequest(by.principals.find(user), purpose, at, customers)
        return with_missing(decision(purpose), request, by, decision)

    return decide_in_full


def own(by: Policies, text: str) -> Policies:
    """Put other policies in the place of the product's own."""
    return replace(by, products={PRODUCT: text})


def opens(name: str, action: str, what: str, when: str = FRAUD) -> str:
    """Write a permit for the desk."""
    asked = f'principal in Mesh::Team::"desk", action == Mesh::Action::"{action}", resource {what}'
    return f'@id("{name}") @why("w") permit({asked}) when {{ {when} }};'


def test_another_purpose_of_ones_own_that_shows_more_is_told(told: Told) -> None:
    email = told("ana", "analytics").column("email")

    assert Missing("clear", "purpose", purpose="fraud") in email.missing
    assert [] == [m for m in told("ben", "analytics").column("email").missing if m.reason == "purpose"]


def test_who_reads_is_told_nothing_more_about_reading(told: Told) -> None:
    found = told("ana", "analytics")

    assert (True, ()) == (found.read, found.missing)


def test_a_purpose_stands_for_those_below_it_and_for_reading_at_all(told: Told, staffed: Policies) -> None:
    text = (
        staffed.text(PRODUCT)
        .replace("context.purpose == Mesh", "context.purpose in Mesh")
        .replace('"fraud"', '"analytics"')
    )
    found = told("ana", "fraud", own(staffed, text)).column("email")
    unread = told("ben", "").missing

    assert ["analytics"] == [m.purpose for m in found.missing if m.reason == "purpose"]
    assert (Missing("read", "purpose", purpose="analytics"),) == unread


def test_a_purpose_for_which_somebody_may_not_read_either_is_not_told(told: Told, staffed: Policies) -> None:
    text = f"""
        @id("f") @why("w") permit(principal, action == Mesh::Action::"discover", resource);
        @id("r") @why("w") permit(principal, action == Mesh::Action::"read", resource) when {{ {CHURN} }};
    """

    found = told("ben", "", own(staffed, text))

    assert not found.read
    assert ["churn"] == [each.purpose for each in found.missing if each.reason == "purpose"]


def test_a_permit_that_is_not_met_is_told_to_the_domain_and_data_protection_alone(
    told: Told, staffed: Policies
) -> None:
    known = own(staffed, staffed.text(PRODUCT) + FINDS)
    at_the_desk, protecting, planning = (told(who, "analytics", known) for who in ("ana", "dora", "ben"))

    permits = [m for m in at_the_desk.column("email").missing if m.reason == "permit"]
    assert Missing("clear", "permit", (CLEAR,), purpose="fraud") in permits
    assert Missing("token", "permit", (TOKEN,), whom="team planning") in permits
    assert "permit" in {m.reason for m in protecting.missing}
    assert set() == {m.reason for column in planning.columns.values() for m in column.missing} - {"forbidden"}


def test_a_permit_of_one_column_is_told_for_that_column_and_its_fields_alone(told: Told, staffed: Policies) -> None:
    text = "".join(
        opens(f"own.{name}", "see_token", f'== Mesh::Column::"{PRODUCT}/{name}"') for name in ("email", "address")
    )
    found = told("ana", "analytics", own(staffed, staffed.text(PRODUCT) + text))

    permits = [(path, each.id) for path, column in found.columns.items() for m in column.missing for each in m.by]
    assert [("email", "own.email"), ("address.street", "own.address")] == [
        (path, name) for path, name in permits if name.startswith("own.")
    ]


def test_a_permit_of_a_level_that_a_forbid_keeps_or_a_column_does_not_have_is_not_told(
    told: Told, staffed: Policies
) -> None:
    found = told("ana", "analytics", own(staffed, staffed.text(PRODUCT) + NO_ONE))

    email, street = (
        [m.level for m in found.column(path).missing if m.reason == "permit"] for path in ("email", "address.street")
    )
    assert (["coarse", "token"], ["token"]) == (email, street)


def test_many_permits_of_another_column_keep_none_from_being_told(told: Told, staffed: Policies) -> None:
    password, later = f'== Mesh::Column::"{PRODUCT}/password"', f'context.now > datetime("2020-01-01") && {FRAUD}'
    text = "".join(opens(f"own.p{n}", "see_clear", password, later) for n in range(40))

    email = told("ana", "analytics", own(staffed, text + staffed.text(PRODUCT))).column("email")

    assert Missing("clear", "permit", (CLEAR,), purpose="fraud") in email.missing


def test_however_many_permits_there_are_a_thousand_questions_are_asked_and_no_more(
    told: Told, staffed: Policies, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    real: Callable[..., Any] = vars(unmet)["ask_each"]

    def counting(questions: Sequence[Any], *rest: Any) -> Any:
        asked.append(len(questions))
        return real(questions, *rest)

    monkeypatch.setattr(unmet, "ask_each", counting)
    times = " && ".join(f'context.now > datetime("202{n}-01-01")' for n in range(4))
    text = "".join(opens(f"own.p{n}", "see_clear", 'in Mesh::Class::"pii"', f"{times} && {FRAUD}") for n in range(20))
    told("ana", "analytics", own(staffed, text))

    assert [1000] == asked


def test_a_permit_of_what_is_unclassified_is_told_where_it_is_not_met(told: Told, staffed: Policies) -> None:
    narrow = replace(staffed, central=staffed.central.replace(" unless {", f" when {{ {FRAUD} }} unless {{"))

    missing = told("ana", "analytics", narrow).column("customer_id").missing

    unmet_permit = Missing("clear", "permit", (PolicyReference("mesh.unclassified.clear", "unclassified"),), "fraud")
    assert unmet_permit in missing


def test_a_permit_whose_time_is_over_says_when_it_was(told: Told, now: datetime) -> None:
    later = told("ana", "fraud", at=now + timedelta(days=365)).column("email")

    assert "coarse" == later.level
    assert Missing("clear", "permit", (CLEAR,), when="before 2026-12-31 00:00 UTC") in later.missing


def test_a_permit_that_wants_several_things_says_all_of_them(told: Told, staffed: Policies) -> None:
    people = replace(staffed.principals, data_protection=frozenset({"planning"}))

    found = told("ben", "analytics", replace(staffed, principals=people)).column("email")

    both = Missing("clear", "permit", (CLEAR,), purpose="fraud", whom="team desk")
    assert both in found.missing


def test_a_forbid_above_what_is_granted_is_told_with_its_reason(told: Told, staffed: Policies) -> None:
    email = told("ben", "analytics", own(staffed, staffed.text(PRODUCT) + NO_ONE)).column("email")

    assert ("token", Missing("clear", "forbidden", (PolicyReference("own.never", "frozen"),))) == (
        email.level,
        email.missing[0],
    )


def test_columns_that_miss_the_same_stand_together_in_a_line(told: Told, staffed: Policies) -> None:
    ana, ben = (
        explain(told("ana", "analytics")),
        explain(told("ben", "analytics", own(staffed, staffed.text(PRODUCT) + NO_ONE))),
    )

    personal = "email, born, address.street, contacts.item.mail, aliases"
    assert (personal, "clear", "for purpose fraud, yours too", "") in ana.lacks
    assert f"  {personal}: clear forbidden by own.never: frozen" in str(ben)
    assert "forbidden by mesh.secret.never" not in {what for _, _, what, _ in ben.lacks}


def test_so_many_purposes_are_asked_about_and_no_more(texts: PolicyTexts, customers: Spec, now: datetime) -> None:
    names = [f"p{n:02}" for n in range(40)]
    purposes = texts.purposes + "".join(f"[purposes.{name}]\n" for name in names)
    people = texts.principals.replace('["marketing"]', str(["marketing", *names]).replace("'", '"'))
    by = policies_of(replace(texts, purposes=purposes, principals=people), [customers])
    by = own(by, by.text(PRODUCT) + FINDS)
    counted: list[str] = []

    def decision(purpose: str) -> Decision:
        counted.append(purpose)
        return decide(AccessRequest(by.principals.find("eve"), purpose, now, customers), by)

    with_missing(
        decision("marketing"), AccessRequest(by.principals.find("eve"), "marketing", now, customers), by, decision
    )

    assert ["marketing", *names[:MOST_PURPOSES]] == counted


def test_purposes_that_somebody_may_not_name_leave_room_for_those_below_ones_own(
    told: Told, texts: PolicyTexts, customers: Spec
) -> None:
    others = "".join(f"[purposes.a{n:02}]\n" for n in range(MOST_PURPOSES))
    by = policies_of(replace(texts, purposes=texts.purposes + others), [customers])
    text = by.text(PRODUCT).replace('in Mesh::Purpose::"analytics"', '== Mesh::Purpose::"churn"')

    assert (Missing("read", "purpose", purpose="churn"),) == told("ben", "analytics", own(by, text)).missing


def test_who_may_not_discover_a_product_learns_nothing_of_it(told: Told) -> None:
    found = told("eve", "marketing")

    assert (False, ()) == (found.discover, found.missing)


def test_every_request_that_is_told_would_be_taken(
    told: Told, staffed: Policies, customers: Spec, now: datetime
) -> None:
    found = told("ben", "analytics")

    lines = [ask for column in found.columns.values() for ask in (column.ask, column.ask_clear)]
    lines += found.asks
    taken = [
        asked(wanted(line, now), Asker(staffed.principals.find("ben"), customers, staffed, now, "g1"))
        for line in lines
        if line
    ]
    assert {"token", "coarse", "clear"} == {grant.level for grant in taken}


def wanted(line: str, now: datetime) -> GrantRequest:
    """Read a line as the command does."""
    words = shlex.split(line)
    options = dict(zip(words[4::2], words[5::2], strict=True))
    named = {"columns": tuple(filter(None, options.get("--columns", "").split(","))), "cls": options.get("--class", "")}
    more = {"level": options["--level"], "purpose": options["--purpose"], "reason": "to plan ahead"}
    return GrantRequest.model_validate({"product": words[3], "until": now + timedelta(days=30), **named, **more})


def test_what_is_unclassified_is_asked_for_to_be_read_and_not_with_what_is_classified(
    told: Told, staffed: Policies
) -> None:
    unshown = replace(
        staffed, central=staffed.central.replace('"see_clear", resource) unless', '"see_token", resource) unless')
    )
    asks = told("ben", "analytics", unshown).asks

    named = [name for ask in asks for name in ask.partition("--columns ")[2].partition(" ")[0].split(",")]
    assert "address.street" in named
    assert set() == {*named} & {"customer_id", "address.country", "contacts.item.kind"}
    assert 1 == sum("--level read" in ask for ask in asks)


def test_few_requests_are_told_for_many_classes_and_how_to_ask_for_clear(told: Told) -> None:
    asks, permits = explain(told("ben", "analytics")).requests, explain(told("ana", "analytics")).requests

    several = (
        "for more: mesh access request sales.customers --columns email,born,contacts.item.mail,aliases --level coarse"
    )
    assert [
        several,
        "for more: mesh access request sales.customers --columns both --level token",
        "for more: mesh access request sales.customers --columns address.street --level clear",
        "of several columns, name those that you need",
        "for clear of email, born, both, contacts.item.mail, aliases: the same with --level clear",
    ] == [line.partition(" --purpose")[0] for line in asks]
    assert ("and 2 more requests: --json has one for each column", "for clear: the same with --level clear") == permits[
        3:
    ]


def test_who_may_not_read_learns_of_one_request_that_opens_what_is_classified_and_the_rest(
    told: Told, staffed: Policies
) -> None:
    decision = told("eve", "marketing", own(staffed, FINDS))

    read, classified = decision.asks

    assert (True, False) == (decision.discover, decision.read)
    assert "mesh access request sales.customers --level read --purpose marketing --until 30d --reason '...'" == read
    assert "email" in shlex.split(classified)[5].split(",")
    assert ["--level", "token"] == shlex.split(classified)[6:8]
    assert f"for more: {classified}" in explain(decision).requests
