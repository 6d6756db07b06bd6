"""Traced parts in the field per week, and how old they are: a feature product."""

from datetime import datetime, timedelta
from typing import Annotated

import polars as pl
from annotated_types import Ge

from meshwright import Contract, EventTime, Frame, InputPort, Key, KnownAt, Matches, Sla, Unit, product, rule
from thenar_supply_chain.words import PART, WEEK

WEEK_US = 7 * 86_400 * 1_000_000


class Shipped(InputPort, of="sales.shipments", version=1):
    """Since when a hand is in the field, and since when we know."""

    serial_number: str
    shipped_at: datetime
    recorded_at: datetime


class BuiltIn(InputPort, of="supply_chain.traceability", version=1):
    """Which parts went into a hand."""

    serial_number: str
    part_number: str
    installed_at: datetime
    recorded_at: datetime


class InstalledParts(Contract, id="supply_chain.installed_parts", version="1.0.0"):
    """One row per traced part and week since its first hand was shipped; a row never changes.

    Shipments and repairs that were recorded late count from the week in which they were recorded.
    """

    part_number: Annotated[str, Key(entity="part"), Matches(PART)]
    """The part."""
    week_ends_at: Annotated[datetime, Key(), EventTime()]
    """The Monday, 00:00 UTC, with which the week is over."""
    known_at: Annotated[datetime, KnownAt()]
    """The same Monday: nothing recorded after it is counted."""
    in_field: Annotated[int, Ge(0), Unit("piece")]
    """Pieces that sit in shipped hands."""
    added: Annotated[int, Ge(0), Unit("piece")]
    """Pieces that came to the field in the week with new hands."""
    mean_age_weeks: Annotated[float, Ge(0)]
    """How long they have been in the field, on average; a repair puts in a new piece."""

    @rule
    def known_after_the_week() -> pl.Expr:
        """A week's figure is not known before the week is over: nothing may look ahead."""
        return pl.col("known_at") >= pl.col("week_ends_at")


@product(
    owner="supply-planning",
    purpose="replenishment",
    sla=Sla(latency=timedelta(days=1), frequency=timedelta(weeks=1)),
    tags=("feature", "weekly", "fleet", "spares"),
)
def installed_parts(shipped: Frame[Shipped], built_in: Frame[BuiltIn]) -> Frame[InstalledParts]:
    """Add up pieces and their first days week by week: a new hand brings a piece, a repair exchanges one."""
    fielded = _fielded(shipped, built_in)
    begins = pl.col("in_field_since").dt.timestamp("us") / WEEK_US
    weekly = fielded.group_by("part_number", "week_ends_at").agg(
        added=pl.col("new").sum().cast(pl.Int64),
        begun=(begins - pl.col("replaced_since").dt.timestamp("us").fill_null(0) / WEEK_US).sum(),
    )
    every = _every_week(weekly).join(weekly, on=["part_number", "week_ends_at"], how="left").fill_null(0)
    in_field = pl.col("added").cum_sum().over("part_number")
    mean_begin = pl.col("begun").cum_sum().over("part_number") / in_field
    age = pl.col("week_ends_at").dt.timestamp("us") / WEEK_US - mean_begin
    return InstalledParts.conform(
        every.sort("part_number", "week_ends_at").with_columns(
            known_at=pl.col("week_ends_at"), in_field=in_field, mean_age_weeks=age
        )
    )


def _fielded(shipped: Frame[Shipped], built_in: Frame[BuiltIn]) -> pl.LazyFrame:
    """Say of each piece since when it is in the field, since when we know, and what it replaced."""
    hands = shipped.rename({"recorded_at": "shipment_recorded_at"})
    pieces = built_in.join(hands, on="serial_number").with_columns(
        in_field_since=pl.max_horizontal("installed_at", "shipped_at"),
        known_at=pl.max_horizontal("recorded_at", "shipment_recorded_at", "shipped_at"),
    )
    place = ("serial_number", "part_number")
    replaced = pl.col("in_field_since").shift(1).over(place)
    return pieces.sort(*place, "installed_at").select(
        "part_number",
        "in_field_since",
        replaced.alias("replaced_since"),
        replaced.is_null().alias("new"),
        (pl.col("known_at").dt.truncate("1w") + WEEK).alias("week_ends_at"),
    )


def _every_week(weekly: pl.LazyFrame) -> pl.LazyFrame:
    """List every week from a part's first hand to the newest week."""
    first = weekly.group_by("part_number").agg(first=pl.col("week_ends_at").min())
    newest = weekly.select(newest=pl.col("week_ends_at").max())
    weeks = pl.datetime_ranges("first", "newest", interval="1w").alias("week_ends_at")
    return first.join(newest, how="cross").select("part_number", weeks).explode("week_ends_at")
