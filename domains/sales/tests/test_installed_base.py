"""Hands in the field as they were known at the end of each week."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import polars as pl

from meshwright.testing import failed
from thenar_sales.installed_base import InstalledBase, Shipped, installed_base

MONDAY = datetime(2025, 3, 3, tzinfo=UTC)
WEEK = timedelta(weeks=1)


def shipped(weeks: int, *, known: int | None = None, connected: bool = False, model: str = "H1") -> dict[str, object]:
    at = MONDAY + weeks * WEEK
    recorded = at if known is None else MONDAY + known * WEEK
    return {"hand_model": model, "connected": connected, "shipped_at": at, "recorded_at": recorded}


def rows(*hands: Mapping[str, object]) -> list[tuple[str, int, int, int, int]]:
    found = installed_base(Shipped.example(hands)).collect().to_dicts()
    return [
        (r["hand_model"], (r["week_ends_at"] - MONDAY) // WEEK, r["shipped"], r["in_field"], r["connected"])
        for r in found
    ]


def test_hands_add_up_over_weeks_with_and_without_shipments() -> None:
    found = rows(shipped(0, connected=True), shipped(0), shipped(2, connected=True))

    assert [("H1", 1, 2, 2, 1), ("H1", 2, 0, 2, 1), ("H1", 3, 1, 3, 2)] == found


def test_a_late_shipment_counts_from_the_week_in_which_it_was_recorded() -> None:
    assert [("H1", 1, 1, 1, 0), ("H1", 2, 0, 1, 0), ("H1", 3, 1, 2, 0)] == rows(shipped(0), shipped(0, known=2))


def test_models_begin_with_their_first_hand_and_end_with_the_newest_week() -> None:
    found = rows(shipped(0), shipped(1, model="H2"))

    assert [("H1", 1, 1, 1, 0), ("H1", 2, 0, 1, 0), ("H2", 2, 1, 1, 0)] == found


def test_rows_fit_the_contract_and_more_connected_hands_than_hands_do_not() -> None:
    sound = installed_base(Shipped.example([shipped(0)]))

    assert [[]] == failed(InstalledBase, sound)
    assert [["connected_hands_are_in_the_field"]] == failed(
        InstalledBase, sound.with_columns(connected=pl.col("in_field") + 1)
    )
