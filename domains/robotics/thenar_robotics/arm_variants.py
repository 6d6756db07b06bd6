"""The arms that carry a hand."""

from datetime import date, timedelta
from typing import Annotated, Literal

import polars as pl
from annotated_types import Gt, Interval, Len

from meshwright import Contract, Csv, Frame, Key, Matches, Sla, Source, Unit, product, rule

SHORTEST_MM = 100.0
MM_PER_INCH = 25.4


class DesignArmVariant(Source, name="design.arm_variants", format=Csv()):
    """One arm, as the design office lists it; one drawing came from an office that measures in inches."""

    variant_id: str
    name: str
    hand_models: str
    reach_mm: float
    payload_kg: float
    mass_kg: float
    released_on: date
    status: str


class ArmVariant(Contract, id="robotics.arm_variants", version="1.0.0", on_fail="quarantine"):
    """One row per arm."""

    variant_id: Annotated[str, Key(entity="arm_variant"), Matches(r"AV-\d{2}")]
    """Never reused."""
    name: Annotated[str, Len(1, 60)]
    """What engineers call it."""
    hand_models: Annotated[list[Annotated[str, Matches(r"H\d(-Lite)?")]], Len(1, 9)]
    """The hands that it carries."""
    reach_mm: Annotated[float, Interval(ge=SHORTEST_MM, le=2_000), Unit("mm")]
    """From shoulder to flange, stretched out."""
    payload_kg: Annotated[float, Gt(0), Unit("kg")]
    """What it lifts, hand included."""
    mass_kg: Annotated[float, Gt(0), Unit("kg")]
    """What it weighs."""
    released_on: date
    """First day on which it could be ordered."""
    status: Literal["active", "retired"]
    """Whether it is still built."""

    @rule(severity="warn")
    def lifts_less_than_it_weighs() -> pl.Expr:
        """No arm of ours has lifted its own mass yet: look twice."""
        return pl.col("payload_kg") <= pl.col("mass_kg")


@product(
    owner="hand-lab",
    purpose="product-development",
    sla=Sla(frequency=timedelta(days=30)),
    tags=("master-data", "design"),
)
def arm_variants(drawings: Frame[DesignArmVariant]) -> Frame[ArmVariant]:
    """Arms, all in millimetres: no arm is shorter than 100 mm, so a smaller reach was given in inches."""
    reach = pl.col("reach_mm")
    return ArmVariant.conform(
        drawings.with_columns(
            hand_models=pl.col("hand_models").str.split("|"),
            reach_mm=pl.when(reach < SHORTEST_MM).then(reach * MM_PER_INCH).otherwise(reach),
        )
    )
