"""Who decides about a grant, and whose word counts."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from made_grants import NOW, granted, said

from meshwright.access import Policies, Principal
from meshwright.access.grants.roles import approvals, concerns, deciders, is_owner, protectors
from meshwright.access.principals import Members
from meshwright.spec import Spec

TEAMS = {"desk": "sales", "stall": "sales", "planning": "supply_chain", "office": "office"}


def mesh(policies: Policies, *people: Principal) -> Policies:
    """Let these people be all there are."""
    users = {each.name: each for each in people}
    known = replace(policies.principals, users=users, alone=users, teams=TEAMS)
    return replace(policies, principals=known)


def claiming(policies: Policies, *people: Principal, settled: bool = False) -> Policies:
    """Let the newest tokens of these people name their teams."""
    members = Members({each.name: each for each in people}, settled)
    return replace(policies, principals=replace(policies.principals, claimed=members))


def user(name: str, team: str = "", person: str = "", domain: str = "") -> Principal:
    return Principal("user", name, domain or TEAMS.get(team, ""), (team,) if team else (), person=person)


ANA, ANA_TOO, BOB = user("ana", "desk"), user("ana-admin", "desk", "ana"), user("bob", "desk")
BEN, BEN_TOO, SAM = user("ben", "planning"), user("benny", "desk", "ben"), user("sam", "stall")
DORA, DAN, CARL = user("dora", "office"), user("dan", "office"), user("carl", domain="sales")
EMAIL = {"cls": "pii.contact.email"}


@pytest.mark.parametrize(
    ("who", "facts", "concerned"),
    [
        (BEN, {}, True),
        (BEN_TOO, {}, True),
        (ANA, {}, False),
        (ANA, {"grantee": "user:ana"}, True),
        (ANA, {"grantee": "user:ana-admin"}, True),
        (ANA_TOO, {"requester": "ana"}, True),
        (ANA, {"grantee": "team:ana"}, False),
        (ANA, {"grantee": "service:ana"}, False),
        (user("gone", person="somebody"), {"requester": "gone"}, True),
        (user("ben-else", person="ben"), {"requester": "nobody", "grantee": "team:desk"}, False),
    ],
)
def test_a_grant_concerns_who_asked_and_the_person_who_gets_it_under_any_name(
    staffed: Policies, who: Principal, facts: dict[str, Any], *, concerned: bool
) -> None:
    principals = mesh(staffed, ANA, ANA_TOO, BEN, BEN_TOO).principals

    assert concerned is concerns(granted(**facts), who, principals)


@pytest.mark.parametrize(
    "people",
    [
        [user("cleo", "desk", "zed"), user("zed", "planning", "cleo")],
        [user("cleo", "desk", "cid"), user("zed", "planning", "cleo")],
        [user("cleo", "desk", "staff-17"), user("zed", "planning", "staff-17")],
        [
            user("cleo", "desk"),
            user("mid", "stall", "cleo"),
            user("last", "stall", "mid"),
            user("zed", "stall", "last"),
        ],
    ],
)
def test_names_are_one_persons_whichever_way_and_however_far_they_point(
    staffed: Policies, people: Sequence[Principal]
) -> None:
    principals = mesh(staffed, *people, ANA).principals
    found = {principals.person(each.name) for each in people}

    assert 1 == len(found)
    assert concerns(granted(requester="zed"), people[0], principals)
    assert not concerns(granted(requester="zed"), ANA, principals)
    assert "stranger" == principals.person("stranger")


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ([ANA, BOB, BEN, BEN_TOO, SAM, DORA], ("owner", {"ana", "bob"})),
        ([BEN, BEN_TOO, SAM, CARL, DORA], ("domain", {"sam", "carl"})),
        ([BEN, BEN_TOO, user("pia", "planning"), DORA, DAN], ("data-protection", {"dora", "dan"})),
        ([BEN, BEN_TOO, user("pia", "planning")], ("data-protection", set[str]())),
    ],
)
def test_the_owning_team_decides_then_its_domain_then_data_protection_but_never_who_asked(
    staffed: Policies, customers: Spec, people: Sequence[Principal], expected: tuple[str, set[str]]
) -> None:
    role, names = deciders(granted(), customers, mesh(staffed, *people).principals)

    assert expected == (role, set(names))


@pytest.mark.parametrize(
    ("people", "settled", "expected"),
    [
        ([ANA, BEN, DORA], False, ("owner", {"ana"})),
        ([SAM, BEN, DORA], False, ("owner", set[str]())),
        ([SAM, BEN, DORA], True, ("domain", {"sam"})),
        ([BEN, DORA], True, ("data-protection", {"dora"})),
    ],
)
def test_where_tokens_name_the_teams_they_say_who_decides_and_nobody_stands_in_before_a_team_is_known_to_be_empty(
    staffed: Policies, customers: Spec, people: Sequence[Principal], *, settled: bool, expected: tuple[str, set[str]]
) -> None:
    principals = claiming(mesh(staffed, ANA, BOB, SAM, BEN, DORA, DAN), *people, settled=settled).principals
    role, names = deciders(granted(), customers, principals)

    assert expected == (role, set(names))


def test_where_tokens_name_the_teams_the_word_of_who_showed_none_of_late_counts_no_more(
    staffed: Policies, customers: Spec
) -> None:
    files, words = mesh(staffed, ANA, BEN, DORA), (said("approve", "ana"), said("approve", "dora"))
    moved = replace(DORA, teams=("planning",))

    def stand(*people: Principal) -> tuple[bool, bool]:
        return approvals(granted(**EMAIL), customers, claiming(files, *people), words)

    assert [(True, True), (True, False), (False, True), (True, False)] == [
        stand(ANA, DORA),
        stand(ANA),
        stand(DORA),
        stand(ANA, moved),
    ]


def test_a_claim_changes_nobody_s_rights_to_the_same_rules(staffed: Policies) -> None:
    claimed = claiming(staffed, replace(ANA, claimed=True, issued_at=NOW))

    assert (staffed.common_digest, staffed.common_parts) == (claimed.common_digest, claimed.common_parts)


def test_data_protection_approves_but_for_who_asked_and_nobody_else_does(staffed: Policies) -> None:
    principals = mesh(staffed, ANA, BEN, DORA, DAN).principals

    assert {"dora", "dan"} == protectors(granted(), principals)
    assert {"dora"} == protectors(granted(requester="dan"), principals)


@pytest.mark.parametrize(
    ("people", "words", "level", "expected"),
    [
        ([ANA, BEN], ["ana"], "token", (True, True)),
        ([ANA, BEN, DORA], ["dora"], "token", (False, True)),
        ([ANA, BEN], ["ben", "gone"], "token", (False, True)),
        ([ANA, BEN_TOO, BEN], ["benny"], "token", (False, True)),
        ([ANA, BEN, DORA], [], "clear", (False, False)),
        ([ANA, BEN, DORA], ["ana"], "clear", (True, False)),
        ([ANA, BEN, DORA], ["dora"], "clear", (False, True)),
        ([ANA, BEN, DORA], ["ana", "dora"], "clear", (True, True)),
        ([ANA, BOB, BEN], ["ana", "bob"], "clear", (True, False)),
        ([BEN, DORA, DAN], ["dora"], "clear", (True, False)),
        ([BEN, DORA, DAN], ["dora", "dan"], "clear", (True, True)),
        ([BEN, DORA, DAN], ["dora"], "token", (True, True)),
    ],
)
def test_the_owner_s_and_data_protection_s_word_are_those_of_two_people(
    staffed: Policies,
    customers: Spec,
    people: Sequence[Principal],
    words: Sequence[str],
    *,
    level: str,
    expected: tuple[bool, bool],
) -> None:
    grant = granted(**EMAIL, level=level, acts=())

    assert expected == approvals(grant, customers, mesh(staffed, *people), tuple(said("approve", by) for by in words))


def test_one_person_with_two_names_is_one(staffed: Policies, customers: Spec) -> None:
    guard = replace(user("ana-office", "office", "ana"))
    policies = mesh(staffed, ANA, BOB, guard, BEN)

    def stand(*words: str) -> tuple[bool, bool]:
        return approvals(granted(**EMAIL), customers, policies, tuple(said("approve", by) for by in words))

    assert (True, False) == stand("ana", "ana-office")
    assert (True, True) == stand("bob", "ana-office")
    assert (True, True) == stand("ana", "ana-office", "bob")


@pytest.mark.parametrize(
    ("people", "by", "role", "counts"),
    [
        ([ANA, BEN], "ana", "data-protection", True),
        ([SAM, BEN], "sam", "domain", True),
        ([ANA, SAM, BEN], "sam", "domain", False),
        ([ANA, SAM, BEN], "sam", "owner", False),
        ([BEN, user("sam", "planning"), DORA], "sam", "domain", False),
        ([BEN, DORA], "dora", "domain", False),
        ([BEN, DORA], "dora", "data-protection", True),
        ([BEN, SAM, DORA], "dora", "data-protection", False),
        ([BEN, ANA, DORA], "dora", "data-protection", False),
        ([BEN, ANA, DORA], "dora", "owner", False),
        ([BEN, user("eve", "planning")], "eve", "owner", False),
    ],
)
def test_a_stand_in_s_word_counts_while_they_stand_in(
    staffed: Policies, customers: Spec, people: Sequence[Principal], by: str, role: str, *, counts: bool
) -> None:
    grant = granted(**EMAIL, level="token")

    owner, _ = approvals(grant, customers, mesh(staffed, *people), (said("approve", by, role),))

    assert counts is owner


@pytest.mark.parametrize(
    ("who", "owns"),
    [
        (ANA, True),
        (SAM, True),
        (CARL, True),
        (BEN_TOO, True),
        (BEN, True),
        (DORA, False),
        (user("pia", "planning"), False),
        (user("pia", "nowhere"), False),
        (Principal("user", "dora", "office", ("office", "desk")), True),
    ],
    ids=lambda value: value.name if isinstance(value, Principal) else "",
)
def test_an_owner_is_who_is_of_the_team_or_of_the_domain_under_any_name(
    staffed: Policies, customers: Spec, who: Principal, *, owns: bool
) -> None:
    principals = mesh(staffed, ANA, BEN, BEN_TOO, SAM, CARL, DORA).principals

    assert owns is is_owner(who, customers, principals)


def test_an_owner_whose_token_names_other_teams_is_one_still(staffed: Policies, customers: Spec) -> None:
    principals = mesh(staffed, ANA, DORA).principals

    assert is_owner(replace(user("ana", "office"), claimed=True), customers, principals)
