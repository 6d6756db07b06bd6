"""What supply_chain.lots makes of a delivery, and which it holds back."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl

from meshwright.testing import failed
from thenar_supply_chain.lots import Delivery, Lot, lots

GIVEN = {
    "delivery_id": "DEL-000001",
    "lot_number": "LOT-000001",
    "supplier_id": "SUP-01",
    "part_number": "HDG-1001",
    "destination": "PARTS",
    "ordered_on": date(2025, 3, 1),
    "promised_on": date(2025, 3, 10),
    "received_at": datetime(2025, 3, 14, 12, tzinfo=UTC),
    "quantity": 120,
    "unit_price_eur": Decimal("12.50"),
    "recorded_at": datetime(2025, 3, 14, 17, tzinfo=UTC),
}
KNOWN = {
    "supply_chain.suppliers.supplier_id": pl.LazyFrame({"supplier_id": ["SUP-01"]}),
    "supply_chain.parts.part_number": pl.LazyFrame({"part_number": ["HDG-1001"]}),
}


def made(*changes: Mapping[str, object]) -> pl.LazyFrame:
    return lots(Delivery.example([{**GIVEN, **change} for change in changes]))


def broken(*changes: Mapping[str, object]) -> list[list[str]]:
    return failed(Lot, made(*changes), KNOWN)


def test_lead_time_is_counted_from_the_day_of_order_and_lateness_from_the_end_of_the_promised_day() -> None:
    assert [(13.5, 3.5, False)] == made({}).select("lead_days", "days_late", "rush").collect().rows()
    assert [[]] == broken({})


def test_what_came_on_the_promised_day_is_not_late() -> None:
    assert [-0.5] == made({"promised_on": date(2025, 3, 14)}).collect()["days_late"].to_list()


def test_what_came_within_two_days_was_a_rush() -> None:
    days = [{"ordered_on": date(2025, 3, day)} for day in (14, 12, 11)]

    assert [True, True, False] == made(*days).collect()["rush"].to_list()


def test_a_blank_behind_the_supplier_is_taken_away() -> None:
    assert [[]] == broken({"supplier_id": "SUP-01 "})


def test_a_delivery_entered_twice_counts_once() -> None:
    assert [["key"], []] == broken({}, {})


def test_limits_and_the_rule_hold_back_what_is_no_lot() -> None:
    changes: list[dict[str, object]] = [
        {"quantity": -120},
        {"lot_number": "1"},
        {"delivery_id": "1"},
        {"supplier_id": "SUP-99"},
        {"part_number": "HDG-9999"},
        {"destination": "HANDS"},
        {"unit_price_eur": Decimal(-1)},
        {"promised_on": date(2025, 2, 28)},
        {"ordered_on": date(2025, 3, 20), "promised_on": date(2025, 3, 20)},
    ]

    assert [
        ["quantity.gt"],
        ["lot_number.pattern"],
        ["delivery_id.pattern"],
        ["supplier_id.references"],
        ["part_number.references"],
        ["destination.values"],
        ["unit_price_eur.ge"],
        ["promised_after_ordered"],
        ["lead_days.ge"],
    ] == [broken(change)[0] for change in changes]
