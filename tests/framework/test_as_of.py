"""The point-in-time join against a brute-force search, and the edges that leak."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshwright import EventTime, InputPort, Key, KnownAt
from meshwright.errors import DefinitionError

START = datetime(2026, 1, 1, tzinfo=UTC)


class Wear(InputPort, of="robotics.fleet_wear", version=1):
    joint: Annotated[str, Key(entity="joint")]
    held_at: Annotated[datetime, Key(), EventTime()]
    known_at: Annotated[datetime, Key(), KnownAt()]
    wear: int | None


def hours(count: int) -> datetime:
    return START + timedelta(hours=count)


def newest_known(facts: list[dict[str, Any]], joint: str | None, at: datetime, within: timedelta | None) -> set[Any]:
    """Search every fact for the newest that held and was known by then; ties in both times are all right."""
    eligible = [(f["held_at"], f["known_at"], f["wear"]) for f in facts if f["joint"] == joint]
    seen = [(held, known, wear) for held, known, wear in eligible if held <= at and known <= at]
    if joint is None or not seen:
        return {None}
    held, known = max((h, k) for h, k, _ in seen)
    if within is not None and at - held > within:
        return {None}
    return {wear for h, k, wear in seen if (h, k) == (held, known)}


FACT = st.fixed_dictionaries(
    {
        "joint": st.sampled_from(["a", "b", "c"]),
        "held_at": st.integers(0, 20).map(hours),
        "known_at": st.integers(0, 30).map(hours),
        "wear": st.none() | st.integers(0, 99),
    }
)
ROW = st.fixed_dictionaries(
    {"joint": st.none() | st.sampled_from(["a", "b", "d"]), "asked_at": st.integers(-2, 35).map(hours)}
)


@given(st.lists(FACT, max_size=25), st.lists(ROW, max_size=15), st.sampled_from([None, timedelta(hours=5)]))
def test_a_join_as_of_finds_what_a_search_of_all_facts_finds(
    facts: list[dict[str, Any]], spine: list[dict[str, Any]], within: timedelta | None
) -> None:
    asked = pl.LazyFrame(spine, schema={"joint": pl.String, "asked_at": pl.Datetime("us", "UTC")})

    joined = Wear.as_of(asked, Wear.example(facts), at="asked_at", within=within).collect()

    assert spine == joined.select("joint", "asked_at").to_dicts()
    for row, found in zip(spine, joined["wear"].to_list(), strict=True):
        assert found in newest_known(facts, row["joint"], row["asked_at"], within)


def test_a_fact_known_after_the_day_is_not_seen() -> None:
    facts = Wear.example(
        [
            {"joint": "a", "held_at": hours(1), "known_at": hours(1), "wear": 1},
            {"joint": "a", "held_at": hours(2), "known_at": hours(9), "wear": 999},
        ]
    )
    spine = pl.LazyFrame({"joint": ["a"], "asked_at": [hours(5)]})

    assert [1] == Wear.as_of(spine, facts, at="asked_at").collect()["wear"].to_list()


def test_a_fact_that_is_exactly_as_old_as_allowed_still_counts() -> None:
    facts = Wear.example([{"joint": "a", "held_at": hours(0), "known_at": hours(0), "wear": 7}])
    spine = pl.LazyFrame({"joint": ["a", "a"], "asked_at": [hours(5), hours(6)]})

    assert [7, None] == Wear.as_of(spine, facts, at="asked_at", within=timedelta(hours=5)).collect()["wear"].to_list()


def test_a_port_without_an_event_time_cannot_be_joined_as_of() -> None:
    class Part(InputPort, of="supply_chain.parts", version=1):
        part_number: Annotated[str, Key()]

    with pytest.raises(DefinitionError, match="needs one EventTime"):
        Part.as_of(pl.LazyFrame({"at": [START]}), Part.example(), at="at")
