"""Moments that somebody names: as a time with its zone, and where a date or a span may stand for one."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BeforeValidator
from pydantic_core import PydanticCustomError

_WRITTEN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?")


def ending(until: datetime | date | timedelta, now: datetime) -> datetime:
    """Say in UTC when a time, the day that a date is in UTC, or a span from now ends; raise `ValueError`."""
    try:
        if isinstance(until, timedelta):
            return now + until
        if isinstance(until, datetime):
            return until.astimezone(UTC)
        return datetime.combine(until, time(), UTC) + timedelta(days=1)
    except OverflowError:
        raise ValueError("lies outside of the calendar") from None


def last_moment(day: date) -> datetime:
    """Give the last moment of a day in UTC: as such a date is asked about."""
    return datetime.combine(day, time.max, UTC)


def up_to_now(moment: datetime, now: datetime) -> datetime:
    """Let a day that has begun be asked about up to now."""
    return now if moment == last_moment(now.astimezone(UTC).date()) else moment


def _in_utc(moment: datetime) -> datetime:
    return ending(moment, moment)


def _as_text(given: object) -> object:
    """Refuse numbers, which Pydantic takes for seconds, in quotes as well."""
    if isinstance(given, datetime) or (isinstance(given, str) and _WRITTEN.fullmatch(given)):
        return given
    raise PydanticCustomError("datetime_text", "Input should be a time such as 2026-01-31T12:00:00Z")


Moment = Annotated[AwareDatetime, BeforeValidator(_as_text), AfterValidator(_in_utc)]
"""A time in UTC; as text it is ISO 8601 with a zone, and never a number."""
