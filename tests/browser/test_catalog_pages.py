"""The catalog's pages in a real Chromium: sign in, search, filter, open a product, by mouse and by keyboard.

Screenshots are written to the folder that MESH_SCREENSHOTS names, or beside the test's other files.
"""

import os
import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Browser, Page, Request, ViewportSize, expect, sync_playwright

from meshwright.access import Policies, Principal, policies_of
from meshwright.io.tokens import Identity, sign_development_token
from meshwright.ports import PolicyTexts
from meshwright.spec import ColumnSpec, Constraints, DecimalType, Registration, RuleSpec, ScalarType, SlaSpec, Spec
from meshwright_catalog.app import create_app
from meshwright_catalog.embedded import open_catalog
from meshwright_catalog.gate import PolicyGate
from meshwright_catalog.settings import on_disk
from meshwright_catalog.signin import DevelopmentTokens

pytestmark = pytest.mark.browser

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
QUIET = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
POLICIES = PolicyTexts(
    classes='[classes.pii]\n[classes."pii.contact"]\n[classes."pii.contact.email"]\n[classes.commercial]\n',
    purposes="[purposes.order-fulfilment]\n[purposes.analytics]\n",
    principals=(
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


@pytest.fixture(scope="module")
def policies() -> Policies:
    return policies_of(POLICIES)


@pytest.fixture(scope="module")
def signing() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, policies: Policies, signing: Ed25519PrivateKey) -> Iterator[str]:
    """Serve a catalog with a few products and their lineage."""
    path = tmp_path_factory.mktemp("catalog") / "catalog.db"
    gate = PolicyGate(lambda: policies, lambda: NOW)
    fill(path, gate)
    verify = DevelopmentTokens(signing.public_key(), lambda: policies.principals, lambda: NOW)
    app = create_app(on_disk(path), gate=gate, verify=verify, clock=lambda: NOW)
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning")
    listening = config.bind_socket()
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
    listening.close()


def fill(path: Path, gate: PolicyGate) -> None:
    """Register the products, and tell where orders come from and go to."""
    deploys = Principal("service", "sales.deploy", "sales")
    ana = open_catalog(path, principal=deploys, gate=gate, clock=lambda: NOW)
    ben = ana.acting_as(Principal("service", "supply_chain.forecast", "supply_chain"))
    ana.register(
        Registration(spec=ORDERS, table="/lake/sales/orders/v1", delta_version=7, rows=18_204, policies=ORDERS_POLICY)
    )
    for spec in SHELF:
        ana.register(Registration(spec=spec, table=f"/lake/sales/{spec.product}/v1", delta_version=0, rows=940))
    ben.register(
        Registration(
            spec=simple("supply_chain.forecast", "Orders to come.", "week"), table="/lake/supply_chain/forecast/v1"
        )
    )
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


def event(product: str, origin: str, columns: dict[str, str], place: str) -> dict[str, object]:
    """Tell of one build."""
    source = {"namespace": "file", "name": origin}
    how = [{"type": "DIRECT", "subtype": "TRANSFORMATION", "masking": False}]
    fields = {o: {"inputFields": [{**source, "field": i, "transformations": how}]} for o, i in columns.items()}
    link = {"symlinks": {"identifiers": [{"namespace": "mesh://thenar/sources", "name": "erp.orders"}]}}
    return {
        "eventType": "COMPLETE",
        "eventTime": NOW.isoformat(),
        "producer": "urn:test",
        "schemaURL": "urn:test",
        "run": {"runId": "5d9c8b0e-8a1c-4f0e-9c7e-4b6b3f0f1a2b"},
        "job": {"namespace": f"mesh://thenar/{product.partition('.')[0]}", "name": f"{product}.build"},
        "inputs": [source | ({"facets": link} if origin.startswith("/data") else {})],
        "outputs": [{"namespace": "file", "name": place, "facets": {"columnLineage": {"fields": fields}}}],
    }


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the system's Chromium."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("no chromium: scripts/install --all installs it")
    with sync_playwright() as playwright:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        opened = playwright.chromium.launch(executable_path=chromium, args=[*QUIET, *sandbox])
        yield opened
        opened.close()


def left(request: Request) -> bool:
    """Tell whether a request ended only because the page was left before its icon came."""
    return request.failure == "net::ERR_ABORTED"


@pytest.fixture
def page(browser: Browser, served: str) -> Iterator[Page]:
    """Open a page that may load nothing but ours and must not complain."""
    context = browser.new_context(base_url=served, viewport={"width": 1280, "height": 900}, color_scheme="light")
    opened = context.new_page()
    faults: list[str] = []
    opened.on("console", lambda message: faults.append(message.text) if message.type in ("error", "warning") else None)
    opened.on("requestfailed", lambda request: None if left(request) else faults.append(request.url))
    opened.on("request", lambda request: None if request.url.startswith(served) else faults.append(request.url))
    yield opened
    context.close()
    assert [] == faults


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    folder = Path(os.environ.get("MESH_SCREENSHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def sign_in(page: Page, signing: Ed25519PrivateKey, name: str) -> None:
    page.goto("/")
    page.get_by_label("Token").fill(sign_development_token(Identity("user", name), signing, NOW, timedelta(hours=1)))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_a_person_signs_in_searches_filters_and_opens_a_product(
    page: Page, signing: Ed25519PrivateKey, shots: Path
) -> None:
    page.goto("/")
    page.screenshot(path=shots / "login.png")
    sign_in(page, signing, "ana")
    page.screenshot(path=shots / "search.png", full_page=True)
    expect(page.get_by_role("status")).to_have_text("4 products")

    page.get_by_role("searchbox").fill("orders")
    page.keyboard.press("Enter")
    expect(page.get_by_role("listitem").filter(has=page.locator("h2")).first).to_contain_text("sales.orders")
    page.screenshot(path=shots / "found.png", full_page=True)
    page.get_by_role("navigation", name="Filters").get_by_role("link", name="core").click()
    expect(page.get_by_role("searchbox")).to_have_value("orders")
    expect(page.locator("[aria-current]")).to_contain_text("core")

    page.get_by_role("link", name="sales.orders").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("sales.orders")
    email = page.get_by_role("row").filter(has_text="customer_email")
    expect(email.locator(".level")).to_have_text("token")
    page.get_by_role("region", name="Made from").locator("summary").click()
    page.screenshot(path=shots / "product.png", full_page=True)


def test_another_reader_sees_less_and_no_hidden_name(page: Page, signing: Ed25519PrivateKey, shots: Path) -> None:
    sign_in(page, signing, "ben")
    expect(page.get_by_role("status")).to_have_text("2 products")

    page.goto("/products/sales.orders")
    expect(page.get_by_role("row").filter(has_text="unit_price_eur").locator(".level")).to_have_text("hidden")
    expect(page.get_by_text("restricted", exact=True)).to_be_visible()
    assert "weekly_demand" not in page.content()
    page.screenshot(path=shots / "product-other.png", full_page=True)


def test_the_pages_work_by_keyboard_alone(page: Page, signing: Ed25519PrivateKey) -> None:
    sign_in(page, signing, "ana")
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('href')") == "/products/sales.customers":
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("sales.customers")
    assert "solid" == outline


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_and_nothing_overflows_on_a_phone(
    browser: Browser, served: str, signing: Ed25519PrivateKey, shots: Path, scheme: Literal["light", "dark"]
) -> None:
    size = ViewportSize(width=390, height=844)
    context = browser.new_context(base_url=served, viewport=size, color_scheme=scheme)
    page = context.new_page()
    sign_in(page, signing, "ana")
    for path in ("/?q=order", "/products/sales.orders"):
        page.goto(path)
        page.screenshot(path=shots / f"phone-{scheme}-{path.strip('/?').partition('/')[0][:8]}.png", full_page=True)
        width = page.evaluate("document.documentElement.scrollWidth")
        contrasts = page.evaluate(CONTRASTS)

        assert width <= 390
        assert [] == [each for each in contrasts if each["ratio"] < 4.5]
    context.close()


# WCAG 2.2, 1.4.3: the ratio of relative luminances of text and ground, for every element that holds text.
CONTRASTS = """() => {
  const parse = c => (c.match(/[\\d.]+/g) || []).map(Number);
  const lum = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((s, v, i) => s + v * [.2126, .7152, .0722][i], 0);
  const ground = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length === 3 || c[3] === 1) return c; } return [255, 255, 255]; };
  const holdsText = e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
  return [...document.querySelectorAll('body *')].filter(holdsText).map(e => {
    const [low, high] = [lum(parse(getComputedStyle(e).color)), lum(ground(e))].sort((a, b) => a - b);
    return {text: e.textContent.trim().slice(0, 40), where: e.className, ratio: (high + .05) / (low + .05)};
  });
}"""


def test_lineage_is_drawn_told_as_a_table_and_walked_by_keyboard(
    page: Page, signing: Ed25519PrivateKey, shots: Path
) -> None:
    sign_in(page, signing, "ana")
    page.goto("/products/sales.orders")
    page.get_by_role("link", name="See its lineage drawn").click()
    page.get_by_role("link", name="Open the columns of sales.orders").click()
    page.get_by_role("link", name="Open the columns of sales.weekly_demand").click()
    page.get_by_role("link", name="quantity of sales.orders: choose for a way").click()
    page.get_by_role("link", name="quantity of sales.weekly_demand: choose for a way").click()
    expect(page.locator("path.on-path")).to_have_count(1)
    page.wait_for_load_state("load")
    page.locator("g.centre a").first.focus()
    page.keyboard.press("ArrowRight")
    page.screenshot(path=shots / "lineage.png", full_page=True)

    assert "sales.weekly_demand" == page.evaluate("document.activeElement.closest('g.node').dataset.node")
    assert page.locator("#lines tbody tr").count() == page.locator("path.line").count() > 4
    assert 1 == page.locator("path.on-path").count()
    assert 0 < page.locator("path.marked").count()
    assert "supply_chain.forecast" not in page.content()
    expect(page.locator("g.restricted")).to_have_count(1)
