"""Which piece failed, and after how long."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import polars as pl

from meshwright.testing import failed
from thenar_supply_chain.part_failures import BuiltIn, PartFailure, Returned, Used, part_failures

DAY0 = datetime(2025, 3, 3, tzinfo=UTC)
WEEK = timedelta(weeks=1)
USED = {
    "consumption_id": "SPC-0000001",
    "part_number": "MOT-2201",
    "serial_number": "SN-0000001",
    "return_id": "RET-0000001",
    "recorded_at": DAY0 + 12 * WEEK,
}


def piece(lot: str, week: int, **change: object) -> dict[str, object]:
    return {
        "serial_number": "SN-0000001", "part_number": "MOT-2201", "joint": "fingers", "lot_number": lot,
        "installed_at": DAY0 + week * WEEK,
    } | change  # fmt: skip


def made(*pieces: Mapping[str, object], reason: str = "LOSS_OF_GRIP", **change: object) -> pl.LazyFrame:
    returned = {"return_id": "RET-0000001", "reason_code": reason, "returned_at": DAY0 + 10 * WEEK}
    return part_failures(Used.example([USED | change]), Returned.example([returned]), BuiltIn.example(pieces))


def test_the_piece_that_sat_in_the_hand_when_it_came_back_failed() -> None:
    found = made(piece("LOT-000001", 0), piece("LOT-000002", 4), piece("LOT-000003", 11))

    assert [("LOT-000002", 6.0)] == found.select("lot_number", "weeks_to_failure").collect().rows()
    assert [[]] == failed(PartFailure, found)


def test_another_hand_and_another_part_have_not_failed() -> None:
    others = [piece("LOT-000002", 4, serial_number="SN-0000002"), piece("LOT-000003", 4, part_number="BRG-2201")]

    assert ["LOT-000001"] == made(piece("LOT-000001", 0), *others).collect()["lot_number"].to_list()


def test_without_a_lot_or_a_return_there_is_nothing_to_say() -> None:
    assert 0 == made(piece("LOT-000001", 11)).collect().height
    assert 0 == made(piece("LOT-000001", 0), return_id="RET-0000002").collect().height


def test_a_repair_without_a_fault_is_a_warning_alone() -> None:
    (rule,) = part_failures.spec.rules

    assert [["joint_failed"]] == failed(PartFailure, made(piece("LOT-000001", 0), reason="NO_FAULT_FOUND"))
    assert "warn" == rule.severity
