"""Hands ordered per model and week, as known on every Monday since: a feature product."""

from datetime import datetime, timedelta
from typing import Annotated

import polars as pl
from annotated_types import Ge

from meshwright import Contract, EventTime, Frame, Key, KnownAt, Sla, Unit, product, rule
from thenar_sales.erp import ErpOrderLine, HandModel

WEEK = pl.duration(weeks=1)
WINDOWS = {"ordered": 1, "ordered_4w": 4, "ordered_13w": 13}
POINT = ("hand_model", "week_ends_at", "known_at")


class WeeklyDemand(Contract, id="sales.weekly_demand", version="1.0.0"):
    """One row per hand model, week and Monday on which the week's figure changed.

    A week without orders has a row of zero. The first row of a week is known at its end; late and corrected order
    lines add later rows and change none. Negative quantities are no demand, and were held back before.
    """

    hand_model: Annotated[HandModel, Key(entity="hand_model")]
    """The model ordered."""
    week_ends_at: Annotated[datetime, Key(), EventTime()]
    """The Monday, 00:00 UTC, with which the week is over."""
    known_at: Annotated[datetime, Key(), KnownAt()]
    """The Monday from which this figure was known."""
    ordered: Annotated[int, Ge(0), Unit("piece")]
    """Hands ordered in the week."""
    ordered_4w: Annotated[int, Ge(0), Unit("piece")]
    """Hands ordered in this week and the three before."""
    ordered_13w: Annotated[int, Ge(0), Unit("piece")]
    """Hands ordered in this week and the twelve before."""

    @rule
    def known_after_the_week() -> pl.Expr:
        """A week's demand is not known before the week is over: nothing may look ahead."""
        return pl.col("known_at") >= pl.col("week_ends_at")


@product(
    owner="order-desk",
    purpose="demand-planning",
    sla=Sla(latency=timedelta(days=1), frequency=timedelta(weeks=1)),
    tags=("feature", "weekly"),
)
def weekly_demand(erp: Frame[ErpOrderLine]) -> Frame[WeeklyDemand]:
    """Sum what was stated of each week, once for every Monday on which the sum changed."""
    changes = _changes(erp)
    points = pl.concat([changes.select(POINT), _every_week(changes)]).unique()
    stated = points.join(changes, on="hand_model", suffix="_stated").filter(
        pl.col("known_at_stated") <= pl.col("known_at"), pl.col("week_ends_at_stated") <= pl.col("week_ends_at")
    )
    age = pl.col("week_ends_at") - pl.col("week_ends_at_stated")
    sums = [pl.col("change").filter(age < weeks * WEEK).sum().alias(name) for name, weeks in WINDOWS.items()]
    return WeeklyDemand.conform(stated.group_by(POINT).agg(sums).sort(POINT))


def _changes(erp: Frame[ErpOrderLine]) -> pl.LazyFrame:
    """Turn each line's statements into what they add to its week, from the Monday after they were recorded."""
    lines = erp.filter(pl.col("quantity") > 0).unique(["line_id", "recorded_at"]).sort("line_id", "recorded_at")
    before = pl.col("quantity").shift(1).over("line_id").fill_null(0)
    return lines.select(
        pl.col("hand_model").str.strip_chars(),
        week_ends_at=pl.col("placed_at").dt.truncate("1w") + WEEK,
        known_at=pl.col("recorded_at").dt.truncate("1w") + WEEK,
        change=pl.col("quantity") - before,
    )


def _every_week(changes: pl.LazyFrame) -> pl.LazyFrame:
    """List every week from a model's first order to the newest week, known at its end."""
    first = changes.group_by("hand_model").agg(first=pl.col("week_ends_at").min())
    newest = changes.select(newest=pl.col("week_ends_at").max())
    weeks = pl.datetime_ranges("first", "newest", interval="1w").alias("week_ends_at")
    every = first.join(newest, how="cross").select("hand_model", weeks).explode("week_ends_at")
    return every.with_columns(known_at=pl.col("week_ends_at"))
