"""What a build really sends: the framework's own events, of its own column lineage, become the catalog's graph."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import polars as pl

from meshwright.events import InputFacts, RunFacts, WrittenFacts, checked, complete, fail, start
from meshwright.lineage import column_lineage
from meshwright.registry import LineageQuery
from meshwright.spec import Registration
from meshwright_catalog.embedded import EmbeddedRegistry

Make = Callable[..., Registration]
BEGAN = datetime(2026, 11, 20, 6, tzinfo=UTC)
WRITTEN = WrittenFacts(version=0, rows=3, bytes=900, files=1)


def bill(orders: pl.LazyFrame, prices: pl.LazyFrame) -> pl.LazyFrame:
    return orders.join(prices, on="model").filter(pl.col("paid") == "no").select("order_id", due="price")


def test_a_builds_own_events_are_followed_from_product_to_source(
    ana: EmbeddedRegistry, ben: EmbeddedRegistry, make: Make
) -> None:
    prices = make("supply_chain.prices", "model", "price", permits=["order-desk"])
    bills = make("sales.bills", "order_id", "due")
    ben.register(prices)
    ana.register(bills)
    service = ana.acting_as(ana.principal.__class__("service", "sales.bills", "sales", (), ("operations",)))
    schemas = {
        "orders": pl.Schema({"order_id": pl.String(), "model": pl.String(), "paid": pl.String()}),
        "prices": pl.Schema({"model": pl.String(), "price": pl.String()}),
    }
    erp = make("sales.any", *schemas["orders"]).spec.columns
    run = RunFacts(
        mesh="thenar",
        spec=bills.spec,
        place=bills.table,
        run_id="5d9c8b0e-8a1c-4f0e-9c7e-4b6b3f0f1a2b",
        started_at=BEGAN,
        inputs={
            "orders": InputFacts(id="erp.orders", kind="source", place="/data/erp.db", part="orders", columns=erp),
            "prices": InputFacts(id=prices.spec.id, kind="product", place=prices.table, columns=prices.spec.columns),
        },
        versions={"meshwright": "0.1.0", "polars": "2.1.0"},
        lineage=column_lineage(bill, schemas),
    )
    ended = BEGAN + timedelta(seconds=9)
    for event in (start(run), complete(run, WRITTEN, ended), *checked(run, WRITTEN, ended)):
        service.record(event)
    service.record(fail(run, ValueError("later"), ended + timedelta(hours=1)))

    graph = ana.lineage(LineageQuery(product="sales.bills", column="due", direction="up", direct=True))
    edge = ("supply_chain.prices", "price", "sales.bills", "due")
    assert [edge] == [(e.source, e.source_column, e.target, e.target_column) for e in graph.edges]
    whole = ana.lineage(LineageQuery(product="sales.bills", columns=True))
    assert {("sales.bills", "product"), ("supply_chain.prices", "product"), ("erp.orders", "source")} == {
        (n.name, n.kind) for n in whole.nodes
    }
    shaping = {(e.source_column, kind) for e in whole.edges if e.target_column is None for kind in e.kinds}
    assert {("paid", "INDIRECT:FILTER"), ("model", "INDIRECT:JOIN")} <= shaping
    down = ben.lineage(LineageQuery(product="supply_chain.prices", direction="down"))
    assert ["restricted"] == [n.name for n in down.nodes if n.hops]
