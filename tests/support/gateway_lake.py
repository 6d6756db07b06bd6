"""A lake with the table of one product, registered and served by the server that people start."""

import ssl
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import polars as pl
from catalogs import lay_out
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from deltalake import CommitProperties, write_deltalake
from servers import served_at

from meshwright.access import Policies, Principal, policies_of
from meshwright.errors import CatalogUnavailable
from meshwright.io.delta import DeltaStore
from meshwright.io.keys import MasterKeys
from meshwright.io.tokens import Identity, sign_development_token
from meshwright.ports import PolicyTexts
from meshwright.spec import ColumnSpec, DecimalType, ListType, Registration, ScalarType, Spec, StructType
from meshwright_catalog.app import create_app
from meshwright_catalog.gate import PolicyGate
from meshwright_catalog.gateway.auditing import Outcome, ReadFacts
from meshwright_catalog.gateway.gateway import Gateway, Storage
from meshwright_catalog.gateway.lake import Lake
from meshwright_catalog.gateway.limits import Limits
from meshwright_catalog.products import register
from meshwright_catalog.settings import Settings
from meshwright_catalog.signin import DevelopmentTokens
from meshwright_catalog.teams.book import TeamBook

STAMPED = CommitProperties(custom_metadata={"meshwright.run_id": "r"})
"""What tells a build's commits from others."""
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Believes nobody's certificate, and so spares reading those of the system for each request."""
ARROW = "application/vnd.apache.arrow.stream"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
CLASSES = """
[classes.pii]
[classes."pii.contact"]
[classes."pii.contact.email"]
token = "email"
coarse = "domain"
[classes."pii.birth"]
coarse = "year"
[classes.commercial]
"""
PURPOSES = "[purposes.operations]\n[purposes.analytics]\n"
PRINCIPALS = """
[teams.order-desk]
domain = "sales"
purposes = ["operations", "analytics"]
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
@id("mesh.desk.pii") @why("the order desk calls its customers")
permit(principal in Mesh::Team::"order-desk", action == Mesh::Action::"see_clear", resource in Mesh::Class::"pii");
"""
ORDERS_CEDAR = """
@id("sales.orders.planning") @why("planning works with orders")
permit(principal in Mesh::Team::"planning", action in [Mesh::Action::"discover", Mesh::Action::"read"],
  resource == Mesh::Product::"sales.orders");
@id("sales.orders.contact-token") @why("orders of one customer can be counted")
permit(principal in Mesh::Team::"planning", action == Mesh::Action::"see_token",
  resource in Mesh::Class::"pii.contact") when { resource in Mesh::Product::"sales.orders" };
@id("sales.orders.birth-coarse") @why("years are enough")
permit(principal in Mesh::Team::"planning", action == Mesh::Action::"see_coarse",
  resource in Mesh::Class::"pii.birth") when { resource in Mesh::Product::"sales.orders" };
"""


def scalar(name: str, kind: Any = "string", *classes: str) -> ColumnSpec:
    return ColumnSpec(name=name, type=ScalarType(kind=kind), classes=classes, nullable=True)


ORDERS = Spec(
    id="sales.orders",
    version="1.2.0",
    owner="order-desk",
    purpose="operations",
    columns=(
        scalar("order_no"),
        scalar("email", "string", "pii.contact.email"),
        scalar("born", "date", "pii.birth"),
        scalar("quantity", "integer"),
        ColumnSpec(name="price_eur", type=DecimalType(precision=18, scale=2), nullable=True),
        scalar("placed_at", "timestamp"),
        scalar("größe", "number"),
        scalar("paid", "boolean"),
        scalar("photo", "binary"),
        ColumnSpec(name="tags", type=ListType(items=scalar("item")), nullable=True),
        ColumnSpec(
            name="place",
            type=StructType(fields=(scalar("city"), scalar("phone", "string", "pii.contact"))),
            nullable=True,
        ),
        scalar("margin", "integer", "commercial"),
    ),
)
ROWS: Sequence[Mapping[str, Any]] = [
    {
        "order_no": f"O-{n}",
        "email": None if n == 7 else f"Person{n % 3}@Beispiel.example",
        "born": date(1980 + n % 4, 1 + n % 12, 5),
        "quantity": None if n == 5 else n,
        "price_eur": Decimal(n * 125).scaleb(-2),
        "placed_at": datetime(2026, 1, 1 + n, 8, 30, 0, 123456, tzinfo=UTC),
        "größe": None if n == 2 else n / 4,
        "paid": n % 2 == 0,
        "photo": bytes([n, 255, 0]),
        "tags": None if n == 3 else ["größe", 'a "b",\n'][: n % 3],
        "place": None if n == 4 else {"city": "Köln" if n % 2 else "", "phone": f"+49 221 55{n}"},
        "margin": 1_000_000 + n,
    }
    for n in range(12)
]
"""Twelve orders; every value of a classified column can be told from all others."""


def frame(rows: Sequence[Mapping[str, Any]] = ROWS, spec: Spec = ORDERS) -> pl.DataFrame:
    from meshwright.dtypes import polars_type

    return pl.DataFrame(list(rows), schema={c.name: polars_type(c.type) for c in spec.columns})


@dataclass
class Clock:
    """A clock that a test sets."""

    now: datetime = field(default=NOW)

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Account:
    """An audit that a test reads, and breaks."""

    events: list[tuple[Any, ...]] = field(default_factory=list[tuple[Any, ...]])
    broken: bool = False

    def intent(self, facts: ReadFacts) -> str:
        if self.broken:
            raise CatalogUnavailable("catalog", "the disk is full")
        self.events.append(("intent", facts))
        return str(len(self.events))

    def outcome(self, intent: str, rows: int, status: Outcome) -> None:
        self.events.append(("outcome", intent, rows, status))

    def denied(self, facts: ReadFacts, problem: str) -> None:
        self.events.append(("denied", facts, problem))

    def outcomes(self) -> list[tuple[Any, ...]]:
        return [event for event in self.events if event[0] == "outcome"]


@dataclass
class Served:
    """A catalog that answers reads, with everything that a test may turn at."""

    url: str
    root: Path
    app: Any
    clock: Clock
    account: Account
    policies: list[Policies]
    key: Ed25519PrivateKey

    @property
    def gateway(self) -> Gateway:
        found: Gateway = self.app.state.gateway
        return found

    def limit(self, **limits: Any) -> None:
        """Serve under other limits from now on."""
        self.app.state.gateway = replace(self.gateway, limits=replace(self.gateway.limits, **limits))

    def headers(self, who: str = "ben", **more: str) -> dict[str, str]:
        token = sign_development_token(Identity("user", who), self.key, self.clock(), timedelta(hours=1))
        return {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity", **more}

    def ask(self, body: Mapping[str, Any] | None = None, who: str = "ben", **more: str) -> httpx.Response:
        """Read `sales.orders` for analytics unless the body says otherwise; other words are headers."""
        asked = {"purpose": "analytics", **(body or {})}
        product = asked.pop("product", "sales.orders")
        headers = self.headers(who, **{name.replace("_", "-"): value for name, value in more.items()})
        url = f"{self.url}/api/v1/products/{product}/read"
        return httpx.post(url, json=asked, headers=headers, trust_env=False, timeout=60, verify=NO_TLS)

    def rows(self, body: Mapping[str, Any] | None = None, who: str = "ben") -> pl.DataFrame:
        """Read as Arrow."""
        response = self.ask(body, who)
        assert 200 == response.status_code, response.text
        return pl.read_ipc_stream(response.content)

    def table(self, spec: Spec = ORDERS) -> str:
        return f"{self.root}/{spec.domain}/{spec.product}/v{spec.major}"

    def publish(self, rows: pl.DataFrame | None = None, spec: Spec = ORDERS, mode: Any = "overwrite") -> None:
        """Write a version of a table, stamped with the classes of its contract as a build does."""
        from meshwright.publish.labels import with_classes

        stamp = {f"meshwright.{key}": value for key, value in with_classes({"run_id": "r"}, spec, {}).items()}
        write_deltalake(
            self.table(spec),
            frame() if rows is None else rows,
            mode=mode,
            schema_mode="overwrite" if mode == "overwrite" else None,
            commit_properties=CommitProperties(custom_metadata=stamp),
        )

    def register(
        self, spec: Spec = ORDERS, policies: str = ORDERS_CEDAR, table: str | None = None, version: int | None = None
    ) -> None:
        """Register a table; one of a version is published, for our own client too."""
        catalog = self.app.state.catalog
        with catalog.change(Principal("service", spec.id, spec.domain)) as visit:
            told = Registration(spec=spec, table=table or self.table(spec), policies=policies, delta_version=version)
            register(visit, told)


@contextmanager
def serving(
    folder: Path, limits: Limits | None = None, settings: Settings | None = None, lasts: timedelta | None = None
) -> Generator[Served]:
    """Serve a lake in a folder, with the server that `mesh catalog serve` uses; the catalog is a file unless said.

    `lasts`: teams are what tokens name, for so long.
    """
    clock, account, root = Clock(), Account(), folder / "lake"
    root.mkdir(parents=True, exist_ok=True)
    policies = [policies_of(PolicyTexts(CLASSES, PURPOSES, PRINCIPALS, CENTRAL))]
    key = Ed25519PrivateKey.generate()
    verify = DevelopmentTokens(key.public_key(), lambda: policies[0].principals, clock)
    kept = settings or Settings(database=f"sqlite:///{lay_out(folder / 'state' / 'catalog.db')}")
    teams = None if lasts is None else TeamBook(clock, lasts)
    rules = (lambda: policies[0]) if teams is None else teams.over(lambda: policies[0])
    app = create_app(kept, gate=PolicyGate(rules, clock), verify=verify, clock=clock, teams=teams)
    storage = Storage(Lake((DeltaStore(str(root)),)), MasterKeys("k1", {"k1": "ab" * 32}))
    app.state.gateway = Gateway(app.state.catalog, app.state.decide, storage, account, limits or Limits())
    with served_at(app) as url:
        yield Served(url, root, app, clock, account, policies, key)
