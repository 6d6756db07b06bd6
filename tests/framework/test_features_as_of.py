"""Point-in-time joins against the cases that other feature stores publish, and at the edges that leak or lose rows."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import polars as pl
import pytest

from meshwright import EventTime, Frame, InputPort, Key, KnownAt
from meshwright.errors import DefinitionError, UnknownColumn

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


class Trips(InputPort, of="rides.driver_trips", version=1):
    driver: Annotated[int, Key(entity="driver")]
    held_at: Annotated[datetime, Key(), EventTime()]
    known_at: Annotated[datetime, KnownAt()]
    trips: int | None


class Shelf(InputPort, of="supply_chain.stock", version=1):
    item_id: Annotated[str, Key(entity="item")]
    location: Annotated[str, Key()]
    counted_at: Annotated[datetime, EventTime()]
    on_hand: int


def trips(*facts: tuple[int, int | None, datetime, datetime]) -> Frame[Trips]:
    names = ("driver", "trips", "held_at", "known_at")
    return Trips.example([dict(zip(names, fact, strict=True)) for fact in facts])


def asked(at: datetime, *drivers: int | None) -> pl.LazyFrame:
    schema = {"driver": pl.Int64(), "at": pl.Datetime("us", "UTC")}
    return pl.LazyFrame({"driver": list(drivers), "at": [at] * len(drivers)}, schema=schema)


def seen(spine: pl.LazyFrame, facts: Frame[Trips]) -> list[int | None]:
    found = Trips.as_of(spine, facts, at="at").collect()
    assert spine.collect().height == found.height
    return found["trips"].to_list()


def test_a_backfilled_fact_replaces_the_one_it_corrects_and_not_a_newer_one() -> None:
    """Feast, test_historical_features_containing_backfills."""
    facts = trips(
        (1001, 10, NOW, NOW), (1001, 20, NOW, NOW + DAY), (1002, 30, NOW, NOW + DAY), (1002, 40, NOW + DAY, NOW)
    )

    assert [20, 40] == seen(asked(NOW + 2 * DAY, 1001, 1002), facts)


def test_a_value_that_was_created_after_the_day_is_not_seen() -> None:
    """Feast, test_historical_features_filter_by_created_timestamp; its default sees 20 and 40."""
    late = NOW + 2 * DAY
    facts = trips((1001, 10, NOW, NOW), (1002, 30, NOW, NOW), (1001, 20, NOW, late), (1002, 40, NOW, late))

    assert [10, 30] == seen(asked(NOW + DAY, 1001, 1002), facts)


def test_rows_asked_twice_are_answered_twice() -> None:
    assert [10, 10, None] == seen(asked(NOW, 1001, 1001, 1003), trips((1001, 10, NOW, NOW)))


def test_a_null_key_joins_nothing() -> None:
    assert [None, 10] == seen(asked(NOW, None, 1001), trips((1001, 10, NOW, NOW)))


def test_a_fact_taken_back_later_is_unknown_from_then_on() -> None:
    facts = trips((1001, 10, NOW, NOW), (1001, None, NOW, NOW + DAY))

    assert [10] == seen(asked(NOW, 1001), facts)
    assert [None] == seen(asked(NOW + DAY, 1001), facts)


def test_a_forecast_known_before_it_holds_counts_from_when_it_holds() -> None:
    facts = trips((1001, 10, NOW, NOW), (1001, 99, NOW + 2 * DAY, NOW))

    assert [10] == seen(asked(NOW + DAY, 1001), facts)
    assert [99] == seen(asked(NOW + 2 * DAY, 1001), facts)


def test_nothing_is_known_before_the_first_fact_nor_from_no_facts() -> None:
    assert [None] == seen(asked(NOW - DAY, 1001), trips((1001, 10, NOW, NOW)))
    assert [None] == seen(asked(NOW, 1001), trips())


def test_a_spine_may_count_its_time_in_other_units() -> None:
    facts = trips((1001, 10, NOW, NOW))
    at = pl.col("at")

    assert [10] == seen(asked(NOW, 1001).with_columns(at.dt.cast_time_unit("ms")), facts)
    assert [10] == seen(asked(NOW, 1001).with_columns(at.dt.cast_time_unit("ns")), facts)


def test_several_keys_join_together() -> None:
    rows = [("A", "PARTS", 1), ("A", "SPARES", 2), ("B", "SPARES", 3)]
    facts = Shelf.example([{"item_id": i, "location": p, "counted_at": NOW, "on_hand": n} for i, p, n in rows])
    spine = pl.LazyFrame({"item_id": ["A", "B", "A"], "location": ["SPARES", "PARTS", "PARTS"], "at": [NOW] * 3})

    assert [2, None, 1] == Shelf.as_of(spine, facts, at="at").collect()["on_hand"].to_list()


@pytest.mark.parametrize(
    ("spine", "problem"),
    [
        ({"driver": [1], "at": [NOW.replace(tzinfo=None)]}, "column 'at' of the spine is Datetime"),
        ({"driver": [1], "at": [NOW], "trips": [3]}, "already has a column 'trips'"),
    ],
)
def test_a_spine_that_would_join_wrongly_is_refused(spine: dict[str, list[object]], problem: str) -> None:
    with pytest.raises(DefinitionError, match=problem):
        Trips.as_of(pl.LazyFrame(spine), Trips.example([]), at="at")


def test_a_spine_without_the_key_is_told_what_it_has() -> None:
    with pytest.raises(UnknownColumn, match="'drivers'"):
        Trips.as_of(pl.LazyFrame({"drivers": [1], "at": [NOW]}), Trips.example([]), at="at")
