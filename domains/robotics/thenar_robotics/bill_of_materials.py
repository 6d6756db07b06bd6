"""What is built from what, from which day to which."""

from datetime import date, timedelta
from typing import Annotated, Literal

import polars as pl
from annotated_types import Gt

from meshwright import Contract, Frame, Key, Matches, Sla, Source, Sqlite, Unit, product, rule
from thenar_robotics.words import Joint

ITEM = r"H\d(-Lite)?|(AV|EE)-\d{2}|TR-\d{4}|[A-Z]{3}-\d{4}"


class ErpStructure(Source, name="erp.bill_of_materials", format=Sqlite(table="bill_of_materials")):
    """One line of a structure; a change of design closes one line and opens another."""

    parent_item: str
    component_item: str
    component_kind: str
    joint: str | None
    quantity: int
    valid_from: date
    valid_to: date | None


class Component(Contract, id="robotics.bill_of_materials", version="1.0.0"):
    """One row per parent, component and period: hand model, then arm, end effector or transmission, then part."""

    parent_item: Annotated[str, Key(entity="item"), Matches(ITEM)]
    """Hand model, arm variant, end effector or transmission."""
    component_item: Annotated[str, Key(), Matches(ITEM)]
    """What is built into it."""
    component_kind: Literal["arm_variant", "end_effector", "transmission", "part"]
    """What the component is."""
    joint: Joint | None
    """Where a transmission sits; null: not at a joint."""
    quantity: Annotated[int, Gt(0), Unit("piece")]
    """Pieces per parent."""
    valid_from: Annotated[date, Key()]
    """First day on which it was built so."""
    valid_to: date | None
    """First day on which it was not; null: still valid."""

    @rule
    def ends_after_it_begins() -> pl.Expr:
        """A period has at least a day."""
        return pl.col("valid_to") > pl.col("valid_from")

    @rule
    def transmission_has_joint() -> pl.Expr:
        """A transmission moves a joint, and nothing else does."""
        return (pl.col("component_kind") == "transmission") == pl.col("joint").is_not_null()


@product(
    owner="hand-lab",
    purpose="product-development",
    sla=Sla(frequency=timedelta(days=7)),
    tags=("master-data", "design"),
)
def bill_of_materials(erp: Frame[ErpStructure]) -> Frame[Component]:
    """The structure as engineering released it; a contradiction stops the build, for assembly follows it."""
    return Component.conform(erp)
