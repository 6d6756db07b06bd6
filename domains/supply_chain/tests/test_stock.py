"""What lies on a shelf, how long it lasts and what it is worth."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import polars as pl

from meshwright.testing import failed
from thenar_supply_chain.stock import Cost, ErpCount, ErpMovement, Stock, stock

SUNDAY = datetime(2025, 6, 29, 22, tzinfo=UTC)
DAY = timedelta(days=1)
COUNT = {
    "item_id": "HDG-1001",
    "location": "SPARES",
    "snapshot_at": SUNDAY,
    "on_hand": 20,
    "recorded_at": SUNDAY + DAY / 12,
}
COSTS = Cost.example(
    [
        {"item_id": "HDG-1001", "unit_cost_eur": Decimal("412.00"), "valid_from": date(2024, 1, 1)},
        {"item_id": "HDG-1001", "unit_cost_eur": Decimal("400.50"), "valid_from": date(2025, 6, 29)},
        {"item_id": "HDG-1001", "unit_cost_eur": Decimal("1.00"), "valid_from": date(2025, 6, 30)},
    ]
)


def moved(number: int, kind: str, quantity: int, days: int, **change: object) -> dict[str, object]:
    at = SUNDAY - days * DAY
    return {
        "movement_id": f"MOV-{number}", "item_id": "HDG-1001", "location": "SPARES", "kind": kind,
        "quantity": quantity, "moved_at": at, "recorded_at": at,
    } | change  # fmt: skip


def made(*moves: Mapping[str, object], **change: object) -> pl.LazyFrame:
    return stock(ErpCount.example([COUNT | change]), ErpMovement.example(moves), COSTS)


def test_cover_follows_from_what_was_taken_in_91_days() -> None:
    moves = [moved(1, "consumption", -10, 5), moved(2, "consumption", -16, 90), moved(3, "consumption", -50, 91)]

    assert [(26, 70.0)] == made(*moves).select("used_13w", "days_of_cover").collect().rows()


def test_receipts_and_write_offs_are_no_use_and_nothing_taken_gives_no_cover() -> None:
    found = made(moved(1, "receipt", 40, 5), moved(2, "write_off", -3, 300)).collect()

    assert [(0, None, 3)] == found.select("used_13w", "days_of_cover", "written_off").rows()


def test_money_is_counted_at_the_cost_of_the_day() -> None:
    found = made(moved(1, "write_off", -3, 5)).select("unit_cost_eur", "frozen_eur", "written_off_eur").collect()

    assert [(Decimal("400.50"), Decimal("8010.00"), Decimal("1201.50"))] == found.rows()


def test_what_has_no_cost_yet_freezes_nothing() -> None:
    found = made(item_id="HDG-9999")

    assert [(None, Decimal("0.00"))] == found.select("unit_cost_eur", "frozen_eur").collect().rows()
    assert [[]] == failed(Stock, found)


def test_a_movement_recorded_after_the_count_is_not_seen_by_it() -> None:
    late = moved(1, "consumption", -10, 5, recorded_at=SUNDAY + 9 * DAY)

    assert [0] == made(late).collect()["used_13w"].to_list()
    assert [10] == made(late, recorded_at=SUNDAY + 10 * DAY).collect()["used_13w"].to_list()


def test_other_shelves_and_copies_do_not_count() -> None:
    taken = moved(1, "consumption", -10, 5)

    assert [10] == made(taken, taken, moved(2, "consumption", -7, 5, location="PARTS")).collect()["used_13w"].to_list()


def test_a_recount_stands_beside_the_first_and_a_copy_does_not() -> None:
    recount = COUNT | {"on_hand": 13, "recorded_at": SUNDAY + 3 * DAY}

    assert [[], []] == failed(Stock, stock(ErpCount.example([COUNT, recount]), ErpMovement.example([]), COSTS))
    assert [["key"], []] == failed(Stock, stock(ErpCount.example([COUNT, COUNT]), ErpMovement.example([]), COSTS))


def test_limits_and_the_rule_hold_back_what_is_on_no_shelf() -> None:
    def broken(**change: object) -> list[str]:
        (names,) = failed(Stock, made(**change))
        return names

    assert [] == broken()
    assert ["on_hand.ge", "frozen_eur.ge"] == broken(on_hand=-1)
    assert ["location.values"] == broken(location="CELLAR")
    assert ["item_id.pattern"] == broken(item_id="X")
    assert ["only_hands_on_their_shelf"] == broken(location="HANDS")
    assert ["only_hands_on_their_shelf"] == broken(item_id="H2-Lite")
    assert [] == broken(item_id="H2-Lite", location="HANDS")
    assert ["only_hands_on_their_shelf"] == broken(item_id="HSG-4001", location="HANDS")
