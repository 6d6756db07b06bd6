"""Which shipment sales.shipments holds back, and which it only warns of."""

from collections.abc import Mapping
from datetime import UTC, datetime

import polars as pl

from meshwright.testing import failed
from thenar_sales.shipments import ErpShipment, Shipment, shipments

GIVEN = {
    "shipment_id": "SHP-00000001",
    "line_id": "ORD-00000001-1",
    "customer_id": "CUS-000001",
    "serial_number": "SN-0000001",
    "hand_model": "H1",
    "firmware_version": "1.0.0",
    "motion_model": "mm-1",
    "shipped_at": datetime(2024, 1, 18, tzinfo=UTC),
    "recorded_at": datetime(2024, 1, 19, tzinfo=UTC),
}
KNOWN = {
    "sales.orders.line_id": pl.LazyFrame({"line_id": ["ORD-00000001-1"]}),
    "sales.customers.customer_id": pl.LazyFrame({"customer_id": ["CUS-000001"]}),
}


def broken(*changes: Mapping[str, object]) -> list[list[str]]:
    return failed(Shipment, shipments(ErpShipment.example([{**GIVEN, **change} for change in changes])), KNOWN)


def test_a_shipment_passes_and_its_copy_does_not() -> None:
    assert [["key"], []] == broken({}, {})


def test_a_hand_whose_order_line_waits_in_quarantine_is_a_warning_alone() -> None:
    line = shipments.spec.column("line_id")

    assert [["line_id.references"]] == broken({"line_id": "ORD-00000002-1"})
    assert line is not None
    assert "warn" == line.on_fail


def test_a_customer_whom_nobody_knows_is_held_back() -> None:
    assert [["customer_id.references"]] == broken({"customer_id": "CUS-900001"})


def test_limits_and_the_rule_hold_back_what_is_no_shipment() -> None:
    changes: list[dict[str, object]] = [
        {"shipment_id": "1"},
        {"serial_number": "1"},
        {"hand_model": "H3"},
        {"firmware_version": "one"},
        {"motion_model": "one"},
        {"recorded_at": datetime(2024, 1, 17, tzinfo=UTC)},
    ]

    assert [
        ["shipment_id.pattern"],
        ["serial_number.pattern"],
        ["hand_model.values"],
        ["firmware_version.pattern"],
        ["motion_model.pattern"],
        ["recorded_after_shipped"],
    ] == [broken(change)[0] for change in changes]
