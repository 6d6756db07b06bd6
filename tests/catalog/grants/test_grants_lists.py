"""However much was asked for since, what waits for somebody is found, and lists go on where an answer ends."""

from collections.abc import Sequence

import pytest
from granting import Desk

from meshwright.grants import Status
from meshwright_catalog.grants import rows
from meshwright_catalog.grants.lists import MOST


def listed(desk: Desk, who: str, path: str) -> list[str]:
    return [view["grant"]["id"] for view in desk(who, "GET", path).json()["grants"]]


def test_what_waits_is_listed_and_decided_behind_a_crowd(desk: Desk, crowd: int) -> None:
    waits, lapses = desk.asked(), desk.granted("pia", days=300)
    desk.crowd(crowd)
    waiting = [listed(desk, who, "requests") for who in ("ana", "dora", "pia")]
    of_product = listed(desk, "ana", "requests?product=sales.orders")
    approved = desk.say("ana", waits, "approve").json()["status"]
    desk.say("dora", waits, "approve")
    desk.later(days=95)

    assert crowd > MOST
    assert [[waits], [waits], []] == waiting
    assert ([waits], "waiting") == (of_product, approved)
    assert [lapses] == listed(desk, "ana", "requests")
    assert "active" == desk.say("ana", lapses, "recertify").json()["status"]


def test_what_nobody_can_decide_is_listed_behind_a_crowd(desk: Desk, crowd: int) -> None:
    waits = desk.asked()
    desk.crowd(crowd)
    desk.people(
        ('[users.dan]\nteams = ["data-office"]\n', ""),
        ('[users.dora]\nteams = ["data-office"]\n', '[users.dora]\nteams = ["data-office", "order-desk"]\n'),
        ('[users.ana]\nteams = ["order-desk"]\n', ""),
        ('[users.ana-admin]\nteams = ["order-desk"]\nperson = "ana"\n', ""),
        ('[users.bob]\nteams = ["order-desk"]\n', ""),
    )

    found = desk("dora", "GET", "orphans").json()["orphans"]
    assert [(waits, "nobody can approve it as data protection")] == [(e["grant"], e["problem"]) for e in found]


@pytest.mark.parametrize(("who", "which"), [("ana", "owned"), ("dora", "owned"), ("ben", "mine")])
def test_the_library_reads_every_page(desk: Desk, crowd: int, who: str, which: str) -> None:
    first = desk.asked()
    desk.crowd(crowd)
    found = [view.grant.id for view in desk.client(who).listed("owned" if which == "owned" else "mine")]

    assert [f"g{number}" for number in range(crowd + 1, 0, -1)] == found
    assert first == found[-1]


def test_pages_hold_every_grant_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("meshwright_catalog.grants.lists.MOST", 3)
    monkeypatch.setattr(rows, "AT_ONCE", 2)
    ids = [desk.asked(reason=f"to call customer {n} back") for n in range(7)]
    answers: list[Sequence[str]] = []
    before = ""
    while not answers or before:
        page = desk("dora", "GET", f"requests?before={before}").json()
        answers.append([view["grant"]["id"] for view in page["grants"]])
        before = page["next"]

    assert [3, 3, 1] == [len(each) for each in answers]
    assert ids[::-1] == [each for answer in answers for each in answer]


def test_somebody_of_another_team_is_told_of_nothing_that_is_not_theirs(desk: Desk) -> None:
    desk.asked()

    assert [[], []] == [listed(desk, "eve", path) for path in ("requests", "grants?which=owned")]


@pytest.mark.parametrize("before", ["x", "-1", "gabc", "g9999", "g1"])
def test_a_cursor_that_is_no_grant_of_the_caller_s_is_refused_and_tells_nothing(desk: Desk, before: str) -> None:
    desk.asked()

    answers = [desk("eve", "GET", f"{path}before={before}") for path in ("requests?", "grants?", "grants?which=owned&")]
    assert [422, 422, 422] == [answer.status_code for answer in answers]
    assert {"`before` names no grant that you may know"} == {a.json()["detail"].split(": ")[-1][:41] for a in answers}


def test_a_request_that_is_sent_twice_waits_once(desk: Desk) -> None:
    first, again = desk.asked(), desk.asked(days=30.5)
    others = [desk.asked(days=60), desk.asked(reason="to ask customers what they think"), desk.asked("pia")]
    desk.say("ana", first, "refuse", "not today")

    assert first == again
    assert 5 == len({first, *others, desk.asked()})


def test_the_same_columns_in_another_order_are_the_same_request(desk: Desk) -> None:
    first, again, fewer = (
        desk.asked(columns=columns, level="clear") for columns in (["email", "born"], ["born", "email"], ["email"])
    )

    assert (True, False) == (first == again, first == fewer)
    assert 2 == len(desk("ben", "GET", "grants").json()["grants"])


def test_a_list_goes_on_after_a_grant_that_left_it_meanwhile(desk: Desk) -> None:
    older, newer = desk.asked(), desk.asked(reason="to ask customers what they think")
    desk.say("ana", newer, "refuse", "not today")

    assert [older] == listed(desk, "ana", f"requests?before={newer}")


def test_a_list_can_be_of_those_that_stand_so(desk: Desk, crowd: int) -> None:
    active = desk.granted()
    waits, refused = desk.asked(), desk.asked(reason="to ask customers what they think")
    desk.say("ana", refused, "refuse", "not today")
    desk.crowd(crowd)
    wanted: tuple[Status, ...] = ("waiting", "active", "refused", "lapsed")

    assert [[waits], [active], [refused], []] == [listed(desk, "ben", f"grants?status={each}") for each in wanted]
    assert [[waits], [active], [refused], []] == [
        [view.grant.id for view in desk.client("dora").listed("owned", status=each)] for each in wanted
    ]
    assert [[waits], []] == [listed(desk, "ana", f"requests?status={each}") for each in ("waiting", "lapsed")]
    assert 422 == desk("ben", "GET", "grants?status=running").status_code
