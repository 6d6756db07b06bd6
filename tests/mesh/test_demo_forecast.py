"""What the demo says of the forecast's baselines, kept again in a ledger of plain Python from the tables alone."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest
from company import Company

WEEK, SETTLED = timedelta(weeks=1), timedelta(weeks=4)
HOLD_OUT, SERVICE, HOLDING = 26, 0.95, 0.20 / 52
WAITING = HOLDING * SERVICE / (1 - SERVICE)
NEW_LEAD_DAYS = 35.0


@dataclass(frozen=True)
class Item:
    """One part: its use week by week (None: not there yet), its lead time and its price, as known at the cut."""

    demand: Sequence[float | None]
    lead_weeks: int
    price: float


@dataclass(frozen=True)
class Ledger:
    """What a stock level would have brought, in euros."""

    demanded: float
    served: float
    cost: float


def rows(company: Company, product: str) -> list[dict[str, Any]]:
    return company.table(f"supply_chain.{product}").collect().to_dicts()


def items(company: Company) -> dict[str, Item]:
    """Read every part that was in the field before the hold-out."""
    used = labels(rows(company, "weekly_spare_demand"))
    newest = max(monday for _, monday in used)
    installed = {(r["part_number"], r["week_ends_at"]) for r in rows(company, "installed_parts")}
    mondays = sorted({monday for _, monday in installed if monday + WEEK <= newest})
    cut = mondays[len(mondays) - HOLD_OUT]
    leads, shelf = rows(company, "lead_times"), rows(company, "stock")
    found: dict[str, Item] = {}
    for part in sorted({part for part, _ in installed}):
        demand = [used.get((part, m + WEEK), 0.0) if (part, m) in installed else None for m in mondays]
        there = [m for m in mondays if (part, m) in installed and m <= cut]
        if any(d is not None for d in demand[: len(mondays) - HOLD_OUT]):
            found[part] = Item(demand, lead(leads, part, there), price(shelf, part, there))
    return found


def labels(used: list[dict[str, Any]]) -> dict[tuple[str, datetime], float]:
    """Take the last statement about each week that was made within four weeks of its end."""
    last: dict[tuple[str, datetime], dict[str, Any]] = {}
    for row in used:
        key = (row["part_number"], row["week_ends_at"])
        in_time = row["known_at"] <= row["week_ends_at"] + SETTLED
        if in_time and (key not in last or last[key]["known_at"] < row["known_at"]):
            last[key] = row
    every = {(r["part_number"], r["week_ends_at"]): 0.0 for r in used}
    return every | {key: float(row["used"]) for key, row in last.items()}


def lead(leads: list[dict[str, Any]], part: str, mondays: Sequence[datetime]) -> int:
    """Find the newest delivery that was known on the newest Monday."""
    known = [r for r in leads if r["part_number"] == part and max(r["received_at"], r["known_at"]) <= mondays[-1]]
    newest = max(known, key=lambda r: (r["received_at"], r["known_at"]), default=None)
    days = newest["lead_days_mean"] if newest else NEW_LEAD_DAYS
    return min(max(math.ceil(days / 7), 1), 26)


def price(shelf: list[dict[str, Any]], part: str, mondays: Sequence[datetime]) -> float:
    """Find the newest price that was known on any Monday until then."""
    mine = [r for r in shelf if (r["item_id"], r["location"]) == (part, "SPARES")]
    for monday in reversed(mondays):
        known = [r for r in mine if max(r["snapshot_at"], r["recorded_at"]) <= monday]
        newest = max(known, key=lambda r: (r["snapshot_at"], r["recorded_at"]), default=None)
        if newest and newest["unit_cost_eur"] is not None:
            return float(newest["unit_cost_eur"])
    return 0.0


def nothing(_: Item) -> int:
    return 0


def base_stock(item: Item) -> int:
    """Cover 95 % of the horizons that were over before the hold-out (quantile by linear interpolation)."""
    past, span = list(item.demand[:-HOLD_OUT]), item.lead_weeks + 1
    windows = [past[i : i + span] for i in range(len(past) - span + 1)]
    sums = sorted(sum(d for d in w if d is not None) for w in windows if None not in w)
    if not sums:
        return 0
    place = SERVICE * (len(sums) - 1)
    below = math.floor(place)
    above = sums[min(below + 1, len(sums) - 1)]
    return math.ceil(sums[below] + (place - below) * (above - sums[below]))


def kept(item: Item, level: int) -> Ledger:
    """Keep the shelf week by week: order up to the level, receive, serve who waits, serve who asks."""
    shelf, waiting, served, held, late = float(level), 0.0, 0.0, 0.0, 0.0
    coming: dict[int, float] = {}
    demand = [d or 0.0 for d in item.demand[-HOLD_OUT:]]
    for week, asked in enumerate(demand):
        short = max(level - (shelf - waiting + sum(coming.values())), 0.0)
        coming[week + item.lead_weeks] = coming.get(week + item.lead_weeks, 0.0) + short
        shelf += coming.pop(week, 0.0)
        caught_up = min(shelf, waiting)
        shelf, waiting = shelf - caught_up, waiting - caught_up
        at_once = min(shelf, asked)
        shelf, waiting, served = shelf - at_once, waiting + asked - at_once, served + at_once
        held, late = held + shelf, late + waiting
    cost = item.price * (HOLDING * held + WAITING * late)
    return Ledger(sum(demand) * item.price, served * item.price, cost)


@pytest.mark.parametrize(("method", "level"), [("all zero", nothing), ("base stock", base_stock)])
def test_a_baseline_costs_and_serves_what_the_ledger_says(
    company: Company, method: str, level: Callable[[Item], int]
) -> None:
    ledgers = [kept(item, level(item)) for item in items(company).values()]
    rates: Mapping[str, float] = company.figure("forecast.fill_rates")

    assert sum(each.demanded for each in ledgers) > 0
    assert sum(each.cost for each in ledgers) == pytest.approx(company.figure("forecast.methods")[method], abs=0.01)
    served = sum(each.served for each in ledgers) / sum(each.demanded for each in ledgers)
    assert served == pytest.approx(rates[method], abs=1e-6)


def test_the_verdict_fits_the_costs_shown(company: Company) -> None:
    costs = dict(company.figure("forecast.methods"))
    ours = costs.pop("model")
    gain = 1 - ours / min(costs.values())

    assert company.figure("forecast.verdict") in ("promote", "hold")
    if gain < 0.03:
        assert "hold" == company.figure("forecast.verdict")


def test_the_plan_of_the_newest_monday_covers_every_part_in_the_field(company: Company) -> None:
    plan = company.table("supply_chain.spare_part_forecast").filter(pl.col("kind") == "spare").collect()
    installed = company.table("supply_chain.installed_parts").collect()
    newest = installed.filter(pl.col("week_ends_at") == pl.col("week_ends_at").max())

    assert set(newest["part_number"]) == set(plan["item_id"])
    assert [newest["week_ends_at"][0]] == plan["planned_at"].unique().to_list()
