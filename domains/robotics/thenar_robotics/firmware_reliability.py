"""How often hands stop themselves under each firmware version."""

from datetime import datetime, timedelta
from typing import Annotated

import polars as pl
from annotated_types import Ge, Gt, Interval

from meshwright import Contract, Frame, InputPort, Key, Matches, Pii, Sla, Unit, product, rule


class Stop(InputPort, of="robotics.protective_stops", version=1):
    """Which firmware ran when a hand stopped."""

    event_id: str
    cause: str
    firmware_version: str | None


class Worked(InputPort, of="robotics.joint_fatigue", version=1):
    """How long hands worked under which firmware."""

    serial_number: str
    measured_at: datetime
    firmware_version: str
    operating_hours: Annotated[float, Unit("h")]


class Installed(InputPort, of="robotics.fleet_software", version=1):
    """Which hands, of how many customers, run a version now."""

    serial_number: str
    version: str
    replaced_at: datetime | None
    customer_token: Annotated[str, Pii("pseudonym")] | None


class FirmwareReliability(Contract, id="robotics.firmware_reliability", version="1.0.0"):
    """One row per firmware version that has worked in the field, over all time."""

    firmware_version: Annotated[str, Key(entity="firmware"), Matches(r"\d+\.\d+\.\d+")]
    """The version."""
    operating_hours: Annotated[float, Gt(0), Unit("h")]
    """Hours that connected hands worked under it."""
    stops: Annotated[int, Ge(0)]
    """Protective stops under it."""
    stops_per_1000_h: Annotated[float, Ge(0)]
    """Stops per 1,000 operating hours: what versions are compared by."""
    position_error_share: Annotated[float, Interval(ge=0, le=1)]
    """Share of the stops that were position errors."""
    hands_running: Annotated[int, Ge(0), Unit("piece")]
    """Hands on which it runs today, connected or not."""
    customers_running: Annotated[int, Ge(0)]
    """Customers who have such hands."""

    @rule
    def rate_follows_from_counts() -> pl.Expr:
        """Stops over hours gives the rate."""
        rate = 1000 * pl.col("stops") / pl.col("operating_hours")
        return (pl.col("stops_per_1000_h") - rate).abs() < 1e-6


@product(
    owner="fleet-ops",
    purpose="reliability-engineering",
    sla=Sla(latency=timedelta(days=1), frequency=timedelta(weeks=1)),
    tags=("fleet", "software", "safety"),
)
def firmware_reliability(
    stops: Frame[Stop], worked: Frame[Worked], installed: Frame[Installed]
) -> Frame[FirmwareReliability]:
    """Divide stops by hours, version by version; a hand's three joints report the same hours."""
    weeks = worked.unique(["serial_number", "measured_at"])
    hours = weeks.group_by("firmware_version").agg(pl.col("operating_hours").sum())
    counted = stops.group_by("firmware_version").agg(
        stops=pl.len().cast(pl.Int64), position_error_share=(pl.col("cause") == "position_error").mean()
    )
    running = installed.filter(pl.col("replaced_at").is_null()).group_by(firmware_version=pl.col("version"))
    today = running.agg(
        hands_running=pl.col("serial_number").n_unique().cast(pl.Int64),
        customers_running=pl.col("customer_token").drop_nulls().n_unique().cast(pl.Int64),
    )
    joined = hours.join(counted, on="firmware_version", how="left").join(today, on="firmware_version", how="left")
    rate = 1000 * pl.col("stops") / pl.col("operating_hours")
    return FirmwareReliability.conform(joined.fill_null(0).with_columns(stops_per_1000_h=rate).sort("firmware_version"))
