"""How long a part takes to arrive, delivery by delivery: a feature product."""

from datetime import datetime, timedelta
from typing import Annotated

import polars as pl
from annotated_types import Ge, Gt, Interval

from meshwright import Contract, EventTime, Frame, InputPort, Key, KnownAt, Matches, Sla, Unit, product, rule
from thenar_supply_chain.words import LOT, PART

WINDOW = 8


class Received(InputPort, of="supply_chain.lots", version=1):
    """When lots were ordered and arrived."""

    lot_number: Annotated[str, Key(entity="lot")]
    part_number: str
    lead_days: Annotated[float, Unit("d")]
    days_late: Annotated[float, Unit("d")]
    rush: bool
    received_at: datetime
    recorded_at: datetime


class LeadTime(Contract, id="supply_chain.lead_times", version="1.0.0"):
    """One row per part and delivery, over the part's last eight; rush lots say nothing and are left out.

    A row is known once the last of its deliveries was entered, so that nobody sees a late entry too early.
    """

    part_number: Annotated[str, Key(entity="part"), Matches(PART)]
    """The part, whoever delivers it."""
    received_at: Annotated[datetime, Key(), EventTime()]
    """When the newest of the deliveries arrived."""
    known_at: Annotated[datetime, KnownAt()]
    """When all of them had been entered."""
    lot_number: Annotated[str, Matches(LOT)]
    """The newest of the lots."""
    lead_days: Annotated[float, Gt(0), Unit("d")]
    """Lead time of the newest lot."""
    lead_days_mean: Annotated[float, Gt(0), Unit("d")]
    """Mean of the last eight."""
    lead_days_max: Annotated[float, Gt(0), Unit("d")]
    """Longest of the last eight."""
    late_share: Annotated[float, Interval(ge=0, le=1)]
    """Share of the last eight that came after the promised day."""
    deliveries: Annotated[int, Ge(1)]
    """How many the figures are of: at most eight."""

    @rule
    def known_after_arrival() -> pl.Expr:
        """No lead time is known before the lot is here."""
        return pl.col("known_at") >= pl.col("received_at")


@product(
    owner="supply-planning",
    purpose="replenishment",
    sla=Sla(latency=timedelta(days=1), frequency=timedelta(days=1)),
    tags=("feature",),
)
def lead_times(lots: Frame[Received]) -> Frame[LeadTime]:
    """Look back over a part's last eight deliveries at each of them."""
    ordinary = lots.filter(~pl.col("rush")).sort("part_number", "received_at", "lot_number")
    late = (pl.col("days_late") > 0).cast(pl.Float64)
    entered = pl.col("recorded_at").dt.timestamp("us").rolling_max(WINDOW, min_samples=1).over("part_number")
    return LeadTime.conform(
        ordinary.with_columns(
            known_at=entered.cast(pl.Datetime("us", "UTC")),
            lead_days_mean=pl.col("lead_days").rolling_mean(WINDOW, min_samples=1).over("part_number"),
            lead_days_max=pl.col("lead_days").rolling_max(WINDOW, min_samples=1).over("part_number"),
            late_share=late.rolling_mean(WINDOW, min_samples=1).over("part_number").clip(0, 1),
            deliveries=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("part_number").clip(upper_bound=WINDOW),
        )
    )
