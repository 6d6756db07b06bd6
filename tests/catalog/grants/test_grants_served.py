"""From asking to reading and back, over HTTP and through the gateway."""

import logging
from datetime import timedelta

import httpx
import pytest
from gateway_lake import NOW
from granting import Desk

from meshwright.errors import (
    DataProtectionOnly,
    GrantClosed,
    GrantRejected,
    NotYourDecision,
    UnknownGrant,
    UnknownProduct,
)
from meshwright.grants import EmergencyRequest, GrantRequest
from meshwright.mesh import Mesh


def test_clear_personal_data_needs_the_owner_and_data_protection(desk: Desk) -> None:
    grant = desk.asked()
    first = desk.say("ana", grant, "approve").json()
    before = desk.sees_emails()
    second = desk.say("dora", grant, "approve").json()

    assert ("waiting", ["data protection"]) == (first["status"], first["waits_for"])
    assert not before
    assert "active" == second["status"]
    assert desk.sees_emails()
    assert not desk.sees_emails(purpose="operations")
    assert not desk.sees_emails("pia")


def test_the_audit_of_a_read_names_the_grant_and_the_changes_are_kept(desk: Desk) -> None:
    grant = desk.granted()
    desk.sees_emails()
    intents = [event[1].grants for event in desk.served.account.events if event[0] == "intent"]
    desk.say("bob", grant, "revoke", "no longer needed")
    url = f"{desk.served.url}/api/v1/audit"
    records = httpx.get(url, headers=desk.headers("dora"), trust_env=False, timeout=60).json()["records"]
    kinds = [(r["kind"], r["principal"]) for r in records if r["kind"].startswith("grant.")]

    assert [(grant,)] == intents
    assert [
        ("grant.requested", "user:ben"),
        ("grant.approved", "user:ana"),
        ("grant.approved", "user:dora"),
        ("grant.revoked", "user:bob"),
    ] == kinds


def test_what_is_no_personal_data_in_the_clear_needs_the_owner_alone(desk: Desk) -> None:
    grant = desk.granted(by=("bob",), cls="commercial", level="clear")

    assert "active" == desk.status(grant)
    assert [1_000_000] == desk.served.rows({"columns": ["margin"], "limit": 1})["margin"].to_list()


def test_a_refusal_says_why_and_is_final(desk: Desk) -> None:
    grant = desk.asked()
    without = desk.say("ana", grant, "refuse")
    refused = desk.say("ana", grant, "refuse", "ask the call centre")
    again = desk.say("bob", grant, "approve")

    assert (422, 200, 409) == (without.status_code, refused.status_code, again.status_code)
    assert "refused by ana: ask the call centre" == refused.json()["why"]
    assert "application/problem+json" == again.headers["content-type"]


def test_a_revocation_counts_at_the_next_decision(desk: Desk) -> None:
    grant = desk.granted()
    before = desk.sees_emails()
    desk.say("bob", grant, "revoke")

    assert (True, False) == (before, desk.sees_emails())
    assert "revoked" == desk.status(grant)


def test_a_team_s_grant_is_for_whoever_is_in_the_team(desk: Desk) -> None:
    desk.granted(grantee="team:planning")

    assert desk.sees_emails("pia")
    assert 422 == desk.ask(grantee="team:order-desk").status_code
    assert 422 == desk.ask(grantee="service:sales.orders").status_code
    assert 201 == desk.ask(grantee="service:supply_chain.plan").status_code


def test_a_grant_lets_its_holder_find_the_product_and_what_is_counted_follows_at_once(desk: Desk) -> None:
    grant = desk.granted(by=("ana",), cls="pii.contact.email", level="token")
    desk.served.register(policies="")
    with_grant = found(desk)
    desk.say("ana", grant, "revoke")
    blind = desk.ask(cls="pii.contact.email", level="token")

    assert (1, 200) == with_grant
    assert (0, 404) == found(desk)
    assert (404, "There is no such product.") == (blind.status_code, blind.json()["detail"])


def found(desk: Desk) -> tuple[int, int]:
    url, headers = f"{desk.served.url}/api/v1", desk.headers("ben")
    counted = httpx.get(f"{url}/search", headers=headers, trust_env=False, timeout=60).json()["total"]
    return counted, httpx.get(f"{url}/products/sales.orders", headers=headers, trust_env=False, timeout=60).status_code


def test_recertified_or_lapsed(desk: Desk) -> None:
    grant = desk.granted(days=300)
    desk.later(days=89)
    before = desk.sees_emails()
    desk.later(days=1)
    lapsed = desk.status(grant), desk.sees_emails()
    by_holder = desk.say("ben", grant, "recertify").status_code
    due = [view["grant"]["id"] for view in desk("bob", "GET", "requests").json()["grants"]]
    confirmed = desk.say("bob", grant, "recertify")

    assert before
    assert ("lapsed", False) == lapsed
    assert 403 == by_holder
    assert [grant] == due
    assert "active" == confirmed.json()["status"]
    assert desk.sees_emails()


def test_breaking_the_glass_is_loud_short_and_reviewed(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    urgent = {"reason": "Person1@Beispiel.example is in danger", "cls": "pii.contact"}
    wanted = {"product": "sales.orders", "purpose": "analytics", **urgent}
    with caplog.at_level(logging.WARNING):
        opened = desk("ben", "POST", "break-glass", wanted).json()
    grant = opened["grant"]["id"]
    sees = desk.sees_emails()
    waiting = [view["grant"]["id"] for view in desk("ana", "GET", "requests").json()["grants"]]
    own_review = desk.say("ben", grant, "review").status_code
    one, two = desk.say("ana", grant, "review").json(), desk.say("dora", grant, "review").json()
    desk.later(minutes=59, seconds=59)
    nearly = desk.sees_emails()
    desk.later(seconds=1)

    assert ("active", True) == (opened["status"], opened["flagged"])
    assert sees
    assert f"user:ben broke the glass of sales.orders as {grant} for an hour: class pii.contact as clear" in caplog.text
    assert "Person1" not in caplog.text
    assert [grant] == waiting
    assert 403 == own_review
    assert (True, False) == (one["flagged"], two["flagged"])
    assert (True, False) == (nearly, desk.sees_emails())


def test_the_glass_cannot_be_broken_where_a_class_does_not_allow_it_nor_again_and_again(desk: Desk) -> None:
    wanted = {"product": "sales.orders", "purpose": "analytics", "reason": "an accident"}
    commercial = desk("ben", "POST", "break-glass", {**wanted, "columns": ["margin"]})
    codes = [desk("ben", "POST", "break-glass", {**wanted, "cls": "pii.contact"}).status_code for _ in range(4)]

    assert 422 == commercial.status_code
    assert "'commercial' does not allow" in commercial.json()["detail"]
    assert [201, 201, 201, 422] == codes


def test_who_may_not_know_of_a_grant_is_told_nothing(desk: Desk) -> None:
    grant = desk.granted()
    told = [desk.say(who, grant, "revoke") for who in ("eve", "pia")] + [desk.say("ben", "g999", "revoke")]

    assert [404] * 3 == [answer.status_code for answer in told]
    assert 1 == len({answer.text for answer in told})
    assert [] == desk("eve", "GET", "grants?which=owned").json()["grants"]
    assert [] == desk("eve", "GET", "held").json()["grants"]


def test_the_client_of_the_library_raises_what_the_service_means(desk: Desk) -> None:
    ben, ana, dora = desk.client("ben"), desk.client("ana"), desk.client("dora")
    wanted = GrantRequest(
        product="sales.orders",
        cls="pii.contact.email",
        level="token",
        purpose="analytics",
        until=NOW.replace(year=2027, month=1),
        reason="to count",
    )
    view = ben.request(wanted)

    assert view.grant.id in {each.grant.id for each in ana.listed("waiting")}
    with pytest.raises(NotYourDecision, match="whoever asked does not decide"):
        ben.say(view.grant.id, "approve")
    with pytest.raises(UnknownGrant):
        desk.client("eve").say(view.grant.id, "approve")
    assert "active" == ana.say(view.grant.id, "approve").status
    assert [view.grant.id] == [grant.id for grant in ben.held()]
    with pytest.raises(GrantClosed, match="is active"):
        ana.say(view.grant.id, "refuse", "too late")
    with pytest.raises(GrantRejected, match="there is no such purpose"):
        ben.request(wanted.model_copy(update={"purpose": "analytic"}))
    with pytest.raises(UnknownProduct):
        ben.request(wanted.model_copy(update={"product": "sales.nothing"}))
    with pytest.raises(DataProtectionOnly):
        ana.orphans()
    assert [] == list(dora.orphans())
    urgent = EmergencyRequest(product="sales.orders", cls="pii", purpose="analytics", reason="an accident")
    assert ben.break_glass(urgent).flagged


def test_somebody_without_a_workspace_asks_with_their_token(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MESH_TOKEN", raising=False)
    opened = {
        who: Mesh.open(
            catalog=desk.served.url, token=desk.headers(who)["Authorization"].split()[1], purpose="analytics"
        )
        for who in ("ben", "ana", "dora")
    }
    end = desk.served.clock() + timedelta(days=3)
    view = opened["ben"].access.request(
        "sales.orders", cls="pii.contact.email", level="clear", purpose="analytics", until=end, reason="to call back"
    )
    for who in ("ana", "dora"):
        opened[who].access.approve(view.grant.id)

    assert ["active"] == [each.status for each in opened["ben"].access.grants()]
    assert desk.sees_emails()
    with pytest.raises(GrantRejected, match="no time zone"):
        opened["ben"].access.request(
            "sales.orders", level="read", purpose="analytics", until=end.replace(tzinfo=None), reason="to count"
        )


def test_grants_are_counted_one_by_one_whatever_else_happens_in_between(desk: Desk) -> None:
    first = desk.asked()
    desk.served.register()
    desk.say("ana", first, "approve")
    second = desk.asked(columns=["born"], level="coarse")
    urgent = {"product": "sales.orders", "cls": "pii", "purpose": "analytics", "reason": "a hand caught somebody"}
    third = desk("ben", "POST", "break-glass", urgent).json()["grant"]["id"]

    assert ["g1", "g2", "g3"] == [first, second, third]
    assert [third, second, first] == [v["grant"]["id"] for v in desk("ben", "GET", "grants").json()["grants"]]
