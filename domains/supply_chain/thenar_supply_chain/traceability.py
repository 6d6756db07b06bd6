"""Which lot went into which hand."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

import polars as pl

from meshwright import (
    Contract,
    Csv,
    EventTime,
    Frame,
    Key,
    KnownAt,
    Matches,
    OnFail,
    References,
    Sla,
    Source,
    product,
    rule,
)
from thenar_supply_chain.words import HAND, LOT, PART, Joint


class Installation(Source, name="mes.traceability", format=Csv()):
    """One traced part, scanned when it was built in."""

    serial_number: str
    joint: str
    part_number: str
    lot_number: str
    installed_at: datetime
    installed_by: str
    recorded_at: datetime


class BuiltIn(Contract, id="supply_chain.traceability", version="1.0.0", on_fail="quarantine"):
    """One row per traced part built into a hand: nine at assembly, one per part that a repair replaced."""

    serial_number: Annotated[str, Key(entity="hand"), Matches(HAND)]
    """The hand, sold or not."""
    part_number: Annotated[str, Key(), Matches(PART)]
    """The part; a hand holds it at one joint only."""
    installed_at: Annotated[datetime, Key(), EventTime()]
    """When it was built in; what sat there before came out."""
    joint: Joint
    """The joint."""
    lot_number: Annotated[str, References("supply_chain.lots", "lot_number"), OnFail("warn"), Matches(LOT)]
    """The lot; a warning alone, for the part is in the hand even where its delivery waits in quarantine."""
    installed_by: Literal["assembly", "repair"]
    """Who built it in."""
    recorded_at: Annotated[datetime, KnownAt()]
    """When the line handed the scan over."""

    @rule
    def recorded_after_installed() -> pl.Expr:
        """A scan is not older than what it scans."""
        return pl.col("recorded_at") >= pl.col("installed_at")


@product(
    owner="quality",
    purpose="quality-analysis",
    sla=Sla(latency=timedelta(days=1), frequency=timedelta(days=1), retention=timedelta(days=5475)),
    tags=("fleet", "quality"),
)
def traceability(scans: Frame[Installation]) -> Frame[BuiltIn]:
    """Scans as the assembly line and the repair shop hand them over."""
    return BuiltIn.conform(scans)
