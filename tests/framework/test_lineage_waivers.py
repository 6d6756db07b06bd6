"""Waivers: two people, one class, one path, a day on which it ends; anything else counts for nothing."""

from datetime import date

import pytest

from meshwright.access.principals import Principal, Principals
from meshwright.errors import PolicyRejected
from meshwright.lineage import LabelFinding
from meshwright.lineage.waivers import parse_waivers, unwaived, waiver_findings

FLOW = LabelFinding("supply_chain.contacts", "mail", "sales.customers.email", "pii.email", copied=True, steps=("join",))
BENNY = Principal("user", "benny", "", person="ben")
PEOPLE = Principals(users={"benny": BENNY, **{name: Principal("user", name, "") for name in ("ben", "dora")}})
WAIVER = """[waivers.recall-letters]
class = "pii.email"
path = "supply_chain.contacts.mail <- sales.customers.email via join in contacts"
reason = "Recalls go out by mail until the service desk has its own list."
author = "ben"
reviewer = "dora"
expires = 2027-03-31
"""
DAY = date(2027, 3, 31)


def left(text: str, flow: LabelFinding = FLOW, today: date = DAY) -> int:
    return len(unwaived([flow], parse_waivers(text, flow.product), PEOPLE, today))


def said(text: str, today: date = DAY) -> list[str]:
    return [str(f) for f in waiver_findings([FLOW], parse_waivers(text, FLOW.product), PEOPLE, today)]


def test_a_waiver_holds_through_the_day_it_names() -> None:
    assert 0 == left(WAIVER)
    assert [] == said(WAIVER)
    assert 1 == left(WAIVER, today=date(2027, 4, 1))


VOID = {
    "expired": ("2027-03-31", "2027-03-30", "expired on 2027-03-30 (have it reviewed anew, or remove it)"),
    "reviewed by its author": ('reviewer = "dora"', 'reviewer = "ben"', "'ben' reviewed what they wrote (have it"),
    "reviewed by its author under another name": ('reviewer = "dora"', 'reviewer = "benny"', "'benny' reviewed what"),
    "reviewed by nobody": ('"dora"', '"zoe"', "'zoe' is nobody of policies/principals.toml (have it"),
    "written by nobody": ('"ben"', '"anna"', "'anna' is nobody of policies/principals.toml (have it"),
    "another path": ("via join", "via concat", "waives nothing: pii.email does not flow by supply_chain.contacts.mail"),
    "another class": ('"pii.email"', '"pii"', "waives nothing: pii does not flow by"),
}


def test_a_person_s_names_may_point_at_each_other_and_are_one_reviewer_all_the_same() -> None:
    people = {"benny": BENNY, "ben": Principal("user", "ben", "", person="benny"), "dora": PEOPLE.users["dora"]}
    waivers = parse_waivers(WAIVER.replace('reviewer = "dora"', 'reviewer = "benny"'), FLOW.product)

    assert [FLOW] == list(unwaived([FLOW], waivers, Principals(users=people), DAY))


@pytest.mark.parametrize("name", VOID)
def test_a_waiver_that_is_void_lets_nothing_through_and_is_reported(name: str) -> None:
    old, new, why = VOID[name]
    text = WAIVER.replace(old, new)

    [problem] = said(text)

    assert 1 == left(text)
    assert problem.startswith(f"domains/supply_chain/policies/waivers/contacts.toml: recall-letters: {why}")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('reason = "', 'why = "', "unknown setting 'why'"),
        ('reviewer = "dora"\n', "", "has no reviewer"),
        ('reason = "Recalls', 'reason = " " # "', "has no reason"),
        ("2027-03-31", '"never"', "has no day on which it expires"),
        ("2027-03-31", "2027-03-31T10:00:00Z", "has no day on which it expires"),
        ("[waivers.", "[waiver.", "unknown table 'waiver'"),
    ],
)
def test_a_waiver_that_says_too_little_is_refused(old: str, new: str, problem: str) -> None:
    with pytest.raises(PolicyRejected, match=problem):
        parse_waivers(WAIVER.replace(old, new), FLOW.product)
