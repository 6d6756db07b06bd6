"""When hands stopped themselves, and which firmware ran."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

import polars as pl

from meshwright import Contract, EventTime, Frame, InputPort, Key, KnownAt, Matches, Sla, product, rule
from thenar_robotics.events import FleetEvent
from thenar_robotics.words import HandModel, Joint


class Running(InputPort, of="robotics.fleet_software", version=1):
    """Which firmware ran since when."""

    serial_number: str
    component: Literal["firmware", "motion_model"]
    version: str
    installed_at: datetime
    hand_model: HandModel | None


class ProtectiveStop(Contract, id="robotics.protective_stops", version="1.0.0", on_fail="quarantine"):
    """One row per stop of a connected hand; reports that arrive twice are quarantined by the key."""

    event_id: Annotated[str, Key(entity="fleet_event", keep="last"), Matches(r"EVT-\d{8}")]
    """Given by the fleet service."""
    serial_number: Annotated[str, Matches(r"SN-\d{7}")]
    """The hand."""
    hand_model: HandModel | None
    """What it is; null: sales knows of no shipment yet."""
    joint: Joint
    """The joint that stopped the hand."""
    cause: Literal["torque_limit", "position_error", "overheat"]
    """What the safety controller saw."""
    firmware_version: Annotated[str, Matches(r"\d+\.\d+\.\d+")] | None
    """What ran when it stopped; null: nobody reported an installation before."""
    stopped_at: Annotated[datetime, EventTime()]
    """When it stopped."""
    recorded_at: Annotated[datetime, KnownAt()]
    """When the fleet service learnt it."""

    @rule
    def recorded_after_stop() -> pl.Expr:
        """A stop cannot be reported before it happens: the hand's clock is wrong."""
        return pl.col("recorded_at") >= pl.col("stopped_at")


@product(
    owner="fleet-ops",
    purpose="reliability-engineering",
    sla=Sla(latency=timedelta(hours=6), frequency=timedelta(days=1)),
    tags=("fleet", "safety"),
)
def protective_stops(events: Frame[FleetEvent], running: Frame[Running]) -> Frame[ProtectiveStop]:
    """Stops with the firmware that had been installed last."""
    stops = events.filter(pl.col("kind") == "protective_stop").rename({"at": "stopped_at"})
    firmware = running.filter(pl.col("component") == "firmware").select(
        "serial_number", "installed_at", "hand_model", firmware_version=pl.col("version")
    )
    known = stops.select("event_id", "serial_number", "joint", "cause", "stopped_at", "recorded_at")
    return ProtectiveStop.conform(
        known.sort("stopped_at", "event_id").join_asof(
            firmware.sort("installed_at"),
            left_on="stopped_at",
            right_on="installed_at",
            by="serial_number",
            check_sortedness=False,
        )
    )
