"""What moves a joint: each geometry version of each transmission."""

from datetime import date, timedelta
from typing import Annotated, Literal

import polars as pl
from annotated_types import Gt, Interval

from meshwright import (
    Class,
    Contract,
    Csv,
    Frame,
    Key,
    Matches,
    OnFail,
    References,
    Sla,
    Source,
    Unit,
    product,
    rule,
)
from thenar_robotics.words import Joint


class DesignTransmission(Source, name="design.transmissions", format=Csv()):
    """One geometry version, as the design office lists it; cables have no teeth, so no width of them."""

    transmission_id: str
    kind: str
    joint: str
    geometry_version: str
    gear_ratio: float
    backlash_arcmin: Annotated[float, Class("engineering")]
    tooth_width_mm: Annotated[float, Class("engineering")] | None
    rated_torque_nm: float
    part_number: str
    released_on: date
    superseded_by: str | None


class Transmission(Contract, id="robotics.transmissions", version="1.0.0", on_fail="quarantine"):
    """One row per transmission: another geometry is another transmission."""

    transmission_id: Annotated[str, Key(entity="transmission"), Matches(r"TR-\d{4}")]
    """Never reused."""
    kind: Literal["harmonic", "belt", "cable"]
    """How it transmits."""
    joint: Joint
    """Where it sits."""
    geometry_version: Annotated[str, Matches("[A-Z]")]
    """A letter per geometry of teeth or routing."""
    gear_ratio: Annotated[float, Gt(1)]
    """Turns of the motor per turn of the joint."""
    backlash_arcmin: Annotated[float, Interval(gt=0, le=600), Unit("'"), Class("engineering")]
    """Play of a new one, measured at the joint."""
    tooth_width_mm: Annotated[float, Gt(0), Unit("mm"), Class("engineering")] | None
    """Width of a tooth; null: a cable has none."""
    rated_torque_nm: Annotated[float, Gt(0), Unit("N.m")]
    """What it bears for its rated life."""
    part_number: Annotated[str, References("supply_chain.parts", "part_number"), OnFail("warn")]
    """The part that wears, as supply chain buys it; engineering may be ahead of purchasing."""
    released_on: date
    """First day on which it was built in."""
    superseded_by: Annotated[str, Matches(r"TR-\d{4}")] | None
    """What is built in instead; null: nothing yet."""

    @rule
    def only_teeth_have_width() -> pl.Expr:
        """A cable has no teeth; gears and belts do."""
        return (pl.col("kind") == "cable") == pl.col("tooth_width_mm").is_null()


@product(
    owner="hand-lab",
    purpose="product-development",
    sla=Sla(frequency=timedelta(days=30)),
    tags=("master-data", "design"),
)
def transmissions(drawings: Frame[DesignTransmission]) -> Frame[Transmission]:
    """Transmissions as designed."""
    return Transmission.conform(drawings)
