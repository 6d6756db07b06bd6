"""Joiner, mover, leaver; owners and approvers who are gone."""

import pytest
from granting import PEOPLE, Desk
from sqlalchemy import update

from meshwright_catalog.database import writing
from meshwright_catalog.grants.models import GrantActRow

LEAVER = '[users.ben]\nteams = ["planning"]\n'
SALES = PEOPLE[PEOPLE.index("[users.ana]") : PEOPLE.index("[users.ben]")]
APPROVER = '[users.ana]\nteams = ["order-desk"]\n'


def test_a_leaver_s_grants_end_at_the_next_decision_though_the_token_lives(desk: Desk) -> None:
    desk.granted()
    token = desk.served.headers("ben")
    before = desk.sees_emails()
    desk.people((LEAVER, ""))
    after = desk.served.ask({"columns": ["email"]}, Authorization=token["Authorization"])

    assert before
    assert 401 == after.status_code


def test_who_changes_team_loses_the_old_team_s_rights_and_their_own_grants(desk: Desk) -> None:
    own, team = desk.granted(), desk.granted("pia", grantee="team:planning")
    desk.people(('[users.ben]\nteams = ["planning"]', '[users.ben]\nteams = ["buyers"]'))

    assert not desk.sees_emails()
    assert desk.sees_emails("pia")
    assert ("moved", "active") == (desk.status(own), desk.status(team))


def test_a_joiner_has_the_team_s_grants_at_once(desk: Desk) -> None:
    desk.granted("pia", grantee="team:planning")
    desk.people(('[users.eve]\npurposes = ["analytics"]', '[users.eve]\nteams = ["planning"]'))

    assert desk.sees_emails("eve")


def test_attack_25_an_approval_of_who_lost_the_role_counts_no_more(desk: Desk) -> None:
    grant = desk.granted()
    before = desk.sees_emails()
    desk.people((APPROVER, '[users.ana]\nteams = ["planning"]\n'))
    during = desk.sees_emails(), desk.status(grant)
    again = desk.say("bob", grant, "approve")

    assert (True, (False, "waiting")) == (before, during)
    assert "active" == again.json()["status"]
    assert desk.sees_emails()


def test_an_old_grant_whose_approver_left_is_suspended_until_somebody_in_the_role_approves_it(desk: Desk) -> None:
    grant = desk.granted(days=80)
    desk.later(days=40)
    desk.people(('[users.dora]\nteams = ["data-office"]\n', ""))

    assert ("suspended", False) == (desk.status(grant, "dan"), desk.sees_emails())
    assert 403 == desk.say("bob", grant, "approve").status_code
    assert "active" == desk.say("dan", grant, "approve").json()["status"]
    assert desk.sees_emails()


def test_the_domain_stands_in_for_an_empty_team_and_data_protection_for_an_empty_domain(desk: Desk) -> None:
    desk.people((SALES, '[users.sam]\ndomain = "sales"\n'))
    grant = desk.asked()
    by_domain = desk.say("sam", grant, "approve").json()
    desk.people((SALES, ""))
    nobody = desk.say("dora", grant, "approve").json()
    both = desk.say("dan", grant, "approve").json()

    assert ["data protection"] == by_domain["waits_for"]
    assert "waiting" == nobody["status"]
    assert "active" == both["status"]


def test_products_without_an_owner_and_requests_without_a_decider_are_listed_for_data_protection(desk: Desk) -> None:
    grant = desk.asked()
    fine = desk("dora", "GET", "orphans").json()["orphans"]
    desk.people((SALES, ""), ('[users.dan]\nteams = ["data-office"]\n', ""))
    found = desk("dora", "GET", "orphans").json()["orphans"]

    assert [] == fine
    assert [
        ("sales.orders", "", "nobody is in its owning team order-desk"),
        ("sales.orders", grant, "nobody can approve it as data protection"),
    ] == [(each["product"], each["grant"], each["problem"]) for each in found]
    assert 403 == desk("ben", "GET", "orphans").status_code


ANA = '[users.ana]\nteams = ["order-desk"]\n'
DORA = '[users.dora]\nteams = ["data-office"]\n'


@pytest.mark.parametrize(
    ("said_by", "moved", "missing", "again"),
    [
        ("ana", (ANA, ANA.replace("order-desk", "data-office")), ["owner", "data protection"], "bob"),
        ("dora", (DORA, DORA.replace("data-office", "order-desk")), ["owner", "data protection"], "dan"),
        ("ana", (ANA, ANA.replace('"]', '", "data-office"]')), ["data protection"], "dan"),
    ],
)
def test_attack_25_an_approval_counts_in_the_role_in_which_it_was_given(
    desk: Desk, said_by: str, moved: tuple[str, str], missing: list[str], again: str
) -> None:
    grant = desk.asked()
    desk.say(said_by, grant, "approve")
    desk.people(moved)
    [view] = desk(again, "GET", "requests").json()["grants"]

    assert (grant, missing) == (view["grant"]["id"], view["waits_for"])


def test_who_moved_may_say_it_in_the_new_role(desk: Desk) -> None:
    grant = desk.asked()
    desk.say("ana", grant, "approve")
    desk.people((ANA, ANA.replace("order-desk", "data-office")))
    missing = [desk.say(who, grant, "approve").json()["waits_for"] for who in ("ana", "bob")]

    assert [["owner"], []] == missing


def test_one_word_of_somebody_in_both_roles_fills_either_place_while_they_are_in_it(desk: Desk) -> None:
    both = ANA.replace('"]', '", "data-office"]')
    desk.people((ANA, both))
    grant = desk.granted(by=("ana", "bob"))
    during = desk.status(grant)
    desk.people()
    [view] = desk("dora", "GET", "requests").json()["grants"]

    assert "active" == during
    assert ["data protection"] == view["waits_for"]


def test_what_was_approved_before_roles_were_noted_counts_as_it_did(desk: Desk) -> None:
    grant = desk.asked()
    desk.say("ana", grant, "approve")
    with writing(desk.served.app.state.catalog.engine) as session:
        session.execute(update(GrantActRow).values(protected=None))
    desk.people((ANA, ANA.replace("order-desk", "data-office")))
    [view] = desk("bob", "GET", "requests").json()["grants"]

    assert ["owner"] == view["waits_for"]


def test_a_review_counts_in_the_role_in_which_it_was_given(desk: Desk) -> None:
    wanted = {"product": "sales.orders", "columns": ["email"], "purpose": "analytics", "reason": "a hand is caught"}
    grant = desk("ben", "POST", "break-glass", wanted).json()["grant"]["id"]
    desk.say("ana", grant, "review")
    desk.people((ANA, ANA.replace("order-desk", "data-office")))
    by_owner = desk.say("bob", grant, "review").json()["flagged"]

    assert by_owner
    assert not desk.say("dora", grant, "review").json()["flagged"]
