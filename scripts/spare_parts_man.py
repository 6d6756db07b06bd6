#!/usr/bin/env python
"""Hold the spare-part model against its baselines on 3,451 real spare parts (MAN), and print fill rates and euros.

python scripts/spare_parts_man.py ../shared/data/spare_parts_man/MAN.xlsx
"""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

import fastexcel
import numpy as np
import polars as pl

from meshwright import models

COLUMNS = {"item": 0, "unit_cost_eur": 2, "lead_weeks": 5}
FIRST_WEEK, WEEKS = 9, 150
SERVICES = (0.90, 0.95, 0.99)


def read(workbook: Path) -> models.Panel:
    """Read the sheet's items: those with a number in column A, below six rows of headers and above the totals."""
    sheet = fastexcel.read_excel(workbook).load_sheet("Data", header_row=None, dtypes="string").to_polars()
    cells = sheet.select(pl.all().cast(pl.Float64, strict=False))
    rows = cells.filter(pl.nth(COLUMNS["item"]).is_not_null()).to_numpy()
    demand = rows[:, FIRST_WEEK : FIRST_WEEK + WEEKS]
    if np.isnan(demand).any():
        raise SystemExit(f"{workbook}: a week of an item holds no number; is this MAN.xlsx?")
    panel = models.Panel(
        items=tuple(str(int(number)) for number in rows[:, COLUMNS["item"]]),
        demand=demand,
        unit_cost_eur=rows[:, COLUMNS["unit_cost_eur"]],
        lead_weeks=rows[:, COLUMNS["lead_weeks"]],
    )
    return models.from_history(panel)


def judged(panel: models.Panel, service: float, seed: int) -> models.ForecastReport:
    """Judge items whose demand varied before the hold-out; the model moves each item's base stock by its forecast."""
    plan = models.Plan(service=service)
    varied = np.flatnonzero(panel.demand[:, : plan.cut(panel)].std(axis=1) > 0)
    levels = models.scaled(models.learned(plan, alike=True, refit_weeks=13))
    challenge = models.Challenge(model="spare_parts_man", levels=levels, seed=seed)
    return models.evaluate(panel.only(varied.tolist()), challenge, plan)


def main() -> None:
    """Print one report for each service."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workbook", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    panel = read(given.workbook)
    reports = [judged(panel, service, given.seed) for service in SERVICES]
    if given.json:
        print(json.dumps([asdict(report) for report in reports], indent=2))
        return
    print(f"{len(panel.items)} items, {WEEKS} weeks, {(panel.demand == 0).mean():.1%} zeros")
    for report in reports:
        print(report)


if __name__ == "__main__":
    main()
