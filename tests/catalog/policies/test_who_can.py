"""Who can see a product: by the version that decides, by those that decided then, and with the grants of the time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from policy_desk import CLEAR, PRODUCT, READ, TOKEN, Desk

from meshwright.access import Principal
from meshwright.errors import PastUnknown, UnknownColumn, UnknownProduct
from meshwright.grants import GrantRequest
from meshwright.io.catalog import HttpRegistry
from meshwright.registry import WhoCan, WhoCanQuery
from meshwright_catalog.embedded import EmbeddedRegistry

FIND = f"""@id("find") @why("known")
permit(principal, action == Mesh::Action::"discover", resource == Mesh::Product::"{PRODUCT}");
"""
BEN = Principal("user", "ben", "supply_chain", ("planning",), ("analytics", "operations"))
EMAIL = WhoCanQuery(column="email")


def seen(found: WhoCan) -> dict[str, tuple[str, ...]]:
    """Give the levels of the address by who sees it, other than the services."""
    return {s.principal: s.columns["email"] for s in found.sights if s.principal.startswith("user:")}


def at(moment: datetime) -> WhoCanQuery:
    return EMAIL.model_copy(update={"at": moment})


def test_what_waits_shows_nobody_anything_and_is_named(desk: Desk, dora: EmbeddedRegistry) -> None:
    desk.hands_in(TOKEN)
    desk.hands_in(CLEAR)

    waiting = dora.policy_review.who_can(PRODUCT, EMAIL)
    dora.policy_review.approve(PRODUCT, 2)
    after = dora.policy_review.who_can(PRODUCT, EMAIL)

    assert {"user:ana": ("token",), "user:finn": ("token",)} == seen(waiting)
    assert waiting.stands_on.startswith(
        "by version 1 of its policies, in force, by which the gateway decides; "
        "version 2 waits for data protection, and decides nothing; of grants, all count"
    )
    assert {"user:ana": ("clear",), "user:finn": ("clear",)} == seen(after)
    assert after.stands_on.startswith("by version 2 of its policies, in force, by which the gateway decides; of grants")


def test_a_first_version_that_waits_shows_nothing_in_the_clear(desk: Desk, dora: EmbeddedRegistry) -> None:
    desk.hands_in(CLEAR)

    found = dora.policy_review.who_can(PRODUCT, EMAIL)

    assert {} == seen(found)
    assert "by its policies without personal data in the clear, for none was approved" in found.stands_on


def test_the_past_is_what_decided_then_through_approval_and_going_back(
    desk: Desk, dora: EmbeddedRegistry, clock: Any
) -> None:
    moments = [clock.now]

    def later() -> None:
        clock.now += timedelta(hours=1)
        moments.append(clock.now)

    desk.hands_in(TOKEN)
    later()
    desk.hands_in(CLEAR)
    later()
    dora.policy_review.approve(PRODUCT, 2)
    later()
    desk.ana.policy_review.roll_back(PRODUCT)
    later()

    past = [dora.policy_review.who_can(PRODUCT, at(moment)) for moment in moments]

    assert ["token", "token", "clear", "token", "token"] == [seen(each)["user:ana"][0] for each in past]
    assert "by version 2 of its policies, that decided then, registered 2026-11-20 14:00 UTC" in past[2].stands_on
    assert "the people and the rules of the mesh as they are now, for this catalog did not" in past[2].stands_on
    with pytest.raises(PastUnknown, match="was not registered yet"):
        dora.policy_review.who_can(PRODUCT, at(moments[0] - timedelta(seconds=1)))
    with pytest.raises(PastUnknown, match="yet to come"):
        dora.policy_review.who_can(PRODUCT, at(clock.now + timedelta(seconds=1)))


@pytest.fixture
def ended(desk: Desk, dora: EmbeddedRegistry, clock: Any) -> datetime:
    """Let a grant of tokens be given, and be revoked two days later; another expires. Give when both were in force."""
    desk.hands_in(READ + FIND)
    ben = desk.ana.acting_as(BEN)
    for purpose, days in (("analytics", 20), ("operations", 3)):
        wanted = {"product": PRODUCT, "level": "token", "cls": "pii", "purpose": purpose, "reason": "to plan"}
        asked = ben.grants.request(GrantRequest.model_validate({**wanted, "until": clock.now + timedelta(days=days)}))
        desk.ana.grants.say(asked.grant.id, "approve")
    clock.now += timedelta(days=1)
    between: datetime = clock.now
    clock.now += timedelta(days=1)
    desk.ana.grants.say("g1", "revoke")
    clock.now += timedelta(days=8)
    return between


def test_a_grant_that_was_revoked_or_expired_stays_in_the_past(desk: Desk, ended: datetime) -> None:
    review, own = desk.ana.policy_review, desk.ana.acting_as(BEN).policy_review

    for asking in (review, own):
        then = [s for s in asking.who_can(PRODUCT, at(ended)).sights if s.principal == "user:ben"]
        assert [("analytics", ("grant:g1",)), ("operations", ("grant:g2",))] == [(s.purpose, s.by) for s in then]
        assert "user:ben" not in seen(asking.who_can(PRODUCT, EMAIL))


def test_others_are_named_to_the_domain_and_data_protection_alone(
    desk: Desk, dora: EmbeddedRegistry, ended: datetime
) -> None:
    every = WhoCanQuery(at=ended)
    told = {"ben": desk.ana.acting_as(BEN).policy_review.who_can(PRODUCT, every)}
    all_columns = dora.policy_review.who_can(PRODUCT, every)

    assert {"user:ben"} == {s.principal for s in told["ben"].sights}
    assert {"user:ben", "user:ana"} <= {s.principal for s in all_columns.sights}
    assert "by the policies that decided then; " in told["ben"].stands_on
    assert "others are named to the people of sales and data protection alone" in told["ben"].stands_on
    assert "version" not in told["ben"].stands_on


def test_a_product_that_somebody_may_not_find_or_a_column_that_is_not_there_is_unknown(desk: Desk) -> None:
    desk.hands_in(TOKEN)

    with pytest.raises(UnknownProduct):
        desk.ana.acting_as(BEN).policy_review.who_can(PRODUCT, EMAIL)
    with pytest.raises(UnknownColumn):
        desk.ana.policy_review.who_can(PRODUCT, WhoCanQuery(column="emial"))


def test_over_http_the_same_is_answered(
    desk: Desk, dora: EmbeddedRegistry, served: str, sign: Callable[[str], str], clock: Any
) -> None:
    desk.hands_in(TOKEN)
    desk.hands_in(CLEAR)
    review = HttpRegistry(served, token=sign("dora")).policy_review

    assert dora.policy_review.who_can(PRODUCT, EMAIL) == review.who_can(PRODUCT, EMAIL)
    assert dora.policy_review.who_can(PRODUCT, at(clock.now)) == review.who_can(PRODUCT, at(clock.now))
    with pytest.raises(PastUnknown, match="was not registered yet"):
        review.who_can(PRODUCT, at(datetime(2001, 1, 1, tzinfo=UTC)))
    with pytest.raises(UnknownColumn):
        review.who_can(PRODUCT, WhoCanQuery(column="emial"))
    with pytest.raises(UnknownProduct):
        review.who_can("sales.nothing", EMAIL)
