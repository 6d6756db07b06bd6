"""What robotics.joint_fatigue makes of a reading, and which it holds back."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import polars as pl

from meshwright.testing import failed
from thenar_robotics.joint_fatigue import JointWeek, Shipped, Telemetry, joint_fatigue

SUNDAY = datetime(2025, 3, 30, 20, tzinfo=UTC)
WEEK = timedelta(weeks=1)
NAN = float("nan")
GIVEN = {
    "serial_number": "SN-0000001",
    "joint": "wrist",
    "gateway_id": "GW-1",
    "firmware_version": "2.1.0",
    "at": SUNDAY,
    "hours": 60.0,
    "cycles": 20_000,
    "torque_p95": 18.5,
    "temperature": 38.0,
    "backlash": 2.5,
    "recorded_at": SUNDAY,
}
SHIPPED = Shipped.example([{"serial_number": "SN-0000001", "shipped_at": SUNDAY - 2 * WEEK}])


def made(*changes: Mapping[str, object]) -> pl.LazyFrame:
    return joint_fatigue(Telemetry.example([{**GIVEN, **change} for change in changes]), SHIPPED)


def broken(*changes: Mapping[str, object]) -> list[list[str]]:
    return failed(JointWeek, made(*changes))


def test_a_reading_in_newton_metres_stays_as_it_is() -> None:
    assert [(18.5, False)] == made({}).select("torque_p95_nm", "torque_was_mnm").collect().rows()
    assert [[]] == broken({})


def test_a_reading_in_millinewton_metres_is_corrected_and_marked() -> None:
    found = made({"torque_p95": 18_500.0}).select("torque_p95_nm", "torque_was_mnm").collect()

    assert [(18.5, True)] == found.rows()
    assert [[]] == broken({"torque_p95": 18_500.0})


def test_the_weakest_joint_in_millinewton_metres_is_above_what_any_joint_bears() -> None:
    assert [(200.0, False), (0.201, True)] == made({"torque_p95": 200.0}, {"torque_p95": 201.0}).select(
        "torque_p95_nm", "torque_was_mnm"
    ).collect().rows()


def test_a_sensor_that_was_off_is_held_back_and_not_corrected() -> None:
    off = {"torque_p95": NAN}

    assert [["torque_p95_nm.finite", "torque_p95_nm.ge", "torque_p95_nm.le"]] == broken(off)
    assert [False] == made(off).collect()["torque_was_mnm"].to_list()
    assert "temperature_c.finite" in broken({"temperature": NAN})[0]


def test_service_is_counted_from_the_shipment() -> None:
    assert [2.0, None] == made({}, {"serial_number": "SN-0000002"}).collect()["weeks_in_service"].to_list()


def test_a_corrected_reading_stands_beside_the_first_and_a_copy_does_not() -> None:
    corrected = {"backlash": 540.0, "recorded_at": SUNDAY + WEEK}

    assert [[], []] == broken({}, corrected)
    assert [["key"], []] == broken({}, {})


def test_a_feature_as_of_monday_does_not_see_what_was_known_later() -> None:
    facts = JointWeek.conform(made({}, {"backlash": 540.0, "recorded_at": SUNDAY + WEEK}))
    mondays = [SUNDAY + timedelta(hours=4), SUNDAY + WEEK + timedelta(hours=4)]
    spine = pl.LazyFrame({"serial_number": "SN-0000001", "joint": "wrist", "at": mondays}).with_columns(
        pl.col("at").cast(pl.Datetime("us", "UTC"))
    )

    assert [2.5, 540.0] == JointWeek.as_of(spine, facts, at="at").collect()["backlash_arcmin"].to_list()


def test_limits_and_the_rule_hold_back_what_no_joint_reports() -> None:
    changes: list[dict[str, object]] = [
        {"serial_number": "1"},
        {"joint": "elbow"},
        {"gateway_id": "1"},
        {"firmware_version": "two"},
        {"hours": 168.5},
        {"hours": 0.0},
        {"cycles": -1},
        {"torque_p95": -1.0},
        {"temperature": 121.0},
        {"backlash": 600.5},
        {"backlash": -0.5},
    ]

    assert [
        ["serial_number.pattern"],
        ["joint.values"],
        ["gateway_id.pattern"],
        ["firmware_version.pattern"],
        ["operating_hours.le"],
        ["cycles_need_hours"],
        ["cycles.ge"],
        ["torque_p95_nm.ge"],
        ["temperature_c.le"],
        ["backlash_arcmin.le"],
        ["backlash_arcmin.ge"],
    ] == [broken(change)[0] for change in changes]
