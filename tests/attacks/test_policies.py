"""Attack 26: policies that a domain's own service registers, and that are wrong, greedy or huge."""

import pytest
from attacked import CONTACTS, CONTACTS_CEDAR, PEOPLE, call, contacts, secrets
from gateway_lake import Served

from meshwright.spec import Registration

ACTIONS = 'action in [Mesh::Action::"see_clear", Mesh::Action::"read", Mesh::Action::"discover"]'
GREEDY = {
    "another product": f'@id("x") @why("y") permit(principal, {ACTIONS}, resource in Mesh::Product::"sales.orders");',
    "everything": f'@id("x") @why("y") permit(principal, {ACTIONS}, resource);',
    "any action": '@id("x") @why("y") permit(principal, action, resource);',
}
BROKEN = {
    "unparsable": "permit(",
    "unknown class": '@id("x") @why("y") permit(principal, action, resource in Mesh::Class::"nope");',
    "missing attribute": f'@id("x") @why("y") forbid(principal, {ACTIONS}, resource) when {{ principal.nothing }};',
    "same id twice": '@id("x") @why("y") forbid(principal, action, resource);' * 2,
    "unknown action": '@id("x") @why("y") permit(principal, action == Mesh::Action::"own", resource);',
    "id of a central one": f'@id("mesh.domain.read") @why("y") permit(principal, {ACTIONS}, resource);',
    "nested": f'@id("x") @why("y") permit(principal, {ACTIONS}, resource) when {{ '
    + "(" * 9_000
    + "true"
    + ")" * 9_000
    + " };",
    "arithmetic": f'@id("x") @why("y") forbid(principal, {ACTIONS}, resource) when {{ 9223372036854775807 + 1 > 0 }};',
}


def put(served: Served, policies: str, who: str = "sales.contacts") -> int:
    """Register the contacts with these policies over HTTP, as a service."""
    handed = Registration(spec=CONTACTS, table=served.table(CONTACTS), policies=policies)
    return call(served, "PUT", f"/api/v1/products/{CONTACTS.id}", who, json=handed.model_dump(mode="json")).status_code


@pytest.mark.parametrize("kind", BROKEN)
def test_attack_26_policies_that_cannot_be_obeyed_show_nothing(own: Served, kind: str) -> None:
    status = put(own, CONTACTS_CEDAR + BROKEN[kind])
    answers = [contacts(own), contacts(own, {"columns": ["email"]}, "ana")]

    assert status in (200, 201, 422)
    for answer in answers:
        assert status == 422 or answer.status_code in (403, 404)
        assert [] == [s for s in secrets() if s.encode() in answer.content] or answer is answers[1]
    assert 200 == own.ask().status_code  # the other product is read as before


@pytest.mark.parametrize("kind", GREEDY)
def test_attack_26_a_products_policies_open_no_other_product(own: Served, kind: str) -> None:
    before = own.ask({"columns": ["email"]}).content
    put(own, CONTACTS_CEDAR + GREEDY[kind])
    denied = [own.ask({"columns": ["margin"]}).status_code, own.ask({}, "eve").status_code]
    hidden = call(own, "GET", "/api/v1/products/sales.nightingale", "eve")

    assert before == own.ask({"columns": ["email"]}).content
    assert [403, 404, 404] == [*denied, hidden.status_code]


def test_attack_26_ten_megabytes_of_policies_are_refused(own: Served) -> None:
    assert 413 == put(own, CONTACTS_CEDAR + "// " + "x" * 10_000_000)
    assert 200 == contacts(own).status_code


@pytest.mark.parametrize("who", ["supply_chain.parts", "ben", "ana", "salesx.contacts"])
def test_attack_26_only_the_domains_own_service_hands_policies_in(own: Served, who: str) -> None:
    status = put(own, f'@id("x") @why("y") permit(principal, {ACTIONS}, resource);', who)

    assert status in (401, 403)
    assert PEOPLE[0]["email"].encode() not in contacts(own).content
