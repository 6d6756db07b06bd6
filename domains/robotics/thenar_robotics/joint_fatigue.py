"""The load that each joint of a connected hand bore, week by week: a feature product."""

from datetime import datetime, timedelta
from typing import Annotated

import polars as pl
from annotated_types import Ge, Interval

from meshwright import (
    AllowInfNan,
    Contract,
    EventTime,
    Frame,
    InputPort,
    Key,
    KnownAt,
    Matches,
    Parquet,
    Sla,
    Source,
    Unit,
    product,
    rule,
)
from thenar_robotics.words import Joint

MOST_TORQUE_NM = 200.0


class Telemetry(Source, name="fleet.telemetry", format=Parquet()):
    """One joint's week, as a gateway sends it; a sensor that is off sends NaN, one gateway sent mNm for a while."""

    serial_number: str
    joint: str
    gateway_id: str
    firmware_version: str
    at: datetime
    hours: float
    cycles: int
    torque_p95: Annotated[float, AllowInfNan(True)]
    temperature: Annotated[float, AllowInfNan(True)]
    backlash: float
    recorded_at: datetime


class Shipped(InputPort, of="sales.shipments", version=1):
    """When a hand's service began."""

    serial_number: str
    shipped_at: datetime


class JointWeek(Contract, id="robotics.joint_fatigue", version="1.0.0", on_fail="quarantine"):
    """One row per joint, week and statement: a corrected reading stands beside the first, with its own `recorded_at`.

    Today's view is the newest `recorded_at` of a joint and week. Rows that arrive twice are quarantined by the key,
    readings of a sensor that was off (NaN) by the column.
    """

    serial_number: Annotated[str, Key(entity="hand", keep="last"), Matches(r"SN-\d{7}")]
    """The hand."""
    joint: Annotated[Joint, Key(keep="last")]
    """The joint."""
    measured_at: Annotated[datetime, Key(keep="last"), EventTime()]
    """End of the week's duty."""
    recorded_at: Annotated[datetime, Key(keep="last"), KnownAt()]
    """When the gateway handed it over."""
    gateway_id: Annotated[str, Matches(r"GW-\d")]
    """Which gateway."""
    firmware_version: Annotated[str, Matches(r"\d+\.\d+\.\d+")]
    """What ran at the end of the week."""
    weeks_in_service: float | None
    """Weeks since the hand was shipped; null: sales knows of no shipment yet."""
    operating_hours: Annotated[float, Interval(ge=0, le=168), Unit("h")]
    """Hours of the hand in the week, the same for its joints."""
    cycles: Annotated[int, Ge(0)]
    """Movements of the joint in the week."""
    torque_p95_nm: Annotated[float, Interval(ge=0, le=MOST_TORQUE_NM), Unit("N.m")]
    """95th percentile of the torque in the week."""
    torque_was_mnm: bool
    """Whether the gateway sent mNm, which the product corrected."""
    temperature_c: Annotated[float, Interval(ge=-20, le=120), Unit("Cel")]
    """Mean of the motor's winding."""
    backlash_arcmin: Annotated[float, Interval(ge=0, le=600), Unit("'")]
    """Play as measured: grows with wear and falls back after a repair."""

    @rule
    def cycles_need_hours() -> pl.Expr:
        """A joint does not move while the hand is off."""
        return (pl.col("cycles") == 0) | (pl.col("operating_hours") > 0)


@product(
    owner="fleet-ops",
    purpose="reliability-engineering",
    sla=Sla(latency=timedelta(days=1), frequency=timedelta(weeks=1), retention=timedelta(days=1825)),
    tags=("feature", "fleet", "telemetry"),
)
def joint_fatigue(telemetry: Frame[Telemetry], shipped: Frame[Shipped]) -> Frame[JointWeek]:
    """Readings in one unit: no joint bears 200 N.m, the motors cannot; what is above was sent in mNm."""
    torque = pl.col("torque_p95")
    in_milli = torque.is_finite() & (torque > MOST_TORQUE_NM)
    service = (pl.col("at") - pl.col("shipped_at")).dt.total_seconds(fractional=True) / (7 * 86_400)
    return JointWeek.conform(
        telemetry.join(shipped, on="serial_number", how="left", maintain_order="left")
        .with_columns(
            weeks_in_service=service,
            torque_p95_nm=pl.when(in_milli).then(torque / 1000).otherwise(torque),
            torque_was_mnm=in_milli,
        )
        .rename({"at": "measured_at", "hours": "operating_hours", "temperature": "temperature_c"})
        .rename({"backlash": "backlash_arcmin"})
    )
