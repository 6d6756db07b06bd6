"""Simple forecasts that a model has to beat; each looks at the weeks before and at nothing else.

Every function gives, for each item and week, the demand expected over the item's horizon as seen at the week's
beginning. A week before the item was there counts as none.
"""

import numpy as np

from meshwright.models.panel import Array, Numbers, Panel, sums_ahead

SEASON = 52


def zero(panel: Panel) -> Array:
    """Expect nothing: on intermittent demand this wins most measures of error, and serves nobody."""
    return np.zeros(panel.demand.shape)


def seasonal_naive(panel: Panel) -> Array:
    """Expect what the same weeks of last year brought; without them, the last week again and again."""
    last = np.hstack([np.zeros((len(panel.items), 1)), np.nan_to_num(panel.demand[:, :-1])])
    season = np.full(panel.demand.shape, np.nan)
    longest = int(panel.horizon.max(initial=1))
    for start in range(SEASON, panel.weeks):
        year_ago = panel.demand[:, start - SEASON : min(start - SEASON + longest, start)]
        season[:, start] = sums_ahead(year_ago, np.minimum(panel.horizon, year_ago.shape[1]))[:, 0]
    return np.where(np.isnan(season), last * panel.horizon[:, None], season)


def moving_average(panel: Panel, window: int = 13) -> Array:
    """Expect the mean of the last weeks."""
    known = ~np.isnan(panel.demand)
    sold, there = (_before(np.nan_to_num(panel.demand), window), _before(known.astype(np.float64), window))
    return sold / np.maximum(there, 1) * panel.horizon[:, None]


def croston(panel: Panel, alpha: float = 0.1) -> Array:
    """Smooth the size of demands and the weeks between them apart (Croston 1972)."""
    return croston_rates(panel.demand, alpha)[:, :-1] * panel.horizon[:, None]


def sba(panel: Panel, alpha: float = 0.1) -> Array:
    """Correct Croston's forecast for its bias (Syntetos and Boylan 2005)."""
    return croston(panel, alpha) * (1 - alpha / 2)


def croston_rates(demand: Array, alpha: float) -> Array:
    """Give Croston's demand per week before each week and, in one more column, after the last."""
    count, weeks = demand.shape
    size, interval, since = np.zeros(count), np.ones(count), np.zeros(count)
    rates = np.zeros((count, weeks + 1))
    for week in range(weeks):
        now = demand[:, week]
        since += ~np.isnan(now)
        hit = now > 0
        first = hit & (size == 0)
        size = np.where(first, now, np.where(hit, size + alpha * (now - size), size))
        interval = np.where(first, since, np.where(hit, interval + alpha * (since - interval), interval))
        since = np.where(hit, 0, since)
        rates[:, week + 1] = size / interval
    return rates


def _before(values: Array, window: int) -> Array:
    """Sum up to `window` weeks before each week."""
    count, weeks = values.shape
    running = np.hstack([np.zeros((count, 1)), values.cumsum(axis=1)])
    ends: Numbers = np.arange(weeks, dtype=np.intp)
    return np.asarray(running[:, ends] - running[:, np.maximum(ends - window, 0)], dtype=np.float64)
