"""A second domain that reads the shop's orders."""

from pathlib import Path

from shop import Shop

DEMAND = '''"""Demand."""

from typing import Annotated

import polars as pl

from meshwright import Class, Contract, Csv, Frame, InputPort, Key, Level, Pii, References, Source, product


class Ordered(InputPort, of="sales.orders", version=1):
    """What was ordered."""

    order_id: str
    PORT


class Line(Contract, id="planning.demand", version="1.0.0", on_fail="quarantine"):
    """One row per order."""

    order_id: Annotated[str, Key()]
    CONTRACT


@product(owner="planning-team", purpose="analytics")
def demand(orders: Frame[Ordered]) -> Frame[Line]:
    """Demand by order."""
    return Line.conform(TRANSFORM)
'''


def plan_demand(
    shop: Shop, *, port: str = "quantity: int", contract: str = "quantity: int", transform: str = "orders"
) -> Path:
    """Add the domain `planning` with one product, `planning.demand`; return its module."""
    shop.works("new", "domain", "planning")
    text = DEMAND.replace("PORT", port).replace("CONTRACT", contract).replace("TRANSFORM", transform)
    return add_module(shop, "planning", "demand", text)


def add_module(shop: Shop, domain: str, name: str, text: str) -> Path:
    """Write a module with the product of its name into a domain's package, and list it there."""
    (package,) = (shop.root / "domains" / domain).glob("shop_*")
    module = package / f"{name}.py"
    module.write_text(text, encoding="utf-8")
    init = package / "__init__.py"
    listed = init.read_text(encoding="utf-8").replace("products=(", f"products=({name}, ").replace(", )", ",)")
    imports = f"from {package.name}.{name} import {name}\n"
    init.write_text(listed.replace("\ndomain =", f"\n{imports}\ndomain ="), encoding="utf-8")
    return module
