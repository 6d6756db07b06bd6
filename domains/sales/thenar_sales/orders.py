"""Orders of robotic hands, one row per line."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated

import polars as pl
from annotated_types import Ge, Gt, Interval

from meshwright import (
    Class,
    Contract,
    Decimals,
    EventTime,
    Frame,
    InputPort,
    Key,
    KnownAt,
    Matches,
    OnFail,
    Pii,
    References,
    Sla,
    Unit,
    product,
    rule,
)
from thenar_sales.erp import ErpOrderLine, HandModel


class StandardCost(InputPort, of="supply_chain.item_costs", version=1):
    """What supply chain says that a finished hand costs us, from a day on."""

    item_id: str
    unit_cost_eur: Annotated[Decimal, Decimals(18, 2), Class("commercial.cost"), Unit("EUR")]
    valid_from: date


class OrderLine(Contract, id="sales.orders", version="1.0.0", on_fail="quarantine"):
    """One row per order line, as the customer confirmed it and as the ERP states it today.

    Earlier statements and exact duplicates are quarantined by the key; a line of a customer whom nobody knows, and a
    line that asks for less than one hand, wait there for the order desk.
    """

    line_id: Annotated[str, Key(entity="order_line", keep="last"), Matches(r"ORD-\d{8}-\d")]
    """Order and line number; never reused."""
    order_id: Annotated[str, Matches(r"ORD-\d{8}")]
    """What the customer calls the order."""
    line_number: Annotated[int, Interval(ge=1, le=9)]
    """Position within the order."""
    customer_id: Annotated[str, References("sales.customers", "customer_id"), Pii("identifier")]
    """Who ordered."""
    customer_email: Annotated[str, Matches(r"[^@\s]+@[^@\s]+"), OnFail("warn"), Pii("contact.email")]
    """Where the confirmation went; a wrong one was seen by nobody, but the order stands."""
    hand_model: HandModel
    """What was ordered."""
    quantity: Annotated[int, Gt(0), Unit("piece")]
    """Hands of this model."""
    unit_price_eur: Annotated[Decimal, Decimals(18, 2), Ge(Decimal(0)), Unit("EUR"), Class("commercial.price")]
    """What the customer pays for one hand."""
    margin_eur: Annotated[Decimal, Decimals(18, 2), Unit("EUR"), Class("commercial")] | None
    """What the line leaves over the standard cost of its day; null: the model had no cost yet."""
    placed_at: Annotated[datetime, EventTime()]
    """When the customer ordered."""
    promised_for: datetime
    """When we said that the hands would leave."""
    recorded_at: Annotated[datetime, KnownAt()]
    """When the ERP learnt this statement."""

    @rule(severity="error")
    def promised_after_placed() -> pl.Expr:
        """Nobody is promised a hand before they ordered it."""
        return pl.col("promised_for") > pl.col("placed_at")

    @rule
    def line_belongs_to_order() -> pl.Expr:
        """A line's name begins with its order's."""
        return pl.col("line_id").str.starts_with(pl.col("order_id"))


@product(
    owner="order-desk",
    purpose="order-fulfilment",
    sla=Sla(latency=timedelta(hours=1), frequency=timedelta(days=1), retention=timedelta(days=3650)),
    tags=("transactions",),
)
def orders(erp: Frame[ErpOrderLine], costs: Frame[StandardCost]) -> Frame[OrderLine]:
    """Order lines with their margin at the standard cost of the day they were placed."""
    lines = erp.rename({"email": "customer_email"}).with_columns(
        hand_model=pl.col("hand_model").str.strip_chars(),
        placed_on=pl.col("placed_at").dt.date(),
    )
    costed = lines.sort("placed_on", "line_id").join_asof(
        costs.sort("valid_from"),
        left_on="placed_on",
        right_on="valid_from",
        by_left="hand_model",
        by_right="item_id",
        check_sortedness=False,
    )
    margin = pl.col("quantity") * (pl.col("unit_price_eur") - pl.col("unit_cost_eur"))
    return OrderLine.conform(costed.with_columns(margin_eur=margin))
