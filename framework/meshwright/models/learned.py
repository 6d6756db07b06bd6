"""The learned forecast: demand over a horizon, in proportion to exposure, from features known at its beginning."""

from dataclasses import replace

import numpy as np

from meshwright.models.counts import CountRegression, fit_counts
from meshwright.models.panel import Array, Numbers, Panel
from meshwright.models.stocking import Forecaster, Plan

WINDOWS = (4, 13, 52)
EARLIEST = 8
"""Weeks after which an item's history says something."""
MOST = 10.0
"""The most that one row may count, as a multiple of what is usual, where rows count alike."""
BOUND = 4.0
"""A straight line through logarithms runs away where nothing like it was seen: further than this it is not followed."""


def learned(plan: Plan, *, ridge: float = 1.0, alike: bool = False, refit_weeks: int = 4) -> Forecaster:
    """Forecast every week with a fit on horizons that were over `gap_weeks` before; fit anew every few weeks.

    So each week's forecast is one that could have been made then, in the hold-out and before it. With `alike` every row
    counts the same, however much the item sells, and none more than `MOST` times what is usual; otherwise every piece
    does.
    """

    def forecast(panel: Panel) -> Array:
        expected = np.zeros(panel.demand.shape)
        for start in range(plan.cut(panel) % refit_weeks, panel.weeks, refit_weeks):
            model = fit(panel, start - plan.gap_weeks, ridge=ridge, alike=alike)
            if model is not None:
                block = slice(start, start + refit_weeks)
                expected[:, block] = predict(model, panel)[:, block]
        return expected

    return forecast


def fit(panel: Panel, last: int, *, ridge: float = 1.0, alike: bool = False) -> CountRegression | None:
    """Fit on every item and week whose horizon was over before week number `last`; None where there is nothing yet."""
    ahead, exposure = panel.ahead(), _exposure(panel)
    over = np.arange(panel.weeks)[None, :] + panel.horizon[:, None] <= last
    use = over & (_weeks_known(panel) >= EARLIEST) & ~np.isnan(ahead) & (exposure > 0)
    if use.sum() <= 20 * panel.features.shape[2] or not ahead[use].any():
        return None
    if alike:
        times: Array = np.minimum(ahead[use] / exposure[use], MOST)
        return fit_counts(panel.features[use], times, np.ones(len(times)), ridge=ridge)
    return fit_counts(panel.features[use], ahead[use], exposure[use], ridge=ridge)


def predict(model: CountRegression, panel: Panel) -> Array:
    """Expect demand over each item's horizon, for every week: at most `BOUND` times more or less than usual."""
    count, weeks, width = panel.features.shape
    usual = _exposure(panel)
    flat = model.predict(panel.features.reshape(-1, width), usual.reshape(-1)).reshape(count, weeks)
    return np.asarray(np.clip(flat, usual / BOUND, usual * BOUND), dtype=np.float64)


def from_history(panel: Panel) -> Panel:
    """Give a panel features and exposure of its demand alone.

    Exposure is the mean of all weeks so far, leaning on one piece in half a year. The features are how much more or
    less the last 4, 13 and 52 weeks brought, and how long ago the last demand was.
    """
    count, weeks = panel.demand.shape
    known = np.nan_to_num(panel.demand)
    running = np.hstack([np.zeros((count, 1)), known.cumsum(axis=1)])
    ends: Numbers = np.arange(weeks, dtype=np.intp)
    usual: Array = (running[:, ends] + 1) / (ends + 26.0)
    lately = [
        (running[:, ends] - running[:, np.maximum(ends - w, 0)]) / np.minimum(np.maximum(ends, 1), w) for w in WINDOWS
    ]
    since = np.zeros((count, weeks))
    for week in range(1, weeks):
        since[:, week] = np.where(known[:, week - 1] > 0, 0, since[:, week - 1] + 1)
    ratios = [np.log((mean + usual) / (2 * usual)) for mean in lately]
    return replace(panel, features=np.stack([*ratios, np.log1p(since)], axis=2), exposure=usual)


def _weeks_known(panel: Panel) -> Array:
    known = (~np.isnan(panel.demand)).astype(np.float64)
    return np.asarray(known.cumsum(axis=1) - known, dtype=np.float64)


def _exposure(panel: Panel) -> Array:
    per_week = panel.exposure if panel.exposure.size else np.ones(panel.demand.shape)
    return np.asarray(np.nan_to_num(per_week) * panel.horizon[:, None], dtype=np.float64)
