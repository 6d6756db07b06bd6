"""What somebody tries who wants more, or for longer, than was granted."""

from typing import Any

import httpx
import pytest
from gateway_lake import NOW, ORDERS
from granting import CLASSES, Desk


def test_attack_24_a_grant_that_expired_a_second_ago_shows_nothing(desk: Desk) -> None:
    grant = desk.granted(days=10)
    desk.later(days=10, seconds=-1)
    before = desk.sees_emails()
    desk.later(seconds=1)

    assert (True, False) == (before, desk.sees_emails())
    assert "expired" == desk.status(grant)


def test_attack_24_a_time_without_a_zone_is_refused(desk: Desk) -> None:
    answer = desk.ask(until="2026-12-01T00:00:00")

    assert 422 == answer.status_code
    assert "2026-12-01" not in answer.text


@pytest.mark.parametrize("until", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_an_end_at_the_edge_of_the_calendar_is_no_request(desk: Desk, until: str) -> None:
    assert 422 == desk.ask(until=until).status_code


@pytest.mark.parametrize("until", [1_795_000_000, "1795000000"])
def test_attack_24_a_number_is_no_time(desk: Desk, until: Any) -> None:
    assert 422 == desk.ask(until=until).status_code


def test_attack_24_a_time_in_another_zone_is_the_same_moment_through_a_change_of_clocks(desk: Desk) -> None:
    desk.granted(until="2027-02-01T01:30:00+02:00")
    desk.served.clock.now = NOW.replace(year=2027, month=1, day=31, hour=23, minute=29, second=59)
    before = desk.sees_emails()
    desk.later(seconds=1)

    assert (True, False) == (before, desk.sees_emails())


def test_attack_24_a_leap_day_is_a_day(desk: Desk) -> None:
    desk.served.clock.now = NOW.replace(year=2028, month=2, day=20)
    desk.granted(until="2028-02-29T23:59:59Z")
    desk.served.clock.now = NOW.replace(year=2028, month=2, day=29, hour=23)
    before = desk.sees_emails()
    desk.later(hours=1)

    assert (True, False) == (before, desk.sees_emails())


@pytest.mark.parametrize("minutes", [5, -5])
def test_attack_24_a_server_whose_clock_is_off_never_shows_more(desk: Desk, minutes: int) -> None:
    """The grant was approved by a server whose clock runs ahead; this one is late, and must not begin earlier."""
    desk.later(minutes=abs(minutes))
    desk.granted(days=1)
    desk.later(minutes=-abs(minutes))
    early = desk.sees_emails()
    desk.later(days=1, minutes=minutes, seconds=abs(minutes) * 60)
    late = desk.sees_emails()

    assert not early
    assert late is (minutes < 0)


def test_attack_24_the_clock_of_the_caller_counts_for_nothing(desk: Desk) -> None:
    desk.granted(days=1)
    desk.later(days=1)
    headers = {"Date": "Fri, 20 Nov 2026 12:00:00 GMT", "X-Now": NOW.isoformat()}
    answer = desk.served.ask({"columns": ["email"], "levels": {"email": "clear"}}, "ben", **headers)

    assert 403 == answer.status_code


def test_attack_24_a_request_that_nobody_decides_expires(desk: Desk) -> None:
    grant = desk.asked(days=300)
    desk.later(days=14)

    assert "expired" == desk.status(grant)
    assert 409 == desk.say("ana", grant, "approve").status_code


def test_attack_24_a_class_that_allows_less_shortens_what_was_granted_before(desk: Desk) -> None:
    desk.granted(days=60)
    desk.later(days=20)
    desk.classes(CLASSES.replace("break_glass = true", "grant_days = 20"))

    assert not desk.sees_emails()
    assert 422 == desk.ask(days=21).status_code


def test_attack_25_who_asks_does_not_approve_under_any_name(desk: Desk) -> None:
    grant = desk.asked("ana", cls="commercial", level="clear")
    own, alias, service = (desk.say(who, grant, "approve") for who in ("ana", "ana-admin", "sales.orders"))

    assert (403, 403, 404) == (own.status_code, alias.status_code, service.status_code)
    assert "waiting" == desk.status(grant)
    assert "active" == desk.say("bob", grant, "approve").json()["status"]


def test_attack_25_data_protection_does_not_stand_for_the_owner_nor_one_person_for_two(desk: Desk) -> None:
    grant = desk.asked()
    codes = [desk.say(who, grant, "approve").status_code for who in ("dora", "dan", "dora")]
    waiting = desk.status(grant)
    twice = [desk.say(who, grant, "approve").status_code for who in ("ana", "ana-admin")]

    assert [200, 403, 409] == codes
    assert "waiting" == waiting
    assert [200, 409] == twice


@pytest.mark.parametrize(
    "wanted",
    [
        {"product": "*"},
        {"product": "sales.*"},
        {"columns": ["*"], "level": "clear"},
        {"cls": "*", "level": "clear"},
        {"cls": "pii.*", "level": "clear"},
        {"level": "clear"},
        {"cls": "pii", "columns": ["email"], "level": "clear"},
        {"cls": "pii.contact.email", "level": "clear", "purpose": "*"},
        {"cls": "pii.contact.email", "level": "clear", "reason": "  ... "},
        {"cls": "pii.contact.email", "level": "everything"},
        {"columns": ["order_no"], "level": "clear"},
        {"cls": "commercial", "level": "coarse"},
        {"cls": 'pii" || true', "level": "clear"},
        {"columns": ['email"] || true'], "level": "clear"},
    ],
)
def test_attack_25_a_wildcard_or_nothing_in_particular_is_not_granted(desk: Desk, wanted: dict[str, Any]) -> None:
    answer = desk.ask(**wanted)

    assert answer.status_code in (404, 422)
    assert [] == desk("ben", "GET", "grants").json()["grants"]


def test_attack_25_a_forbid_beats_every_grant_also_one_written_later(desk: Desk) -> None:
    desk.granted()
    before = desk.sees_emails()
    forbid = '@id("mesh.never") @why("no") forbid(principal, action == Mesh::Action::"see_clear", resource)'
    desk.classes(CLASSES, forbid + ' when { resource in Mesh::Class::"pii" };')

    assert (True, False) == (before, desk.sees_emails())
    asked = desk.ask()
    assert 422 == asked.status_code


def test_attack_25_a_grant_does_not_outlive_a_policy_that_takes_its_id(desk: Desk) -> None:
    grant = desk.granted()
    permit = (
        f'@id("grant:{grant}:see_clear") @why("me") permit(principal, action == Mesh::Action::"see_clear", resource);'
    )
    desk.classes(CLASSES, permit)

    assert not desk.sees_emails()
    assert not desk.sees_emails("ana")


def test_attack_25_an_unclassified_column_that_becomes_personal_needs_data_protection_anew(desk: Desk) -> None:
    desk.granted(by=("ana",), columns=["margin"], level="clear")
    before = desk.served.ask({"columns": ["margin"], "levels": {"margin": "clear"}}).status_code
    columns = tuple(c.model_copy(update={"classes": ("pii",)}) if c.name == "margin" else c for c in ORDERS.columns)
    desk.served.register(ORDERS.model_copy(update={"columns": columns, "version": "1.3.0"}))
    after = desk.served.ask({"columns": ["margin"], "levels": {"margin": "clear"}}).status_code

    assert (200, 403) == (before, after)


def test_attack_31_a_service_neither_asks_nor_decides(desk: Desk) -> None:
    grant = desk.asked()
    asked = desk.ask("sales.orders")

    assert 422 == asked.status_code
    assert "only a person asks for access" in asked.json()["detail"]
    assert [404] * 2 == [desk.say("sales.orders", grant, act).status_code for act in ("approve", "revoke")]


def test_attack_31_claims_in_a_request_are_not_believed(desk: Desk) -> None:
    grant = desk.asked()
    body = {"note": "", "role": "owner", "by": "ana"}
    url = f"{desk.served.url}/api/v1/access/requests/{grant}/approve"
    headers = desk.headers("ben", **{"X-Forwarded-User": "ana", "X-Groups": "order-desk"})
    spoofed = httpx.post(url, json=body, headers=headers, trust_env=False, timeout=60)
    plain = desk.ask(requester="ana", grantee="team:data-office")

    assert (422, 422) == (spoofed.status_code, plain.status_code)
    assert "waiting" == desk.status(grant)


def test_attack_31_a_user_whom_the_mesh_forgot_decides_nothing(desk: Desk) -> None:
    grant = desk.asked()
    token = desk.headers("ana")
    desk.people(('[users.ana]\nteams = ["order-desk"]\n', ""))
    answer = httpx.post(
        f"{desk.served.url}/api/v1/access/requests/{grant}/approve", json={}, headers=token, trust_env=False
    )

    assert 401 == answer.status_code
