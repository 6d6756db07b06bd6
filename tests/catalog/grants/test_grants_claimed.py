"""Where an issuer's tokens name the teams, they say who decides: the caller's own, and of others their newest."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from claiming import ClaimDesk, claim_desk
from granting import PEOPLE
from httpx import Response

from meshwright_catalog.catalog import assemble
from meshwright_catalog.gate import PolicyGate
from meshwright_catalog.products import held
from meshwright_catalog.settings import Settings
from meshwright_catalog.teams.book import TeamBook

STALE = PEOPLE.replace('[users.eve]\npurposes = ["analytics"]', '[users.eve]\nteams = ["order-desk"]')


@pytest.fixture
def desk(tmp_path: Path, settings: Settings) -> Iterator[ClaimDesk]:
    with claim_desk(tmp_path, settings) as found:
        yield found


@pytest.fixture
def stale(tmp_path: Path, settings: Settings) -> Iterator[ClaimDesk]:
    """A desk whose principals.toml still names teams, which is not read."""
    with claim_desk(tmp_path, settings, STALE) as found:
        yield found


def listed(answer: Response) -> list[str]:
    return [view["grant"]["id"] for view in answer.json()["grants"]]


def test_who_the_token_says_is_owner_and_data_protection_approve_though_principals_toml_names_no_teams(
    desk: ClaimDesk,
) -> None:
    grant = desk.asked()
    waits = [listed(desk(who, "GET", "requests")) for who in ("ana", "dora", "pia")]
    answers = [desk.say(who, grant, "approve").json()["status"] for who in ("ana", "dora")]

    assert [[grant], [grant], []] == waits
    assert ["waiting", "active"] == answers
    assert desk.sees_emails()


@pytest.mark.parametrize(("who", "teams"), [("bob", []), ("eve", []), ("dora", ["planning"])])
def test_attack_25_teams_of_principals_toml_approve_nothing(stale: ClaimDesk, who: str, teams: list[str]) -> None:
    stale.come("ana")
    grant = stale.asked()
    stale.teams[who] = teams
    acts = {act: stale.say(who, grant, act, "so").status_code for act in ("approve", "refuse", "revoke")}

    assert [] == listed(stale(who, "GET", "requests"))
    assert {404, 403} >= {*acts.values()}, acts
    assert "waiting" == stale.status(grant, "dan")


def test_attack_25_an_approval_ends_with_the_next_token_that_does_not_name_the_team(desk: ClaimDesk) -> None:
    grant = desk.granted()
    before = desk.sees_emails()
    desk.teams["ana"] = ["planning"]
    unknown_yet = desk.sees_emails()
    desk.come("ana")
    known = desk.sees_emails()
    again = desk.say("bob", grant, "approve").json()["status"]

    assert (True, True, False) == (before, unknown_yet, known)
    assert ("active", True) == (again, desk.sees_emails())


def test_attack_25_a_running_right_ends_too_when_data_protection_s_approver_leaves_it(desk: ClaimDesk) -> None:
    desk.granted()
    desk.teams["dora"] = []
    before = desk.sees_emails()
    desk.come("dora")

    assert (True, False) == (before, desk.sees_emails())


def test_who_shows_no_token_any_more_approves_no_more_and_a_new_one_brings_it_back(desk: ClaimDesk) -> None:
    grant = desk.granted(days=80)
    desk.later(days=20)
    desk.come("dora")
    desk.later(days=9)
    still = desk.sees_emails()
    desk.later(days=2)
    gone = desk.sees_emails(), desk.status(grant)
    desk.come("ana")

    assert still
    assert (False, "suspended") == gone
    assert desk.sees_emails()


def test_attack_25_an_older_token_decides_nothing_once_a_newer_one_was_shown(desk: ClaimDesk) -> None:
    grant = desk.asked()
    desk.later(minutes=2)
    old, of_one = desk.token("ana", "order-desk", "planning", ago=60), desk.token("ana", "order-desk", ago=60)
    desk.come("bob")
    desk.teams["ana"] = ["planning"]
    desk.come("ana")
    answer, without = (desk.call(each, "POST", f"requests/{grant}/approve", {"note": ""}) for each in (old, of_one))

    assert (403, 401) == (answer.status_code, without.status_code)
    assert "newer token" in answer.json()["detail"]
    assert [] == listed(desk.call(old, "GET", "requests"))


def test_attack_25_a_token_without_the_team_decides_nothing_though_a_newer_one_names_it(desk: ClaimDesk) -> None:
    grant = desk.asked()
    old = desk.token("ana", "planning")
    desk.come("ana")

    answer = desk.call(old, "POST", f"requests/{grant}/approve", {"note": ""})

    assert 401 == answer.status_code
    assert ["owner", "data protection"] == desk("dora", "GET", "requests").json()["grants"][0]["waits_for"]


def test_attack_25_an_older_token_protects_no_data_once_a_newer_one_was_shown(desk: ClaimDesk) -> None:
    old = desk.token("dora", "data-office", "planning")
    before = desk.call(old, "GET", "orphans").status_code
    desk.teams["dora"] = ["planning"]
    desk.come("dora")

    assert (200, 403) == (before, desk.call(old, "GET", "orphans").status_code)


def test_of_two_tokens_of_one_second_only_what_both_say_counts(desk: ClaimDesk) -> None:
    grant = desk.asked()
    desk.come("bob")
    for teams in (["order-desk"], ["planning"]):
        desk.call(desk.token("ana", *teams), "GET", "grants")
    answer = desk.call(desk.token("ana", "order-desk"), "POST", f"requests/{grant}/approve", {"note": ""})

    assert 401 == answer.status_code
    assert "waiting" == desk.say("ana", grant, "approve").json()["status"]


def test_nobody_stands_in_for_a_team_before_it_is_known_to_be_empty(desk: ClaimDesk) -> None:
    first = desk.asked()
    early = [desk.say(who, first, "approve").json().get("waits_for") for who in ("dora", "dan")]
    orphaned = {each["grant"]: each["problem"] for each in desk("dora", "GET", "orphans").json()["orphans"]}
    desk.later(days=31)
    desk.come("dora", "dan")
    second = desk.asked()
    late = [desk.say(who, second, "approve").json()["status"] for who in ("dora", "dan")]

    assert "owner" in early[0]
    assert "nobody can approve it as owner" == orphaned[first]
    assert ["waiting", "active"] == late


def test_orphans_are_those_of_the_tokens(desk: ClaimDesk) -> None:
    before = desk("dora", "GET", "orphans").json()["orphans"]
    desk.come("ana")
    owned = desk("dora", "GET", "orphans").json()["orphans"]
    desk.teams["ana"] = []
    desk.come("ana")
    left = desk("dora", "GET", "orphans").json()["orphans"]

    nobody = [{"product": "sales.orders", "grant": "", "problem": "no token of late names its owning team order-desk"}]
    assert (nobody, [], nobody) == (before, owned, left)


def test_others_are_told_of_a_holder_who_left_a_team(desk: ClaimDesk) -> None:
    grant = desk.granted()
    desk.teams["ben"] = ["buyers"]
    before = desk.status(grant)
    desk.come("ben")

    assert ("active", "moved") == (before, desk.status(grant))
    assert not desk.sees_emails()


def test_every_process_knows_what_another_was_shown(desk: ClaimDesk, settings: Settings) -> None:
    desk.granted()
    book = TeamBook(desk.served.clock, timedelta(days=30))
    gate = PolicyGate(book.over(lambda: desk.served.policies[0]), desk.served.clock)
    other = assemble(settings, gate, desk.served.clock, teams=book)
    ben = desk.served.policies[0].principals.member("ben", ["planning"])

    with other.visit(ben) as visit:
        entry = held(visit, "sales.orders")
    assert entry is not None

    def opens() -> bool:
        return gate.decide(ben, "analytics", entry, other.grants(ben)).column("email").level == "clear"

    before = opens()
    desk.teams["ana"] = []
    desk.come("ana")
    after = opens()
    other.close()

    assert (True, False) == (before, after)
