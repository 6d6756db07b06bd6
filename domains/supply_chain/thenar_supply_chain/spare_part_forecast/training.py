"""The training set: one row for every part and Monday, with what was known then and what was used after."""

import polars as pl

from meshwright import Frame, consumer
from thenar_supply_chain.spare_part_forecast.features import of_demand, of_fleet, of_sales, scaled
from thenar_supply_chain.spare_part_forecast.ports import Installed, LeadTime, Ordered, Shelf, Structure, Used, Wear
from thenar_supply_chain.words import WEEK

SETTLED = pl.duration(weeks=4)
"""After that a week's use counts as known; what is corrected later does not reach a label."""


def planning_rows(  # noqa: PLR0913, PLR0917 - each input is a parameter
    installed: Frame[Installed],
    used: Frame[Used],
    leads: Frame[LeadTime],
    shelf: Frame[Shelf],
    wear: Frame[Wear],
    ordered: Frame[Ordered],
    structure: Frame[Structure],
) -> pl.LazyFrame:
    """Join all features as of each Monday, and the use of the week after, null where that week is not over."""
    known = of_sales(of_fleet(of_demand(installed, used, leads, shelf), wear), ordered, structure)
    return scaled(_with_label(known, used))


def _with_label(rows: pl.LazyFrame, used: Frame[Used]) -> pl.LazyFrame:
    settled = used.filter(pl.col("known_at") <= pl.col("week_ends_at") + SETTLED).sort("known_at")
    after = settled.group_by("part_number", "week_ends_at").agg(used_after=pl.col("used").last())
    newest = used.select(newest=pl.col("week_ends_at").max())
    labelled = rows.join(
        after.with_columns(week_ends_at=pl.col("week_ends_at") - WEEK), on=["part_number", "week_ends_at"], how="left"
    ).join(newest, how="cross")
    over = pl.col("week_ends_at") + WEEK <= pl.col("newest")
    return labelled.with_columns(used_after=pl.when(over).then(pl.col("used_after").fill_null(0))).drop("newest")


@consumer(owner="planning-models", purpose="replenishment", spine="installed")
def spare_part_training(  # noqa: PLR0913, PLR0917 - each input is a parameter
    installed: Frame[Installed],
    used: Frame[Used],
    leads: Frame[LeadTime],
    shelf: Frame[Shelf],
    wear: Frame[Wear],
    ordered: Frame[Ordered],
    structure: Frame[Structure],
) -> pl.LazyFrame:
    """Rows to learn spare-part demand from."""
    return planning_rows(installed, used, leads, shelf, wear, ordered, structure)
