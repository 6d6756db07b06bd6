"""How a grant stands, and what it opens, held against a slow reference that is written from the rules."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meshwright.access import AccessRequest, Policies, decide, policies_of
from meshwright.access.grants.standing import standing
from meshwright.access.principals import Principal
from meshwright.grants import Grant, GrantAct
from meshwright.ports import PolicyTexts
from meshwright.spec import Spec

pytestmark = pytest.mark.slow

START = datetime(2026, 7, 1, tzinfo=UTC)
PEOPLE = ("ana", "bob", "ben", "dora", "dan")
TEAMS = ("desk", "planning", "office")
GRANT_DAYS, CONFIRM_DAYS = 40, 20


@pytest.fixture
def ruled(texts: PolicyTexts, customers: Spec) -> Policies:
    """The small mesh, with short-lived grants and somebody of data protection."""
    classes = texts.classes.replace(
        "[classes.pii]", f"[classes.pii]\ngrant_days = {GRANT_DAYS}\nconfirm_days = {CONFIRM_DAYS}"
    )
    people = 'data_protection = ["office"]\n' + texts.principals + '[teams.office]\ndomain = "office"\n'
    people += "".join(f"[users.{name}]\n" for name in ("bob", "dora", "dan"))
    return policies_of(replace(texts, classes=classes, principals=people), [customers])


MEMBERSHIP: dict[str, list[str]] = {
    "ana": ["desk"] * 5 + ["planning", "gone"],
    "bob": ["desk"] * 3 + ["", "office", "gone"],
    "ben": ["planning"] * 6 + ["desk", "gone"],
    "dora": ["office"] * 4 + ["desk", "gone"],
    "dan": ["office", "office", "desk", "", "gone"],
}
ACTS = st.tuples(
    st.sampled_from(["approve"] * 20 + ["confirm"] * 6 + ["revoke", "refuse"]),
    st.sampled_from(["bob", "bob", "ana", "dora", "dora", *PEOPLE]),
    st.sampled_from([0, 0, 0, 0, 0, 0, 1, 2, 19, 21, 39]),
)
CASES: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "acts": st.lists(ACTS, min_size=3, max_size=6),
        "membership": st.fixed_dictionaries({name: st.sampled_from(teams) for name, teams in MEMBERSHIP.items()}),
        "now": st.sampled_from([-1, 0, 1, 2, 4, 10, 19, 19, 20, 21, 25, 38, 39, 40, 41]),
        "until": st.sampled_from([5, 20, 39, 60, 60, 60]),
        "level": st.sampled_from(["token", "clear"]),
        "requester": st.sampled_from(["ben", "ben", "ben", "ana"]),
    }
)


def test_a_grant_opens_what_the_rules_say_and_nothing_else(ruled: Policies, customers: Spec) -> None:
    outcomes: Counter[bool] = Counter()

    @settings(max_examples=700, deadline=None)
    @given(drawn=CASES)
    def hold(drawn: dict[str, Any]) -> None:
        policies = with_teams(ruled, drawn["membership"])
        grant = made(drawn)
        now = START + timedelta(days=drawn["now"])
        holder = policies.principals.users.get(grant.requester)
        status = standing(grant, customers, policies, now).status

        expected = in_force(drawn)
        outcomes[expected] += 1
        assert expected == (status == "active"), (status, drawn)
        if holder is not None and "analytics" in holder.purposes:
            asked = AccessRequest(holder, "analytics", now, customers, (grant,))
            bare = decide(replace(asked, grants=()), policies).column("email").granted
            opened = decide(asked, policies).column("email").granted
            assert {*bare, *([grant.level] if expected else [])} == set(opened)

    hold()

    assert min(outcomes[True], outcomes[False]) > 50, outcomes


def in_force(drawn: dict[str, Any]) -> bool:
    """Work it out the long way: try every pair of approvers, on every fact at once."""
    acts: Sequence[tuple[str, str, int]] = sorted(drawn["acts"], key=lambda act: act[2])
    teams, now, until, asker = drawn["membership"], drawn["now"], drawn["until"], drawn["requester"]
    if any(kind in ("refuse", "revoke") for kind, _, _ in acts) or teams[asker] != HOME[asker]:
        return False
    late = max([now, 0, *(day for _, _, day in acts)])
    approved = [day for kind, _, day in acts if kind == "approve"]
    if not approved and not [1 for kind, _, _ in acts if kind == "confirm"]:
        return False
    first = min(approved, default=0)
    said = [(who, kind) for kind, who, day in acts if kind in ("approve", "confirm") and day <= now]
    others = [name for name in PEOPLE if name != asker]
    desk = [name for name in others if teams[name] == "desk"]
    office = [name for name in others if teams[name] == "office"]
    owners = desk or office
    words = {who for who, _ in said if who != asker}
    pairs = [(one, two) for one, two in permutations(words, 2) if one in owners and two in office]
    alone = [who for who in words if who in owners]
    enough = bool(pairs) if drawn["level"] == "clear" else bool(alone)
    owner_words = [day for kind, _, day in acts if kind in ("approve", "confirm")]
    last = max(owner_words, default=0)
    return enough and late < min(until, first + GRANT_DAYS, last + CONFIRM_DAYS)


HOME = {"ben": "planning", "ana": "desk"}


def made(drawn: dict[str, Any]) -> Grant:
    """Make the grant; everybody says what they say as owner, for which role counts is worked out anew."""
    said = tuple(
        GrantAct.model_validate({"act": kind, "by": who, "role": "owner", "at": START + timedelta(days=day)})
        for kind, who, day in sorted(drawn["acts"], key=lambda act: act[2])
    )
    asker = drawn["requester"]
    return Grant(
        id="g1",
        product="sales.customers",
        requester=asker,
        grantee=f"user:{asker}",
        teams=(HOME[asker],),
        cls="pii.contact.email",
        level=drawn["level"],
        purpose="analytics",
        asked_at=START,
        until=START + timedelta(days=drawn["until"]),
        reason="to call back",
        acts=said,
    )


def with_teams(policies: Policies, membership: dict[str, str]) -> Policies:
    """Put everybody into their team; who is gone is known no more."""
    known = policies.principals
    users = {
        name: Principal(
            "user",
            name,
            known.teams.get(team, ""),
            (team,) if team else (),
            known.team_purposes.get(team, ()),
        )
        for name, team in membership.items()
        if team != "gone"
    }
    return replace(policies, principals=replace(known, users=users, alone=users))
