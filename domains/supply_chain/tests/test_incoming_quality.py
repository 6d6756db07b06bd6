"""How good each lot was, from inspection to the field."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from meshwright.testing import failed
from thenar_supply_chain.incoming_quality import (
    BuiltIn,
    Failed,
    Inspection,
    LotQuality,
    Reading,
    Received,
    incoming_quality,
)

DAY0 = datetime(2025, 3, 3, tzinfo=UTC)
WEEK = timedelta(weeks=1)
BAD, GOOD, SMALL = "LOT-000001", "LOT-000002", "LOT-000003"
LOTS = [{"lot_number": lot, "supplier_id": "SUP-07", "part_number": "MOT-2201"} for lot in (BAD, GOOD, SMALL)]


def pieces(lot: str, count: int) -> list[dict[str, object]]:
    return [
        {"serial_number": f"{lot}-{n}", "joint": "wrist", "lot_number": lot, "installed_at": DAY0} for n in range(count)
    ]


def failures(lot: str, *weeks: float) -> list[dict[str, object]]:
    return [{"lot_number": lot, "weeks_to_failure": after} for after in weeks]


def inspection(number: int, lot: str, sample: int, rejected: int) -> dict[str, object]:
    return {"inspection_id": f"INS-{number:06d}", "lot_number": lot, "sample_size": sample, "rejected": rejected}


def reading(week: float, degrees: float, recorded: float | None = None) -> dict[str, object]:
    return {
        "serial_number": f"{BAD}-0", "joint": "wrist", "measured_at": DAY0 + week * WEEK, "temperature_c": degrees,
        "recorded_at": DAY0 + (week if recorded is None else recorded) * WEEK, "backlash_arcmin": 2.0,
        "weeks_in_service": week,
    }  # fmt: skip


def made(readings: list[dict[str, object]] | None = None) -> pl.LazyFrame:
    inspections = [inspection(1, BAD, 32, 2), inspection(1, BAD, 32, 2), inspection(2, BAD, 8, 1)]
    built_in = pieces(BAD, 40) + pieces(GOOD, 50) + pieces(SMALL, 2)
    failed_pieces = failures(BAD, *[5.0] * 8, 26.0, 26.5) + failures(GOOD, 30.0) + failures(SMALL, 1.0)
    return incoming_quality(
        Inspection.example(inspections),
        Received.example(LOTS),
        BuiltIn.example(built_in),
        Failed.example(failed_pieces),
        Reading.example(readings or []),
    )


def test_only_failures_within_26_weeks_are_early() -> None:
    found = made().select("lot_number", "installed", "failed_early", "failures_per_1000").collect()

    assert [(BAD, 40, 9, 225.0), (GOOD, 50, 0, 0.0), (SMALL, 2, 1, 500.0)] == found.rows()


def test_one_failure_of_two_pieces_proves_less_than_nine_of_forty() -> None:
    found = made().sort("at_least_per_1000", descending=True).collect()

    assert [BAD, SMALL, GOOD] == found["lot_number"].to_list()
    assert [pytest.approx(123.2, abs=0.1), pytest.approx(94.5, abs=0.1), 0.0] == found["at_least_per_1000"].to_list()


def test_inspections_add_up_a_copy_counts_once_and_none_is_zero() -> None:
    assert [(40, 3), (0, 0), (0, 0)] == made().select("sampled", "rejected").collect().rows()


def test_a_lot_that_went_into_no_hand_is_left_out() -> None:
    lots = Received.example([*LOTS, {"lot_number": "LOT-000009"}])
    found = incoming_quality(
        Inspection.example([]), lots, BuiltIn.example(pieces(BAD, 1)), Failed.example([]), Reading.example([])
    )

    assert [BAD] == found.collect()["lot_number"].to_list()


def test_joints_are_measured_over_the_first_26_weeks_by_the_newest_statement() -> None:
    found = made([reading(1, 90.0), reading(1, 40.0, recorded=3), reading(2, 42.0), reading(27, 90.0)]).collect()

    assert [41.0, None, None] == found["mean_temperature_c"].to_list()
    assert [1.5, None, None] == found["mean_weeks_in_service"].to_list()


def test_rows_fit_the_contract_and_more_rejects_than_samples_do_not() -> None:
    assert [[], [], []] == failed(LotQuality, made())
    assert [["rejects_are_of_the_sample"]] * 3 == failed(
        LotQuality, made().with_columns(rejected=pl.col("sampled") + 1)
    )
