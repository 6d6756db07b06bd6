"""A small mesh for the tests of pages: its policies, its products, and where they come from."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Page, expect
from servers import served_at

from meshwright.access import Principal
from meshwright.io.tokens import Identity, sign_development_token
from meshwright.ports import PolicyTexts
from meshwright.spec import ColumnSpec, Constraints, DecimalType, Registration, RuleSpec, ScalarType, SlaSpec, Spec
from meshwright_catalog.app import create_app
from meshwright_catalog.embedded import EmbeddedRegistry, open_catalog
from meshwright_catalog.gate import PolicyGate
from meshwright_catalog.settings import on_disk
from meshwright_catalog.signin import DevelopmentTokens

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
POLICIES = PolicyTexts(
    classes='[classes.pii]\n[classes."pii.contact"]\n[classes."pii.contact.email"]\n[classes.commercial]\n',
    purposes="[purposes.order-fulfilment]\n[purposes.analytics]\n",
    principals=(
        'data_protection = ["data-office"]\n[teams.data-office]\ndomain = "office"\n'
        '[users.dora]\nteams = ["data-office"]\n'
        '[teams.order-desk]\ndomain = "sales"\npurposes = ["order-fulfilment", "analytics"]\n'
        '[teams.planning]\ndomain = "supply_chain"\npurposes = ["analytics"]\n'
        '[users.ana]\nteams = ["order-desk"]\n[users.ben]\nteams = ["planning"]\n'
    ),
    central=(
        '@id("mesh.discover") @why("a domain finds its own products") permit(principal, action in '
        '[Mesh::Action::"discover", Mesh::Action::"read"], resource) when { resource in principal.domain };\n'
        '@id("mesh.clear") @why("unclassified columns are open to readers") '
        'permit(principal, action == Mesh::Action::"see_clear", resource) unless { resource.classified };\n'
    ),
)
ORDERS_POLICY = (
    '@id("sales.orders.planning") @why("planning forecasts demand from order lines")\n'
    'permit(principal in Mesh::Team::"planning", action in [Mesh::Action::"discover", Mesh::Action::"read"], '
    'resource == Mesh::Product::"sales.orders");\n'
    '@id("sales.orders.email-token") @why("customers are counted, not contacted")\n'
    'permit(principal in Mesh::Team::"order-desk", action == Mesh::Action::"see_token", '
    'resource in Mesh::Class::"pii.contact.email");\n'
)
WAITING_POLICY = (
    '@id("sales.orders.planning-clear") @why("planning calls customers about delays")\n'
    'permit(principal in Mesh::Team::"planning", action == Mesh::Action::"see_clear", '
    'resource in Mesh::Class::"pii.contact.email");\n'
)


def column(name: str, description: str = "", kind: str = "string", **settings: object) -> ColumnSpec:
    return ColumnSpec.model_validate({"name": name, "type": {"kind": kind}, "description": description, **settings})


ORDERS = Spec(
    id="sales.orders",
    version="1.2.0",
    description=(
        "One row per order line, as the customer confirmed it.\n\n"
        "Lines that a customer takes back stay, with the return beside them."
    ),
    owner="order-desk",
    purpose="order-fulfilment",
    tags=("core", "daily"),
    sla=SlaSpec(latency=timedelta(hours=1), retention=timedelta(days=3650), availability=0.999),
    columns=(
        column("order_id", "Stable; never reused.", key=True, constraints=Constraints(pattern=r"ORD-\d{8}")),
        column("customer_email", "Where the confirmation went.", classes=("pii.contact.email",), nullable=True),
        column("hand_model", "The hand that was ordered.", constraints=Constraints(values=("H1", "H2", "H2-Lite"))),
        column("quantity", "How many.", "integer", unit="piece", constraints=Constraints(gt=0)),
        ColumnSpec(
            name="unit_price_eur",
            type=DecimalType(precision=18, scale=2),
            unit="EUR",
            classes=("commercial",),
            constraints=Constraints(ge=0),
            description="Price of one piece, after discount.",
        ),
        column("placed_at", "When the customer ordered.", "timestamp"),
    ),
    rules=(
        RuleSpec(
            name="promised_after_placed",
            description="Nobody is promised a hand before they ordered it.",
            severity="error",
            columns=("placed_at",),
            expression="",
        ),
    ),
)


def simple(product: str, description: str, *columns: str, **settings: object) -> Spec:
    made = tuple(ColumnSpec(name=name, type=ScalarType(kind="string")) for name in columns)
    stated = {"version": "1.0.0", "owner": "order-desk", "purpose": "order-fulfilment"} | settings
    return Spec.model_validate({"id": product, "description": description, "columns": made, **stated})


SHELF = [
    simple("sales.customers", "People and companies who buy hands.", "customer_id", "customer_email", tags=("core",)),
    simple("sales.returns", "Hands that came back, and why.", "return_id", "serial_number", "reason"),
    simple(
        "sales.weekly_demand", "Pieces ordered by week and model.", "week", "hand_model", "quantity", tags=("daily",)
    ),
]


def fill(path: Path, gate: PolicyGate) -> None:
    """Register the products, and tell where orders come from and go to."""
    ana = stock(path, gate)
    ben = ana.acting_as(Principal("service", "supply_chain.forecast", "supply_chain"))
    ana.record(
        event(
            "sales.orders",
            "/data/erp.db#orders",
            {"order_id": "id", "unit_price_eur": "price"},
            "/lake/sales/orders/v1",
        )
    )
    demand = {"quantity": "quantity", "hand_model": "hand_model", "week": "placed_at"}
    ana.record(event("sales.weekly_demand", "/lake/sales/orders/v1", demand, "/lake/sales/weekly_demand/v1"))
    ben.record(event("supply_chain.forecast", "/lake/sales/orders/v1", {"week": "placed_at"}, "/lake/forecast"))
    ana.record(event("sales.returns", "/old/returns.csv", {"reason": "why"}, "/lake/sales/returns/v1", days=-1))
    ana.record(event("sales.returns", "/lake/sales/orders/v1", {"reason": "order_id"}, "/lake/sales/returns/v1"))
    for told in crowded():
        ana.record(told)


def stock(path: Path, gate: PolicyGate) -> EmbeddedRegistry:
    """Register the products alone."""
    deploys = Principal("service", "sales.deploy", "sales")
    ana = open_catalog(path, principal=deploys, gate=gate, clock=lambda: NOW)
    ben = ana.acting_as(Principal("service", "supply_chain.forecast", "supply_chain"))
    for text in (ORDERS_POLICY, ORDERS_POLICY + WAITING_POLICY):
        ana.register(
            Registration(spec=ORDERS, table="/lake/sales/orders/v1", delta_version=7, rows=18_204, policies=text)
        )
    for spec in SHELF:
        ana.register(Registration(spec=spec, table=f"/lake/sales/{spec.product}/v1", delta_version=0, rows=940))
    ben.register(
        Registration(
            spec=simple("supply_chain.forecast", "Orders to come.", "week"), table="/lake/supply_chain/forecast/v1"
        )
    )
    return ana


def crowded() -> list[dict[str, object]]:
    """Tell of five hundred datasets around customers: 200 of which they are made, and 300 made of them."""
    customers = "/lake/sales/customers/v1"
    how = [{"type": "DIRECT", "subtype": "IDENTITY", "masking": False}]
    feeds = [{"namespace": "file", "name": f"/in/feed_{number:03}"} for number in range(200)]
    into = event("sales.customers", "", {}, customers) | {"inputs": feeds}
    fields = {"customer_id": {"inputFields": [{**feed, "field": "id", "transformations": how} for feed in feeds]}}
    into["outputs"] = [{"namespace": "file", "name": customers, "facets": {"columnLineage": {"fields": fields}}}]
    source = {"namespace": "file", "name": customers}
    reports = {"id": {"inputFields": [{**source, "field": "customer_id", "transformations": how}]}}
    outputs = [
        {"namespace": "file", "name": f"/out/report_{number:03}", "facets": {"columnLineage": {"fields": reports}}}
        for number in range(300)
    ]
    return [into, event("sales.reports", customers, {}, "") | {"outputs": outputs}]


def event(product: str, origin: str, columns: dict[str, str], place: str, days: int = 0) -> dict[str, object]:
    """Tell of one build."""
    source = {"namespace": "file", "name": origin}
    how = [{"type": "DIRECT", "subtype": "TRANSFORMATION", "masking": False}]
    fields = {o: {"inputFields": [{**source, "field": i, "transformations": how}]} for o, i in columns.items()}
    link = {"symlinks": {"identifiers": [{"namespace": "mesh://thenar/sources", "name": "erp.orders"}]}}
    return {
        "eventType": "COMPLETE",
        "eventTime": (NOW + timedelta(days)).isoformat(),
        "producer": "urn:test",
        "schemaURL": "urn:test",
        "run": {"runId": str(uuid5(NAMESPACE_URL, f"{product} {days}"))},
        "job": {"namespace": f"mesh://thenar/{product.partition('.')[0]}", "name": f"{product}.build"},
        "inputs": [source | ({"facets": link} if origin.startswith("/data") else {})],
        "outputs": [{"namespace": "file", "name": place, "facets": {"columnLineage": {"fields": fields}}}],
    }


@contextmanager
def serving(path: Path, gate: PolicyGate, signing: Ed25519PrivateKey) -> Generator[str]:
    """Serve the catalog that lies there."""
    verify = DevelopmentTokens(signing.public_key(), lambda: gate.policies().principals, lambda: NOW)
    with served_at(create_app(on_disk(path), gate=gate, verify=verify, clock=lambda: NOW)) as url:
        yield url


def sign_in(page: Page, signing: Ed25519PrivateKey, name: str) -> None:
    page.goto("/")
    page.get_by_label("Token").fill(sign_development_token(Identity("user", name), signing, NOW, timedelta(hours=1)))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
