"""What a part or a finished hand costs us, from which day to which."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated

import polars as pl
from annotated_types import Gt

from meshwright import (
    Class,
    Contract,
    Decimals,
    EventTime,
    Frame,
    Key,
    Matches,
    Sla,
    Source,
    Sqlite,
    Unit,
    product,
    rule,
)
from thenar_supply_chain.words import ITEM


class ErpItemCost(Source, name="erp.item_costs", format=Sqlite(table="item_costs")):
    """One cost of an item; a new one closes the old one."""

    item_id: str
    unit_cost_eur: Annotated[Decimal, Decimals(18, 2), Class("commercial.cost")]
    valid_from: date
    valid_to: date | None


class ItemCost(Contract, id="supply_chain.item_costs", version="1.0.0"):
    """One row per item and period; a contradiction stops the build, for margins and stock are counted with it."""

    item_id: Annotated[str, Key(entity="item"), Matches(ITEM)]
    """Part number or hand model."""
    unit_cost_eur: Annotated[Decimal, Decimals(18, 2), Gt(Decimal(0)), Unit("EUR"), Class("commercial.cost")]
    """Standard cost of one piece."""
    valid_from: Annotated[date, Key(), EventTime()]
    """First day of the period."""
    valid_to: date | None
    """First day after the period; null: it still holds. Known later than the row: no feature."""

    @rule
    def ends_after_it_begins() -> pl.Expr:
        """A period has at least a day."""
        return pl.col("valid_to") > pl.col("valid_from")


@product(
    owner="supply-planning",
    purpose="replenishment",
    sla=Sla(latency=timedelta(days=1), frequency=timedelta(days=7)),
    tags=("master-data", "money"),
)
def item_costs(erp: Frame[ErpItemCost]) -> Frame[ItemCost]:
    """Costs as the ERP states them."""
    return ItemCost.conform(erp)
