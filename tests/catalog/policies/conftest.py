"""A mesh with data protection, and a product whose policies change."""

from collections.abc import Callable

import pytest
from policy_desk import DORA, Desk

from meshwright.access import Policies, policies_of
from meshwright.ports import PolicyTexts
from meshwright.spec import Registration
from meshwright_catalog.embedded import EmbeddedRegistry
from meshwright_catalog.gate import PolicyGate


@pytest.fixture(scope="session")
def policies(texts: PolicyTexts) -> Policies:
    office = '\n[teams.office]\ndomain = "office"\n[users.dora]\nteams = ["office"]\n'
    office += '[users.dan]\nteams = ["office"]\n[users.dora-admin]\nteams = ["office"]\nperson = "dora"\n'
    office += '[users.finn]\nteams = ["office", "order-desk"]\n'
    office += '[users.finn-office]\nteams = ["office"]\nperson = "finn"\n'
    office += '[users.sal]\nteams = ["office"]\ndomain = "sales"\n'
    principals = f'data_protection = ["office"]\n{texts.principals}{office}'
    return policies_of(PolicyTexts(texts.classes, texts.purposes, principals, texts.central))


@pytest.fixture
def desk(ana: EmbeddedRegistry, gate: PolicyGate, make: Callable[..., Registration]) -> Desk:
    return Desk(ana, gate, make)


@pytest.fixture
def dora(ana: EmbeddedRegistry) -> EmbeddedRegistry:
    return ana.acting_as(DORA)
