"""Which software ran on which hand since when."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

import polars as pl

from meshwright import (
    Contract,
    EventTime,
    Frame,
    InputPort,
    Key,
    KnownAt,
    Level,
    Matches,
    Pii,
    Sla,
    product,
    rule,
)
from thenar_robotics.events import FleetEvent
from thenar_robotics.words import HandModel


class Shipped(InputPort, of="sales.shipments", version=1):
    """What left the factory; of the customer we need no more than whether two are the same."""

    serial_number: str
    customer_id: Annotated[str, Pii("identifier"), Level("token")]
    hand_model: HandModel
    firmware_version: str
    motion_model: str
    connected: bool
    shipped_at: datetime
    recorded_at: datetime


class Installation(Contract, id="robotics.fleet_software", version="1.0.0", on_fail="quarantine"):
    """One row per hand, component and installation.

    Connected hands report every installation; of the others we know what they left the factory with. Reports that
    arrive twice are quarantined by the key.
    """

    serial_number: Annotated[str, Key(entity="hand", keep="last"), Matches(r"SN-\d{7}")]
    """The hand."""
    component: Annotated[Literal["firmware", "motion_model"], Key(keep="last")]
    """What was installed."""
    installed_at: Annotated[datetime, Key(keep="last"), EventTime()]
    """When it began to run."""
    version: Annotated[str, Matches(r"\d+\.\d+\.\d+|mm-\d+")]
    """What was installed."""
    replaced_at: datetime | None
    """When the next version took over; null: it still runs. Known later than the row: no feature."""
    reported_by: Literal["hand", "factory"]
    """Whether the hand said so, or the factory when it left."""
    hand_model: HandModel | None
    """What the hand is; null: sales knows of no shipment yet."""
    customer_token: Annotated[str, Pii("pseudonym")] | None
    """Stands for the customer: equal for equal customers, and nothing else; null: no shipment yet."""
    recorded_at: Annotated[datetime, KnownAt()]
    """When the fleet service, or the ERP, learnt it."""

    @rule
    def firmware_is_numbered() -> pl.Expr:
        """Firmware has three numbers, a motion model has a name."""
        return (pl.col("component") == "motion_model") == pl.col("version").str.starts_with("mm-")


@product(
    owner="fleet-ops",
    purpose="reliability-engineering",
    sla=Sla(latency=timedelta(hours=6), frequency=timedelta(days=1)),
    tags=("fleet", "software"),
)
def fleet_software(events: Frame[FleetEvent], shipped: Frame[Shipped]) -> Frame[Installation]:
    """Put reported installations beside what unconnected hands left the factory with."""
    reported = events.filter(pl.col("kind") == "software_installed").select(
        "serial_number", "component", "version", "recorded_at",
        installed_at=pl.col("at"), reported_by=pl.lit("hand"),
    )  # fmt: skip
    installed = pl.concat([reported, *(_as_shipped(shipped, c) for c in ("firmware", "motion_model"))])
    hands = shipped.select("serial_number", "hand_model", customer_token=pl.col("customer_id"))
    moment = ["serial_number", "component", "installed_at"]
    known = installed.join(_replaced(installed), on=moment, how="left", maintain_order="left")
    return Installation.conform(known.join(hands, on="serial_number", how="left", maintain_order="left"))


def _as_shipped(shipped: Frame[Shipped], component: str) -> pl.LazyFrame:
    """Read one component's version from the shipment of each hand that reports nothing."""
    column = "firmware_version" if component == "firmware" else component
    return shipped.filter(~pl.col("connected")).select(
        "serial_number",
        pl.lit(component).alias("component"),
        pl.col(column).alias("version"),
        "recorded_at",
        pl.col("shipped_at").alias("installed_at"),
        pl.lit("factory").alias("reported_by"),
    )


def _replaced(installed: pl.LazyFrame) -> pl.LazyFrame:
    """Find when the next installation of the same component took over."""
    moments = installed.select("serial_number", "component", "installed_at").unique()
    following = pl.col("installed_at").shift(-1).over("serial_number", "component")
    return moments.sort("serial_number", "component", "installed_at").with_columns(replaced_at=following)
