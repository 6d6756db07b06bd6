"""How good each lot was: what inspection saw, and how many of its parts failed early in the field."""

from datetime import date, datetime, timedelta
from typing import Annotated

import polars as pl
from annotated_types import Ge, Interval

from meshwright import (
    Contract,
    Csv,
    DateFormat,
    Frame,
    InputPort,
    Key,
    Matches,
    Pii,
    Sla,
    Source,
    Unit,
    product,
    rule,
)
from thenar_supply_chain.words import LOT, PART, Joint

EARLY_WEEKS = 26
Z = 1.96


class Inspection(Source, name="quality.inspections", format=Csv()):
    """One sample of a lot, judged by a person."""

    inspection_id: str
    lot_number: str
    inspected_on: Annotated[date, DateFormat("%m/%d/%Y")]
    sample_size: int
    rejected: int
    inspector: Annotated[str, Pii("name")]
    recorded_at: datetime


class Received(InputPort, of="supply_chain.lots", version=1):
    """Who delivered which lot."""

    lot_number: Annotated[str, Key(entity="lot")]
    supplier_id: str
    part_number: str
    received_at: datetime


class BuiltIn(InputPort, of="supply_chain.traceability", version=1):
    """Which hand holds which lot."""

    serial_number: str
    joint: Joint
    lot_number: str
    installed_at: datetime


class Failed(InputPort, of="supply_chain.part_failures", version=1):
    """Which pieces of a lot failed, and after how long."""

    lot_number: str
    weeks_to_failure: float


class Reading(InputPort, of="robotics.joint_fatigue", version=1):
    """What connected hands measure in the joint."""

    serial_number: str
    joint: Joint
    measured_at: datetime
    recorded_at: datetime
    weeks_in_service: float | None
    temperature_c: Annotated[float, Unit("Cel")]
    backlash_arcmin: Annotated[float, Unit("'")]


class LotQuality(Contract, id="supply_chain.incoming_quality", version="1.0.0", on_fail="quarantine"):
    """One row per lot that went into hands; who looks for bad lots sorts by `at_least_per_1000`.

    A part failed early when a repair replaced it and the hand had come back within 26 weeks after it was built in.
    """

    lot_number: Annotated[str, Key(entity="lot"), Matches(LOT)]
    """The lot."""
    supplier_id: Annotated[str, Matches(r"SUP-\d{2}")]
    """Who delivered it."""
    part_number: Annotated[str, Matches(PART)]
    """What it is."""
    received_at: datetime
    """When it arrived."""
    sampled: Annotated[int, Ge(0), Unit("piece")]
    """Pieces that incoming inspection looked at; 0: not inspected."""
    rejected: Annotated[int, Ge(0), Unit("piece")]
    """Pieces of the sample that it rejected."""
    installed: Annotated[int, Ge(1), Unit("piece")]
    """Pieces built into hands."""
    failed_early: Annotated[int, Ge(0), Unit("piece")]
    """Pieces that failed within 26 weeks."""
    failures_per_1000: Annotated[float, Interval(ge=0, le=1000)]
    """Early failures per 1,000 pieces built in."""
    at_least_per_1000: Annotated[float, Interval(ge=0, le=1000)]
    """Lower end of the 95 % interval (Wilson) of that rate: one failure of three pieces proves little."""
    mean_temperature_c: Annotated[float, Unit("Cel")] | None
    """Of the joints that hold it, over its first 26 weeks; null: no connected hand."""
    mean_backlash_arcmin: Annotated[float, Ge(0), Unit("'")] | None
    """Of the joints that hold it, over its first 26 weeks; null: no connected hand."""
    mean_weeks_in_service: float | None
    """How long those hands had been in the field by then: lots are compared at like age; null: no connected hand."""

    @rule
    def rejects_are_of_the_sample() -> pl.Expr:
        """A part is not more than the whole: somebody swapped two cells."""
        return pl.col("rejected") <= pl.col("sampled")


@product(
    owner="quality",
    purpose="quality-analysis",
    sla=Sla(latency=timedelta(days=1), frequency=timedelta(weeks=1)),
    tags=("quality", "suppliers"),
)
def incoming_quality(
    inspections: Frame[Inspection],
    lots: Frame[Received],
    built_in: Frame[BuiltIn],
    failed: Frame[Failed],
    readings: Frame[Reading],
) -> Frame[LotQuality]:
    """Follow each lot from inspection into hands and back."""
    installed = built_in.group_by("lot_number").agg(installed=pl.len().cast(pl.Int64))
    early = pl.col("weeks_to_failure") <= EARLY_WEEKS
    failures = failed.group_by("lot_number").agg(failed_early=early.sum().cast(pl.Int64))
    followed = lots.join(installed, on="lot_number")
    for found in (_sampled(inspections), failures, _measured(built_in, readings)):
        followed = followed.join(found, on="lot_number", how="left")
    return LotQuality.conform(
        followed.with_columns(pl.col("sampled", "rejected", "failed_early").fill_null(0))
        .with_columns(
            failures_per_1000=1000 * pl.col("failed_early") / pl.col("installed"),
            at_least_per_1000=1000 * _at_least("failed_early", "installed"),
        )
        .sort("lot_number")
    )


def _sampled(inspections: Frame[Inspection]) -> pl.LazyFrame:
    """Count what was looked at and rejected; a form that was handed over twice counts once."""
    once = inspections.unique("inspection_id", keep="any").group_by("lot_number")
    return once.agg(sampled=pl.col("sample_size").sum(), rejected=pl.col("rejected").sum())


def _measured(built_in: Frame[BuiltIn], readings: Frame[Reading]) -> pl.LazyFrame:
    """Average what joints measured, by the newest statement, in the 26 weeks after a piece was built in."""
    reading = ["serial_number", "joint", "measured_at"]
    newest = readings.sort("recorded_at").unique(reading, keep="last", maintain_order=True)
    since = pl.col("measured_at") - pl.col("installed_at")
    meanwhile = pl.duration(), pl.duration(weeks=EARLY_WEEKS)
    measured = built_in.join(newest, on=["serial_number", "joint"]).filter(since.is_between(*meanwhile))
    return measured.group_by("lot_number").agg(
        mean_temperature_c=pl.col("temperature_c").mean(),
        mean_backlash_arcmin=pl.col("backlash_arcmin").mean(),
        mean_weeks_in_service=pl.col("weeks_in_service").mean(),
    )


def _at_least(failed: str, of: str) -> pl.Expr:
    """Give the lower end of Wilson's interval for a share: below it the truth lies in one case of forty."""
    share, count = pl.col(failed) / pl.col(of), pl.col(of)
    middle = share + Z * Z / (2 * count)
    spread = Z * (share * (1 - share) / count + Z * Z / (4 * count * count)).sqrt()
    return ((middle - spread) / (1 + Z * Z / count)).clip(0, 1)
