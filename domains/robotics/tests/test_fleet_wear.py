"""How worn the fleet's joints were, as known at the end of each week."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from meshwright.testing import failed
from thenar_robotics.fleet_wear import BuiltIn, Design, FleetWear, Reading, fleet_wear

MONDAY = datetime(2025, 3, 31, tzinfo=UTC)
SUNDAY = MONDAY - timedelta(hours=4)
DAY = timedelta(days=1)
PARTS = [("a", "HDG-1001"), ("a", "MOT-1001"), ("b", "HDG-1002"), ("b", "MOT-1001")]
DESIGNS = [
    {"part_number": "HDG-1001", "backlash_arcmin": 1.0},
    {"part_number": "HDG-1002", "backlash_arcmin": 2.0},
]


def reading(serial: str, backlash: float, **change: object) -> dict[str, object]:
    return {
        "serial_number": serial, "joint": "wrist", "measured_at": SUNDAY, "recorded_at": SUNDAY,
        "weeks_in_service": 10.0, "operating_hours": 60.0, "temperature_c": 40.0, "backlash_arcmin": backlash,
    } | change  # fmt: skip


def made(*readings: Mapping[str, object]) -> pl.LazyFrame:
    built_in = [{"serial_number": s, "joint": "wrist", "part_number": p} for s, p in PARTS]
    return fleet_wear(Reading.example(readings), BuiltIn.example(built_in), Design.example(DESIGNS))


def test_wear_is_measured_against_the_transmission_that_sits_in_the_joint() -> None:
    found = made(reading("a", 2.0), reading("b", 3.0)).select("part_number", "joints", "backlash_ratio").collect()

    assert [("HDG-1001", 1, 2.0), ("HDG-1002", 1, 1.5), ("MOT-1001", 2, 1.75)] == found.rows()


def test_a_joint_is_worn_above_eighteen_tenths_of_new() -> None:
    found = made(reading("a", 2.0), reading("b", 3.0)).select("part_number", "worn_share").collect()

    assert {"HDG-1001": 1.0, "HDG-1002": 0.0, "MOT-1001": 0.5} == dict(found.rows())


def test_a_reading_recorded_after_the_week_changes_no_row() -> None:
    late = reading("b", 540.0, recorded_at=MONDAY + 9 * DAY)

    assert made(reading("a", 2.0)).collect().equals(made(reading("a", 2.0), late).collect())


def test_the_monday_itself_is_in_time() -> None:
    assert 2 == made(reading("a", 2.0, recorded_at=MONDAY)).collect().height


def test_figures_are_of_the_week_that_ends_with_the_monday() -> None:
    week_before = reading("a", 1.0, measured_at=SUNDAY - 7 * DAY, recorded_at=SUNDAY - 7 * DAY, temperature_c=30.0)
    found = made(reading("a", 2.0), week_before).filter(pl.col("part_number") == "MOT-1001").collect()

    assert [(MONDAY - 7 * DAY, 30.0, 60.0), (MONDAY, 40.0, 60.0)] == found.select(
        "week_ends_at", "temperature_c", "operating_hours"
    ).rows()
    assert found["known_at"].to_list() == found["week_ends_at"].to_list()


def test_hands_of_unknown_service_leave_the_mean_to_the_others() -> None:
    found = made(reading("a", 2.0), reading("b", 3.0, weeks_in_service=None)).collect()

    assert 10.0 == pytest.approx(found.filter(pl.col("part_number") == "MOT-1001")["mean_weeks_in_service"].item())


def test_rows_fit_the_contract_and_a_look_ahead_does_not() -> None:
    sound = made(reading("a", 2.0))
    ahead = sound.with_columns(known_at=pl.col("known_at") - pl.duration(days=1))

    assert [[], []] == failed(FleetWear, sound)
    assert [["known_after_the_week"]] * 2 == failed(FleetWear, ahead)
