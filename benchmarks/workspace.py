"""The workspace that is timed: one product of many rows with a key, limits, a rule and a classified column."""

import os
from pathlib import Path

import polars as pl

from meshwright import Mesh
from meshwright.access import Principal
from meshwright.scaffold import new_domain, new_workspace
from meshwright.spec import ColumnSpec, Registration, ScalarType, Spec

PRODUCT = "sales.orders"
SOURCE = "orders.parquet"
MODULE = '''"""Orders, many of them."""

from datetime import datetime
from typing import Annotated

import polars as pl
from annotated_types import Ge, Interval

from meshwright import Contract, Frame, Key, Matches, Parquet, Pii, Source, product, rule


class OrderRow(Source, name="sales.orders_file", format=Parquet()):
    """What the file holds."""

    order_id: str
    email: str
    model: str
    quantity: int
    unit_price_eur: float
    placed_at: datetime
    promised_for: datetime


class Order(Contract, id="sales.orders", version="1.0.0", on_fail="quarantine"):
    """One row per order."""

    order_id: Annotated[str, Key(), Matches(r"SO-\\\\d{9}")]
    email: Annotated[str, Pii("contact.email")]
    model: str
    quantity: Annotated[int, Interval(ge=1, le=1000)]
    unit_price_eur: Annotated[float, Ge(0)]
    placed_at: datetime
    promised_for: datetime

    @rule
    def promised_after_placed() -> pl.Expr:
        """Nobody is promised a hand before they ordered it."""
        return pl.col("promised_for") > pl.col("placed_at")


@product(owner="sales-team", purpose="operations")
def orders(rows: Frame[OrderRow]) -> Frame[Order]:
    """Orders, as handed over."""
    return Order.conform(rows)
'''.replace("\\\\d", "\\d")


def make(root: Path, rows: int, others: int) -> Mesh:
    """Make the workspace, build its product, and register `others` besides it so that a search has to choose."""
    new_workspace(root, name="bench", person="ana")
    new_domain(root, "sales")
    package = root / "domains/sales/bench_sales"
    (package / "orders.py").write_text(MODULE, encoding="utf-8")
    listing = package / "__init__.py"
    text = listing.read_text(encoding="utf-8").replace("products=()", "products=(orders,)")
    listing.write_text(
        text.replace("import Domain\n", "import Domain\nfrom bench_sales.orders import orders\n"), "utf-8"
    )
    settings = root / "mesh.toml"
    settings.write_text(f'{settings.read_text(encoding="utf-8")}"sales.orders_file" = "{SOURCE}"\n', encoding="utf-8")
    table(rows).write_parquet(root / SOURCE)
    opened = Mesh.open(root, principal="ana")
    opened.access.allow("founders", PRODUCT, cls="pii", level="token", purpose="analytics")
    mesh = Mesh.open(root, principal="ana", purpose="analytics")
    mesh.build(PRODUCT)
    catalog = mesh.world.registry(Principal("service", "bench.maker", "bench"))  # products are registered by services
    for number in range(others):
        catalog.register(_other(number))
    return mesh


def table(rows: int) -> pl.DataFrame:
    """Make the source's rows: many addresses, few models, nothing wrong with any."""
    number = pl.int_range(rows)
    placed = pl.datetime(2025, 1, 1, time_zone="UTC") + pl.duration(seconds=number)
    return pl.select(
        order_id=pl.format("SO-{}", number.cast(pl.String).str.zfill(9)),
        email=pl.format("person{}@example.com", number * 7919 % 100_003),
        model=pl.lit(pl.Series(["H1", "H2", "H2-Lite"])).gather(number % 3),
        quantity=number % 1000 + 1,
        unit_price_eur=(number % 5000).cast(pl.Float64) + 0.5,
        placed_at=placed,
        promised_for=placed + pl.duration(days=number % 90 + 1),
    )


def plain_environment() -> dict[str, str]:
    """Give the environment of a process that nobody's settings reach."""
    return {name: value for name, value in os.environ.items() if not name.startswith("MESH_")}


def _other(number: int) -> Registration:
    words = ("torque", "wear", "supplier", "return", "joint", "stock", "lot", "demand")
    about = f"{words[number % 8]} by {words[number // 8 % 8]} and week"
    columns = tuple(ColumnSpec(name=f"{words[(number + i) % 8]}_{i}", type=ScalarType(kind="string")) for i in range(8))
    name = f"product_{number}"
    spec = Spec(
        id=f"bench.{name}", version="1.0.0", owner="founders", purpose="operations", columns=columns, description=about
    )
    return Registration(spec=spec, table=f"/lake/bench/{name}/v1", run_id="run", delta_version=0, rows=10, policies="")
