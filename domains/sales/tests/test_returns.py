"""What sales.returns makes of a return, and which return it holds back."""

from collections.abc import Mapping
from datetime import UTC, datetime

import polars as pl

from meshwright.testing import failed
from thenar_sales.returns import ErpReturn, Return, Shipped, returns

GIVEN = {
    "return_id": "RET-0000001",
    "serial_number": "SN-0000001",
    "customer_id": "CUS-000001",
    "joint": "wrist",
    "reason_code": "JOINT_WEAR",
    "reason_text": "Play in the joint",
    "resolution": "repaired",
    "returned_at": datetime(2024, 3, 1, 12, tzinfo=UTC),
    "recorded_at": datetime(2024, 3, 2, tzinfo=UTC),
}
SHIPPED = Shipped.example(
    [{"serial_number": "SN-0000001", "hand_model": "H2", "shipped_at": datetime(2024, 2, 1, tzinfo=UTC)}]
)
CUSTOMERS = {"sales.customers.customer_id": pl.LazyFrame({"customer_id": ["CUS-000001"]})}


def made(*changes: Mapping[str, object]) -> pl.LazyFrame:
    return returns(ErpReturn.example([{**GIVEN, **change} for change in changes]), SHIPPED)


def broken(*changes: Mapping[str, object]) -> list[list[str]]:
    return failed(Return, made(*changes), CUSTOMERS)


def test_a_return_knows_its_hand_and_how_long_it_had_been_out() -> None:
    (found,) = made({}).collect().to_dicts()

    assert ("H2", 29.5, True) == (found["hand_model"], found["days_in_service"], found["part_failed"])
    assert [[]] == broken({})


def test_a_hand_that_sales_never_shipped_is_returned_all_the_same() -> None:
    (found,) = made({"serial_number": "SN-0000009"}).collect().to_dicts()

    assert (None, None) == (found["hand_model"], found["days_in_service"])
    assert [[]] == broken({"serial_number": "SN-0000009"})


def test_no_part_failed_where_none_was_found_broken() -> None:
    quiet = {"joint": None, "reason_code": "NO_FAULT_FOUND"}

    assert [False] == made(quiet).collect()["part_failed"].to_list()
    assert [[]] == broken(quiet)


def test_a_failed_part_without_a_joint_is_held_back() -> None:
    assert [["failed_part_has_joint"]] == broken({"joint": None})
    assert [["failed_part_has_joint"]] == broken({"reason_code": "WRONG_ITEM"})


def test_a_hand_shipped_twice_counts_from_its_first_shipment_and_stays_one_row() -> None:
    again = {"serial_number": "SN-0000001", "hand_model": "H1", "shipped_at": datetime(2024, 2, 20, tzinfo=UTC)}
    first = {"serial_number": "SN-0000001", "hand_model": "H2", "shipped_at": datetime(2024, 2, 1, tzinfo=UTC)}

    found = returns(ErpReturn.example([GIVEN]), Shipped.example([again, first])).collect()

    assert [29.5] == found["days_in_service"].to_list()


def test_todays_diagnosis_stays() -> None:
    again = {"reason_code": "NOISE", "recorded_at": datetime(2024, 3, 9, tzinfo=UTC)}

    assert [["key"], []] == broken({}, again)


def test_limits_hold_back_what_is_no_return() -> None:
    changes: list[dict[str, object]] = [
        {"return_id": "1"},
        {"serial_number": "1"},
        {"customer_id": "CUS-900001"},
        {"joint": "elbow"},
        {"reason_text": "x" * 501},
        {"resolution": "lost"},
    ]

    assert [
        ["return_id.pattern"],
        ["serial_number.pattern"],
        ["customer_id.references"],
        ["joint.values"],
        ["reason_text.max_length"],
        ["resolution.values"],
    ] == [broken(change)[0] for change in changes]
