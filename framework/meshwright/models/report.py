"""Forecasts judged by money: service against frozen euros on weeks that no method has seen."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from meshwright.models.baselines import croston, moving_average, sba, seasonal_naive, zero
from meshwright.models.panel import Panel
from meshwright.models.stocking import Levels, Outcome, Plan, base_stock, simulate, stocked
from meshwright.models.verdict import Verdict, compare, decide

BASELINES: Mapping[str, Levels] = {
    "all zero": stocked(zero),
    "seasonal naive": stocked(seasonal_naive),
    "moving average": stocked(moving_average),
    "Croston": stocked(croston),
    "SBA": stocked(sba),
    "base stock": base_stock,
}
"""What a model has to beat."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MethodResult:
    """What one method would have done: share of the demanded value served at once, and euros."""

    method: str
    fill_rate: float
    frozen_eur: float
    cost_eur: float


@dataclass(frozen=True, kw_only=True, slots=True)
class ForecastReport:
    """A model beside its baselines on the last weeks, and the verdict."""

    model: str
    items: int
    hold_out_weeks: int
    service: float
    methods: tuple[MethodResult, ...]
    verdict: Verdict
    training_set: str = ""

    @property
    def lines(self) -> Iterator[str]:
        """The report as lines of text."""
        yield f"{self.model}: {self.items} items, last {self.hold_out_weeks} weeks, service {self.service:.0%}"
        yield f"  {'method':<16}{'fill rate':>10}{'frozen EUR':>14}{'cost EUR':>14}"
        for m in self.methods:
            yield f"  {m.method:<16}{m.fill_rate:>10.1%}{m.frozen_eur:>14,.0f}{m.cost_eur:>14,.0f}"
        yield f"  {self.verdict.decision}: {self.verdict.reason}"

    def __str__(self) -> str:
        return "\n".join(self.lines)

    def as_json(self) -> dict[str, Any]:
        """Put the report into JSON-ready values."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True, slots=True)
class Challenge:
    """A model under test: name, levels, what it must save, the bootstrap's seed, and the manifest it learnt from."""

    model: str
    levels: Levels
    min_gain: float = 0.03
    seed: int = 0
    training_set: str = ""


def evaluate(
    panel: Panel, challenge: Challenge, plan: Plan, baselines: Mapping[str, Levels] = BASELINES
) -> ForecastReport:
    """Run the challenger and every baseline through the same hold-out, and decide.

    Items that were not there before the hold-out are left out. Cost is holding and waiting, as the plan says.
    """
    known = np.flatnonzero((~np.isnan(panel.demand[:, : plan.cut(panel)])).any(axis=1))
    judged = panel.only(known.tolist())
    run = {name: simulate(judged, levels(judged, plan), plan) for name, levels in baselines.items()}
    ours = simulate(judged, challenge.levels(judged, plan), plan)
    comparisons = tuple(
        compare(name, theirs.cost_eur, ours.cost_eur, seed=challenge.seed) for name, theirs in run.items()
    )
    return ForecastReport(
        model=challenge.model,
        items=len(judged.items),
        hold_out_weeks=plan.hold_out_weeks,
        service=plan.service,
        methods=(_result("model", ours), *(_result(name, outcome) for name, outcome in run.items())),
        verdict=decide(comparisons, challenge.min_gain),
        training_set=challenge.training_set,
    )


def _result(method: str, outcome: Outcome) -> MethodResult:
    demanded = float(outcome.demanded_eur.sum())
    return MethodResult(
        method=method,
        fill_rate=float(outcome.served_eur.sum()) / demanded if demanded else 1.0,
        frozen_eur=float(outcome.frozen_eur.sum()),
        cost_eur=float(outcome.cost_eur.sum()),
    )
