"""Spares that repairs used, one row per part replaced."""

from datetime import datetime, timedelta
from typing import Annotated

import polars as pl
from annotated_types import Interval

from meshwright import (
    Contract,
    EventTime,
    Frame,
    Key,
    KnownAt,
    Matches,
    OnFail,
    References,
    Sla,
    Unit,
    product,
    rule,
)
from thenar_supply_chain.erp import ErpSpareConsumption
from thenar_supply_chain.words import HAND, PART


class SpareConsumption(Contract, id="supply_chain.spare_consumption", version="1.0.0", on_fail="quarantine"):
    """One row per part that a repair used, as the ERP states it today.

    Earlier statements and exact duplicates are quarantined by the key, negative quantities by their limit: a repair
    puts nothing back on the shelf.
    """

    consumption_id: Annotated[str, Key(entity="spare_consumption", keep="last"), Matches(r"SPC-\d{7}")]
    """Never reused."""
    part_number: Annotated[str, References("supply_chain.parts", "part_number"), Matches(PART)]
    """What was used."""
    serial_number: Annotated[str, Matches(HAND)]
    """The hand repaired."""
    return_id: Annotated[str, References("sales.returns", "return_id"), OnFail("warn")]
    """The return; a warning alone, for the spare is gone even where the return waits in quarantine."""
    quantity: Annotated[int, Interval(ge=1, le=20), Unit("piece")]
    """Pieces used."""
    consumed_at: Annotated[datetime, EventTime()]
    """When the repair took it: the demand for spares."""
    recorded_at: Annotated[datetime, KnownAt()]
    """When the ERP learnt this statement."""

    @rule
    def recorded_after_consumed() -> pl.Expr:
        """Nobody books a spare before it is used."""
        return pl.col("recorded_at") >= pl.col("consumed_at")


@product(
    owner="supply-planning",
    purpose="replenishment",
    sla=Sla(latency=timedelta(hours=12), frequency=timedelta(days=1), retention=timedelta(days=3650)),
    tags=("transactions", "spares"),
)
def spare_consumption(erp: Frame[ErpSpareConsumption]) -> Frame[SpareConsumption]:
    """Consumption as the ERP states it."""
    return SpareConsumption.conform(erp)
