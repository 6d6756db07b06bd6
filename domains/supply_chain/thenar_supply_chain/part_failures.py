"""Parts that failed in the field: which piece, of which lot, after how long."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

import polars as pl
from annotated_types import Ge

from meshwright import Contract, EventTime, Frame, InputPort, Key, KnownAt, Matches, Sla, product, rule
from thenar_supply_chain.words import HAND, LOT, PART, Joint


class Used(InputPort, of="supply_chain.spare_consumption", version=1):
    """Which part a repair replaced."""

    consumption_id: Annotated[str, Key(entity="spare_consumption")]
    part_number: str
    serial_number: str
    return_id: str
    recorded_at: datetime


class Returned(InputPort, of="sales.returns", version=1):
    """When the hand had come back, and what was wrong with it."""

    return_id: str
    reason_code: Literal["JOINT_WEAR", "NOISE", "LOSS_OF_GRIP", "NO_FAULT_FOUND", "WRONG_ITEM", "TRANSPORT_DAMAGE"]
    returned_at: datetime


class BuiltIn(InputPort, of="supply_chain.traceability", version=1):
    """Which lot the piece was of."""

    serial_number: str
    part_number: str
    joint: Joint
    lot_number: str
    installed_at: datetime


class PartFailure(Contract, id="supply_chain.part_failures", version="1.0.0", on_fail="quarantine"):
    """One row per piece that a repair replaced, as far as its return and its lot are known."""

    consumption_id: Annotated[str, Key(entity="spare_consumption"), Matches(r"SPC-\d{7}")]
    """The spare that replaced it."""
    part_number: Annotated[str, Matches(PART)]
    """What failed."""
    lot_number: Annotated[str, Matches(LOT)]
    """The lot it was of."""
    serial_number: Annotated[str, Matches(HAND)]
    """The hand it sat in."""
    joint: Joint
    """The joint it sat in."""
    reason_code: Literal["JOINT_WEAR", "NOISE", "LOSS_OF_GRIP", "NO_FAULT_FOUND", "WRONG_ITEM", "TRANSPORT_DAMAGE"]
    """What the return desk saw."""
    installed_at: datetime
    """When the piece had been built in."""
    weeks_to_failure: Annotated[float, Ge(0)]
    """From there to the day the hand came back."""
    returned_at: Annotated[datetime, EventTime()]
    """When the hand came back."""
    known_at: Annotated[datetime, KnownAt()]
    """When the ERP learnt which part it was."""

    @rule(severity="warn")
    def joint_failed() -> pl.Expr:
        """A repair without a diagnosed fault may have replaced a sound part."""
        return pl.col("reason_code").is_in(["JOINT_WEAR", "NOISE", "LOSS_OF_GRIP"])


@product(
    owner="quality",
    purpose="quality-analysis",
    sla=Sla(latency=timedelta(days=1), frequency=timedelta(days=1)),
    tags=("quality", "fleet"),
)
def part_failures(used: Frame[Used], returned: Frame[Returned], built_in: Frame[BuiltIn]) -> Frame[PartFailure]:
    """Find the piece that sat in the hand when it came back: the newest one built in before."""
    failed = (
        used.rename({"recorded_at": "known_at"}).join(returned, on="return_id").sort("returned_at", "consumption_id")
    )
    pieces = failed.join_asof(
        built_in.sort("installed_at"),
        left_on="returned_at",
        right_on="installed_at",
        by=["serial_number", "part_number"],
        check_sortedness=False,
    )
    weeks = (pl.col("returned_at") - pl.col("installed_at")).dt.total_seconds(fractional=True) / (7 * 86_400)
    return PartFailure.conform(pieces.filter(pl.col("lot_number").is_not_null()).with_columns(weeks_to_failure=weeks))
