"""What sales.orders makes of an order line, and which line it holds back."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl

from meshwright.testing import failed
from thenar_sales.erp import ErpOrderLine
from thenar_sales.orders import OrderLine, StandardCost, orders

GIVEN = {
    "line_id": "ORD-00000001-1",
    "order_id": "ORD-00000001",
    "line_number": 1,
    "customer_id": "CUS-000001",
    "email": "ines@iris.example",
    "hand_model": "H1",
    "quantity": 2,
    "unit_price_eur": Decimal("18000.00"),
    "placed_at": datetime(2025, 3, 14, 9, 30, tzinfo=UTC),
    "promised_for": datetime(2025, 4, 14, tzinfo=UTC),
    "recorded_at": datetime(2025, 3, 14, 10, tzinfo=UTC),
}
COSTS = StandardCost.example(
    [
        {"item_id": "H1", "unit_cost_eur": Decimal("9000.00"), "valid_from": date(2024, 1, 1)},
        {"item_id": "H1", "unit_cost_eur": Decimal("8500.50"), "valid_from": date(2025, 3, 14)},
        {"item_id": "H1", "unit_cost_eur": Decimal("1.00"), "valid_from": date(2025, 3, 15)},
        {"item_id": "H2", "unit_cost_eur": Decimal("2.00"), "valid_from": date(2025, 3, 1)},
    ]
)
CUSTOMERS = {"sales.customers.customer_id": pl.LazyFrame({"customer_id": ["CUS-000001"]})}


def made(*changes: Mapping[str, object]) -> pl.LazyFrame:
    return orders(ErpOrderLine.example([{**GIVEN, **change} for change in changes]), COSTS)


def broken(*changes: Mapping[str, object]) -> list[list[str]]:
    return failed(OrderLine, made(*changes), CUSTOMERS)


def test_a_line_as_the_customer_confirmed_it_passes() -> None:
    assert [[]] == broken({})


def test_the_margin_is_counted_with_the_cost_of_the_day() -> None:
    assert Decimal("18999.00") == made({}).collect()["margin_eur"].item()


def test_a_model_without_a_cost_has_no_margin_and_passes() -> None:
    early = {"hand_model": "H2", "placed_at": datetime(2025, 2, 28, tzinfo=UTC)}

    assert [None] == made(early).collect()["margin_eur"].to_list()
    assert [[]] == broken(early)


def test_a_blank_behind_the_model_is_taken_away() -> None:
    found = made({"hand_model": "H1 "}).collect()

    assert "H1" == found["hand_model"].item()
    assert Decimal("18999.00") == found["margin_eur"].item()


def test_less_than_one_hand_is_no_order() -> None:
    assert [["quantity.gt"]] == broken({"quantity": -2})
    assert [["quantity.gt"]] == broken({"quantity": 0})


def test_a_customer_whom_nobody_knows_is_held_back() -> None:
    assert [["customer_id.references"]] == broken({"customer_id": "CUS-900001"})


def test_the_corrected_statement_stays() -> None:
    corrected = {"quantity": 1, "recorded_at": datetime(2025, 3, 20, tzinfo=UTC)}

    assert [["key"], []] == broken({}, corrected)
    assert [[], ["key"]] == broken(corrected, {})


def test_a_wrong_address_is_a_warning_and_a_promise_before_the_order_an_error() -> None:
    email = orders.spec.column("customer_email")
    rules = {r.name: r.severity for r in orders.spec.rules}

    assert [["customer_email.pattern"]] == broken({"email": "ines.at.iris.example"})
    assert [["promised_after_placed"]] == broken({"promised_for": datetime(2025, 3, 1, tzinfo=UTC)})
    assert email is not None
    assert "warn" == email.on_fail
    assert {"promised_after_placed": "error", "line_belongs_to_order": None} == rules


def test_limits_hold_back_what_is_no_line() -> None:
    changes: list[dict[str, object]] = [
        {"line_id": "ORD-00000002-1"},
        {"line_id": "1"},
        {"line_number": 0},
        {"hand_model": "H3"},
        {"unit_price_eur": Decimal(-1)},
    ]

    assert [
        ["line_belongs_to_order"],
        ["line_id.pattern", "line_belongs_to_order"],
        ["line_number.ge"],
        ["hand_model.values"],
        ["unit_price_eur.ge"],
    ] == [broken(change)[0] for change in changes]
