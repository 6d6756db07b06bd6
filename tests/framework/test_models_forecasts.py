"""Forecasts against published numbers, and that none of them looks ahead."""

from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import PoissonRegressor

from meshwright.errors import DefinitionError
from meshwright.models import (
    Array,
    Forecaster,
    Panel,
    Plan,
    croston,
    croston_rates,
    fit_counts,
    from_history,
    learned,
    moving_average,
    sba,
    seasonal_naive,
    zero,
)

LUMPY = [0.0, 0, 3, 0, 0, 0, 5, 0, 2, 0, 0, 0, 0, 4, 0, 1]


def panel(demand: Array, lead: float = 3) -> Panel:
    count = len(demand)
    return Panel(
        items=tuple(str(n) for n in range(count)),
        demand=demand,
        unit_cost_eur=np.ones(count),
        lead_weeks=np.full(count, lead),
    )


def random_demand(items: int = 12, weeks: int = 80) -> Array:
    rng = np.random.default_rng(3)
    demand = rng.poisson(rng.gamma(1.0, 2.0, (items, 1)), (items, weeks)).astype(np.float64)
    demand[0, :30] = np.nan
    return demand


def test_croston_and_its_correction_give_the_published_numbers() -> None:
    """As statsforecast 2.1.1 has them: CrostonClassic and CrostonSBA on this series."""
    series = np.array([LUMPY])

    after = panel(np.array([[*LUMPY, np.nan]]), lead=0)

    assert pytest.approx(0.96188, abs=5e-6) == croston_rates(series, 0.1)[0, -1]
    assert pytest.approx(0.96188, abs=5e-6) == croston(after)[0, -1]
    assert pytest.approx(0.91379, abs=5e-6) == sba(after)[0, -1]


def test_a_horizon_is_the_lead_time_and_the_week_to_the_next_review() -> None:
    demand = np.array([[1.0, 2, 3, 4, 5, 6]])

    assert [6.0, 9.0, 12.0, 15.0] == panel(demand, lead=2).ahead()[0, :4].tolist()
    assert np.isnan(panel(demand, lead=2).ahead()[0, 4:]).all()


def test_a_moving_average_is_the_mean_of_the_weeks_there_were() -> None:
    found = moving_average(panel(np.array([[np.nan, 4.0, 0, 2, 7]]), lead=0), window=2)

    assert [0.0, 0.0, 4.0, 2.0, 1.0] == found[0].tolist()


def test_last_year_is_repeated_and_without_one_the_last_week() -> None:
    demand = np.arange(60.0)[None, :]

    found = seasonal_naive(panel(demand, lead=1))

    assert 2 * 50.0 == found[0, 51]
    assert 3.0 + 4.0 == found[0, 55]


def test_the_shortest_history_of_a_season_is_no_mistake() -> None:
    assert (1, 53) == seasonal_naive(panel(np.ones((1, 53)), lead=60)).shape


def by_pieces(panel: Panel) -> Array:
    return learned(Plan(hold_out_weeks=10))(from_history(panel))


def by_items(panel: Panel) -> Array:
    return learned(Plan(hold_out_weeks=10), alike=True)(from_history(panel))


@pytest.mark.parametrize(
    "forecaster",
    [
        zero,
        seasonal_naive,
        moving_average,
        croston,
        sba,
        by_pieces,
        by_items,
    ],
)
def test_no_forecast_looks_ahead(forecaster: Forecaster) -> None:
    demand = random_demand()
    for week in (20, 55, 79):
        other = demand.copy()
        other[:, week:] = 1_000.0

        assert np.array_equal(forecaster(panel(demand))[:, : week + 1], forecaster(panel(other))[:, : week + 1])


def test_the_count_regression_is_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(11)
    features = rng.normal(3.0, 2.0, (500, 4))
    exposure = rng.uniform(0.5, 5.0, 500)
    counts = rng.poisson(exposure * np.exp(0.3 * features[:, 0] - 0.2 * features[:, 1])).astype(np.float64)
    ridge = 2.0

    ours = fit_counts(features, counts, exposure, ridge=ridge)

    # their deviance is halved and averaged with weights: exposure as weight of a rate is the same likelihood
    theirs: Any = PoissonRegressor(alpha=ridge / exposure.sum(), tol=1e-10, max_iter=1_000)
    scaled = (features - features.mean(axis=0)) / features.std(axis=0)
    theirs.fit(scaled, counts / exposure, sample_weight=exposure)
    assert np.allclose(theirs.coef_, ours.weights, atol=1e-5)
    assert pytest.approx(theirs.intercept_, abs=1e-5) == ours.intercept


def test_the_same_rows_give_the_same_weights_and_other_rows_others() -> None:
    demand = from_history(panel(random_demand()))
    plan = Plan(hold_out_weeks=10)

    assert np.array_equal(learned(plan)(demand), learned(plan)(demand))
    assert not np.array_equal(learned(plan)(demand), learned(plan, ridge=500.0)(demand))


def test_a_regression_on_nothing_but_zeros_expects_nothing_to_speak_of() -> None:
    model = fit_counts(np.zeros((10, 2)), np.zeros(10), np.ones(10))

    assert model.predict(np.zeros((1, 2)), np.ones(1))[0] < 0.1


def test_parts_of_a_panel_that_do_not_fit_are_refused() -> None:
    with pytest.raises(DefinitionError, match="do not fit"):
        Panel(items=("a",), demand=np.ones((2, 3)), unit_cost_eur=np.ones(1), lead_weeks=np.ones(1))
