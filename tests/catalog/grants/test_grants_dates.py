"""A date stands for a moment in what the API is sent, as it does on the page and in the command."""

import json
import re
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from gateway_lake import NO_TLS
from granting import Desk

from meshwright.moments import last_moment


def who_can(desk: Desk, at: str) -> httpx.Response:
    url = f"{desk.served.url}/api/v1/products/sales.orders/who-can"
    query = {"at": at, "column": "email", "level": "clear"}
    return httpx.get(url, params=query, headers=desk.headers("ana"), trust_env=False, timeout=60, verify=NO_TLS)


def seen(desk: Desk, at: str) -> set[str]:
    answer = who_can(desk, at)
    assert 200 == answer.status_code, answer.text
    return {sight["principal"] for sight in answer.json()["sights"]}


def test_a_date_is_asked_for_to_its_end_in_utc(desk: Desk) -> None:
    day = desk.served.clock().date() + timedelta(days=10)
    grant = desk.granted(until=day.isoformat())
    (view,) = desk("ben", "GET", "grants").json()["grants"]
    desk.served.clock.now = last_moment(day)
    before = desk.sees_emails()
    desk.later(microseconds=1)

    assert f"{day + timedelta(days=1)}T00:00:00Z" == view["grant"]["until"]
    assert (True, False, "expired") == (before, desk.sees_emails(), desk.status(grant))


@pytest.mark.parametrize("until", ["2027-02-30", "0000-01-01", "9999-12-31", "20261201", "2026-W49-1", "2026-12"])
def test_what_is_no_day_is_no_end_of_a_request_and_is_not_repeated(desk: Desk, until: str) -> None:
    answer = desk.ask(until=until)

    assert 422 == answer.status_code
    assert ["body.until"] == [each["where"] for each in answer.json()["errors"]]
    assert until not in answer.text


def test_who_could_see_at_a_date_is_who_could_at_its_end(desk: Desk) -> None:
    day = desk.served.clock().date()
    grant = desk.granted()
    desk.later(days=2)
    desk.say("ana", grant, "revoke")
    desk.later(days=2)
    each = [seen(desk, (day + timedelta(days=number)).isoformat()) for number in range(4)]

    assert [True, True, False, False] == ["user:ben" in found for found in each]


def test_who_can_see_today_is_who_can_now_and_tomorrow_is_yet_to_come(desk: Desk) -> None:
    desk.granted()
    today = desk.served.clock().date()
    tomorrow = who_can(desk, (today + timedelta(days=1)).isoformat())

    assert "user:ben" in seen(desk, today.isoformat())
    assert (404, True) == (tomorrow.status_code, "it is yet to come" in tomorrow.text)


def test_the_bodies_that_the_documentation_shows_are_taken(desk: Desk) -> None:
    page = Path(__file__).parents[3].joinpath("docs/access.md").read_text(encoding="utf-8")
    shown = re.findall(r"^POST /(requests\S*)\n(\{.*?\})$", page, re.MULTILINE | re.DOTALL)
    people = ("ben", "ana", "dora")
    answers = [desk(who, "POST", path, json.loads(body)) for who, (path, body) in zip(people, shown, strict=True)]

    assert [(201, "waiting"), (200, "waiting"), (200, "refused")] == [
        (answer.status_code, answer.json()["status"]) for answer in answers
    ]
