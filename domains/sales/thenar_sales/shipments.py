"""Hands that left the factory, one row per serial number."""

from datetime import datetime, timedelta
from typing import Annotated

import polars as pl

from meshwright import (
    Contract,
    EventTime,
    Frame,
    Key,
    KnownAt,
    Matches,
    OnFail,
    Pii,
    References,
    Sla,
    Source,
    Sqlite,
    product,
    rule,
)
from thenar_sales.erp import HandModel


class ErpShipment(Source, name="erp.shipments", format=Sqlite(table="shipments")):
    """One hand that left the factory."""

    shipment_id: str
    line_id: str
    customer_id: Annotated[str, Pii("identifier")]
    serial_number: str
    hand_model: str
    firmware_version: str
    motion_model: str
    connected: bool
    shipped_at: datetime
    recorded_at: datetime


class Shipment(Contract, id="sales.shipments", version="1.0.0", on_fail="quarantine"):
    """One row per hand shipped; exact duplicates are quarantined by the key."""

    shipment_id: Annotated[str, Key(entity="shipment", keep="last"), Matches(r"SHP-\d{8}")]
    """One per hand."""
    line_id: Annotated[str, References("sales.orders", "line_id"), OnFail("warn")]
    """The order line; a warning alone, for the hand is in the field even where its line is in quarantine."""
    customer_id: Annotated[str, References("sales.customers", "customer_id"), Pii("identifier")]
    """Who has the hand."""
    serial_number: Annotated[str, Matches(r"SN-\d{7}")]
    """The hand."""
    hand_model: HandModel
    """What it is."""
    firmware_version: Annotated[str, Matches(r"\d+\.\d+\.\d+")]
    """As it left the factory; robotics.fleet_software says what runs since."""
    motion_model: Annotated[str, Matches(r"mm-\d+")]
    """As it left the factory."""
    connected: bool
    """Whether the hand sends telemetry: about one in five customers agrees to it."""
    shipped_at: Annotated[datetime, EventTime()]
    """When it left the factory."""
    recorded_at: Annotated[datetime, KnownAt()]
    """When the ERP learnt it."""

    @rule
    def recorded_after_shipped() -> pl.Expr:
        """A hand that is recorded before it leaves is a plan, no shipment."""
        return pl.col("recorded_at") >= pl.col("shipped_at")


@product(
    owner="order-desk",
    purpose="order-fulfilment",
    sla=Sla(latency=timedelta(hours=1), frequency=timedelta(days=1), retention=timedelta(days=3650)),
    tags=("transactions", "fleet"),
)
def shipments(erp: Frame[ErpShipment]) -> Frame[Shipment]:
    """Shipments as the ERP states them."""
    return Shipment.conform(erp)
