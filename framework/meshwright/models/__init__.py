"""Models that decide about stock: forecasts of counts, levels, and a verdict in euros."""

from meshwright.models.baselines import croston, croston_rates, moving_average, sba, seasonal_naive, zero
from meshwright.models.counts import CountRegression, fit_counts
from meshwright.models.learned import fit, from_history, learned, predict
from meshwright.models.model import Model
from meshwright.models.panel import Array, Panel
from meshwright.models.report import BASELINES, Challenge, ForecastReport, MethodResult, evaluate
from meshwright.models.stocking import (
    Forecaster,
    Levels,
    Outcome,
    Plan,
    base_stock,
    count_quantile,
    dispersion,
    scaled,
    simulate,
    stocked,
)
from meshwright.models.verdict import Comparison, Verdict, compare, decide

__all__ = [
    "BASELINES",
    "Array",
    "Challenge",
    "Comparison",
    "CountRegression",
    "ForecastReport",
    "Forecaster",
    "Levels",
    "MethodResult",
    "Model",
    "Outcome",
    "Panel",
    "Plan",
    "Verdict",
    "base_stock",
    "compare",
    "count_quantile",
    "croston",
    "croston_rates",
    "decide",
    "dispersion",
    "evaluate",
    "fit",
    "fit_counts",
    "from_history",
    "learned",
    "moving_average",
    "predict",
    "sba",
    "scaled",
    "seasonal_naive",
    "simulate",
    "stocked",
    "zero",
]
