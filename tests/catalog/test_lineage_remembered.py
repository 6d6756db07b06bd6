"""What is remembered of decisions never outlives anything that they were made from: not the time, not a grant."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol
from uuid import NAMESPACE_URL, uuid5

import pytest

from meshwright.access import Policies, Principal, policies_of
from meshwright.grants import Grant, GrantAct
from meshwright.ports import PolicyTexts
from meshwright.registry import LineageQuery
from meshwright.spec import Registration, Spec
from meshwright_catalog.embedded import EmbeddedRegistry, open_catalog
from meshwright_catalog.gate import PolicyGate
from meshwright_catalog.lineage.products import Products

Make = Callable[..., Registration]
ORDERS = "sales.orders"
BY_TIME = """
@id("sales.orders.week") @why("for a week")
permit(principal in Mesh::Team::"planning", action == Mesh::Action::"discover",
       resource == Mesh::Product::"sales.orders")
when { context.now < datetime("2026-11-27T12:00:00Z") };
"""


class Clock(Protocol):
    """A clock that a test sets."""

    now: datetime


@dataclass
class Counting:
    """The gate that policies make, with a count of what it was asked; its rules may be changed."""

    gate: PolicyGate
    texts: PolicyTexts
    rules_now: list[Policies]
    asked: list[str] = field(default_factory=list[str])
    together: list[int] = field(default_factory=list[int])

    @property
    def policies(self) -> Callable[[], Policies]:
        return self.gate.policies

    def rules(self, principal: Principal, spec: Spec, policies: str) -> Policies:
        return self.gate.rules(principal, spec, policies)

    def basis(self, principal: Principal) -> object:
        return self.gate.basis(principal)

    def each(
        self, principal: Principal, contracts: Sequence[tuple[Spec, str]], grants: tuple[Grant, ...] = ()
    ) -> list[bool]:
        self.asked.extend(spec.id for spec, _ in contracts)
        self.together.append(len(contracts))
        return self.gate.each(principal, contracts, grants)


@pytest.fixture
def counting(policies: Policies, texts: PolicyTexts, ana: EmbeddedRegistry) -> Counting:
    now = [policies]
    return Counting(PolicyGate(lambda: now[0], ana.catalog.clock), texts, now)


@pytest.fixture
def registry(tmp_path: Path, counting: Counting, ben: EmbeddedRegistry, make: Make) -> Iterator[EmbeddedRegistry]:
    found = open_catalog(tmp_path / "c.db", principal=ben.principal, gate=counting, clock=ben.catalog.clock)
    put(found, make(ORDERS, permits=["planning"]))
    yield found
    found.close()


def put(registry: EmbeddedRegistry, registration: Registration) -> None:
    registry.acting_as(Principal("service", ORDERS, "sales")).register(registration)


def completed(product: str, origin: str) -> dict[str, object]:
    """Write the event of a run that made a product from another; columns nobody told."""

    def place(name: str) -> dict[str, str]:
        return {"namespace": "file", "name": f"/lake/{name.replace('.', '/')}/v1"}

    return {
        "eventType": "COMPLETE",
        "eventTime": "2026-11-20T10:00:00Z",
        "producer": "urn:test",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": str(uuid5(NAMESPACE_URL, product))},
        "job": {"namespace": "mesh://thenar/sales", "name": f"{product}.build"},
        "inputs": [place(origin)],
        "outputs": [place(product)],
    }


def sees(registry: EmbeddedRegistry, *grants: Grant) -> bool:
    with registry.catalog.visit(registry.principal) as visit:
        products = Products(replace(visit, grants=grants))
        products.decide([ORDERS])
        return products.live(ORDERS) is not None


def test_whoever_asked_before_is_decided_once(registry: EmbeddedRegistry, counting: Counting) -> None:
    assert sees(registry)
    asked = list(counting.asked)

    assert sees(registry)
    assert asked == counting.asked
    assert not sees(registry.acting_as(Principal("user", "eve", "", (), ("analytics",))))


def test_a_permit_that_ends_by_itself_ends_at_its_moment(registry: EmbeddedRegistry, make: Make, clock: Clock) -> None:
    put(registry, make(ORDERS, policies=BY_TIME))
    before = sees(registry)
    clock.now += timedelta(days=7)

    assert (True, False) == (before, sees(registry))


def test_who_is_shut_out_or_let_in_is_so_at_the_next_question(registry: EmbeddedRegistry, make: Make) -> None:
    seen = [sees(registry)]
    for permits in ([], ["planning"]):
        put(registry, make(ORDERS, permits=permits))
        seen.append(sees(registry))

    assert [True, False, True] == seen


@pytest.mark.parametrize("change", ["a central forbid", "another team"])
def test_a_change_of_the_meshs_rules_counts_at_the_next_question(
    registry: EmbeddedRegistry, counting: Counting, change: str
) -> None:
    before = sees(registry)
    texts = counting.texts
    if change == "a central forbid":
        central = f'{texts.central}@id("x") @why("x") forbid(principal, action == Mesh::Action::"discover", resource);'
        texts = PolicyTexts(texts.classes, texts.purposes, texts.principals, central)
    else:
        people = texts.principals.replace('[users.ben]\nteams = ["planning"]', '[users.ben]\nteams = ["order-desk"]')
        texts = PolicyTexts(texts.classes, texts.purposes, people, texts.central)
    counting.rules_now[0] = policies_of(texts)

    assert (True, False) == (before, sees(registry))


def test_a_grant_lets_in_while_it_lasts_and_is_never_remembered(
    registry: EmbeddedRegistry, make: Make, clock: Clock
) -> None:
    put(registry, make(ORDERS))
    approved = GrantAct(act="approve", by="ana", role="owner", at=clock.now)
    grant = Grant(
        id="g1",
        product=ORDERS,
        requester="ben",
        grantee="team:planning",
        level="read",
        purpose="operations",
        asked_at=clock.now,
        until=clock.now + timedelta(days=3),
        reason="x",
        acts=(approved,),
    )
    seen = [sees(registry), sees(registry, grant), sees(registry)]
    clock.now += timedelta(days=4)

    assert [False, True, False, False] == [*seen, sees(registry, grant)]


def test_a_hidden_product_is_decided_about_each_time_as_an_unknown_one_is(
    registry: EmbeddedRegistry, counting: Counting, make: Make
) -> None:
    put(registry, make(ORDERS))
    counting.asked.clear()

    assert [False, False] == [sees(registry), sees(registry)]
    assert [ORDERS, ORDERS] == counting.asked


def test_hidden_and_unknown_products_are_decided_about_one_by_one_when_they_are_met_together(
    registry: EmbeddedRegistry, counting: Counting, make: Make
) -> None:
    put(registry, make(ORDERS))
    counting.asked.clear()

    with registry.catalog.visit(registry.principal) as visit:
        products = Products(visit)
        products.decide([ORDERS, "sales.ghost", "sales.phantom"])

    assert ["mesh.nothing", "mesh.nothing", ORDERS] == sorted(counting.asked)
    assert [None, None, None] == [products.live(p) for p in (ORDERS, "sales.ghost", "sales.phantom")]


def test_what_is_met_on_both_sides_of_a_hop_is_decided_about_together(
    registry: EmbeddedRegistry, counting: Counting, make: Make
) -> None:
    for name in ("sales.a", "sales.b", "sales.c"):
        put(registry, make(name, permits=["planning"]))
    for made, origin in (("sales.b", "sales.a"), ("sales.c", "sales.b")):
        registry.acting_as(Principal("service", made, "sales")).record(completed(made, origin))
    counting.together.clear()

    found = registry.lineage(LineageQuery(product="sales.b", depth=1))

    assert {"sales.a": -1, "sales.b": 0, "sales.c": 1} == {node.id: node.layer for node in found.nodes}
    assert [1, 2] == counting.together
