"""How often hands stop themselves under each firmware version."""

from datetime import UTC, datetime

import polars as pl

from meshwright.testing import failed
from thenar_robotics.firmware_reliability import (
    FirmwareReliability,
    Installed,
    Stop,
    Worked,
    firmware_reliability,
)

SUNDAY = datetime(2025, 3, 30, 20, tzinfo=UTC)


def worked(serial: str, version: str, hours: float) -> dict[str, object]:
    return {
        "serial_number": serial, "firmware_version": version, "operating_hours": hours, "measured_at": SUNDAY,
    }  # fmt: skip


def made() -> pl.LazyFrame:
    stops: list[dict[str, object]] = [
        {"firmware_version": "2.0.0", "cause": "overheat"},
        {"firmware_version": "2.0.0", "cause": "position_error"},
        {"firmware_version": None, "cause": "overheat"},
    ]
    hours = [worked("a", "2.0.0", 300.0)] * 3 + [worked("b", "2.0.0", 200.0), worked("c", "1.0.0", 50.0)]
    installed: list[dict[str, object]] = [
        {"serial_number": "a", "version": "2.0.0", "customer_token": "t1"},
        {"serial_number": "b", "version": "2.0.0", "customer_token": "t1"},
        {"serial_number": "d", "version": "2.0.0", "customer_token": None},
        {"serial_number": "b", "version": "1.0.0", "customer_token": "t1", "replaced_at": SUNDAY},
    ]
    return firmware_reliability(Stop.example(stops), Worked.example(hours), Installed.example(installed))


def test_stops_are_divided_by_the_hours_of_hands_and_not_of_joints() -> None:
    found = made().select("firmware_version", "operating_hours", "stops", "stops_per_1000_h").collect()

    assert [("1.0.0", 50.0, 0, 0.0), ("2.0.0", 500.0, 2, 4.0)] == found.rows()


def test_a_version_that_never_stopped_a_hand_has_no_position_errors() -> None:
    assert [0.0, 0.5] == made().collect()["position_error_share"].to_list()


def test_hands_and_customers_count_while_the_version_runs() -> None:
    assert [(0, 0), (3, 1)] == made().select("hands_running", "customers_running").collect().rows()


def test_rows_fit_the_contract_and_a_rate_that_does_not_follow_is_refused() -> None:
    assert [[], []] == failed(FirmwareReliability, made())
    assert [["rate_follows_from_counts"]] * 2 == failed(
        FirmwareReliability, made().with_columns(pl.col("stops_per_1000_h") + 1)
    )
