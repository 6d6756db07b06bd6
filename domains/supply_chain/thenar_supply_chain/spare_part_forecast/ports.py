"""What the forecast reads, of all three domains."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from meshwright import Class, Decimals, EventTime, InputPort, Key, KnownAt, Unit
from thenar_supply_chain.words import Location


class Installed(InputPort, of="supply_chain.installed_parts", version=1):
    """The spine: every part in the field, Monday by Monday."""

    part_number: Annotated[str, Key(entity="part")]
    week_ends_at: Annotated[datetime, Key(), EventTime()]
    in_field: Annotated[int, Unit("piece")]
    mean_age_weeks: float


class Used(InputPort, of="supply_chain.weekly_spare_demand", version=1):
    """Spares used, as known on every Monday since."""

    part_number: Annotated[str, Key(entity="part")]
    week_ends_at: Annotated[datetime, Key(), EventTime()]
    known_at: Annotated[datetime, Key(), KnownAt()]
    used: Annotated[int, Unit("piece")]
    used_4w: Annotated[int, Unit("piece")]
    used_13w: Annotated[int, Unit("piece")]
    used_52w: Annotated[int, Unit("piece")]


class LeadTime(InputPort, of="supply_chain.lead_times", version=1):
    """How long the last deliveries took."""

    part_number: Annotated[str, Key(entity="part")]
    received_at: Annotated[datetime, Key(), EventTime()]
    known_at: Annotated[datetime, KnownAt()]
    lead_days_mean: Annotated[float, Unit("d")]


class Shelf(InputPort, of="supply_chain.stock", version=1):
    """What lies on the shelf for repairs, and what a piece costs."""

    item_id: Annotated[str, Key(entity="item")]
    location: Annotated[Location, Key()]
    snapshot_at: Annotated[datetime, EventTime()]
    recorded_at: Annotated[datetime, KnownAt()]
    on_hand: Annotated[int, Unit("piece")]
    unit_cost_eur: Annotated[Decimal, Decimals(18, 2), Unit("EUR"), Class("commercial.cost")] | None


class Wear(InputPort, of="robotics.fleet_wear", version=1):
    """How worn the joints are that hold the part."""

    part_number: Annotated[str, Key(entity="part")]
    week_ends_at: Annotated[datetime, EventTime()]
    known_at: Annotated[datetime, KnownAt()]
    backlash_ratio: Annotated[float, Class("engineering")]
    worn_share: Annotated[float, Class("engineering")]
    temperature_c: Annotated[float, Unit("Cel")]


class Structure(InputPort, of="robotics.bill_of_materials", version=1):
    """Which hands hold the part."""

    parent_item: str
    component_item: str
    component_kind: Literal["arm_variant", "end_effector", "transmission", "part"]
    valid_from: date


class Ordered(InputPort, of="sales.weekly_demand", version=1):
    """Hands that customers ordered, as known on every Monday since."""

    hand_model: Annotated[Literal["H1", "H2", "H2-Lite"], Key(entity="hand_model")]
    week_ends_at: Annotated[datetime, Key(), EventTime()]
    known_at: Annotated[datetime, Key(), KnownAt()]
    ordered: Annotated[int, Unit("piece")]
    ordered_13w: Annotated[int, Unit("piece")]
