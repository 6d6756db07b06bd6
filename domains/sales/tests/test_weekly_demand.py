"""What was known of each week's orders on every Monday."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import polars as pl

from meshwright.testing import failed
from thenar_sales.erp import ErpOrderLine
from thenar_sales.weekly_demand import WeeklyDemand, weekly_demand

MONDAY = datetime(2025, 3, 3, tzinfo=UTC)
WEEK = timedelta(weeks=1)
HOUR = timedelta(hours=1)


def line(line: str, quantity: int, placed: datetime, recorded: datetime | None = None) -> dict[str, object]:
    known = recorded or placed + HOUR
    return {
        "line_id": line, "hand_model": "H1", "quantity": quantity, "placed_at": placed, "recorded_at": known,
    }  # fmt: skip


def rows(*lines: Mapping[str, object], model: str = "H1") -> list[tuple[int, int, int, int, int]]:
    """Give per row: week and Monday known, counted from the first week's end, and the three sums."""
    found = weekly_demand(ErpOrderLine.example(lines)).filter(pl.col("hand_model") == model).collect()
    return [
        ((r["week_ends_at"] - MONDAY) // WEEK, (r["known_at"] - MONDAY) // WEEK, r["ordered"], r["ordered_4w"],
         r["ordered_13w"])
        for r in found.to_dicts()
    ]  # fmt: skip


def test_a_week_ends_with_the_monday_after_it() -> None:
    sunday, monday = MONDAY + WEEK - HOUR, MONDAY + WEEK

    assert [(1, 1, 2, 2, 2), (2, 2, 3, 5, 5)] == rows(line("a", 2, sunday, sunday), line("b", 3, monday, monday))


def test_a_week_without_orders_is_zero() -> None:
    found = rows(line("a", 2, MONDAY), line("b", 3, MONDAY + 2 * WEEK))

    assert [(1, 1, 2, 2, 2), (2, 2, 0, 2, 2), (3, 3, 3, 5, 5)] == found


def test_a_late_line_adds_a_row_and_changes_none() -> None:
    found = rows(line("a", 2, MONDAY), line("b", 3, MONDAY + HOUR, MONDAY + 2 * WEEK), line("c", 1, MONDAY + 2 * WEEK))

    assert [(1, 1, 2, 2, 2), (1, 3, 5, 5, 5), (2, 2, 0, 2, 2), (3, 3, 1, 6, 6)] == found


def test_a_corrected_line_counts_with_its_first_quantity_until_the_correction_was_known() -> None:
    found = rows(line("a", 4, MONDAY), line("a", 1, MONDAY, MONDAY + WEEK), line("b", 1, MONDAY + WEEK))

    assert [(1, 1, 4, 4, 4), (1, 2, 1, 1, 1), (2, 2, 1, 2, 2)] == found


def test_a_copy_counts_once_and_a_negative_quantity_never() -> None:
    assert [(1, 1, 2, 2, 2)] == rows(line("a", 2, MONDAY), line("a", 2, MONDAY), line("b", -5, MONDAY))


def test_sums_forget_what_is_older_than_their_weeks() -> None:
    newest = rows(line("a", 1, MONDAY), line("b", 2, MONDAY + 4 * WEEK), line("c", 4, MONDAY + 13 * WEEK))[-1]

    assert (14, 14, 4, 4, 6) == newest


def test_a_blank_behind_the_model_makes_no_model_of_its_own() -> None:
    found = rows(line("a", 2, MONDAY), line("b", 1, MONDAY) | {"hand_model": "H1 "})

    assert [(1, 1, 3, 3, 3)] == found


def test_rows_fit_the_contract_and_a_look_ahead_does_not() -> None:
    sound = weekly_demand(ErpOrderLine.example([line("a", 2, MONDAY)]))
    ahead = sound.with_columns(known_at=pl.col("week_ends_at") - pl.duration(weeks=1))

    assert [[]] == failed(WeeklyDemand, sound)
    assert [["known_after_the_week"]] == failed(WeeklyDemand, ahead)
