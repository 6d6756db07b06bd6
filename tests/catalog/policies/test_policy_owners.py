"""Nobody approves what their side wrote, and a team that owned a product without writing anything is no writer."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from policy_desk import CLEAR, DAN, DORA, FINN, PRODUCT, READ, TOKEN, Desk, see

from meshwright.access import Policies, Principal
from meshwright.errors import NotYourDecision
from meshwright_catalog.gate import PolicyGate

NARROW = READ + see("token", cls="pii.contact")
AGAIN = CLEAR.replace("work", "calls")

Build = Callable[..., None]
Approves = Callable[[Principal], bool]


@pytest.fixture
def build(desk: Desk, clock: Any) -> Build:
    def hand_in(text: str, owner: str = "order-desk", *, by: Principal | None = None) -> None:
        clock.now += timedelta(minutes=1)
        desk.hands_in(text, owner=owner)
        if by is not None:
            waits = next(number for number, state in desk.states() if state == "waiting")
            desk.ana.acting_as(by).policy_review.approve(PRODUCT, waits)

    return hand_in


@pytest.fixture
def approves(desk: Desk) -> Approves:
    def may(who: Principal) -> bool:
        waits = next(number for number, state in desk.states() if state == "waiting")
        try:
            desk.ana.acting_as(who).policy_review.approve(PRODUCT, waits)
        except NotYourDecision:
            return False
        return True

    return may


def test_a_build_with_a_team_of_data_protection_as_owner_bars_it_from_nothing_that_comes_later(
    build: Build, approves: Approves
) -> None:
    build(TOKEN)
    build(TOKEN, "office")
    build(TOKEN)
    build(CLEAR)

    assert approves(DORA)


@pytest.mark.parametrize(
    "builds",
    [
        [(TOKEN, "office"), (CLEAR, "order-desk")],
        [(TOKEN, "office"), (TOKEN, "order-desk"), (CLEAR, "order-desk")],
        [(TOKEN, "office"), (NARROW, "order-desk"), (CLEAR, "order-desk")],
        [(TOKEN, "order-desk"), (TOKEN, "office"), (CLEAR, "order-desk")],
        [(TOKEN, "order-desk"), (NARROW, "office"), (NARROW, "order-desk"), (CLEAR, "order-desk")],
        [(TOKEN, "order-desk"), (CLEAR, "order-desk"), (CLEAR, "office")],
        [(TOKEN, "order-desk"), (CLEAR, "office"), (CLEAR, "order-desk")],
        [(TOKEN, "order-desk"), (CLEAR, "office"), (TOKEN, "order-desk"), (CLEAR, "order-desk")],
        [(TOKEN, "order-desk"), (CLEAR, "order-desk"), (CLEAR, "office"), (CLEAR, "order-desk")],
        [(CLEAR, "office"), (CLEAR, "order-desk")],
        [(CLEAR, "office")],
    ],
)
def test_attack_25_the_owner_s_side_does_not_approve_by_handing_the_product_to_others(
    build: Build, approves: Approves, builds: list[tuple[str, str]]
) -> None:
    for text, owner in builds:
        build(text, owner)

    assert [False, False] == [approves(who) for who in (DORA, DAN)]


def test_what_was_approved_itself_was_written_by_its_owner_of_then(
    desk: Desk, build: Build, policies: Policies, approves: Approves
) -> None:
    other = replace(policies.principals, data_protection=frozenset({"office", "planning"}))
    ben = other.users["ben"]
    gate = PolicyGate(lambda: replace(policies, principals=other), desk.gate.clock)
    desk.ana = replace(desk.ana, catalog=replace(desk.ana.catalog, gate=gate))
    build(CLEAR, "office", by=ben)
    build(TOKEN)
    build(AGAIN)
    before = approves(DORA)
    again = approves(ben)
    build(TOKEN)
    build(CLEAR.replace("work", "more"))

    assert (False, True, True) == (before, again, approves(DORA))


def test_going_back_to_what_a_team_wrote_is_not_approved_by_it(
    desk: Desk, build: Build, approves: Approves, policies: Policies, clock: Any
) -> None:
    clock.now += timedelta(minutes=1)
    unguarded = replace(policies, principals=replace(policies.principals, data_protection=frozenset()))
    guarded = desk.ana
    desk.ana = replace(guarded, catalog=replace(guarded.catalog, gate=PolicyGate(lambda: unguarded, desk.gate.clock)))
    build(CLEAR, "planning")
    desk.ana = guarded
    build(TOKEN)
    build(AGAIN, by=DORA)
    build(TOKEN)
    guarded.policy_review.roll_back(PRODUCT, 1)
    planner = replace(DORA, name="pol", teams=("planning",))
    known = replace(policies.principals, users={**policies.principals.users, "pol": planner})
    both = replace(known, data_protection=frozenset({"office", "planning"}))
    gate = PolicyGate(lambda: replace(policies, principals=both), desk.gate.clock)
    desk.ana = replace(guarded, catalog=replace(guarded.catalog, gate=gate))

    assert [False, True] == [approves(planner), approves(DORA)]


@pytest.mark.parametrize(
    ("builds", "told"),
    [
        (
            [(TOKEN, "order-desk"), (CLEAR, "office")],
            "office of data protection owns the product: let another team own it",
        ),
        ([(TOKEN, "office"), (CLEAR, "order-desk")], "when a version was written that led to it: name another team in"),
        (
            [(TOKEN, "order-desk"), (TOKEN, "office"), (CLEAR, "order-desk")],
            "or just before or since: build the policies in",
        ),
    ],
)
def test_orphans_tell_why_nobody_may_approve_and_the_way_out(
    desk: Desk, build: Build, builds: list[tuple[str, str]], told: str
) -> None:
    for text, owner in builds:
        build(text, owner)

    (orphan,) = desk.ana.acting_as(FINN).grants.orphans()
    assert told in orphan.problem


def test_the_way_out_after_a_wrong_owner_is_to_hand_it_in_again(build: Build, approves: Approves) -> None:
    build(TOKEN)
    build(TOKEN, "office")
    build(CLEAR)
    before = approves(DORA)
    build(TOKEN)
    build(CLEAR)

    assert (False, True) == (before, approves(DORA))
