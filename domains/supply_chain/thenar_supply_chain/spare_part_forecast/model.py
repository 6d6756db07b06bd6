"""The model: how many spares a lead time will need, and how many should lie on the shelf."""

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from meshwright import models, udf
from thenar_supply_chain.spare_part_forecast.features import FEATURES, RIDGE

PLAN = models.Plan(hold_out_weeks=26, gap_weeks=4, service=0.95, holding_per_year=0.20)
"""Nine in ten horizons and half of the tenth covered; a piece on the shelf costs a fifth of its price a year."""

HANDS_WEEKS = 5
"""What assembling a hand for the shelf takes, with the week until the next review."""

SEEN = ("part_number", "week_ends_at", "lead_weeks", "usual", "used_after", *FEATURES)
"""What the model sees of the planning rows: no cost, so that no forecast tells one."""

ORDERED = ("hand_model", "week_ends_at", "ordered")
"""What is seen of the orders of hands."""

PREDICTED = {"item_id": pl.String(), "expected": pl.Float64(), "order_up_to": pl.Int64()}
"""What it says of each item."""


def panel_of(rows: pl.DataFrame, week: int | None = None) -> models.Panel:
    """Turn planning rows into a panel; lead times and costs are those known in `week`, by default the newest."""
    parts = rows["part_number"].unique().sort()
    mondays = rows["week_ends_at"].unique().sort()
    at = (
        rows["part_number"].replace_strict(parts, range(len(parts)), return_dtype=pl.Int64).to_numpy(),
        rows["week_ends_at"].replace_strict(mondays, range(len(mondays)), return_dtype=pl.Int64).to_numpy(),
    )

    def spread(column: str, absent: float) -> models.Array:
        table = np.full((len(parts), len(mondays)), absent)
        table[at] = rows[column].cast(pl.Float64).to_numpy()
        return table

    known = slice(None, len(mondays) if week is None else week + 1)
    return models.Panel(
        items=tuple(parts),
        demand=spread("used_after", np.nan),
        unit_cost_eur=_newest(spread("unit_cost_eur", np.nan)[:, known], 0.0)
        if "unit_cost_eur" in rows.columns
        else np.zeros(len(parts)),
        lead_weeks=_newest(spread("lead_weeks", np.nan)[:, known], 5.0),
        features=np.stack([spread(name, 0.0) for name in FEATURES], axis=2),
        exposure=spread("usual", 0.0),
    )


@udf(reads={"item_id": ["part_number"], "expected": SEEN, "order_up_to": SEEN}, returns=PREDICTED)
def predict_spares(rows: pl.DataFrame) -> pl.DataFrame:
    """Fit on every horizon that is over, and plan the newest Monday, part by part."""
    if rows.is_empty():
        return pl.DataFrame(schema=PREDICTED)
    return _predicted(panel_of(rows), models.learned(replace(PLAN, hold_out_weeks=1), ridge=RIDGE))


@udf(reads={"item_id": ["hand_model"], "expected": ORDERED, "order_up_to": ORDERED}, returns=PREDICTED)
def predict_hands(rows: pl.DataFrame) -> pl.DataFrame:
    """Expect of each hand model what the last quarter brought: three models are too few to learn from."""
    if rows.is_empty():
        return pl.DataFrame(schema=PREDICTED)
    weekly = rows.pivot("week_ends_at", index="hand_model", values="ordered", sort_columns=True).sort("hand_model")
    demand = weekly.drop("hand_model").cast(pl.Float64).fill_null(float("nan")).to_numpy()
    count = weekly.height
    panel = models.Panel(
        items=tuple(weekly["hand_model"]),
        demand=np.hstack([demand, np.full((count, 1), np.nan)]),
        unit_cost_eur=np.zeros(count),
        lead_weeks=np.full(count, HANDS_WEEKS - 1.0),
    )
    return _predicted(panel, models.moving_average)


def _predicted(panel: models.Panel, forecaster: models.Forecaster) -> pl.DataFrame:
    expected = forecaster(panel)
    spread = models.dispersion(expected, panel, PLAN)
    level = models.count_quantile(expected[:, -1], spread[:, -1], PLAN.service)
    columns: dict[str, Any] = {
        "item_id": list(panel.items),
        "expected": expected[:, -1].round(6),
        "order_up_to": level.astype(np.int64),
    }
    return pl.DataFrame(columns, schema=PREDICTED)


def judge(rows: pl.DataFrame, seed: int, training_set: str) -> models.ForecastReport:
    """Hold the model against every baseline on the last 26 weeks that are over."""
    newest = rows.filter(pl.col("used_after").is_not_null())["week_ends_at"].max()
    over = rows.filter(pl.col("week_ends_at") <= newest)
    cut = over["week_ends_at"].n_unique() - PLAN.hold_out_weeks
    challenge = models.Challenge(
        model="supply_chain.spare_part_forecast",
        levels=models.stocked(models.learned(PLAN, ridge=RIDGE)),
        seed=seed,
        training_set=training_set,
    )
    return models.evaluate(panel_of(over, cut), challenge, PLAN)


def _newest(table: models.Array, absent: float) -> models.Array:
    """Take each item's newest known value."""
    known = ~np.isnan(table)
    last = known.shape[1] - 1 - known[:, ::-1].argmax(axis=1)
    return np.where(known.any(axis=1), table[np.arange(len(table)), last], absent)
