"""The parts that Thenar buys."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Literal

import polars as pl
from annotated_types import Ge, Gt, Interval, Len

from meshwright import (
    Class,
    Contract,
    Csv,
    DateFormat,
    Decimals,
    Frame,
    Key,
    Matches,
    Number,
    Sla,
    Source,
    Unit,
    product,
    rule,
)
from thenar_supply_chain.words import PART


class PriceList(Source, name="purchasing.parts", format=Csv()):
    """One part of the price list; the dollar price stays text, for nobody uses it and a bad one must cost no part."""

    part_number: str
    description: str
    category: str
    traced: bool
    list_price_eur: Annotated[Decimal, Decimals(18, 2), Number(prefix="€", thousands=","), Class("commercial.cost")]
    list_price_usd: Annotated[str, Class("commercial.cost")]
    quoted_lead_days: int
    minimum_order: int
    weight_g: float
    introduced_on: Annotated[date, DateFormat("%m/%d/%Y")]
    superseded_by: str | None
    superseded_on: Annotated[date, DateFormat("%m/%d/%Y")] | None


class Part(Contract, id="supply_chain.parts", version="1.0.0", on_fail="quarantine"):
    """One row per purchased part."""

    part_number: Annotated[str, Key(entity="part"), Matches(PART)]
    """Never reused."""
    description: Annotated[str, Len(1, 120)]
    """What it is, for people."""
    category: Literal[
        "harmonic_gear", "belt", "tendon", "bearing", "motor", "encoder", "housing", "board", "wiring", "pad", "link",
        "fastener",
    ]  # fmt: skip
    """What it is, for programs."""
    traced: bool
    """Whether the lot is recorded per hand; traced parts are also kept as spares."""
    list_price_eur: Annotated[Decimal, Decimals(18, 2), Ge(Decimal(0)), Unit("EUR"), Class("commercial.cost")]
    """List price of one piece."""
    quoted_lead_days: Annotated[int, Interval(ge=1, le=400), Unit("d")]
    """What the supplier promises; supply_chain.lead_times says what it takes."""
    minimum_order: Annotated[int, Ge(1), Unit("piece")]
    """Smallest order that the supplier takes."""
    weight_g: Annotated[float, Gt(0), Unit("g")]
    """Mass of one piece."""
    introduced_on: date
    """First day on which it could be bought."""
    superseded_by: Annotated[str, Matches(PART)] | None
    """What assembly uses instead; repairs of older hands go on using this one."""
    superseded_on: date | None
    """First day on which assembly did not use it; null: it still does."""

    @rule
    def successor_has_a_day() -> pl.Expr:
        """A part is superseded by something and on some day, or not at all."""
        return pl.col("superseded_by").is_null() == pl.col("superseded_on").is_null()


@product(
    owner="supply-planning",
    purpose="replenishment",
    sla=Sla(latency=timedelta(days=1), frequency=timedelta(days=7)),
    tags=("master-data",),
)
def parts(prices: Frame[PriceList]) -> Frame[Part]:
    """Parts as purchasing lists them."""
    return Part.conform(prices)
