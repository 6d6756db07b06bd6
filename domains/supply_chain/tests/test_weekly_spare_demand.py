"""What was known of each week's use of spares on every Monday."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import polars as pl

from meshwright.testing import failed
from thenar_supply_chain.erp import ErpSpareConsumption
from thenar_supply_chain.weekly_spare_demand import WeeklySpareDemand, weekly_spare_demand

MONDAY = datetime(2025, 3, 3, tzinfo=UTC)
WEEK = timedelta(weeks=1)


def used(name: str, quantity: int, week: int, known: int | None = None) -> dict[str, object]:
    return {
        "consumption_id": name, "part_number": "HDG-1001", "quantity": quantity, "consumed_at": MONDAY + week * WEEK,
        "recorded_at": MONDAY + (week if known is None else known) * WEEK,
    }  # fmt: skip


def rows(*given: Mapping[str, object]) -> list[tuple[int, int, int, int, int, int]]:
    """Give per row: week and Monday known, counted from the first week's end, and the four sums."""
    found = weekly_spare_demand(ErpSpareConsumption.example(given)).collect().to_dicts()
    return [
        ((r["week_ends_at"] - MONDAY) // WEEK, (r["known_at"] - MONDAY) // WEEK, r["used"], r["used_4w"],
         r["used_13w"], r["used_52w"])
        for r in found
    ]  # fmt: skip


def test_a_week_without_repairs_is_zero() -> None:
    assert [(1, 1, 1, 1, 1, 1), (2, 2, 0, 1, 1, 1), (3, 3, 2, 3, 3, 3)] == rows(used("a", 1, 0), used("b", 2, 2))


def test_a_late_and_a_corrected_statement_add_rows_and_change_none() -> None:
    before = rows(used("a", 2, 0), used("b", 1, 3))
    after = rows(used("a", 2, 0), used("a", 1, 0, known=2), used("c", 4, 1, known=2), used("b", 1, 3))

    assert set(before) - {(3, 3, 0, 2, 2, 2), (4, 4, 1, 3, 3, 3)} <= set(after)
    assert {(1, 3, 1, 1, 1, 1), (2, 3, 4, 5, 5, 5), (3, 3, 0, 5, 5, 5), (4, 4, 1, 6, 6, 6)} == set(after) - set(before)


def test_a_copy_counts_once_and_a_negative_quantity_never() -> None:
    assert [(1, 1, 2, 2, 2, 2)] == rows(used("a", 2, 0), used("a", 2, 0), used("b", -2, 0))


def test_sums_forget_what_is_older_than_their_weeks() -> None:
    given = [used("a", 1, 0), used("b", 2, 39), used("c", 4, 48), used("d", 8, 52)]

    assert (53, 53, 8, 8, 12, 14) == rows(*given)[-1]


def test_rows_fit_the_contract_and_a_look_ahead_does_not() -> None:
    sound = weekly_spare_demand(ErpSpareConsumption.example([used("a", 2, 0)]))
    ahead = sound.with_columns(known_at=pl.col("week_ends_at") - pl.duration(weeks=1))

    assert [[]] == failed(WeeklySpareDemand, sound)
    assert [["known_after_the_week"]] == failed(WeeklySpareDemand, ahead)
