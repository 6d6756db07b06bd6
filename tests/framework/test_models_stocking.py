"""Levels, the shelf they lead to, and the verdict: by hand, by other means, and with a planted winner."""

from dataclasses import asdict, replace
from math import isclose
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats  # type: ignore[import-untyped]  # it ships no types

from meshwright.models import (
    BASELINES,
    Array,
    Challenge,
    Comparison,
    Panel,
    Plan,
    base_stock,
    compare,
    count_quantile,
    decide,
    dispersion,
    evaluate,
    moving_average,
    simulate,
    stocked,
)

PLAN = Plan(hold_out_weeks=4, gap_weeks=0, service=0.5, holding_per_year=52.0)


def one(demand: list[float], lead: float = 1, price: float = 10.0) -> Panel:
    return Panel(items=("a",), demand=np.array([demand]), unit_cost_eur=np.array([price]), lead_weeks=np.array([lead]))


def company(items: int = 30, weeks: int = 90, seed: int = 5) -> Panel:
    rng = np.random.default_rng(seed)
    demand = rng.poisson(rng.uniform(0.5, 6.0, (items, 1)), (items, weeks)).astype(np.float64)
    return Panel(
        items=tuple(str(n) for n in range(items)),
        demand=demand,
        unit_cost_eur=rng.uniform(5, 50, items),
        lead_weeks=rng.integers(1, 6, items).astype(np.float64),
    )


@given(st.floats(0.01, 380), st.floats(0.001, 5), st.sampled_from([0.5, 0.9, 0.95, 0.99]))
def test_a_level_is_the_quantile_that_scipy_finds(mean: float, spread: float, share: float) -> None:
    shape = 1 / spread

    found = count_quantile(np.array([mean]), np.array([spread]), share)[0]

    law = stats.nbinom(shape, shape / (shape + mean))
    assert law.cdf(found) >= share - 1e-9
    assert found == 0 or law.cdf(found - 1) < share + 1e-9


def test_a_large_mean_takes_the_normal_quantile() -> None:
    found = count_quantile(np.array([10_000.0]), np.array([0.0]), 0.95)[0]

    assert isclose(normal_of_scipy(), found, rel_tol=2e-3)


def test_nothing_expected_needs_no_shelf() -> None:
    assert [0.0] == count_quantile(np.zeros(1), np.ones(1), 0.99).tolist()


def test_a_shelf_is_run_as_one_would_by_hand() -> None:
    """Level 3, lead time 1 week, demand 2 2 0 1: the Mondays order 0, 2, 2 and 0; one piece of five is a week late."""
    panel = one([9, 9, 2, 2, 0, 1])
    levels = np.full((1, 6), 3.0)

    found = simulate(panel, levels, PLAN)

    assert 50.0 == found.demanded_eur[0]
    assert 40.0 == found.served_eur[0]
    assert pytest.approx(10 * (1 + 0 + 1 + 2) / 4) == found.frozen_eur[0]
    assert pytest.approx(10 * (4 * PLAN.holding_per_week + 1 * PLAN.waiting_per_week)) == found.cost_eur[0]


def test_waiting_costs_what_makes_the_service_the_cheapest_choice() -> None:
    plan = Plan(service=0.95)

    assert pytest.approx(0.95) == plan.waiting_per_week / (plan.waiting_per_week + plan.holding_per_week)


def test_a_base_stock_covers_that_share_of_the_horizons_before_the_hold_out() -> None:
    panel = one([1.0, 2, 3, 4, 5, 100, 100, 100, 100])

    assert {6.0} == set(base_stock(panel, PLAN)[0])


def test_dispersion_counts_only_horizons_that_were_over() -> None:
    panel = company()
    plan = Plan(hold_out_weeks=20, gap_weeks=2)
    other = panel.demand.copy()
    other[:, 50:] += 70
    changed = replace(panel, demand=other)

    before, after = (dispersion(moving_average(panel), p, plan) for p in (panel, changed))

    assert np.array_equal(before[:, :52], after[:, :52])
    assert not np.allclose(before[:, 60:], after[:, 60:])


def normal_of_scipy() -> float:
    law: Any = stats.poisson(10_000)
    return float(law.ppf(0.95))


def planted(panel: Panel, plan: Plan) -> Array:
    """Know the demand of every horizon ahead: nothing is cheaper."""
    return np.nan_to_num(panel.ahead(), nan=float(panel.demand.mean()) * 4)


def test_a_planted_winner_among_the_baselines_makes_the_report_say_hold() -> None:
    plan = Plan(hold_out_weeks=26, service=0.95)
    challenge = Challenge(model="shop.forecast", levels=stocked(moving_average), seed=1)
    beaten = {"all zero": BASELINES["all zero"]}

    alone = evaluate(company(), challenge, plan, beaten)
    report = evaluate(company(), challenge, plan, {**beaten, "oracle": planted})

    assert "promote" == alone.verdict.decision
    assert "hold" == report.verdict.decision
    assert "oracle" in report.verdict.reason
    assert min(m.cost_eur for m in report.methods) == report.methods[2].cost_eur


def test_a_tie_holds() -> None:
    plan = Plan(hold_out_weeks=26)
    challenge = Challenge(model="shop.forecast", levels=stocked(moving_average), seed=1, min_gain=0.0)

    report = evaluate(company(), challenge, plan, {"the same": stocked(moving_average)})

    assert "hold" == report.verdict.decision
    assert 0.0 == report.verdict.comparisons[0].gain


def test_a_saving_on_one_item_of_many_is_luck() -> None:
    theirs, ours = np.full(40, 10.0), np.full(40, 10.0)
    theirs[0] = 100.0

    found = compare("base", theirs, ours, seed=4)

    assert found.gain > 0.15
    assert found.at_least <= 0
    assert "hold" == decide((found,), 0.03).decision


def test_a_saving_on_every_item_is_no_luck() -> None:
    ours = np.random.default_rng(0).uniform(5, 10, 40)

    found = compare("base", ours * 1.25, ours, seed=4)

    assert pytest.approx(0.2) == found.gain
    assert pytest.approx(0.2) == found.at_least
    assert "promote" == decide((found,), 0.03).decision


def test_nothing_to_compare_with_is_no_reason_to_promote() -> None:
    assert "hold" == decide((), 0.03).decision
    assert "hold" == decide((Comparison(baseline="b", gain=0.02, at_least=0.01),), 0.03).decision


def test_the_verdict_depends_on_the_seed_it_was_given_and_on_nothing_else() -> None:
    theirs, ours = (np.random.default_rng(n).uniform(5, 10, 40) for n in (1, 2))

    assert compare("b", theirs, ours, seed=4) == compare("b", theirs, ours, seed=4)
    assert compare("b", theirs, ours, seed=4) != compare("b", theirs, ours, seed=5)


def test_a_report_prints_every_method_and_the_verdict() -> None:
    challenge = Challenge(model="shop.forecast", levels=stocked(moving_average), seed=1)
    report = evaluate(company(), challenge, Plan())

    text = str(report)

    assert [m.method for m in report.methods] == ["model", *BASELINES]
    assert all(name in text for name in BASELINES)
    assert f"{report.verdict.decision}: {report.verdict.reason}" in text
    assert [asdict(m) for m in report.methods] == list(report.as_json()["methods"])
