"""Who can see a product is who gets it from the gateway: for every caller, purpose, product and column, the same."""

import json
from datetime import timedelta
from itertools import product
from typing import Any

import httpx
import polars as pl
from gateway_lake import CENTRAL, CLASSES, NO_TLS, ORDERS, ORDERS_CEDAR, PRINCIPALS, PURPOSES, Served, scalar

from meshwright.access import policies_of
from meshwright.io.tokens import Identity, sign_development_token
from meshwright.ports import PolicyTexts
from meshwright.spec import Spec

NAMED = (scalar("name"), scalar("email", "string", "pii.contact.email"))
CUSTOMERS = Spec(id="sales.customers", version="1.0.0", owner="order-desk", purpose="operations", columns=NAMED)
STOCK = Spec(id="supply_chain.stock", version="1.0.0", owner="planning", purpose="analytics", columns=NAMED)
SPECS = ((ORDERS, "ana"), (CUSTOMERS, "ana"), (STOCK, "ben"))
"""Each product, and who of its domain asks who can see it."""
SERVICES = """
[services."supply_chain.demand"]
domain = "supply_chain"
purposes = ["analytics"]
[services."sales.customers"]
domain = "sales"
purposes = ["analytics"]
"""
OF_A_DOMAIN = """
@id("mesh.domain.email") @why("a domain writes to its customers")
permit(principal in Mesh::Domain::"sales", action == Mesh::Action::"see_token", resource in Mesh::Class::"pii.contact");
"""
NAMES = ("ana", "ben", "eve")
BUILDS = ("supply_chain.demand", "sales.deploy", *(spec.id for spec, _ in SPECS))

Cell = tuple[str, str, str, str]
"""Who, for which purpose, which product, which column."""


def ask(lake: Served, who: tuple[str, str], path: str, **asked: Any) -> httpx.Response:
    identity = Identity("service" if who[0] == "service" else "user", who[1])
    token = sign_development_token(identity, lake.key, lake.clock(), timedelta(hours=1))
    headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
    method, url = "POST" if "json" in asked else "GET", f"{lake.url}/api/v1/products/{path}"
    return httpx.request(method, url, headers=headers, trust_env=False, timeout=60, verify=NO_TLS, **asked)


def told(lake: Served) -> dict[Cell, str]:
    """Give the strongest level of each column that who-can names."""
    found: dict[Cell, str] = {}
    for spec, owner in SPECS:
        for sight in ask(lake, ("user", owner), f"{spec.id}/who-can").json()["sights"]:
            columns = {path: levels[0] for path, levels in sight["columns"].items()}
            found |= {(sight["principal"], sight["purpose"], spec.id, path): columns[path] for path in columns}
    return {cell: level for cell, level in found.items() if "." not in cell[3]}


def answered(lake: Served) -> tuple[dict[Cell, str], dict[Cell, str]]:
    """Give what the gateway sends to everybody, and what the service explains to them."""
    sent, explained = dict[Cell, str](), dict[Cell, str]()
    callers = [*product(("user",), NAMES), *product(("service",), BUILDS)]
    for (spec, _), caller, purpose in product(SPECS, callers, ("analytics", "operations")):
        who = (":".join(caller), purpose, spec.id)
        read = ask(lake, caller, f"{spec.id}/read", json={"purpose": purpose, "limit": 1})
        if read.status_code == 200:
            levels = json.loads(read.headers["Mesh-Levels"])
            assert {*levels} == {*pl.read_ipc_stream(read.content).columns}
            sent |= {(*who, path): level for path, level in levels.items()}
        access = ask(lake, caller, f"{spec.id}/access", params={"purpose": purpose})
        columns: list[Any] = access.json()["columns"] if access.status_code == 200 else []
        explained |= {(*who, c["path"]): c["level"] for c in columns if c["level"] != "hidden"}
    return sent, {cell: level for cell, level in explained.items() if "." not in cell[3]}


def test_who_can_is_what_the_gateway_sends_to_everybody_for_every_purpose(lake: Served) -> None:
    texts = PolicyTexts(CLASSES, PURPOSES, PRINCIPALS + SERVICES, CENTRAL + OF_A_DOMAIN)
    lake.policies[0] = policies_of(texts)
    for spec in (CUSTOMERS, STOCK):
        lake.publish(pl.DataFrame({"name": ["x"], "email": ["ana@example.com"]}), spec)
        lake.register(spec, "")
    lake.register(ORDERS, ORDERS_CEDAR)

    sent, explained = answered(lake)

    place = {cell: level for cell, level in sent.items() if cell[3] == "place"}
    flat = {cell: level for cell, level in sent.items() if cell not in place}
    assert flat == told(lake)
    assert flat == explained
    assert {"user:ana", "user:ben", "service:supply_chain.demand", "service:sales.customers"} == {c[0] for c in flat}
    assert {"clear", "token", "coarse"} == {*flat.values()}
