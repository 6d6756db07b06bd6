"""The calendar: 130 weeks from a Monday, and instants as seconds since then."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

import numpy as np
import polars as pl

from thenar_operations.arrays import Floats, Ints

START: Final = datetime(2024, 1, 1, tzinfo=UTC)
WEEKS: Final = 130
END: Final = START + timedelta(weeks=WEEKS)
HOUR: Final = 3_600
DAY: Final = 24 * HOUR
WEEK: Final = 7 * DAY
END_SECOND: Final = WEEKS * WEEK


def week_of(day: date) -> int:
    """Return the number of the week that holds a day; 0 is the first."""
    return (day - START.date()).days // 7


def instants(name: str, seconds: Ints) -> pl.Series:
    """Return UTC instants from seconds since the start."""
    micros = (seconds + int(START.timestamp())) * 1_000_000
    return pl.Series(name, micros.astype(np.int64)).cast(pl.Datetime("us", "UTC"))


def office_hours(rng: np.random.Generator, weeks: Ints, days: tuple[int, int] = (0, 5)) -> Ints:
    """Return one second per week, between 07:00 and 16:00 on a day from days[0] up to days[1]."""
    day = rng.integers(*days, size=len(weeks))
    return weeks * WEEK + day * DAY + rng.integers(7 * HOUR, 16 * HOUR, size=len(weeks))


def yearly_swing(weeks: Ints, peak_week: float) -> Floats:
    """Return a cosine of the year: 1 in the peak week, -1 half a year later."""
    return np.asarray(np.cos(2 * np.pi * (weeks - peak_week) / 52.18))
