"""A transform written for narwhals gives the same table and the same lineage as its twin in Polars."""

import subprocess
import sys
from typing import Annotated, Any

import narwhals as nw
import polars as pl
import pytest

from meshwright import Contract, Frame, InputPort, Key, PortableFrame, product
from meshwright.dtypes import polars_type
from meshwright.errors import TransformCollects
from meshwright.lineage import ColumnLineage, column_lineage
from meshwright.mesh.world import AnyProduct


class Orders(InputPort, of="sales.orders", version=1):
    order_id: str
    customer_id: str
    quantity: int
    price: float


class Customers(InputPort, of="sales.customers", version=1):
    customer_id: str
    country: str


class Turnover(Contract, id="finance.turnover", version="1.0.0"):
    """Turnover by country."""

    country: Annotated[str, Key()]
    """Where."""
    turnover: float
    """How much."""
    orders: int
    """How many."""
    size: str
    """Large or small."""


@product(owner="finance", purpose="reporting")
def portable(orders: PortableFrame[Orders], customers: PortableFrame[Customers]) -> PortableFrame[Turnover]:
    """Written once for every engine."""
    kept = orders.filter(nw.col("quantity") > 1).with_columns(paid=nw.col("quantity") * nw.col("price"))
    found = (
        kept.join(customers, on="customer_id", how="inner")
        .group_by("country")
        .agg(nw.col("paid").sum().alias("turnover"), nw.col("order_id").n_unique().cast(nw.Int64).alias("orders"))
    )
    size = nw.when(nw.col("turnover") > 20).then(nw.lit("large")).otherwise(nw.lit("small"))
    return Turnover.conform(found.with_columns(size=size).sort("country"))


@product(owner="finance", purpose="reporting")
def twin(orders: Frame[Orders], customers: Frame[Customers]) -> Frame[Turnover]:
    """The same, in Polars."""
    kept = orders.filter(pl.col("quantity") > 1).with_columns(paid=pl.col("quantity") * pl.col("price"))
    found = (
        kept.join(customers, on="customer_id", how="inner")
        .group_by("country")
        .agg(turnover=pl.col("paid").sum(), orders=pl.col("order_id").n_unique().cast(pl.Int64))
    )
    size = pl.when(pl.col("turnover") > 20).then(pl.lit("large")).otherwise(pl.lit("small"))
    return Turnover.conform(found.with_columns(size=size).sort("country"))


ORDERS = pl.LazyFrame(
    {
        "order_id": ["o1", "o2", "o3", "o4"],
        "customer_id": ["c1", "c1", "c2", "c3"],
        "quantity": [1, 2, 3, 4],
        "price": [9.0, 8.0, 2.5, 6.5],
    }
)
CUSTOMERS = pl.LazyFrame({"customer_id": ["c1", "c2", "c3"], "country": ["NL", "DE", "NL"]})


def lineage(of: AnyProduct) -> ColumnLineage:
    schemas = {
        name: pl.Schema({c.name: polars_type(c.type) for c in schema.__mesh__.columns})
        for name, schema in of.inputs.items()
    }
    return column_lineage(of.transform, schemas)


def test_a_portable_transform_states_the_same_promise() -> None:
    assert twin.spec == portable.spec
    assert twin.inputs == portable.inputs


def test_a_portable_transform_gives_the_same_table() -> None:
    given: dict[str, Any] = {"orders": ORDERS, "customers": CUSTOMERS}

    made, expected = portable.transform(**given), twin.transform(**given)

    assert isinstance(made, pl.LazyFrame)
    assert [("DE", 7.5, 1, "small"), ("NL", 42.0, 2, "large")] == expected.collect().rows() == made.collect().rows()


def test_a_portable_transform_has_the_same_exact_lineage() -> None:
    assert () == lineage(portable).opaque
    assert lineage(twin) == lineage(portable)


def test_a_portable_transform_that_collects_is_told_where() -> None:
    def collects(orders: PortableFrame[Orders]) -> PortableFrame[Turnover]:
        return Turnover.conform(orders.collect().lazy())

    made = product(owner="finance", purpose="reporting")(collects)

    with pytest.raises(TransformCollects, match=r"test_portable\.py:\d+"):
        column_lineage(made.transform, {"orders": ORDERS.collect_schema()})


def test_narwhals_is_imported_by_nobody_who_does_not_use_it() -> None:
    script = "import sys, meshwright.products, meshwright.lineage; print('narwhals' in sys.modules)"

    said = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout

    assert "False" == said.strip()
