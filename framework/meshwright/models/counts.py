"""A regression for counts: the logarithm of the expected count is linear in the features."""

from dataclasses import dataclass

import numpy as np

from meshwright.models.panel import Array

STEPS = 100
ENOUGH = 1e-9
WIDEST = 12.0
"""Bound of the linear predictor beside its offset, so that no step of the fit overflows."""


@dataclass(frozen=True)
class CountRegression:
    """Weights of a Poisson regression on standardised features."""

    centre: Array
    spread: Array
    intercept: float
    weights: Array

    def predict(self, features: Array, exposure: Array) -> Array:
        """Expect a count for each row of features."""
        scaled = (features - self.centre) / self.spread
        return np.asarray(exposure * np.exp(np.clip(self.intercept + scaled @ self.weights, -WIDEST, WIDEST)))


def fit_counts(features: Array, counts: Array, exposure: Array, *, ridge: float = 1.0) -> CountRegression:
    """Fit by Newton steps: maximum likelihood less `ridge` / 2 times the squared weights, without the intercept.

    Rows count alike; `exposure` is positive. The same rows give the same weights.
    """
    centre, spread = features.mean(axis=0), features.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    design = np.hstack([np.ones((len(features), 1)), (features - centre) / spread])
    penalty = np.diag([0.0, *([ridge] * features.shape[1])])
    weights = np.zeros(design.shape[1])
    weights[0] = np.log(max(counts.sum(), 0.5) / exposure.sum())
    best = _objective(design, counts, exposure, weights, penalty)
    for _ in range(STEPS):
        expected = exposure * np.exp(np.clip(design @ weights, -WIDEST, WIDEST))
        slope = design.T @ (counts - expected) - penalty @ weights
        bend = (design * expected[:, None]).T @ design + penalty
        step: Array = np.asarray(np.linalg.solve(bend + ENOUGH * np.eye(len(weights)), slope), dtype=np.float64)
        weights, found = _downhill(design, counts, exposure, weights, penalty, step, best)
        if best - found < ENOUGH * (abs(best) + 1):
            break
        best = found
    return CountRegression(centre, spread, float(weights[0]), weights[1:])


def _downhill(  # noqa: PLR0913, PLR0917 - the parts of one Newton step
    design: Array, counts: Array, exposure: Array, weights: Array, penalty: Array, step: Array, best: float
) -> tuple[Array, float]:
    """Halve a step until it helps; stay where no part of it does."""
    for power in range(30):
        tried = weights + step / 2**power
        found = _objective(design, counts, exposure, tried, penalty)
        if found < best:
            return tried, found
    return weights, best


def _objective(design: Array, counts: Array, exposure: Array, weights: Array, penalty: Array) -> float:
    linear = np.clip(design @ weights, -WIDEST, WIDEST)
    return float((exposure * np.exp(linear) - counts * linear).sum() + weights @ penalty @ weights / 2)
