"""Hands that came back, and why."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

import polars as pl
from annotated_types import Len

from meshwright import (
    Contract,
    EventTime,
    Frame,
    InputPort,
    Key,
    KnownAt,
    Matches,
    Pii,
    References,
    Sla,
    Source,
    Sqlite,
    product,
    rule,
)
from thenar_sales.erp import HandModel

FAULTS = ("JOINT_WEAR", "NOISE", "LOSS_OF_GRIP")


class ErpReturn(Source, name="erp.returns", format=Sqlite(table="returns")):
    """One statement of a return: a new diagnosis is a second row with a later `recorded_at`."""

    return_id: str
    serial_number: str
    customer_id: Annotated[str, Pii("identifier")]
    joint: str | None
    reason_code: str
    reason_text: Annotated[str, Pii("text")]
    resolution: str
    returned_at: datetime
    recorded_at: datetime


class Shipped(InputPort, of="sales.shipments", version=1):
    """When the hand had left."""

    serial_number: str
    hand_model: HandModel
    shipped_at: datetime


class Return(Contract, id="sales.returns", version="1.0.0", on_fail="quarantine"):
    """One row per return, with today's diagnosis.

    Earlier diagnoses and exact duplicates are quarantined by the key, returns of unknown customers by the reference.
    """

    return_id: Annotated[str, Key(entity="return", keep="last"), Matches(r"RET-\d{7}")]
    """Never reused."""
    serial_number: Annotated[str, Matches(r"SN-\d{7}")]
    """The hand; it may come back more than once."""
    hand_model: HandModel | None
    """What it is; null: we know of no shipment."""
    customer_id: Annotated[str, References("sales.customers", "customer_id"), Pii("identifier")]
    """Who sent it."""
    joint: Literal["wrist", "thumb", "fingers"] | None
    """The joint complained of; null: no joint failed."""
    reason_code: Literal["JOINT_WEAR", "NOISE", "LOSS_OF_GRIP", "NO_FAULT_FOUND", "WRONG_ITEM", "TRANSPORT_DAMAGE"]
    """The diagnosis of the return desk, which confuses one fault in eight with another."""
    part_failed: bool
    """Whether a part failed, which is what a spare is needed for."""
    reason_text: Annotated[str, Len(0, 500), Pii("text")]
    """What the customer wrote: names, addresses and numbers may stand in it."""
    resolution: Literal["repaired", "returned_unchanged", "replaced"]
    """What we did."""
    days_in_service: float | None
    """Days from shipment to return; null: we know of no shipment."""
    returned_at: Annotated[datetime, EventTime()]
    """When the hand arrived."""
    recorded_at: Annotated[datetime, KnownAt()]
    """When the ERP learnt this diagnosis."""

    @rule
    def failed_part_has_joint() -> pl.Expr:
        """A failed part sits in a joint."""
        return pl.col("part_failed") == pl.col("joint").is_not_null()


@product(
    owner="order-desk",
    purpose="order-fulfilment",
    sla=Sla(latency=timedelta(hours=4), frequency=timedelta(days=1), retention=timedelta(days=3650)),
    tags=("transactions", "quality"),
)
def returns(erp: Frame[ErpReturn], shipped: Frame[Shipped]) -> Frame[Return]:
    """Returns with what failed, and how long the hand had been in the field."""
    out = shipped.group_by("serial_number").agg(pl.all().sort_by("shipped_at").first())
    in_service = (pl.col("returned_at") - pl.col("shipped_at")).dt.total_seconds(fractional=True) / 86_400
    return Return.conform(
        erp.join(out, on="serial_number", how="left", maintain_order="left").with_columns(
            part_failed=pl.col("reason_code").is_in(FAULTS),
            days_in_service=in_service,
        )
    )
