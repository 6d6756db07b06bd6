"""Whoever is denied a change of access, or a look at the audit, stands in the audit once: who, what, why by kind."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from gateway_lake import NO_TLS, ORDERS, ORDERS_CEDAR
from granting import Desk

from meshwright.audit import AuditRecord, verify
from meshwright.spec import Registration
from meshwright_catalog.audit import head, records
from meshwright_catalog.database import reading

TYPED = "ines.duarte@example.com"


def kept(desk: Desk) -> list[AuditRecord]:
    """Read the whole audit, whose chain has to hold."""
    with reading(desk.served.app.state.catalog.engine) as session:
        found = list(records(session))
        assert () == verify(found, [head(session, desk.served.clock())]).breaks
    return found


def denied(desk: Desk) -> list[tuple[str, str, dict[str, Any]]]:
    """Tell who was denied, about which product, and the facts."""
    return [(each.principal, each.product, dict(each.facts)) for each in kept(desk) if each.kind == "denied"]


def call(desk: Desk, who: str, method: str, path: str, **more: Any) -> httpx.Response:
    url = f"{desk.served.url}/api/v1/{path}"
    return httpx.request(method, url, headers=desk.headers(who), trust_env=False, timeout=60, verify=NO_TLS, **more)


def register(desk: Desk, who: str) -> httpx.Response:
    body = Registration(spec=ORDERS, table=desk.served.table(), policies=ORDERS_CEDAR).model_dump(mode="json")
    return call(desk, who, "PUT", f"products/{ORDERS.id}", json=body)


def breaks_the_glass(desk: Desk, who: str) -> httpx.Response:
    body = {
        "product": "sales.orders",
        "purpose": "analytics",
        "reason": "a recall of the whole batch",
        "cls": "pii.contact.email",
    }
    answers = [desk(who, "POST", "break-glass", body) for _ in range(4)]
    assert [201, 201, 201] == [answer.status_code for answer in answers[:3]], answers[0].text
    return answers[3]


REFUSED: dict[str, tuple[Callable[[Desk], httpx.Response], int, tuple[str, str, str, str]]] = {
    "a registration of a person": (
        lambda desk: register(desk, "ana"),
        403,
        ("user:ana", "sales.orders", "product.register", "ForeignDomain"),
    ),
    "an approval of policies by the owner": (
        lambda desk: call(desk, "ana", "POST", "products/sales.orders/policies/approval?number=1"),
        403,
        ("user:ana", "sales.orders", "policy.approve", "DataProtectionOnly"),
    ),
    "going back by a reader": (
        lambda desk: call(desk, "ben", "POST", "products/sales.orders/policies/rollback"),
        403,
        ("user:ben", "sales.orders", "policy.roll-back", "NotYourDecision"),
    ),
    "going back by whoever may not know of the product": (
        lambda desk: call(desk, "eve", "POST", "products/sales.orders/policies/rollback"),
        404,
        ("user:eve", "sales.orders", "policy.find", "UnknownProduct"),
    ),
    "a look at versions of policies": (
        lambda desk: call(desk, "ben", "GET", "products/sales.orders/policies"),
        403,
        ("user:ben", "sales.orders", "policy.find", "NotYourDecision"),
    ),
    "a request for what one may not know of": (
        lambda desk: desk.ask("eve"),
        404,
        ("user:eve", "sales.orders", "grant.request", "UnknownProduct"),
    ),
    "a request for what somebody made up": (
        lambda desk: desk.ask("ben", product=TYPED, cls="", level="read"),
        404,
        ("user:ben", "?", "grant.request", "UnknownProduct"),
    ),
    "an act on a grant that is not there": (
        lambda desk: desk.say("ben", TYPED.replace("@", "."), "approve"),
        404,
        ("user:ben", "", "grant.approve", "UnknownGrant"),
    ),
    "a glass broken too often": (
        lambda desk: breaks_the_glass(desk, "ben"),
        422,
        ("user:ben", "sales.orders", "grant.break-glass", "GrantRejected"),
    ),
    "a look at the audit": (
        lambda desk: call(desk, "ana", "GET", "audit"),
        403,
        ("user:ana", "", "audit.read", "DataProtectionOnly"),
    ),
    "a look at what nobody answers for": (
        lambda desk: desk("ana", "GET", "orphans"),
        403,
        ("user:ana", "", "grant.orphans", "DataProtectionOnly"),
    ),
}


@pytest.mark.parametrize(("tries", "status", "expected"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_is_one_event(
    desk: Desk, tries: Callable[[Desk], httpx.Response], status: int, expected: tuple[str, str, str, str]
) -> None:
    answer = tries(desk)

    who, product, tried, why = expected
    assert status == answer.status_code, answer.text
    assert [(who, product, {"tried": tried, "why": why})] == denied(desk)


@pytest.mark.parametrize(("who", "status"), [("ben", 403), ("pia", 404), ("eve", 404)])
def test_a_refused_approval_names_the_grant_to_whom_it_was_shown(desk: Desk, who: str, status: int) -> None:
    grant = desk.asked("ben")

    answer = desk.say(who, grant, "approve", note=TYPED)

    assert status == answer.status_code, answer.text
    ((principal, product, facts),) = denied(desk)
    assert (f"user:{who}", "sales.orders", "grant.approve") == (principal, product, facts["tried"])
    assert ({"grant": grant} if status == 403 else {}) == {name: facts[name] for name in facts.keys() & {"grant"}}
    assert TYPED not in "".join(record.model_dump_json() for record in kept(desk))


def test_what_was_refused_leaves_nothing_but_its_event(desk: Desk) -> None:
    grant = desk.asked("ben")
    before = len(kept(desk))

    desk.say("ben", grant, "approve")

    assert (before + 1, "waiting") == (len(kept(desk)), desk.status(grant))


def test_what_is_refused_for_its_form_or_its_time_is_no_denial(desk: Desk) -> None:
    grant = desk.granted("ben")

    answers = [desk.say("ana", grant, "refuse", "late"), desk.ask("ben", days=-1)]

    assert [409, 422] == [answer.status_code for answer in answers]
    assert [] == denied(desk)


@pytest.mark.parametrize("again", ["ana", "ana-admin"])
def test_an_approval_that_is_said_twice_is_no_denial_and_told_for_whom_it_waits(desk: Desk, again: str) -> None:
    grant = desk.granted("ben", by=("ana",))

    answer = desk.say(again, grant, "approve")

    assert 409 == answer.status_code, answer.text
    assert "waits for data protection: you approved it already" == answer.json()["detail"]
    assert ([], "waiting") == (denied(desk), desk.status(grant))


@pytest.mark.parametrize("who", ["ana", "dora"])
def test_a_request_that_waits_has_nothing_to_confirm_and_trying_is_no_denial(desk: Desk, who: str) -> None:
    grant = desk.asked("ben")

    answer = desk.say(who, grant, "recertify")

    assert 409 == answer.status_code, answer.text
    assert "waits for owner and data protection: there is nothing to confirm yet" == answer.json()["detail"]
    assert ([], "waiting") == (denied(desk), desk.status(grant))


def test_an_approval_that_is_somebody_elses_is_still_a_denial(desk: Desk) -> None:
    grant = desk.granted("ben", by=("dora",))

    answer = desk.say("dan", grant, "approve")

    assert 403 == answer.status_code, answer.text
    assert ["user:dan"] == [who for who, _, _ in denied(desk)]
