"""Grippers and hands: what an arm ends in."""

from datetime import date, timedelta
from typing import Annotated, Literal

import polars as pl
from annotated_types import Gt, Interval, Len

from meshwright import Contract, Csv, Frame, Key, Matches, Sla, Source, Unit, product, rule


class DesignEndEffector(Source, name="design.end_effectors", format=Csv(delimiter="\t")):
    """One end effector, as the design office lists it."""

    effector_id: str
    name: str
    kind: str
    fingers: int
    grip_force_n: float
    stroke_mm: float
    released_on: date


class EndEffector(Contract, id="robotics.end_effectors", version="1.0.0", on_fail="quarantine"):
    """One row per end effector."""

    effector_id: Annotated[str, Key(entity="end_effector"), Matches(r"EE-\d{2}")]
    """Never reused."""
    name: Annotated[str, Len(1, 60)]
    """What engineers call it."""
    kind: Literal["gripper", "hand"]
    """A hand has a thumb that opposes."""
    fingers: Annotated[int, Interval(ge=2, le=6)]
    """Thumb included."""
    grip_force_n: Annotated[float, Gt(0), Unit("N")]
    """With all fingers closed, at rated current."""
    stroke_mm: Annotated[float, Gt(0), Unit("mm")]
    """From open to closed."""
    released_on: date
    """First day on which it could be ordered."""

    @rule
    def hand_has_four_fingers() -> pl.Expr:
        """With fewer than four fingers it is a gripper."""
        return (pl.col("kind") == "gripper") | (pl.col("fingers") >= 4)


@product(
    owner="hand-lab",
    purpose="product-development",
    sla=Sla(frequency=timedelta(days=30)),
    tags=("master-data", "design"),
)
def end_effectors(drawings: Frame[DesignEndEffector]) -> Frame[EndEffector]:
    """End effectors without the blanks that people type behind a kind."""
    return EndEffector.conform(drawings.with_columns(kind=pl.col("kind").str.strip_chars()))
