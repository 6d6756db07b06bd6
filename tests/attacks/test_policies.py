"""Attack 26: policies that a domain's own service registers, and that are wrong, greedy or huge."""

import pytest
from attacked import CONTACTS, CONTACTS_CEDAR, PEOPLE, call, contacts
from gateway_lake import Served

from meshwright.spec import Registration

ACTIONS = 'action in [Mesh::Action::"see_clear", Mesh::Action::"read", Mesh::Action::"discover"]'
CLEAR = 'action == Mesh::Action::"see_clear"'
DESK, ABOUT = 'principal in Mesh::Team::"planning"', 'resource in Mesh::Product::"sales.contacts"'
GREEDY = {
    "another product": f'@id("x") @why("y") permit(principal, {ACTIONS}, resource in Mesh::Product::"sales.orders");',
    "a whole domain": f'@id("x") @why("y") permit({DESK}, {ACTIONS}, resource in Mesh::Domain::"sales");',
    "everything": f'@id("x") @why("y") permit(principal, {ACTIONS}, resource);',
    "everything of whatever there is": f'@id("x") @why("y") permit({DESK}, {ACTIONS}, resource);',
    "everybody": f'@id("x") @why("y") permit(principal, {ACTIONS}, {ABOUT});',
    "any action": '@id("x") @why("y") permit(principal, action, resource);',
}
BROKEN = {
    "unparsable": "permit(",
    "unknown class": f'@id("x") @why("y") permit({DESK}, {CLEAR}, resource in Mesh::Class::"nope");',
    "unknown annotation": f'@id("x") @why("y") @expires("2020-01-01") permit({DESK}, {CLEAR}, {ABOUT});',
    "missing attribute": f'@id("x") @why("y") forbid(principal, {ACTIONS}, resource) when {{ principal.nothing }};',
    "same id twice": f'@id("x") @why("y") forbid(principal, {CLEAR}, {ABOUT});' * 2,
    "unknown action": f'@id("x") @why("y") permit({DESK}, action == Mesh::Action::"own", {ABOUT});',
    "id of a central one": f'@id("mesh.domain.read") @why("y") permit({DESK}, {CLEAR}, {ABOUT});',
    "nested": f'@id("x") @why("y") permit({DESK}, {CLEAR}, {ABOUT}) when {{ {"(" * 9_000}true{")" * 9_000} }};',
}


def takes_all(*_: object) -> tuple[()]:
    """Reject nothing, as catalogs did before."""
    return ()


def put(served: Served, policies: str, who: str = "sales.contacts") -> int:
    """Register the contacts with these policies over HTTP, as a service."""
    handed = Registration(spec=CONTACTS, table=served.table(CONTACTS), policies=policies)
    return call(served, "PUT", f"/api/v1/products/{CONTACTS.id}", who, json=handed.model_dump(mode="json")).status_code


@pytest.mark.parametrize("kind", [*BROKEN, *GREEDY])
def test_attack_26_policies_that_are_wrong_or_greedy_are_refused_and_those_before_them_decide(
    own: Served, kind: str
) -> None:
    def answers() -> list[bytes]:
        return [contacts(own).content, contacts(own, {"columns": ["email"]}, "ana").content, own.ask().content]

    before = answers()
    status = put(own, CONTACTS_CEDAR + {**BROKEN, **GREEDY}[kind])

    assert 422 == status
    assert before == answers()
    assert 200 == contacts(own).status_code


@pytest.mark.parametrize("kind", BROKEN)
def test_attack_26_policies_that_cannot_be_obeyed_show_nothing_where_an_older_catalog_took_them(
    own: Served, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meshwright_catalog.products.rejected", takes_all)
    status = put(own, CONTACTS_CEDAR + BROKEN[kind])
    answers = [contacts(own), contacts(own, {"columns": ["email"]}, "ana")]

    assert status in (200, 201)
    assert {403, 404} >= {answer.status_code for answer in answers}
    assert 200 == own.ask().status_code  # the other product is read as before


@pytest.mark.parametrize("kind", GREEDY)
def test_attack_26_a_products_policies_open_no_other_product_where_an_older_catalog_took_them(
    own: Served, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meshwright_catalog.products.rejected", takes_all)
    before = own.ask({"columns": ["email"]}).content
    put(own, CONTACTS_CEDAR + GREEDY[kind])
    denied = [own.ask({"columns": ["margin"]}).status_code, own.ask({}, "eve").status_code]
    hidden = call(own, "GET", "/api/v1/products/sales.nightingale", "eve")

    assert before == own.ask({"columns": ["email"]}).content
    assert [403, 404, 404] == [*denied, hidden.status_code]


def test_attack_26_policies_that_fail_when_they_are_asked_show_nothing(own: Served) -> None:
    overflow = f'@id("x") @why("y") forbid(principal, {ACTIONS}, resource) when {{ 9223372036854775807 + 1 > 0 }};'
    status = put(own, CONTACTS_CEDAR + overflow)  # no type tells that this overflows

    assert status in (200, 201)
    assert [404, 404] == [contacts(own).status_code, contacts(own, {"columns": ["email"]}, "ana").status_code]
    assert 200 == own.ask().status_code


def test_attack_26_the_refusal_says_which_line_is_wrong_and_what_to_do(own: Served) -> None:
    handed = Registration(spec=CONTACTS, table=own.table(CONTACTS), policies=BROKEN["unknown annotation"])
    answer = call(own, "PUT", f"/api/v1/products/{CONTACTS.id}", "sales.contacts", json=handed.model_dump(mode="json"))

    place = "domains/sales/policies/contacts.cedar:1: x: unknown annotation @expires (annotations are @id and @why"
    assert place in answer.json()["detail"]


def test_attack_26_ten_megabytes_of_policies_are_refused(own: Served) -> None:
    assert 413 == put(own, CONTACTS_CEDAR + "// " + "x" * 10_000_000)
    assert 200 == contacts(own).status_code


@pytest.mark.parametrize("who", ["supply_chain.parts", "ben", "ana", "salesx.contacts"])
def test_attack_26_only_the_domains_own_service_hands_policies_in(own: Served, who: str) -> None:
    status = put(own, f'@id("x") @why("y") permit(principal, {ACTIONS}, resource);', who)

    assert status in (401, 403)
    assert PEOPLE[0]["email"].encode() not in contacts(own).content
