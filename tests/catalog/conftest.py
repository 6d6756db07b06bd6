"""A small mesh for the catalog's tests: two domains, a stranger, contracts and policies."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from meshwright.access import Policies, Principal, policies_of
from meshwright.ports import PolicyTexts
from meshwright.spec import ColumnSpec, Registration, RuleSpec, ScalarType, SlaSpec, Spec
from meshwright_catalog.embedded import EmbeddedRegistry, open_catalog
from meshwright_catalog.gate import PolicyGate

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)

CLASSES = '[classes.pii]\n[classes."pii.contact"]\n[classes."pii.contact.email"]\n[classes.commercial]\n'
PURPOSES = "[purposes.operations]\n[purposes.analytics]\n"
PRINCIPALS = """
[teams.order-desk]
domain = "sales"
purposes = ["operations"]
[teams.planning]
domain = "supply_chain"
purposes = ["operations", "analytics"]
[users.ana]
teams = ["order-desk"]
[users.ben]
teams = ["planning"]
[users.eve]
purposes = ["analytics"]
"""
CENTRAL = """
@id("mesh.domain.discover") @why("a domain finds its own products")
permit(principal, action == Mesh::Action::"discover", resource) when { resource in principal.domain };
@id("mesh.domain.read") @why("a domain reads its own products")
permit(principal, action == Mesh::Action::"read", resource) when { resource in principal.domain };
@id("mesh.unclassified.clear") @why("whoever may read sees what is unclassified")
permit(principal, action == Mesh::Action::"see_clear", resource) unless { resource.classified };
"""

ANA = Principal("user", "ana", "sales", ("order-desk",), ("operations",))
BEN = Principal("user", "ben", "supply_chain", ("planning",), ("analytics", "operations"))
EVE = Principal("user", "eve", "", (), ("analytics",))


def open_to(team: str, product: str) -> str:
    """Write policies that let a team find and read a product."""
    name = product.replace(".", "-")
    actions = '[Mesh::Action::"discover", Mesh::Action::"read"]'
    resource = f'resource == Mesh::Product::"{product}"'
    why = f'@id("{name}.{team}") @why("{team} works with it")'
    return f'{why}\npermit(principal in Mesh::Team::"{team}", action in {actions}, {resource});\n'


def column(name: str, **settings: Any) -> ColumnSpec:
    """Make a column of text."""
    return ColumnSpec(name=name, type=ScalarType(kind="string"), **settings)


def contract(product: str, *columns: ColumnSpec, **settings: Any) -> Spec:
    """Make a contract; version 1.0.0, owned by the order desk, unless said otherwise."""
    stated: dict[str, Any] = {"version": "1.0.0", "owner": "order-desk", "purpose": "operations"}
    return Spec(id=product, columns=columns or (column("order_id", key=True),), **(stated | settings))


def registration(spec: Spec, **settings: Any) -> Registration:
    """Make a registration with the table where a lake would have it."""
    stated: dict[str, Any] = {"table": f"/lake/{spec.domain}/{spec.product}/v{spec.major}", "run_id": "run-1"}
    return Registration(spec=spec, **(stated | {"delta_version": 0, "rows": 10} | settings))


ORDERS = contract(
    "sales.orders",
    column("order_id", key=True, description="Stable; never reused."),
    column("customer_email", classes=("pii.contact.email",), nullable=True),
    column("unit_price_eur", unit="EUR", classes=("commercial",)),
    description="One row per order line, as the customer confirmed it.",
    tags=("core", "orders"),
    sla=SlaSpec(latency=timedelta(hours=1)),
    rules=(
        RuleSpec(
            name="price_set", description="Every line has a price.", columns=("unit_price_eur",), expression="..."
        ),
    ),
)


@dataclass
class Clock:
    """A clock that a test sets."""

    now: datetime = field(default=NOW)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def policies() -> Policies:
    return policies_of(PolicyTexts(CLASSES, PURPOSES, PRINCIPALS, CENTRAL))


@pytest.fixture
def gate(policies: Policies) -> PolicyGate:
    return PolicyGate(policies)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "catalog.db"


@pytest.fixture
def ana(path: Path, gate: PolicyGate, clock: Clock) -> Iterator[EmbeddedRegistry]:
    registry = open_catalog(path, principal=ANA, gate=gate, clock=clock)
    yield registry
    registry.close()


@pytest.fixture
def ben(ana: EmbeddedRegistry) -> EmbeddedRegistry:
    return ana.acting_as(BEN)


@pytest.fixture
def eve(ana: EmbeddedRegistry) -> EmbeddedRegistry:
    return ana.acting_as(EVE)
