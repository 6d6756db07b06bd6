"""A small mesh for the catalog's tests: two domains, a stranger, contracts and policies."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from catalogs import compiled_once, lay_out
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from fastapi.testclient import TestClient
from postgres import Server, running
from servers import served_at

from meshwright.access import Policies, Principal, policies_of
from meshwright.io.tokens import Identity, sign_development_token
from meshwright.ports import PolicyTexts
from meshwright.registry import Receipt
from meshwright.spec import ColumnSpec, Registration, RuleSpec, ScalarType, SlaSpec, Spec
from meshwright_catalog.app import create_app
from meshwright_catalog.catalog import assemble
from meshwright_catalog.embedded import EmbeddedRegistry
from meshwright_catalog.gate import PolicyGate
from meshwright_catalog.settings import Settings, on_disk
from meshwright_catalog.signin import DevelopmentTokens

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


def permit(team: str, product: str) -> str:
    """Write policies that let a team find and read a product."""
    name = product.replace(".", "-")
    actions = '[Mesh::Action::"discover", Mesh::Action::"read"]'
    resource = f'resource == Mesh::Product::"{product}"'
    why = f'@id("{name}.{team}") @why("{team} works with it")'
    return f'{why}\npermit(principal in Mesh::Team::"{team}", action in {actions}, {resource});\n'


def column(name: str, **settings: Any) -> ColumnSpec:
    """Make a column of text."""
    return ColumnSpec(name=name, type=ScalarType(kind="string"), **settings)


def registration(product: str, *columns: str | ColumnSpec, **settings: Any) -> Registration:
    """Make a registration, version 1.0.0 and owned by the order desk unless said otherwise, where a lake would have it.

    `permits` names teams that may find and read it; other settings are of the contract or of the registration.
    """
    handed = {name: settings.pop(name) for name in list(settings) if name in Registration.model_fields}
    teams = settings.pop("permits", ())
    made = tuple(c if isinstance(c, ColumnSpec) else column(c) for c in columns or ("id",))
    stated: dict[str, Any] = {"version": "1.0.0", "owner": "order-desk", "purpose": "operations"}
    spec = Spec(id=product, columns=made, **(stated | settings))
    usual: dict[str, Any] = {
        "table": f"/lake/{spec.domain}/{spec.product}/v{spec.version.partition('.')[0]}",
        "run_id": "run-1",
        "delta_version": 0,
        "rows": 10,
        "policies": "".join(permit(team, product) for team in teams),
    }
    return Registration(spec=spec, **(usual | handed))


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    with compiled_once():
        yield


@pytest.fixture
def make() -> Callable[..., Registration]:
    return registration


@pytest.fixture
def orders() -> Registration:
    """Give a product as sales would publish it: keys, classes, a rule, an SLA."""
    return registration(
        "sales.orders",
        column("order_id", key=True, description="Stable; never reused."),
        column("customer_email", classes=("pii.contact.email",), nullable=True),
        column("unit_price_eur", unit="EUR", classes=("commercial",)),
        description="One row per order line, as the customer confirmed it.",
        tags=("core", "orders"),
        sla=SlaSpec(latency=timedelta(hours=1)),
        rules=(
            RuleSpec(
                name="price_set", description="Every line has a price.", columns=("unit_price_eur",), expression=""
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
def texts() -> PolicyTexts:
    return PolicyTexts(CLASSES, PURPOSES, PRINCIPALS, CENTRAL)


@pytest.fixture(scope="session")
def policies(texts: PolicyTexts) -> Policies:
    return policies_of(texts)


@pytest.fixture
def gate(policies: Policies, clock: Clock) -> PolicyGate:
    return PolicyGate(lambda: policies, clock)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "state" / "catalog.db"


ON_BOTH = (
    "audit",
    "grants",
    "lineage",
    "marquez",
    "policy_classes",
    "policy_refusals",
    "policy_releases",
    "policy_versions",
    "products",
    "search",
    "storage",
    "teams",
    "visibility",
)
"""What the tests are about that run on PostgreSQL too."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests of what is stored on both databases; those that ask for the file of one (`database`) stay on SQLite."""
    about = any(word in str(metafunc.definition.path.relative_to(Path(__file__).parent)) for word in ON_BOTH)
    if about and "settings" in metafunc.fixturenames and "database" not in metafunc.fixturenames:
        both = ["sqlite", pytest.param("postgresql", marks=pytest.mark.interop)]
        metafunc.parametrize("settings", both, indirect=True)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Say where the catalog of a test keeps its truth: in a file, or in a database of its own in a PostgreSQL."""
    if getattr(request, "param", "sqlite") == "sqlite":
        path: Path = request.getfixturevalue("database")
        return on_disk(lay_out(path))
    server: Server = request.getfixturevalue("postgresql")
    return Settings(database=server.new_catalog(), index=tmp_path / "catalog.index")


class WithDeployment(EmbeddedRegistry):
    """A person who registers as people do: through the service that deploys their domain's products."""

    def register(self, registration: Registration) -> Receipt:
        """Register as the service."""
        deploys = Principal("service", f"{self.principal.domain}.deploy", self.principal.domain)
        return EmbeddedRegistry(self.catalog, deploys).register(registration)


@pytest.fixture
def ana(settings: Settings, gate: PolicyGate, clock: Clock) -> Iterator[EmbeddedRegistry]:
    catalog = assemble(settings, gate, clock)
    yield WithDeployment(catalog, ANA)
    catalog.close()


@pytest.fixture
def ben(ana: EmbeddedRegistry) -> EmbeddedRegistry:
    return ana.acting_as(BEN)


@pytest.fixture
def eve(ana: EmbeddedRegistry) -> EmbeddedRegistry:
    return ana.acting_as(EVE)


@pytest.fixture
def people() -> Mapping[str, Principal]:
    return {"ana": ANA, "ben": BEN, "eve": EVE}


@pytest.fixture
def signing() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


@pytest.fixture
def sign(signing: Ed25519PrivateKey, clock: Clock) -> Callable[[str], str]:
    """Give a token for a name, good for an hour from now; a name with a dot is a product's service."""

    def signed(name: str) -> str:
        identity = Identity("service" if "." in name else "user", name)
        return sign_development_token(identity, signing, clock(), timedelta(hours=1))

    return signed


@pytest.fixture
def app(settings: Settings, gate: PolicyGate, policies: Policies, signing: Ed25519PrivateKey, clock: Clock) -> FastAPI:
    verify = DevelopmentTokens(signing.public_key(), lambda: policies.principals, clock)
    return create_app(settings, gate=gate, verify=verify, clock=clock)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """Give a client that says nothing of who it is."""
    with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False) as opened:
        yield opened


@pytest.fixture
def bearer(sign: Callable[[str], str]) -> Callable[[str], dict[str, str]]:
    """Give the header that calls as somebody."""
    return lambda name: {"Authorization": f"Bearer {sign(name)}", "Content-Type": "application/json"}


@pytest.fixture
def served(app: FastAPI) -> Iterator[str]:
    """Serve the application on a free port of this machine, by the server that `mesh catalog serve` uses."""
    with served_at(app) as url:
        yield url
