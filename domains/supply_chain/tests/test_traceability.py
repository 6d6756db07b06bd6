"""Which scan supply_chain.traceability holds back, and which it only warns of."""

from collections.abc import Mapping
from datetime import UTC, datetime

import polars as pl

from meshwright.testing import failed
from thenar_supply_chain.traceability import BuiltIn, Installation, traceability

GIVEN = {
    "serial_number": "SN-0000001",
    "joint": "wrist",
    "part_number": "HDG-1001",
    "lot_number": "LOT-000001",
    "installed_at": datetime(2024, 1, 16, tzinfo=UTC),
    "installed_by": "assembly",
    "recorded_at": datetime(2024, 1, 17, tzinfo=UTC),
}
LOTS = {"supply_chain.lots.lot_number": pl.LazyFrame({"lot_number": ["LOT-000001"]})}


def broken(*changes: Mapping[str, object]) -> list[list[str]]:
    return failed(BuiltIn, traceability(Installation.example([{**GIVEN, **change} for change in changes])), LOTS)


def test_a_repair_puts_the_same_part_in_again() -> None:
    later = datetime(2025, 1, 16, tzinfo=UTC)

    assert [[], []] == broken({}, {"installed_by": "repair", "installed_at": later, "recorded_at": later})


def test_a_lot_that_waits_in_quarantine_is_a_warning_alone() -> None:
    lot = traceability.spec.column("lot_number")

    assert [["lot_number.references"]] == broken({"lot_number": "LOT-000002"})
    assert lot is not None
    assert "warn" == lot.on_fail


def test_limits_key_and_rule_hold_back_what_is_no_scan() -> None:
    assert [["key"], ["key"]] == broken({}, {})
    assert [["serial_number.pattern"]] == broken({"serial_number": "1"})
    assert [["part_number.pattern"]] == broken({"part_number": "1"})
    assert [["joint.values"]] == broken({"joint": "elbow"})
    assert [["lot_number.pattern", "lot_number.references"]] == broken({"lot_number": "1"})
    assert [["installed_by.values"]] == broken({"installed_by": "customer"})
    assert [["recorded_after_installed"]] == broken({"recorded_at": datetime(2024, 1, 15, tzinfo=UTC)})
