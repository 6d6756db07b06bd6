"""Which consumption supply_chain.spare_consumption holds back, and which it only warns of."""

from collections.abc import Mapping
from datetime import UTC, datetime

import polars as pl

from meshwright.testing import failed
from thenar_supply_chain.erp import ErpSpareConsumption
from thenar_supply_chain.spare_consumption import SpareConsumption, spare_consumption

GIVEN = {
    "consumption_id": "SPC-0000001",
    "part_number": "HDG-1001",
    "serial_number": "SN-0000001",
    "return_id": "RET-0000001",
    "quantity": 1,
    "consumed_at": datetime(2024, 3, 2, tzinfo=UTC),
    "recorded_at": datetime(2024, 3, 3, tzinfo=UTC),
}
KNOWN = {
    "supply_chain.parts.part_number": pl.LazyFrame({"part_number": ["HDG-1001"]}),
    "sales.returns.return_id": pl.LazyFrame({"return_id": ["RET-0000001"]}),
}


def broken(*changes: Mapping[str, object]) -> list[list[str]]:
    rows = ErpSpareConsumption.example([{**GIVEN, **change} for change in changes])
    return failed(SpareConsumption, spare_consumption(rows), KNOWN)


def test_the_corrected_statement_stays() -> None:
    assert [["key"], []] == broken({"quantity": 2}, {"recorded_at": datetime(2024, 3, 9, tzinfo=UTC)})


def test_a_repair_puts_nothing_back_on_the_shelf() -> None:
    assert [["quantity.ge"]] == broken({"quantity": -1})


def test_a_return_that_waits_in_quarantine_is_a_warning_alone() -> None:
    column = spare_consumption.spec.column("return_id")

    assert [["return_id.references"]] == broken({"return_id": "RET-0000002"})
    assert column is not None
    assert "warn" == column.on_fail


def test_limits_and_the_rule_hold_back_what_is_no_consumption() -> None:
    assert [[]] == broken({})
    assert [["consumption_id.pattern"]] == broken({"consumption_id": "1"})
    assert [["part_number.references"]] == broken({"part_number": "HDG-9999"})
    assert [["serial_number.pattern"]] == broken({"serial_number": "1"})
    assert [["quantity.le"]] == broken({"quantity": 21})
    assert [["recorded_after_consumed"]] == broken({"recorded_at": datetime(2024, 3, 1, tzinfo=UTC)})
