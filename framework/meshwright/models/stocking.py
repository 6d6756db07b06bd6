"""From a forecast to a stock level, and what the level would have cost: a base stock reviewed every week."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from meshwright.models.panel import Array, Panel, sums_ahead

MANY = 400.0
"""Above this mean a normal distribution stands in for the negative binomial."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """How stock is decided and judged.

    The last `hold_out_weeks` judge; a forecast may learn from demand that was over `gap_weeks` before. `service` is the
    share of horizons that the level should cover. A piece on the shelf costs `holding_per_year` of its price, and one
    that somebody waits for costs as much per week as makes `service` the cheapest choice.
    """

    hold_out_weeks: int = 26
    gap_weeks: int = 4
    service: float = 0.95
    holding_per_year: float = 0.20

    def cut(self, panel: Panel) -> int:
        """Number the first week that judges."""
        return panel.weeks - self.hold_out_weeks

    @property
    def holding_per_week(self) -> float:
        """Share of its price that a piece on the shelf costs a week."""
        return self.holding_per_year / 52

    @property
    def waiting_per_week(self) -> float:
        """Share of its price that a missing piece costs a week; newsvendor: service = waiting / (waiting + holding)."""
        return self.holding_per_week * self.service / (1 - self.service)


Forecaster = Callable[[Panel], Array]
"""Demand expected over each item's horizon, for every week as seen at its beginning."""

Levels = Callable[[Panel, Plan], Array]
"""Order-up-to levels in pieces, for every week; those of the hold-out count."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What levels would have done over the hold-out, item by item, in euros; frozen is an average over its weeks."""

    demanded_eur: Array
    served_eur: Array
    frozen_eur: Array
    cost_eur: Array


def stocked(forecaster: Forecaster) -> Levels:
    """Turn a forecast into levels: its errors before the hold-out say how far above it the shelf must be."""

    def levels(panel: Panel, plan: Plan) -> Array:
        expected = forecaster(panel)
        spread = dispersion(expected, panel, plan)
        judged = slice(plan.cut(panel), None)
        found = np.zeros(panel.demand.shape)
        found[:, judged] = count_quantile(expected[:, judged], spread[:, judged], plan.service)
        return found

    return levels


def base_stock(panel: Panel, plan: Plan) -> Array:
    """Set each item's level once, to a quantile of the demand that its own past horizons brought."""
    past = sums_ahead(panel.demand[:, : plan.cut(panel)], panel.horizon)
    known = ~np.isnan(past)
    level = [np.quantile(p[k], plan.service) if k.any() else 0.0 for p, k in zip(past, known, strict=True)]
    return np.repeat(np.ceil(np.asarray(level))[:, None], panel.weeks, axis=1)


def scaled(forecaster: Forecaster, *, least: float = 0.5, most: float = 1.25) -> Levels:
    """Turn a forecast into levels: the item's base stock, moved by how far the forecast is from the item's past mean.

    Better than `stocked` where demand is too lumpy for any distribution but the item's own.
    """

    def levels(panel: Panel, plan: Plan) -> Array:
        past = sums_ahead(panel.demand[:, : plan.cut(panel)], panel.horizon)
        known = ~np.isnan(past)
        usual = np.nan_to_num(past).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
        ratio = forecaster(panel) / np.where(usual > 0, usual, 1.0)[:, None]
        return np.asarray(np.ceil(base_stock(panel, plan) * np.clip(ratio, least, most)), dtype=np.float64)

    return levels


def dispersion(expected: Array, panel: Panel, plan: Plan) -> Array:
    """Estimate by how much demand varies beyond chance, by item and week: variance = mean + dispersion * mean².

    From the forecast's errors over horizons that were over `gap_weeks` before the week; an item leans on the average of
    all.
    """
    ahead = panel.ahead()
    use = ~np.isnan(ahead) & (expected > 0)
    error = _seen(np.where(use, (np.where(use, ahead, 0.0) - expected) ** 2 - expected, 0.0), panel, plan)
    weight = _seen(np.where(use, expected**2, 0.0), panel, plan)
    items, total = np.maximum((weight > 0).sum(axis=0), 1), np.maximum(weight.sum(axis=0), 1e-12)
    everywhere, typical = np.maximum(error.sum(axis=0) / total, 0.0), total / items
    return np.asarray(np.maximum((error + everywhere * typical) / (weight + typical), 0.0), dtype=np.float64)


def _seen(values: Array, panel: Panel, plan: Plan) -> Array:
    """Sum, for each week, the values of earlier weeks whose horizon was over by the gap."""
    running = np.hstack([np.zeros((len(values), 1)), values.cumsum(axis=1)])
    last = np.arange(panel.weeks)[None, :] - plan.gap_weeks - panel.horizon[:, None].astype(np.intp) + 1
    return np.asarray(np.take_along_axis(running, np.maximum(last, 0), axis=1), dtype=np.float64)


def count_quantile(mean: Array, dispersion: Array, share: float) -> Array:
    """Find the smallest count that a negative binomial stays at or below with probability `share`."""
    mean, dispersion = np.broadcast_arrays(mean, dispersion)
    sd = np.sqrt(mean + dispersion * mean**2)
    found = np.where(mean > MANY, np.ceil(np.maximum(mean + NormalDist().inv_cdf(share) * sd, 0.0)), 0.0)
    small = (mean > 0) & (mean <= MANY)
    if small.any():
        found[small] = _by_counting(mean[small], np.maximum(dispersion[small], 1e-9), share)
    return found


def _by_counting(mean: Array, dispersion: Array, share: float) -> Array:
    shape = 1 / dispersion
    odds = mean / (mean + shape)
    chance = np.exp(-shape * np.log1p(mean * dispersion))
    below, found, count = chance.copy(), np.zeros(len(mean)), 0
    open_ = np.flatnonzero(below < share)
    while len(open_):
        chance[open_] *= (shape[open_] + count) / (count + 1) * odds[open_]
        below[open_] += chance[open_]
        count += 1
        found[open_] = count
        stuck = (chance[open_] < 1e-17) & (count > mean[open_])  # the rest is lost in rounding
        open_ = open_[(below[open_] < share) & ~stuck]
    return found


def simulate(panel: Panel, levels: Array, plan: Plan) -> Outcome:
    """Run the hold-out: each Monday order up to the level, each week serve who waits and then who asks.

    The shelf starts at its level with nothing on its way. An order arrives after the item's lead time; unmet demand
    waits.
    """
    cut, count = plan.cut(panel), len(panel.items)
    demand = np.nan_to_num(panel.demand[:, cut:])
    lead = panel.lead_weeks.astype(np.intp)
    coming = np.zeros((count, demand.shape[1] + int(lead.max(initial=0)) + 1))
    shelf, waiting = levels[:, cut].copy(), np.zeros(count)
    served, held, late = np.zeros(count), np.zeros(count), np.zeros(count)
    rows = np.arange(count)
    for week in range(demand.shape[1]):
        position = shelf - waiting + coming[:, week:].sum(axis=1)
        coming[rows, week + lead] += np.maximum(levels[:, cut + week] - position, 0.0)
        shelf += coming[:, week]
        coming[:, week] = 0.0
        caught_up = np.minimum(shelf, waiting)
        shelf, waiting = shelf - caught_up, waiting - caught_up
        at_once = np.minimum(shelf, demand[:, week])
        shelf, waiting = shelf - at_once, waiting + demand[:, week] - at_once
        served, held, late = served + at_once, held + shelf, late + waiting
    price = panel.unit_cost_eur
    cost = price * (plan.holding_per_week * held + plan.waiting_per_week * late)
    return Outcome(demand.sum(axis=1) * price, served * price, held / demand.shape[1] * price, cost)
