"""How long parts took to arrive, as far as it was known."""

from datetime import UTC, datetime, timedelta

import polars as pl

from meshwright.testing import failed
from thenar_supply_chain.lead_times import LeadTime, Received, lead_times

START = datetime(2025, 3, 3, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def lot(number: int, lead: float, **change: object) -> dict[str, object]:
    at = START + number * DAY
    return {
        "lot_number": f"LOT-{number:06d}", "part_number": "HDG-1001", "lead_days": lead, "days_late": -1.0,
        "rush": False, "received_at": at, "recorded_at": at,
    } | change  # fmt: skip


def test_each_delivery_looks_back_over_those_before_it() -> None:
    found = lead_times(Received.example([lot(2, 30.0), lot(1, 20.0, days_late=2.0)])).collect()

    assert [20.0, 30.0] == found["lead_days"].to_list()
    assert [20.0, 25.0] == found["lead_days_mean"].to_list()
    assert [20.0, 30.0] == found["lead_days_max"].to_list()
    assert [1.0, 0.5] == found["late_share"].to_list()
    assert [1, 2] == found["deliveries"].to_list()


def test_the_ninth_delivery_forgets_the_first() -> None:
    newest = lead_times(Received.example([lot(n, 90.0 if n == 0 else 10.0) for n in range(9)])).collect().row(8)

    assert (10.0, 10.0, 8) == (round(newest[5], 9), newest[6], newest[8])


def test_parts_do_not_mix() -> None:
    found = lead_times(Received.example([lot(1, 20.0), lot(2, 30.0, part_number="BRG-1001")])).collect()

    assert [1, 1] == found["deliveries"].to_list()


def test_a_rush_lot_says_nothing() -> None:
    assert [20.0] == lead_times(Received.example([lot(1, 20.0), lot(2, 0.5, rush=True)])).collect()[
        "lead_days_mean"
    ].to_list()


def test_figures_are_known_once_the_last_of_their_deliveries_was_entered() -> None:
    late = lot(1, 20.0, recorded_at=START + 40 * DAY)
    found = lead_times(Received.example([late, lot(2, 30.0)])).collect()

    assert [START + 40 * DAY] * 2 == found["known_at"].to_list()


def test_rows_fit_the_contract_and_a_look_ahead_does_not() -> None:
    sound = lead_times(Received.example([lot(1, 20.0)]))
    ahead = sound.with_columns(known_at=pl.col("received_at") - pl.duration(days=1))

    assert [[]] == failed(LeadTime, sound)
    assert [["known_after_arrival"]] == failed(LeadTime, ahead)
