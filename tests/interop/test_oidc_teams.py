"""Who approves grants is whom the certified provider's tokens put into the teams, and nobody else."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from openid import Provider, lay_out, running

from meshwright.access import Principal
from meshwright.spec import ColumnSpec, Registration, ScalarType, Spec
from meshwright_catalog.products import register
from meshwright_catalog.workspace import workspace_app

pytestmark = pytest.mark.interop

PEOPLE = """
data_protection = ["office"]
[teams.office]
domain = "office"
[teams.order-desk]
domain = "sales"
[teams.planning]
domain = "supply_chain"
purposes = ["analytics"]
[users.ana]
[users.ben]
[users.bob]
teams = ["order-desk", "office"]
[users.dora]
"""
CEDAR = """
@id("sales.orders.planning") @why("planning works with orders")
permit(principal in Mesh::Team::"planning", action in [Mesh::Action::"discover", Mesh::Action::"read"],
  resource == Mesh::Product::"sales.orders");
"""
ORDERS = Spec(
    id="sales.orders",
    version="1.0.0",
    owner="order-desk",
    columns=(ColumnSpec(name="email", type=ScalarType(kind="string"), classes=("pii",)),),
)
Call = Callable[..., Any]


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with running() as provider:
        yield provider


@pytest.fixture
def call(provider: Provider, tmp_path: Path) -> Iterator[Call]:
    """Serve one product by the provider's tokens; a call signs its person in anew, unless it hands a token over."""
    folder = lay_out(tmp_path)
    (folder / "policies" / "principals.toml").write_text(PEOPLE)
    named = {"issuer": provider.issuer, "audience": provider.audience, "jwks": f"{provider.issuer}/jwks"}
    lines = [f'{name} = "{value}"' for name, value in {**named, "teams_claim": "teams"}.items()]
    (folder / "mesh.toml").write_text("\n".join(["[env.dev.catalog.oidc]", *lines]))
    app, _ = workspace_app(folder, None, None, lambda: datetime.now(UTC))
    with app.state.catalog.change(Principal("service", "sales.orders", "sales")) as visit:
        register(
            visit, Registration(spec=ORDERS, table=str(folder / "lake" / "sales" / "orders" / "v1"), policies=CEDAR)
        )
    with TestClient(app, base_url="http://127.0.0.1") as client:

        def called(who: str, method: str, path: str, body: Any = None, token: str = "") -> Any:
            bearer = token or provider.user_tokens(who)["access_token"]
            headers = {"Authorization": f"Bearer {bearer}"}
            return client.request(method, f"/api/v1/access/{path}", json=body, headers=headers)

        yield called


def test_attack_25_the_provider_s_teams_decide_about_grants_and_end_what_they_approved(
    provider: Provider, call: Call
) -> None:
    provider.place(ana=["order-desk"], ben=["planning"], bob=[], dora=["office"])
    until = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    wanted = {"product": "sales.orders", "cls": "pii", "level": "clear", "purpose": "analytics", "until": until}
    asked = call("ben", "POST", "requests", {**wanted, "reason": "to call customers back"})
    grant = asked.json()["grant"]["id"]

    def say(who: str) -> Any:
        return call(who, "POST", f"requests/{grant}/approve", {"note": ""})

    def status(who: str) -> str:
        found = call(who, "GET", "grants?which=owned").json()["grants"]
        return str(found[0]["status"]) if found else "unknown"

    strangers, waiting = say("bob").status_code, say("ana").json()["status"]
    given = say("dora").json()["status"]
    old = provider.user_tokens("ana")["access_token"]
    call("ana", "GET", "grants", token=old)
    provider.place(ana=[])
    between = status("dora")
    call("ana", "GET", "grants")
    after = status("dora"), call("ana", "POST", f"requests/{grant}/refuse", {"note": "no"}, token=old).status_code
    provider.place(ana=["order-desk"])
    call("ana", "GET", "grants")

    assert (404, "waiting", "active", "active") == (strangers, waiting, given, between)
    assert ("waiting", 403) == after
    assert "active" == status("dora")
