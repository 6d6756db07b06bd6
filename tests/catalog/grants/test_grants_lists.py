"""However much was asked for since, what waits for somebody is found, and lists go on where an answer ends."""

from collections.abc import Sequence

import pytest
from granting import Desk

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
    ids = [desk.asked() for _ in range(7)]
    answers: list[Sequence[str]] = []
    before = ""
    while not answers or before:
        page = desk("dora", "GET", f"requests?before={before}").json()
        answers.append([view["grant"]["id"] for view in page["grants"]])
        before = page["next"]

    assert [3, 3, 1] == [len(each) for each in answers]
    assert ids[::-1] == [each for answer in answers for each in answer]
    assert [] == listed(desk, "dora", "requests?before=g9999")


def test_somebody_of_another_team_is_told_of_nothing_that_is_not_theirs(desk: Desk) -> None:
    desk.asked()

    assert [[], []] == [listed(desk, "eve", path) for path in ("requests", "grants?which=owned")]
