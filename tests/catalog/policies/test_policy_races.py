"""Whoever registers, approves, refuses and goes back at the same time gets a clear answer, and one version decides."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from threading import Barrier

import pytest
from policy_desk import CLEAR, DAN, PRODUCT, READ, TOKEN, Desk, see
from sqlalchemy import select

from meshwright.audit import verify
from meshwright.errors import MeshError, UnknownPolicyVersion
from meshwright_catalog.audit import head, records
from meshwright_catalog.embedded import EmbeddedRegistry
from meshwright_catalog.policies.models import PolicyVersionRow
from meshwright_catalog.policies.versions import WAITING

pytestmark = pytest.mark.interop

ROUNDS, LOOKS = 12, 6
Step = Callable[[int], object]


def racing(steps: list[Step]) -> list[MeshError]:
    """Take every step at the same moment, round by round; give what was answered by an error."""
    start = Barrier(len(steps))

    def repeat(step: Step) -> list[MeshError]:
        found = list[MeshError]()
        for number in range(ROUNDS):
            start.wait(60)
            try:
                step(number)
            except MeshError as error:
                found.append(error)
        return found

    with ThreadPoolExecutor(len(steps)) as pool:
        return [error for each in pool.map(repeat, steps) for error in each]


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_registrations_and_decisions_that_race_all_end_with_a_clear_answer(
    desk: Desk, ana: EmbeddedRegistry, dora: EmbeddedRegistry
) -> None:
    dan = ana.acting_as(DAN).policy_review
    desk.hands_in(TOKEN)

    def decide(say: Callable[[int], object]) -> None:
        """Decide about what waits, until somebody else was not faster."""
        for _ in range(LOOKS):
            with dora.catalog.visit(dora.principal) as visit:
                found = visit.session.scalar(select(PolicyVersionRow.number).where(PolicyVersionRow.state == WAITING))
            with suppress(UnknownPolicyVersion):
                say(found or 1)
                return

    errors = racing(
        [
            lambda n: desk.hands_in(f"{CLEAR}// {n}\n" if n % 3 else TOKEN),
            lambda n: desk.hands_in(see("clear", team="planning", name=f"more{n}") + (CLEAR if n % 2 else READ)),
            lambda _: decide(lambda number: dora.policy_review.approve(PRODUCT, number)),
            lambda n: decide(lambda number: dan.refuse(PRODUCT, number, f"not now, {n}")),
            lambda _: ana.policy_review.roll_back(PRODUCT),
        ]
    )

    states = [state for _, state in desk.states()]
    with ana.catalog.visit(ana.principal) as visit:
        chain, last = list(records(visit.session)), head(visit.session, datetime.now(UTC))
    assert {UnknownPolicyVersion} >= {type(error) for error in errors}
    assert (1, True) == (states.count("in force"), states.count("waiting") <= 1)
    assert {"policy.approved", "policy.refused"} & {event.kind for event in chain}
    assert list(range(1, len(states) + 1)) == [number for number, _ in desk.states()]
    assert () == verify(chain, [last]).breaks
