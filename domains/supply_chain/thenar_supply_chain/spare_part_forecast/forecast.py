"""What to have on the shelf: spares by wear and trend, finished hands by recent orders."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Literal

import polars as pl
from annotated_types import Ge

from meshwright import Class, Contract, Decimals, EventTime, Frame, Key, KnownAt, Matches, Sla, Unit, product, rule
from thenar_supply_chain.spare_part_forecast.model import HANDS_WEEKS, predict_hands, predict_spares
from thenar_supply_chain.spare_part_forecast.ports import Installed, LeadTime, Ordered, Shelf, Structure, Used, Wear
from thenar_supply_chain.spare_part_forecast.training import planning_rows
from thenar_supply_chain.words import ITEM


class SparePartForecast(Contract, id="supply_chain.spare_part_forecast", version="1.0.0"):
    """One row per spare and hand model: what the lead time will need, and what to order on the newest Monday.

    Spares come from a regression on use, wear and orders, as known on each Monday; hands from the mean of a quarter.
    """

    item_id: Annotated[str, Key(entity="item"), Matches(ITEM)]
    """Part number, or hand model."""
    kind: Literal["spare", "hand"]
    """What it is."""
    planned_at: Annotated[datetime, EventTime()]
    """The Monday of the plan, 00:00 UTC."""
    known_at: Annotated[datetime, KnownAt()]
    """The same Monday: nothing younger was used."""
    horizon_weeks: Annotated[int, Ge(2), Unit("wk")]
    """Lead time and the week until the next review."""
    expected: Annotated[float, Ge(0), Unit("piece"), Class("engineering")]
    """Demand expected over the horizon."""
    order_up_to: Annotated[int, Ge(0), Unit("piece"), Class("engineering")]
    """Pieces that cover the horizon with 95 %."""
    on_hand: Annotated[int, Ge(0), Unit("piece")]
    """Pieces on the shelf, as counted by then."""
    order_quantity: Annotated[int, Ge(0), Unit("piece"), Class("engineering")]
    """Pieces to bring the shelf to the level; what is on its way already has to be taken off."""
    order_value_eur: (
        Annotated[Decimal, Decimals(18, 2), Ge(Decimal(0)), Unit("EUR"), Class("commercial.cost"), Class("engineering")]
        | None
    )
    """Its cost; null: the item has none yet."""

    @rule
    def level_is_reached() -> pl.Expr:
        """Shelf and order together reach the level."""
        return pl.col("on_hand") + pl.col("order_quantity") >= pl.col("order_up_to")


@product(
    owner="planning-models",
    purpose="replenishment",
    sla=Sla(latency=timedelta(days=1), frequency=timedelta(weeks=1)),
    tags=("forecast", "weekly", "spares", "money"),
)
def spare_part_forecast(  # noqa: PLR0913, PLR0917 - each input is a parameter
    installed: Frame[Installed],
    used: Frame[Used],
    leads: Frame[LeadTime],
    shelf: Frame[Shelf],
    wear: Frame[Wear],
    ordered: Frame[Ordered],
    structure: Frame[Structure],
) -> Frame[SparePartForecast]:
    """Fit the model on what was known, and plan the newest Monday."""
    rows = planning_rows(installed, used, leads, shelf, wear, ordered, structure)
    plans = pl.concat([_spares(rows), _hands(ordered, shelf)])
    missing = (pl.col("order_up_to") - pl.col("on_hand")).clip(lower_bound=0)
    return SparePartForecast.conform(
        plans.sort("item_id").with_columns(
            known_at=pl.col("planned_at"),
            order_quantity=missing,
            order_value_eur=(missing * pl.col("unit_cost_eur")).cast(pl.Decimal(18, 2)),
        )
    )


def _spares(rows: pl.LazyFrame) -> pl.LazyFrame:
    newest = rows.filter(pl.col("week_ends_at") == pl.col("week_ends_at").max()).select(
        item_id="part_number",
        kind=pl.lit("spare"),
        planned_at="week_ends_at",
        horizon_weeks=pl.col("lead_weeks").cast(pl.Int64) + 1,
        on_hand="on_hand",
        unit_cost_eur="unit_cost_eur",
    )
    return newest.join(predict_spares(rows), on="item_id", how="left")


def _hands(ordered: Frame[Ordered], shelf: Frame[Shelf]) -> pl.LazyFrame:
    """Plan hand models alike; their shelf is HANDS."""
    weekly = ordered.sort("known_at").group_by("hand_model", "week_ends_at").agg(pl.col("ordered").last())
    spine = weekly.filter(pl.col("week_ends_at") == pl.col("week_ends_at").max()).select(
        item_id="hand_model",
        location=pl.lit("HANDS"),
        kind=pl.lit("hand"),
        planned_at="week_ends_at",
        horizon_weeks=pl.lit(HANDS_WEEKS, pl.Int64),
    )
    counted = Shelf.as_of(spine, shelf, at="planned_at").drop("location").with_columns(pl.col("on_hand").fill_null(0))
    return counted.join(predict_hands(weekly), on="item_id", how="left")
