"""Hands in the field per model and week, as known at the end of the week: a feature product."""

from datetime import datetime, timedelta
from typing import Annotated

import polars as pl
from annotated_types import Ge

from meshwright import Contract, EventTime, Frame, InputPort, Key, KnownAt, Sla, Unit, product, rule
from thenar_sales.erp import HandModel

WEEK = pl.duration(weeks=1)


class Shipped(InputPort, of="sales.shipments", version=1):
    """Which hand left when, and when we knew."""

    hand_model: HandModel
    connected: bool
    shipped_at: datetime
    recorded_at: datetime


class InstalledBase(Contract, id="sales.installed_base", version="1.0.0"):
    """One row per hand model and week since its first shipment; a row never changes.

    A shipment that was recorded late counts from the week in which it was recorded.
    """

    hand_model: Annotated[HandModel, Key(entity="hand_model")]
    """The model."""
    week_ends_at: Annotated[datetime, Key(), EventTime()]
    """The Monday, 00:00 UTC, with which the week is over."""
    known_at: Annotated[datetime, KnownAt()]
    """The same Monday: nothing recorded after it is counted."""
    shipped: Annotated[int, Ge(0), Unit("piece")]
    """Hands that became known as shipped in the week."""
    in_field: Annotated[int, Ge(0), Unit("piece")]
    """Hands shipped since the beginning; none is known to have been scrapped."""
    connected: Annotated[int, Ge(0), Unit("piece")]
    """Those of them that send telemetry."""

    @rule
    def connected_hands_are_in_the_field() -> pl.Expr:
        """A part is not more than the whole."""
        return pl.col("connected") <= pl.col("in_field")


@product(
    owner="order-desk",
    purpose="demand-planning",
    sla=Sla(latency=timedelta(days=1), frequency=timedelta(weeks=1)),
    tags=("feature", "weekly", "fleet"),
)
def installed_base(shipments: Frame[Shipped]) -> Frame[InstalledBase]:
    """Add up the hands that were known to be out, week by week."""
    known = pl.max_horizontal("shipped_at", "recorded_at")
    weekly = (
        shipments.group_by("hand_model", week_ends_at=known.dt.truncate("1w") + WEEK)
        .agg(shipped=pl.len().cast(pl.Int64), newly_connected=pl.col("connected").sum().cast(pl.Int64))
    )  # fmt: skip
    counted = _every_week(weekly).join(weekly, on=["hand_model", "week_ends_at"], how="left").fill_null(0)
    return InstalledBase.conform(
        counted.sort("hand_model", "week_ends_at").with_columns(
            known_at=pl.col("week_ends_at"),
            in_field=pl.col("shipped").cum_sum().over("hand_model"),
            connected=pl.col("newly_connected").cum_sum().over("hand_model"),
        )
    )


def _every_week(weekly: pl.LazyFrame) -> pl.LazyFrame:
    """List every week from a model's first shipment to the newest week."""
    first = weekly.group_by("hand_model").agg(first=pl.col("week_ends_at").min())
    newest = weekly.select(newest=pl.col("week_ends_at").max())
    weeks = pl.datetime_ranges("first", "newest", interval="1w").alias("week_ends_at")
    return first.join(newest, how="cross").select("hand_model", weeks).explode("week_ends_at")
