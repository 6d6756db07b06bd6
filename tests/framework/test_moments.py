"""Moments: times as text with a zone, and what dates and spans stand for."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from meshwright.moments import Moment, ending

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
EAST = timezone(timedelta(hours=14))
moment: TypeAdapter[datetime] = TypeAdapter(Moment)


@pytest.mark.parametrize("given", [NOW, "2026-01-31T12:00Z", "2026-01-31T12:00:00.0Z", "2026-02-01T02:00:00+14:00"])
def test_a_moment_is_a_time_with_its_zone(given: object) -> None:
    assert NOW == moment.validate_python(given)


@pytest.mark.parametrize(
    "given",
    [
        1769860800,
        1769860800.0,
        "1769860800",
        True,
        date(2026, 1, 31),
        "2026-01-31",
        "20260131T120000Z",
        "2026-01-31 12:00Z",
    ],
)
def test_what_is_no_text_of_a_time_is_no_moment(given: object) -> None:
    with pytest.raises(ValidationError, match="time such as 2026-01-31T12:00:00Z"):
        moment.validate_python(given)


@pytest.mark.parametrize("given", [NOW.replace(tzinfo=None), "2026-01-31T12:00:00", "0001-01-01T00:00:00+14:00"])
def test_a_time_without_a_zone_or_outside_of_the_calendar_is_no_moment(given: object) -> None:
    with pytest.raises(ValidationError, match=r"timezone|outside of the calendar"):
        moment.validate_python(given)


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        (NOW.astimezone(EAST), NOW),
        (date(2026, 1, 31), datetime(2026, 2, 1, tzinfo=UTC)),
        (timedelta(hours=13), datetime(2026, 2, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_time_a_date_and_a_span_end_at_a_moment(until: Any, expected: datetime) -> None:
    found = ending(until, NOW)

    assert (expected, timedelta()) == (found, found.utcoffset())


@pytest.mark.parametrize("until", [date.max, timedelta.max, datetime.min.replace(tzinfo=EAST)])
def test_what_ends_outside_of_the_calendar_is_told_as_such(until: Any) -> None:
    with pytest.raises(ValueError, match="outside of the calendar"):
        ending(until, NOW)
