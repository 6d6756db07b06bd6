"""How worn the fleet's joints are, per part and week: a feature product."""

from datetime import datetime, timedelta
from typing import Annotated

import polars as pl
from annotated_types import Ge, Gt, Interval

from meshwright import (
    Class,
    Contract,
    EventTime,
    Frame,
    InputPort,
    Key,
    KnownAt,
    Matches,
    Sla,
    Unit,
    product,
    rule,
)
from thenar_robotics.words import Joint

WEEK = pl.duration(weeks=1)
WORN = 1.8


class Reading(InputPort, of="robotics.joint_fatigue", version=1):
    """What connected hands report."""

    serial_number: str
    joint: Joint
    measured_at: datetime
    recorded_at: datetime
    weeks_in_service: float | None
    operating_hours: Annotated[float, Unit("h")]
    temperature_c: Annotated[float, Unit("Cel")]
    backlash_arcmin: Annotated[float, Unit("'")]


class BuiltIn(InputPort, of="supply_chain.traceability", version=1):
    """Which parts sit in a joint."""

    serial_number: str
    joint: Joint
    part_number: str


class Design(InputPort, of="robotics.transmissions", version=1):
    """What a new transmission's backlash is, by the part that wears."""

    part_number: str
    backlash_arcmin: Annotated[float, Unit("'"), Class("engineering")]


class FleetWear(Contract, id="robotics.fleet_wear", version="1.0.0"):
    """One row per traced part and week, over the connected hands that hold it; a row never changes.

    A reading that was recorded after the week, late or as a correction, is left out: whoever decided on that Monday
    did not know it.
    """

    part_number: Annotated[str, Key(entity="part"), Matches(r"[A-Z]{3}-\d{4}")]
    """A traced part: transmission part, bearing or motor of a joint."""
    joint: Annotated[Joint, Key()]
    """The joint it sits in."""
    week_ends_at: Annotated[datetime, Key(), EventTime()]
    """The Monday, 00:00 UTC, with which the week is over."""
    known_at: Annotated[datetime, KnownAt()]
    """The same Monday: nothing recorded after it is counted."""
    joints: Annotated[int, Gt(0), Unit("piece")]
    """Joints that reported."""
    operating_hours: Annotated[float, Ge(0), Unit("h")]
    """Hours they worked together in the week."""
    mean_weeks_in_service: Annotated[float, Ge(0)] | None
    """How long their hands had been in the field; null: sales knows none of them."""
    backlash_ratio: Annotated[float, Ge(0), Class("engineering")]
    """Mean of measured over new backlash: 1 is as new."""
    worn_share: Annotated[float, Interval(ge=0, le=1), Class("engineering")]
    """Share of the joints whose backlash is above 1.8 times that of a new one."""
    temperature_c: Annotated[float, Unit("Cel")]
    """Mean of the motors' windings: worn motors run hot."""

    @rule
    def known_after_the_week() -> pl.Expr:
        """A week's wear is not known before the week is over: nothing may look ahead."""
        return pl.col("known_at") >= pl.col("week_ends_at")


@product(
    owner="fleet-ops",
    purpose="reliability-engineering",
    sla=Sla(latency=timedelta(days=1), frequency=timedelta(weeks=1)),
    tags=("feature", "weekly", "fleet"),
)
def fleet_wear(readings: Frame[Reading], built_in: Frame[BuiltIn], designs: Frame[Design]) -> Frame[FleetWear]:
    """Average what joints reported in time, over every part that sat in them."""
    week_ends = pl.col("measured_at").dt.truncate("1w") + WEEK
    in_time = readings.with_columns(week_ends_at=week_ends).filter(pl.col("recorded_at") <= pl.col("week_ends_at"))
    parts = built_in.select("serial_number", "joint", "part_number").unique()
    measured = in_time.join(_new_backlash(built_in, designs), on=["serial_number", "joint"]).join(
        parts, on=["serial_number", "joint"]
    )
    ratio = pl.col("backlash_arcmin") / pl.col("new_arcmin")
    worn = measured.with_columns(ratio=ratio).group_by("part_number", "joint", "week_ends_at").agg(
        joints=pl.len().cast(pl.Int64),
        operating_hours=pl.col("operating_hours").sum(),
        mean_weeks_in_service=pl.col("weeks_in_service").mean(),
        backlash_ratio=pl.col("ratio").mean(),
        worn_share=(pl.col("ratio") > WORN).mean(),
        temperature_c=pl.col("temperature_c").mean(),
    )  # fmt: skip
    return FleetWear.conform(
        worn.with_columns(known_at=pl.col("week_ends_at")).sort("part_number", "joint", "week_ends_at")
    )


def _new_backlash(built_in: Frame[BuiltIn], designs: Frame[Design]) -> pl.LazyFrame:
    """Find what each joint's backlash was when new; a repair puts in the same part number as assembly did."""
    new = designs.select("part_number", new_arcmin=pl.col("backlash_arcmin"))
    return built_in.join(new, on="part_number").select("serial_number", "joint", "new_arcmin").unique()
