"""Spares used per part and week, as known on every Monday since: a feature product."""

from datetime import datetime, timedelta
from typing import Annotated

import polars as pl
from annotated_types import Ge

from meshwright import Contract, EventTime, Frame, Key, KnownAt, Matches, Sla, Unit, product, rule
from thenar_supply_chain.erp import ErpSpareConsumption
from thenar_supply_chain.words import PART, WEEK

WINDOWS = {"used": 1, "used_4w": 4, "used_13w": 13, "used_52w": 52}
POINT = ("part_number", "week_ends_at", "known_at")


class WeeklySpareDemand(Contract, id="supply_chain.weekly_spare_demand", version="1.0.0"):
    """One row per part, week and Monday on which the week's figure changed.

    A week without repairs has a row of zero. The first row of a week is known at its end; late and corrected
    consumption adds later rows and changes none. Negative quantities are no demand, and were held back
    before.
    """

    part_number: Annotated[str, Key(entity="part"), Matches(PART)]
    """The spare."""
    week_ends_at: Annotated[datetime, Key(), EventTime()]
    """The Monday, 00:00 UTC, with which the week is over."""
    known_at: Annotated[datetime, Key(), KnownAt()]
    """The Monday from which these figures were known."""
    used: Annotated[int, Ge(0), Unit("piece")]
    """Pieces used in the week."""
    used_4w: Annotated[int, Ge(0), Unit("piece")]
    """Pieces used in this week and the three before."""
    used_13w: Annotated[int, Ge(0), Unit("piece")]
    """Pieces used in this week and the twelve before."""
    used_52w: Annotated[int, Ge(0), Unit("piece")]
    """Pieces used in this week and the 51 before."""

    @rule
    def known_after_the_week() -> pl.Expr:
        """A week's demand is not known before the week is over: nothing may look ahead."""
        return pl.col("known_at") >= pl.col("week_ends_at")


@product(
    owner="supply-planning",
    purpose="replenishment",
    sla=Sla(latency=timedelta(days=1), frequency=timedelta(weeks=1)),
    tags=("feature", "weekly", "spares"),
)
def weekly_spare_demand(erp: Frame[ErpSpareConsumption]) -> Frame[WeeklySpareDemand]:
    """Sum what was stated of each week, once for every Monday on which the sum changed."""
    changes = _changes(erp)
    points = pl.concat([changes.select(POINT), _every_week(changes)]).unique()
    stated = points.join(changes, on="part_number", suffix="_stated").filter(
        pl.col("known_at_stated") <= pl.col("known_at"), pl.col("week_ends_at_stated") <= pl.col("week_ends_at")
    )
    age = pl.col("week_ends_at") - pl.col("week_ends_at_stated")
    sums = [pl.col("change").filter(age < weeks * WEEK).sum().alias(name) for name, weeks in WINDOWS.items()]
    return WeeklySpareDemand.conform(stated.group_by(POINT).agg(sums).sort(POINT))


def _changes(erp: Frame[ErpSpareConsumption]) -> pl.LazyFrame:
    """Turn each repair's statements into what they add to its week, from the Monday after they were recorded."""
    used = erp.filter(pl.col("quantity") > 0).unique(["consumption_id", "recorded_at"])
    before = pl.col("quantity").shift(1).over("consumption_id").fill_null(0)
    return used.sort("consumption_id", "recorded_at").select(
        "part_number",
        week_ends_at=pl.col("consumed_at").dt.truncate("1w") + WEEK,
        known_at=pl.col("recorded_at").dt.truncate("1w") + WEEK,
        change=pl.col("quantity") - before,
    )


def _every_week(changes: pl.LazyFrame) -> pl.LazyFrame:
    """List every week from a part's first repair to the newest week, known at its end."""
    first = changes.group_by("part_number").agg(first=pl.col("week_ends_at").min())
    newest = changes.select(newest=pl.col("week_ends_at").max())
    weeks = pl.datetime_ranges("first", "newest", interval="1w").alias("week_ends_at")
    every = first.join(newest, how="cross").select("part_number", weeks).explode("week_ends_at")
    return every.with_columns(known_at=pl.col("week_ends_at"))
