"""Hypothesis profiles, and what continuous integration asks of a run: no unexplained skip, no marker over its budget.

It stands at the root because the tests of the domains live outside `tests`.
"""

import gc
import os
from collections import defaultdict
from collections.abc import Generator
from typing import TypeVar

import hypothesis
import pytest

IN_CI = bool(os.environ.get("CI"))
MAY_BE_ABSENT = "shared/data"  # the whole real files stand beside the clone, not in it
MARKER = "marker"  # of a report's properties: travels from the process that ran a test to the one that counts
Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

# Derandomised everywhere: a red test is red for everybody, and again. `explore` looks for new examples.
# A deadline or a slow example says more about a shared machine than about the code.
unhurried = hypothesis.settings(deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.register_profile("dev", unhurried, derandomize=True, max_examples=50)
hypothesis.settings.register_profile("ci", unhurried, derandomize=True, max_examples=100)
hypothesis.settings.register_profile("explore", unhurried, derandomize=False, max_examples=2_000)
# `scripts/hunt-lineage` says how many, and `--hypothesis-seed` which ones.
HUNTED = int(os.environ.get("MESH_HUNT_PLANS", "2000"))
hypothesis.settings.register_profile("hunt", unhurried, derandomize=False, max_examples=HUNTED, database=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if IN_CI else "dev"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the budgets from pyproject.toml, beside the markers."""
    parser.addini("budgets", "MARKER=SECONDS that all tests of a marker may take together", type="linelist")


def pytest_configure(config: pytest.Config) -> None:
    """Start counting, in the process that hears of every test, whichever ran it."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Accounts(config), "accounts")


def pytest_collection_finish() -> None:
    """Keep what all tests share out of the garbage collector's sight: to walk through it again took a test's time."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Write the marker that pays for a test into its report, and refuse its skip."""
    report = yield
    marker = next((name for name in budgets(item.config) if item.get_closest_marker(name)), "default")
    report.user_properties.append((MARKER, marker))
    return without_skip(report)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Refuse the skip of a whole file."""
    report = yield
    return without_skip(report)


class Accounts:
    """What each marker took of its budget: the seconds of its tests, divided by the processes they ran in."""

    def __init__(self, config: pytest.Config) -> None:
        """Know the budgets and how many processes share the work."""
        self._allowed = budgets(config)
        self._processes: int = config.getoption("numprocesses", default=None) or 1
        self._spent: defaultdict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count the seconds of a test for its marker; a process that died has named none."""
        marker = str(dict(report.user_properties).get(MARKER, "default"))
        self._spent[marker] += report.duration / self._processes

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail a run whose tests all passed, but not in time."""
        if IN_CI and session.exitstatus == pytest.ExitCode.OK and any("OVER" in line for line in self._lines()):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print what each marker took of its budget."""
        terminalreporter.section("budgets")
        for line in self._lines():
            terminalreporter.write_line(line)

    def _lines(self) -> list[str]:
        """Write one line a marker that ran: seconds spent, seconds allowed."""
        return [
            f"{marker}: {spent:.1f} s of {allowed:.0f} s{', OVER' if spent > allowed else ''}"
            for marker, spent in sorted(self._spent.items())
            for allowed in [self._allowed[marker]]
        ]


def without_skip(report: Report) -> Report:
    """Turn a skip into a failure in CI, unless it is for real data that need not be there."""
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if MAY_BE_ABSENT not in reason:
            report.outcome = "failed"
            report.longrepr = f"{reason}\nA skip fails in CI: install what the test needs, or mark what it is."
    return report


def budgets(config: pytest.Config) -> dict[str, float]:
    """Read seconds by marker."""
    pairs = [line.split("=") for line in config.getini("budgets")]
    return {marker: float(seconds) for marker, seconds in pairs}
