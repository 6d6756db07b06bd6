"""Which firmware ran when a hand stopped itself."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import polars as pl

from meshwright.testing import failed
from thenar_robotics.events import FleetEvent
from thenar_robotics.protective_stops import ProtectiveStop, Running, protective_stops

NOON = datetime(2025, 3, 14, 12, tzinfo=UTC)
DAY = timedelta(days=1)
GIVEN = {
    "event_id": "EVT-00000001",
    "kind": "protective_stop",
    "serial_number": "SN-0000001",
    "joint": "wrist",
    "cause": "overheat",
    "at": NOON,
    "recorded_at": NOON + DAY,
}
RUNNING = [
    {"version": "1.0.0", "installed_at": NOON - 9 * DAY},
    {"version": "1.1.0", "installed_at": NOON - DAY},
    {"version": "1.2.0", "installed_at": NOON + DAY},
    {"version": "mm-2", "installed_at": NOON, "component": "motion_model"},
    {"version": "9.0.0", "installed_at": NOON, "serial_number": "SN-0000002"},
]


def made(*changes: Mapping[str, object]) -> pl.LazyFrame:
    running = [{"serial_number": "SN-0000001", "component": "firmware", "hand_model": "H1"} | r for r in RUNNING]
    return protective_stops(FleetEvent.example([{**GIVEN, **change} for change in changes]), Running.example(running))


def broken(*changes: Mapping[str, object]) -> list[list[str]]:
    return failed(ProtectiveStop, made(*changes))


def test_the_firmware_installed_last_before_the_stop_ran() -> None:
    assert [("1.1.0", "H1")] == made({}).select("firmware_version", "hand_model").collect().rows()


def test_a_stop_before_any_installation_has_no_firmware_and_passes() -> None:
    early = {"at": NOON - 10 * DAY}

    assert [None] == made(early).collect()["firmware_version"].to_list()
    assert [[]] == broken(early)


def test_installations_are_no_stops() -> None:
    assert 0 == made({"kind": "software_installed"}).collect().height


def test_a_report_that_arrives_twice_counts_once() -> None:
    assert [["key"], []] == broken({}, {})


def test_limits_and_the_rule_hold_back_what_is_no_stop() -> None:
    changes: list[dict[str, object]] = [
        {"event_id": "1"},
        {"serial_number": "1"},
        {"joint": None},
        {"joint": "elbow"},
        {"cause": "boredom"},
        {"recorded_at": NOON - DAY},
    ]

    assert [
        ["event_id.pattern"],
        ["serial_number.pattern"],
        ["joint.required"],
        ["joint.values"],
        ["cause.values"],
        ["recorded_after_stop"],
    ] == [broken(change)[0] for change in changes]
