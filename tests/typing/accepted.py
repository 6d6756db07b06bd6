"""What both type checkers must accept, with the types that they must infer."""

from datetime import datetime
from typing import Annotated, assert_type

import polars as pl

from meshwright import (
    Consumer,
    Contract,
    EventTime,
    Frame,
    InputPort,
    Key,
    Mesh,
    Product,
    Sla,
    Source,
    consumer,
    product,
    rule,
    spec_of,
)
from meshwright.spec import Spec


class ErpOrder(Source, name="erp.orders"):
    """What the order system hands over."""

    order_id: str
    part: str


class Cost(InputPort, of="supply_chain.parts", version=1):
    """The columns we rely on."""

    part: Annotated[str, Key(entity="part")]
    known_at: Annotated[datetime, EventTime()]
    cost_eur: float


class Order(Contract, id="sales.orders", version="1.0.0", on_fail="quarantine"):
    """One row per order."""

    order_id: Annotated[str, Key(entity="order")]
    cost_eur: float

    @rule(severity="warn")
    def has_a_cost() -> pl.Expr:
        """Nothing is free."""
        return pl.col("cost_eur") > 0

    @rule
    def has_an_id() -> pl.Expr:
        """Every order has one."""
        return pl.col("order_id") != ""


@product(owner="order-desk", purpose="order-fulfilment", sla=Sla(availability=0.99), tags=("gold",))
def orders(erp: Frame[ErpOrder], costs: Frame[Cost], share: float = 1.0) -> Frame[Order]:
    """Orders with their cost."""
    return Order.conform(erp.join(costs, on="part").with_columns(pl.col("cost_eur") * share))


@consumer(owner="data-science", purpose="forecasting")
def training_rows(costs: Frame[Cost]) -> pl.LazyFrame:
    """Costs by part."""
    return costs.group_by("part").agg(pl.col("cost_eur").mean())


def use(mesh: Mesh) -> None:
    """Call everything that has a type to infer."""
    assert_type(Order.example([{"order_id": "O-1"}]), Frame[Order])
    assert_type(Order.conform(pl.LazyFrame()), Frame[Order])
    assert_type(orders(ErpOrder.example(), Cost.example()), Frame[Order])
    assert_type(orders(ErpOrder.example(), Cost.example(), share=0.5), Frame[Order])
    assert_type(orders.contract, type[Order])
    assert_type(orders.spec, Spec)
    assert_type(spec_of(Order), Spec)
    assert_type(training_rows(Cost.example()), pl.LazyFrame)
    assert_type(Cost.as_of(pl.LazyFrame(), Cost.example(), at="ordered_at"), pl.LazyFrame)
    assert_type(pl.LazyFrame().pipe(Cost.as_of, Cost.example(), at="ordered_at"), pl.LazyFrame)
    assert_type(mesh.read(Cost), Frame[Cost])
    assert_type(mesh.read(Order), Frame[Order])
    assert_type(mesh.load(training_rows), pl.LazyFrame)
    mesh.build(orders)
    named: Product[..., Order] = orders
    reader: Consumer[...] = training_rows
    assert_type((named.id, reader.name), tuple[str, str])
