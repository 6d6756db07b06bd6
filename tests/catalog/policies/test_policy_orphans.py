"""Policies that wait for somebody who is not there are told to data protection."""

from dataclasses import replace

import pytest
from policy_desk import CLEAR, FINN, PRODUCT, Desk

from meshwright.access import Policies
from meshwright.grants import Orphan
from meshwright_catalog.gate import PolicyGate

NOBODY = (
    "nobody of data protection can approve version 1 of its policies: all of them wrote it, or are of its owner's side"
)


def left(policies: Policies, *gone: str) -> Policies:
    """Let people have left the mesh."""
    known = policies.principals
    users, alone = (
        {name: who for name, who in each.items() if name not in gone} for each in (known.users, known.alone)
    )
    return replace(policies, principals=replace(known, users=users, alone=alone))


@pytest.mark.parametrize(
    ("gone", "orphaned"),
    [
        ((), []),
        (("dora", "dora-admin"), []),
        (("dora", "dora-admin", "dan"), [Orphan(product=PRODUCT, problem=NOBODY)]),
    ],
)
def test_waiting_policies_that_nobody_of_data_protection_can_approve_are_listed(
    desk: Desk, policies: Policies, gone: tuple[str, ...], orphaned: list[Orphan]
) -> None:
    desk.hands_in(CLEAR)
    gate = PolicyGate(lambda: left(policies, *gone), desk.gate.clock)
    finn = replace(desk.ana, catalog=replace(desk.ana.catalog, gate=gate), principal=FINN)

    assert orphaned == list(finn.grants.orphans())


def test_policies_that_decide_already_are_nobody_s_orphans(desk: Desk, policies: Policies) -> None:
    desk.hands_in(CLEAR)
    desk.ana.acting_as(policies.principals.users["dora"]).policy_review.approve(PRODUCT, 1)
    gate = PolicyGate(lambda: left(policies, "dora", "dora-admin", "dan"), desk.gate.clock)
    finn = replace(desk.ana, catalog=replace(desk.ana.catalog, gate=gate), principal=FINN)

    assert [] == list(finn.grants.orphans())
