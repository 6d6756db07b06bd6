"""The model's own code on 3,451 real spare parts, beside the base stock that others have measured there."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).parents[2]
WORKBOOK = REPOSITORY.parent / "shared" / "data" / "spare_parts_man" / "MAN.xlsx"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not WORKBOOK.exists(), reason="needs ../shared/data/spare_parts_man"),
]


@pytest.fixture(scope="module")
def reports() -> list[dict[str, Any]]:
    command = [sys.executable, "scripts/spare_parts_man.py", str(WORKBOOK), "--json"]
    done = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def method(report: dict[str, Any], name: str) -> dict[str, float]:
    (found,) = (m for m in report["methods"] if m["method"] == name)
    return dict(found)


@pytest.mark.parametrize(("number", "fill", "euros"), [(0, 0.81, 0.84e6), (1, 0.85, 1.08e6), (2, 0.89, 1.26e6)])
def test_base_stock_serves_and_freezes_what_was_measured(
    reports: list[dict[str, Any]], number: int, fill: float, euros: float
) -> None:
    """Within 1.5 points and 2.5 %: here an order takes its whole lead time, there it came a week sooner."""
    base = method(reports[number], "base stock")

    assert 1_730 == reports[number]["items"]
    assert pytest.approx(fill, abs=0.015) == base["fill_rate"]
    assert pytest.approx(euros, rel=0.025) == base["frozen_eur"]


def test_the_all_zero_forecast_serves_nobody_and_costs_most(reports: list[dict[str, Any]]) -> None:
    for report in reports:
        zero = method(report, "all zero")

        assert (0.0, 0.0) == (zero["fill_rate"], zero["frozen_eur"])
        assert zero["cost_eur"] == max(m["cost_eur"] for m in report["methods"])


def test_the_verdict_follows_from_the_costs(reports: list[dict[str, Any]]) -> None:
    for report in reports:
        best = min(m["cost_eur"] for m in report["methods"] if m["method"] != "model")
        saved = 1 - method(report, "model")["cost_eur"] / best

        assert (saved >= 0.03) or ("hold" == report["verdict"]["decision"])
        assert pytest.approx(saved) == min(c["gain"] for c in report["verdict"]["comparisons"])
