"""A broken glass stays listed and counted until the owner and data protection looked at it, however it ended."""

import pytest
from granting import Desk
from httpx import Response

GLASS = {"product": "sales.orders", "cls": "pii.contact.email", "purpose": "analytics"}
WHY = "the hand in hall 3 caught somebody"


def broken(desk: Desk, who: str = "ben") -> Response:
    return desk(who, "POST", "break-glass", {**GLASS, "reason": WHY})


def opened(desk: Desk, who: str = "ben") -> str:
    answer = broken(desk, who)
    assert 201 == answer.status_code, answer.text
    return str(answer.json()["grant"]["id"])


def to_review(desk: Desk, who: str) -> list[str]:
    found = desk(who, "GET", "requests").json()["grants"]
    return [view["grant"]["id"] for view in found if view["flagged"] and "review" in view["may"]]


@pytest.mark.parametrize("who", ["ben", "ana"])
def test_a_revoked_glass_is_reviewed_like_any_other(desk: Desk, who: str) -> None:
    glass = opened(desk)
    read = desk.sees_emails()
    desk.say(who, glass, "revoke")
    listed = [to_review(desk, each) for each in ("ana", "dora")]
    first = desk.say("ana", glass, "review").json()
    second = desk.say("dora", glass, "review").json()

    assert read
    assert not desk.sees_emails()
    assert [[glass], [glass]] == listed
    assert [(True, "revoked"), (False, "revoked")] == [(view["flagged"], view["status"]) for view in (first, second)]
    assert [[], []] == [to_review(desk, each) for each in ("ana", "dora")]


def test_revoking_one_s_own_glass_frees_nothing(desk: Desk) -> None:
    ids = [opened(desk) for _ in range(3)]
    for glass in ids:
        desk.say("ben", glass, "revoke")
    fourth = broken(desk)
    desk.say("ana", ids[0], "review")
    half = broken(desk)
    desk.say("dora", ids[0], "review")

    assert [422, 422, 201] == [fourth.status_code, half.status_code, broken(desk).status_code]
    assert "3 of yours are not reviewed yet" in fourth.json()["detail"]


def test_nothing_asked_since_hides_a_glass_from_the_count(desk: Desk, crowd: int) -> None:
    for _ in range(3):
        opened(desk)
    desk.crowd(crowd)

    assert 422 == broken(desk).status_code
    assert 3 == len(to_review(desk, "ana"))


def test_another_name_of_the_same_person_is_no_way_around(desk: Desk) -> None:
    desk.people(("[users.pia]\n", '[users.pia]\nperson = "ben"\n'))
    for who in ("ben", "pia", "ben"):
        opened(desk, who)

    assert 422 == broken(desk, "pia").status_code


def test_a_glass_whose_hour_is_over_or_whose_holder_left_is_reviewed_too(desk: Desk) -> None:
    over = opened(desk)
    desk.later(hours=2)
    left = opened(desk)
    desk.people(('[users.ben]\nteams = ["planning"]\n', ""))
    listed = [to_review(desk, each) for each in ("ana", "dora")]
    desk.later(days=400)

    assert [[left, over], [left, over]] == listed
    assert [left, over] == to_review(desk, "dora")


def test_what_both_looked_at_stays_reviewed_when_one_of_them_leaves(desk: Desk) -> None:
    glass = opened(desk)
    for who in ("ana", "dora"):
        desk.say(who, glass, "review")
    desk.people(('[users.dora]\nteams = ["data-office"]\n', ""), ('[users.ana]\nteams = ["order-desk"]\n', ""))

    (view,) = desk("bob", "GET", "grants?which=owned").json()["grants"]
    assert not view["flagged"]
    assert [[], []] == [to_review(desk, each) for each in ("bob", "dan")]


def test_a_glass_that_nobody_can_review_is_listed(desk: Desk) -> None:
    glass = opened(desk)
    desk.say("ben", glass, "revoke")
    desk.people(
        ('[users.dora]\nteams = ["data-office"]\n', '[users.dora]\nteams = ["data-office", "order-desk"]\n'),
        ('[users.dan]\nteams = ["data-office"]\n', ""),
        ('[users.ana]\nteams = ["order-desk"]\n', ""),
        ('[users.ana-admin]\nteams = ["order-desk"]\nperson = "ana"\n', ""),
        ('[users.bob]\nteams = ["order-desk"]\n', ""),
    )

    found = {each["grant"]: each["problem"] for each in desk("dora", "GET", "orphans").json()["orphans"]}
    assert {glass: "nobody can review it as data protection"} == found


def test_a_review_says_whose_is_missing_and_then_that_none_is(desk: Desk) -> None:
    glass = opened(desk)
    (view,) = desk("ben", "GET", "grants").json()["grants"]
    first = desk.say("ana", glass, "review").json()
    again = [desk.say(who, glass, "review") for who in ("ana", "bob")]
    second = desk.say("dora", glass, "review").json()
    late = [desk.say(who, glass, "review") for who in ("ana", "bob")]

    missing = [each["waits_for"] for each in (view, first, second)]
    assert [["owner", "data protection"], ["data protection"], []] == missing
    assert [409, 403, 409, 409] == [answer.status_code for answer in (*again, *late)]
    assert "you reviewed it: it waits for data protection" in again[0].json()["detail"]
    assert "you reviewed it: nothing is missing any more" in late[0].json()["detail"]
    assert "was reviewed: nothing is missing any more" in late[1].json()["detail"]
