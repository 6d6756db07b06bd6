"""How a grant stands, to the second: waiting, in force, ended; and an opened glass."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from made_grants import BOTH, NOW, granted, said

from meshwright.access import Policies, Principal, policies_of
from meshwright.access.grants.standing import in_force, standing
from meshwright.access.principals import Members
from meshwright.grants import GrantAct
from meshwright.ports import PolicyTexts
from meshwright.spec import Spec

EMAIL: dict[str, Any] = {"cls": "pii.contact.email"}
MOMENT = timedelta(microseconds=1) / timedelta(days=1)
HOUR = 1 / 24
TWO_CLASSES = {"cls": "", "columns": ("password", "email")}
LATE = NOW + timedelta(days=60)


@pytest.fixture
def short(texts: PolicyTexts, staffed: Policies, customers: Spec) -> Policies:
    """The small mesh where a grant of personal data lasts 40 days, confirmed every 20, and the glass may be broken."""
    classes = texts.classes.replace(
        "[classes.pii]", "[classes.pii]\ngrant_days = 40\nconfirm_days = 20\nbreak_glass = true"
    )
    classes = classes.replace('[classes."pii.birth_date"]', '[classes."pii.birth_date"]\nbreak_glass = false')
    return replace(staffed, classes=policies_of(replace(texts, classes=classes), [customers]).classes)


ANA, DORA = BOTH
STAND_INS = (said("approve", "dora", "data-protection"), said("approve", "dan", "data-protection"))
OFFICE = said("approve", "dora", "data-protection", 3)


@pytest.mark.parametrize(
    ("acts", "facts", "day", "status", "ends", "waits_for"),
    [
        ([], {}, 0, "waiting", 14, ("owner", "data protection")),
        ([], {"level": "token"}, 14 - MOMENT, "waiting", 14, ("owner",)),
        ([ANA], {}, 0, "waiting", 14, ("data protection",)),
        ([DORA], {}, 0, "waiting", 14, ("owner",)),
        ([], {}, 14, "expired", 14, ()),
        ([ANA], {}, 14, "suspended", 30, ("data protection",)),
        ([], {"until": NOW + timedelta(days=5)}, 4, "waiting", 5, ("owner", "data protection")),
        ([], {"until": NOW + timedelta(days=5)}, 5, "expired", 5, ()),
        (BOTH, {}, 0, "active", 20, ()),
        (BOTH, {}, 20 - MOMENT, "active", 20, ()),
        (BOTH, {}, 20, "lapsed", 20, ()),
        (BOTH, {"until": NOW + timedelta(days=7)}, 6, "active", 7, ()),
        ([*BOTH, said("confirm", "ana", days=15)], {}, 20, "active", 30, ()),
        ([*BOTH, said("confirm", "ana", days=15)], {}, 30, "expired", 30, ()),
        ([*BOTH, said("confirm", "ana", days=15)], {"until": LATE}, 35, "lapsed", 35, ()),
        ([*BOTH, said("confirm", "ana", days=30)], {"until": LATE}, 40 - MOMENT, "active", 40, ()),
        ([*BOTH, said("confirm", "ana", days=30)], {"until": LATE}, 40, "expired", 40, ()),
        ([ANA, OFFICE], {}, 3, "active", 20, ()),
        ([ANA, OFFICE], {}, 3 - MOMENT, "waiting", 14, ("data protection",)),
        ([OFFICE, said("approve", "ana", days=5)], {"until": LATE}, 10, "active", 25, ()),
        ([ANA, OFFICE, said("confirm", "ana", days=30)], {"until": LATE}, 41, "expired", 40, ()),
        (
            [said("confirm", "ana", days=1), OFFICE, said("confirm", "ana", days=30)],
            {"until": LATE},
            42,
            "active",
            43,
            (),
        ),
        (BOTH, TWO_CLASSES, 20, "lapsed", 20, ()),
        ([*BOTH, said("confirm", "ana", days=30)], {**TWO_CLASSES, "until": LATE}, 40, "expired", 40, ()),
        ([*BOTH, said("revoke", "ana", days=1)], {}, 0, "revoked", 1, ()),
        ([*BOTH, said("refuse", "dora", "data-protection", 2)], {}, 9, "refused", 2, ()),
        ([*BOTH, said("review", "ana", days=25)], {"until": LATE}, 0, "lapsed", 20, ()),
        (BOTH, {"teams": ("planning", "desk")}, 0, "moved", 30, ()),
        (BOTH, {"teams": ("planning", "desk")}, 30, "expired", 30, ()),
        ([], {"teams": ("planning", "desk")}, 0, "moved", 30, ()),
        ([said("review", "ana"), said("review", "dora")], {}, 0, "waiting", 14, ("owner", "data protection")),
        (BOTH, {"asked_at": NOW + timedelta(days=25)}, 0, "lapsed", 20, ()),
    ],
)
def test_a_grant_stands_by_what_was_said_and_the_clock(
    short: Policies,
    customers: Spec,
    acts: Sequence[GrantAct],
    facts: dict[str, Any],
    day: float,
    *,
    status: str,
    ends: float,
    waits_for: tuple[str, ...],
) -> None:
    grant = granted(**(EMAIL | facts), acts=acts)

    found = standing(grant, customers, short, NOW + timedelta(days=day))

    assert (status, waits_for, False) == (found.status, found.waits_for, found.flagged)
    assert NOW + timedelta(days=ends) == found.ends_at


def test_what_ended_a_grant_is_told_with_its_note(short: Policies, customers: Spec) -> None:
    noted = granted(**EMAIL, acts=[*BOTH, said("revoke", "ana", note="no longer needed")])
    plain = granted(**EMAIL, acts=[said("refuse", "ana")])

    found = [standing(grant, customers, short, NOW).why for grant in (noted, plain)]

    assert ["revoked by ana: no longer needed", "refused by ana"] == found


def test_who_approved_is_told_once_each_and_not_who_only_confirmed_or_left_since(
    short: Policies, customers: Spec
) -> None:
    acts = [said("approve", "zoe"), *BOTH, ANA, said("confirm", "bob")]

    assert "approved by ana, dora" == standing(granted(**EMAIL, acts=acts), customers, short, NOW).why


@pytest.mark.parametrize(
    ("acts", "day", "status"),
    [
        ([said("approve", "dora", "data-protection"), said("approve", "dan", "data-protection", 5)], 24, "active"),
        ([said("approve", "dora", "data-protection"), said("approve", "dan", "data-protection", 5)], 25, "lapsed"),
        ([*STAND_INS, said("review", "dan", days=15)], 21, "lapsed"),
        ([said("approve", "dora", "data-protection"), said("revoke", "dan", days=30)], 6, "revoked"),
    ],
)
def test_where_data_protection_stands_in_its_last_approval_is_the_owner_s_word(
    short: Policies, customers: Spec, acts: Sequence[GrantAct], day: float, status: str
) -> None:
    users = {name: Principal("user", name, "office", ("office",)) for name in ("dora", "dan")}
    users["ben"] = short.principals.find("ben")
    policies = replace(short, principals=replace(short.principals, users=users, alone=users))

    assert status == standing(granted(**EMAIL, acts=acts), customers, policies, NOW + timedelta(days=day)).status


@pytest.mark.parametrize(
    ("acts", "facts", "day", "status", "ends", "flagged"),
    [
        ([], {}, 0, "active", HOUR, True),
        ([], {}, HOUR - MOMENT, "active", HOUR, True),
        ([], {}, HOUR, "expired", HOUR, True),
        ([], {"until": NOW + timedelta(minutes=30)}, HOUR / 2, "expired", HOUR / 2, True),
        ([], {}, -MOMENT, "suspended", HOUR, True),
        ([], {"columns": ("born",), "cls": ""}, 0, "suspended", HOUR, True),
        ([], {"columns": ("email", "born"), "cls": ""}, 0, "suspended", HOUR, True),
        ([], {"teams": ("desk",)}, 0, "moved", HOUR, True),
        ([], {"teams": ("desk",)}, HOUR, "expired", HOUR, True),
        ([said("review", "ana")], {}, 0, "active", HOUR, True),
        ([said("review", "ana"), said("review", "dora", "data-protection")], {}, 0, "active", HOUR, False),
        ([said("review", "ana")], {"level": "token"}, 0, "active", HOUR, True),
        (BOTH, {}, 0, "active", HOUR, True),
        ([said("revoke", "ana")], {}, 0, "revoked", 0, True),
        ([said("review", "ana", days=1)], {}, 0, "expired", HOUR, True),
    ],
)
def test_a_broken_glass_is_open_for_an_hour_and_flagged_until_two_people_looked_at_it(
    short: Policies,
    customers: Spec,
    acts: Sequence[GrantAct],
    facts: dict[str, Any],
    day: float,
    *,
    status: str,
    ends: float,
    flagged: bool,
) -> None:
    grant = granted(**(EMAIL | facts), acts=acts, break_glass=True)

    found = standing(grant, customers, short, NOW + timedelta(days=day))

    assert (status, flagged) == (found.status, found.flagged)
    assert NOW + timedelta(days=ends) == found.ends_at


def test_a_glass_that_both_looked_at_waits_for_nobody_though_one_of_them_left(short: Policies, customers: Spec) -> None:
    settled = said("review", "gone", "data-protection").model_copy(update={"settles": True})
    opened = granted(**EMAIL, acts=(said("review", "ana"), settled), break_glass=True)

    found = standing(opened, customers, short, NOW)

    assert (False, ()) == (found.flagged, found.waits_for)


def test_a_glass_is_no_request_and_a_request_no_glass(short: Policies, customers: Spec) -> None:
    opened = granted(**EMAIL, acts=(), break_glass=True)

    assert ("active", "waiting") == tuple(
        standing(grant, customers, short, NOW).status
        for grant in (opened, opened.model_copy(update={"break_glass": False}))
    )


LONER = Principal("user", "ben", "", ())


@pytest.mark.parametrize(
    ("facts", "holder", "status"),
    [
        ({}, None, "active"),
        ({"teams": ()}, None, "active"),
        ({"grantee": "user:gone", "teams": ()}, None, "moved"),
        ({"grantee": "user:eve"}, None, "active"),
        ({"grantee": "user:ana"}, None, "moved"),
        ({"grantee": "team:planning"}, None, "active"),
        ({"grantee": "team:gone"}, None, "moved"),
        ({"grantee": "service:gone"}, None, "active"),
        ({}, LONER, "moved"),
        ({}, replace(LONER, teams=("planning", "desk")), "active"),
        ({"teams": ("desk",)}, replace(LONER, teams=("desk",)), "active"),
    ],
)
def test_who_is_not_who_a_grant_was_given_to_has_moved(
    short: Policies, customers: Spec, facts: dict[str, Any], holder: Principal | None, status: str
) -> None:
    """Without somebody who uses it, the teams of principals.toml count, if it names any."""
    assert status == standing(granted(**{**EMAIL, **facts}), customers, short, NOW, holder).status


@pytest.mark.parametrize(
    ("teams", "status"), [((), "moved"), (("desk",), "moved"), (("planning",), "active"), (None, "active")]
)
def test_where_tokens_name_the_teams_the_newest_one_tells_whether_somebody_moved(
    short: Policies, customers: Spec, teams: tuple[str, ...] | None, status: str
) -> None:
    newest = {name: short.principals.find(name) for name in ("ana", "dora")}
    if teams is not None:
        newest["ben"] = replace(LONER, teams=teams)
    policies = replace(short, principals=replace(short.principals, claimed=Members(newest)))

    assert status == standing(granted(**EMAIL), customers, policies, NOW).status


@pytest.mark.parametrize(
    ("facts", "holder", "counts"),
    [
        ({}, LONER, False),
        ({}, replace(LONER, teams=("planning",)), True),
        ({"product": "sales.leads"}, replace(LONER, teams=("planning",)), False),
        ({"grantee": "team:planning"}, replace(LONER, name="pia", teams=("planning",)), True),
        ({"grantee": "team:planning"}, replace(LONER, name="pia", teams=("desk",)), False),
        ({"grantee": "team:planning"}, Principal("service", "sales.x", "sales", ("planning",)), False),
        ({"grantee": "service:sales.x"}, Principal("service", "sales.x", "sales"), True),
        ({"grantee": "user:sales.x"}, Principal("service", "sales.x", "sales"), False),
        ({"acts": ()}, replace(LONER, teams=("planning",)), False),
    ],
)
def test_a_grant_counts_for_who_holds_it_of_this_product_while_it_is_active(
    short: Policies, customers: Spec, facts: dict[str, Any], holder: Principal, *, counts: bool
) -> None:
    grant = granted(**{**EMAIL, **facts})

    assert ((grant,) if counts else ()) == in_force((grant,), holder, customers, short, NOW)


def test_a_grant_counts_for_the_rejected_rows_of_its_product(short: Policies, customers: Spec) -> None:
    rejected = customers.model_copy(update={"id": "sales.customers__rejected"})
    grant = granted(**EMAIL)

    assert (grant,) == in_force((grant,), short.principals.find("ben"), rejected, short, NOW)
