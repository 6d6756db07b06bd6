"""Parts in the field and their age, as known at the end of each week."""

from datetime import UTC, datetime, timedelta

import polars as pl

from meshwright.testing import failed
from thenar_supply_chain.installed_parts import BuiltIn, InstalledParts, Shipped, installed_parts

MONDAY = datetime(2025, 3, 3, tzinfo=UTC)
WEEK = timedelta(weeks=1)


def hand(serial: str, week: int, known: int | None = None) -> dict[str, object]:
    at, recorded = MONDAY + week * WEEK, MONDAY + (week if known is None else known) * WEEK
    return {"serial_number": serial, "shipped_at": at, "recorded_at": recorded}


def part(serial: str, week: int) -> dict[str, object]:
    at = MONDAY + week * WEEK
    return {"serial_number": serial, "part_number": "HDG-1001", "installed_at": at, "recorded_at": at}


def rows(hands: list[dict[str, object]], parts: list[dict[str, object]]) -> list[tuple[int, int, int, float]]:
    found = installed_parts(Shipped.example(hands), BuiltIn.example(parts)).collect().to_dicts()
    return [
        ((r["week_ends_at"] - MONDAY) // WEEK, r["in_field"], r["added"], round(r["mean_age_weeks"], 6)) for r in found
    ]


def test_pieces_add_up_and_grow_older_from_the_day_their_hand_was_shipped() -> None:
    found = rows([hand("a", 0), hand("b", 2)], [part("a", -5), part("b", -5)])

    assert [(1, 1, 1, 1.0), (2, 1, 0, 2.0), (3, 2, 1, 2.0)] == found


def test_a_repair_exchanges_a_piece_for_a_new_one() -> None:
    found = rows([hand("a", 0)], [part("a", -5), part("a", 2)])

    assert [(1, 1, 1, 1.0), (2, 1, 0, 2.0), (3, 1, 0, 1.0)] == found


def test_a_shipment_recorded_late_counts_from_then_on() -> None:
    found = rows([hand("a", 0), hand("b", 0, known=1)], [part("a", 0), part("b", 0)])

    assert [(1, 1, 1, 1.0), (2, 2, 1, 2.0)] == found


def test_a_hand_that_is_not_shipped_is_not_in_the_field() -> None:
    assert [(1, 1, 1, 1.0)] == rows([hand("a", 0)], [part("a", -1), part("b", -1)])


def test_rows_fit_the_contract_and_a_look_ahead_does_not() -> None:
    sound = installed_parts(Shipped.example([hand("a", 0)]), BuiltIn.example([part("a", 0)]))
    ahead = sound.with_columns(known_at=pl.col("known_at") - pl.duration(days=1))

    assert [[]] == failed(InstalledParts, sound)
    assert [["known_after_the_week"]] == failed(InstalledParts, ahead)
