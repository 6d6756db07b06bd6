"""What suppliers delivered, one row per lot."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Literal

import polars as pl
from annotated_types import Ge, Gt, Interval

from meshwright import (
    Class,
    Contract,
    Csv,
    DateFormat,
    Decimals,
    EventTime,
    Frame,
    Key,
    KnownAt,
    Matches,
    References,
    Sla,
    Source,
    Unit,
    product,
    rule,
)
from thenar_supply_chain.words import LOT, PART

RUSH_DAYS = 2


class Delivery(Source, name="purchasing.deliveries", format=Csv(delimiter=";", decimal=",", encoding="latin-1")):
    """One lot delivered, from a file per year."""

    delivery_id: str
    lot_number: str
    supplier_id: str
    part_number: str
    destination: str
    ordered_on: Annotated[date, DateFormat("%d.%m.%Y")]
    promised_on: Annotated[date, DateFormat("%d.%m.%Y")]
    received_at: datetime
    quantity: int
    unit_price_eur: Annotated[Decimal, Decimals(18, 2), Class("commercial.cost")]
    carrier: str
    recorded_at: datetime


class Lot(Contract, id="supply_chain.lots", version="1.0.0", on_fail="quarantine"):
    """One row per lot delivered; deliveries that were entered twice are quarantined by the key."""

    lot_number: Annotated[str, Key(entity="lot", keep="last"), Matches(LOT)]
    """Printed on the box, one delivery each."""
    delivery_id: Annotated[str, Matches(r"DEL-\d{6}")]
    """The delivery."""
    supplier_id: Annotated[str, References("supply_chain.suppliers", "supplier_id")]
    """Who delivered."""
    part_number: Annotated[str, References("supply_chain.parts", "part_number"), Matches(PART)]
    """What was delivered."""
    destination: Literal["PARTS", "SPARES"]
    """Whether assembly or repair will use it."""
    ordered_on: date
    """Day of our order."""
    promised_on: date
    """Day that the supplier promised."""
    received_at: Annotated[datetime, EventTime()]
    """When it arrived."""
    quantity: Annotated[int, Gt(0), Unit("piece")]
    """Pieces in the lot."""
    unit_price_eur: Annotated[Decimal, Decimals(18, 2), Ge(Decimal(0)), Unit("EUR"), Class("commercial.cost")]
    """What one piece cost."""
    lead_days: Annotated[float, Interval(ge=0, le=400), Unit("d")]
    """From the beginning of the day of order (UTC) to arrival."""
    days_late: Annotated[float, Unit("d")]
    """Arrival after the end of the promised day (UTC); negative: early."""
    rush: bool
    """Whether it was bought from a broker's shelf because nothing was left; its lead time says nothing."""
    recorded_at: Annotated[datetime, KnownAt()]
    """When purchasing entered it."""

    @rule
    def promised_after_ordered() -> pl.Expr:
        """No supplier promises a day before our order."""
        return pl.col("promised_on") >= pl.col("ordered_on")


@product(
    owner="supply-planning",
    purpose="replenishment",
    sla=Sla(latency=timedelta(days=1), frequency=timedelta(days=1), retention=timedelta(days=3650)),
    tags=("transactions", "quality"),
)
def lots(deliveries: Frame[Delivery]) -> Frame[Lot]:
    """Deliveries with their lead time, without the blanks behind a supplier's number."""
    lead_days = _days_since("ordered_on")
    return Lot.conform(
        deliveries.with_columns(
            supplier_id=pl.col("supplier_id").str.strip_chars(),
            lead_days=lead_days,
            days_late=_days_since("promised_on") - 1,
            rush=lead_days < RUSH_DAYS + 1,
        )
    )


def _days_since(day: str) -> pl.Expr:
    midnight = pl.col(day).cast(pl.Datetime("us", "UTC"))
    return (pl.col("received_at") - midnight).dt.total_seconds(fractional=True) / 86_400
