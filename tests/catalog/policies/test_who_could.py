"""Who could see a product: by the people, classes and central policies of the time, which a catalog keeps."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from policy_desk import DORA, PRODUCT, TOKEN, Desk
from sqlalchemy import update

from meshwright.access import Policies, Principal, policies_of
from meshwright.ports import PolicyTexts
from meshwright.registry import WhoCan, WhoCanQuery
from meshwright.spec import Registration
from meshwright_catalog.audit.central import CentralRules
from meshwright_catalog.audit.models import PastRulesRow
from meshwright_catalog.catalog import Catalog, assemble
from meshwright_catalog.database import writing
from meshwright_catalog.embedded import EmbeddedRegistry
from meshwright_catalog.gate import PolicyGate
from meshwright_catalog.settings import Settings

FORBID = '@id("mesh.no") @why("nobody") forbid(principal, action == Mesh::Action::"see_token", resource);'


@dataclass
class Rules:
    """The files of a mesh, which a test changes under a running catalog."""

    texts: PolicyTexts
    past: list[datetime] = field(default_factory=list[datetime])

    def __call__(self) -> Policies:
        return policies_of(self.texts)

    def change(self, clock: Any, **texts: Any) -> None:
        """Remember the moment, and change files an hour later."""
        self.past.append(clock.now)
        clock.now += timedelta(hours=1)
        self.texts = replace(self.texts, **texts)


@pytest.fixture
def rules(policies: Policies) -> Rules:
    assert policies.written is not None
    return Rules(policies.written)


@pytest.fixture
def catalog(settings: Settings, rules: Rules, clock: Any) -> Iterator[Catalog]:
    central = CentralRules(rules, lambda: ("k1", ("k1",)), clock)
    opened = assemble(settings, PolicyGate(central, clock), clock, rules=central)
    yield opened
    opened.close()


@pytest.fixture
def dora(catalog: Catalog, gate: PolicyGate, make: Callable[..., Registration]) -> EmbeddedRegistry:
    service = EmbeddedRegistry(catalog, Principal("service", PRODUCT, "sales"))
    Desk(service, gate, make).hands_in(TOKEN)
    return service.acting_as(DORA)


def seen(found: WhoCan) -> set[str]:
    return {s.principal for s in found.sights if s.principal.startswith("user:") and s.columns["email"]}


def asked(dora: EmbeddedRegistry, at: datetime | None = None) -> WhoCan:
    return dora.policy_review.who_can(PRODUCT, WhoCanQuery(column="email", at=at))


def test_people_who_left_could_see_what_they_see_no_more(dora: EmbeddedRegistry, rules: Rules, clock: Any) -> None:
    left = rules.texts.principals.replace('[users.ana]\nteams = ["order-desk"]\n', "")
    rules.change(clock, principals=left)

    now = asked(dora)
    then = asked(dora, rules.past[0])

    assert {"user:finn"} == seen(now)
    assert {"user:ana", "user:finn"} == seen(then)
    assert "by the people and the rules of the mesh that decided from 2026-11-20 12:00 UTC on" in then.stands_on


def test_each_change_of_classes_and_central_policies_has_its_time(
    dora: EmbeddedRegistry, rules: Rules, clock: Any
) -> None:
    asked(dora)
    rules.change(clock, central=rules.texts.central + FORBID)
    asked(dora)
    rules.change(clock, central=rules.texts.central.removesuffix(FORBID))
    asked(dora)
    rules.change(clock)

    found = [seen(asked(dora, moment)) for moment in rules.past]

    assert [{"user:ana", "user:finn"}, set(), {"user:ana", "user:finn"}] == found


def test_a_service_that_came_later_is_not_among_those_who_could(
    dora: EmbeddedRegistry, rules: Rules, clock: Any, make: Callable[..., Registration]
) -> None:
    service = '[services."sales.{}"]\ndomain = "sales"\npurposes = ["operations"]\n'
    rules.change(clock, principals=rules.texts.principals + service.format("first"))
    asked(dora)
    rules.change(clock, principals=rules.texts.principals + service.format("later"))
    dora.acting_as(Principal("service", "sales.undeclared", "sales")).register(make("sales.undeclared"))

    review = dora.policy_review
    now, then = (review.who_can(PRODUCT, WhoCanQuery(at=at)).sights for at in (None, rules.past[1]))

    assert {"service:sales.first", "service:sales.later"} == {s.principal for s in now if "service" in s.principal}
    assert {"service:sales.first"} == {s.principal for s in then if "service" in s.principal}


@pytest.mark.parametrize("text", ['{"central": "x"}', '{"classes": "[", "purposes": "", "principals": ""}'])
def test_rules_that_are_no_longer_understood_are_not_guessed(
    dora: EmbeddedRegistry, catalog: Catalog, rules: Rules, clock: Any, text: str
) -> None:
    rules.change(clock, central=rules.texts.central + FORBID)
    with writing(catalog.engine) as session:
        session.execute(update(PastRulesRow).values(texts=text))

    then = asked(dora, rules.past[0])

    assert "as they are now, for this catalog" in then.stands_on


def test_the_same_rules_are_kept_once_however_many_processes_begin(
    dora: EmbeddedRegistry, settings: Settings, rules: Rules, clock: Any
) -> None:
    clock.now += timedelta(hours=1)
    central = CentralRules(rules, lambda: ("k1", ("k1",)), clock)
    other = assemble(settings, PolicyGate(central, clock), clock, rules=central)
    other.try_to_note()

    then = asked(dora, clock.now)
    other.close()

    assert "decided from 2026-11-20 12:00 UTC on" in then.stands_on
