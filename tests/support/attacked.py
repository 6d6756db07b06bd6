"""What is attacked: a served lake with orders, contacts of which some rows and fields are hidden, and a hidden product.

Every classified cell of the contacts is a text that stands nowhere else, so that a leak of any can be told.
"""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import polars as pl
from gateway_lake import NO_TLS, Served, frame, scalar, serving

from meshwright.io.tokens import Identity, sign_development_token
from meshwright.spec import ColumnSpec, ListType, Spec, StructType
from meshwright_catalog.callers import COOKIE

CONTACTS = Spec(
    id="sales.contacts",
    version="1.0.0",
    owner="order-desk",
    purpose="operations",
    columns=(
        scalar("contact_no"),
        scalar("region"),
        scalar("email", "string", "pii.contact.email"),
        scalar("born", "date", "pii.birth"),
        ColumnSpec(name="phones", type=ListType(items=scalar("item")), classes=("pii.contact",), nullable=True),
        ColumnSpec(
            name="place",
            type=StructType(fields=(scalar("city"), scalar("note", "string", "commercial"))),
            nullable=True,
        ),
        scalar("margin", "integer", "commercial"),
    ),
)
PEOPLE: list[dict[str, Any]] = [
    {
        "contact_no": f"C-{n}",
        "region": "EU" if n < 8 else "US",
        "email": f"canary{n:02}qzx@example.com",
        "born": date(1961 + n, 3, 2 + n),
        "phones": [f"+4922199{n:02}771", f"+4922199{n:02}772"],
        "place": {"city": "Ulm", "note": f"note{n:02}qzx"},
        "margin": 7_310_000 + n,
    }
    for n in range(12)
]
CONTACTS_CEDAR = """
@id("sales.contacts.planning") @why("planning calls nobody")
permit(principal in Mesh::Team::"planning", action in [Mesh::Action::"discover", Mesh::Action::"read"],
  resource == Mesh::Product::"sales.contacts");
@id("sales.contacts.token") @why("contacts can be counted")
permit(principal in Mesh::Team::"planning", action == Mesh::Action::"see_token",
  resource in Mesh::Class::"pii.contact") when { resource in Mesh::Product::"sales.contacts" };
@id("sales.contacts.coarse") @why("years are enough")
permit(principal in Mesh::Team::"planning", action == Mesh::Action::"see_coarse",
  resource in Mesh::Class::"pii.birth") when { resource in Mesh::Product::"sales.contacts" };
@id("sales.contacts.rows") @why("contacts outside of the union are nobody else's business")
permit(principal, action == Mesh::Action::"see_row", resource in Mesh::Product::"sales.contacts")
when { principal in Mesh::Team::"order-desk" || (resource has region && resource.region == "EU") };
"""
HIDDEN = Spec(
    id="sales.nightingale",
    version="1.0.0",
    owner="order-desk",
    purpose="operations",
    description="zephyrquill",
    columns=(scalar("zephyrquill_no"),),
)


def secrets(rows: list[dict[str, Any]] = PEOPLE) -> list[str]:
    """List every classified cell as the text that must not be told."""
    found: list[str] = []
    for row in rows:
        found += [row["email"], row["born"].isoformat(), *row["phones"], row["place"]["note"], str(row["margin"])]
    return found


def call(served: Served, method: str, path: str, who: str = "ben", **more: Any) -> httpx.Response:
    """Call any address as somebody, by token and by cookie; a name with a dot is a product's service."""
    identity = Identity("service" if "." in who else "user", who)
    token = sign_development_token(identity, served.key, served.clock(), timedelta(hours=1))
    headers = {"Authorization": f"Bearer {token}", "Cookie": f"{COOKIE}={token}", **more.pop("headers", {})}
    asked: dict[str, Any] = {"timeout": 60, **more}
    return httpx.request(method, f"{served.url}{path}", headers=headers, trust_env=False, verify=NO_TLS, **asked)


def contacts(served: Served, body: dict[str, Any] | None = None, who: str = "ben", **more: str) -> httpx.Response:
    """Read the contacts."""
    asked = {"purpose": "analytics", **(body or {})}
    headers = {"Accept-Encoding": "identity", **{name.replace("_", "-"): value for name, value in more.items()}}
    return call(served, "POST", f"/api/v1/products/{CONTACTS.id}/read", who, json=asked, headers=headers)


def seen(response: httpx.Response) -> pl.DataFrame:
    """Give the rows of an answer."""
    assert 200 == response.status_code, response.text
    return pl.read_ipc_stream(response.content)


@contextmanager
def attacked(folder: Path) -> Generator[Served]:
    """Serve them all."""
    with serving(folder) as served:
        served.publish()
        served.register()
        served.publish(frame(PEOPLE, CONTACTS), CONTACTS)
        served.register(CONTACTS, CONTACTS_CEDAR)
        served.register(HIDDEN, "")
        yield served
