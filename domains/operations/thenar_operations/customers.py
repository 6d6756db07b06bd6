"""Who buys hands, how hard they use them, and their personal data."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl

from thenar_operations.arrays import Floats, Ints, pick, stream
from thenar_operations.people import COMPANY_STEMS, COMPANY_TAILS, FIRST, LAST, PLACES, STREETS
from thenar_operations.weeks import DAY, WEEKS, instants, office_hours

SEGMENTS: Final = ("research", "integrator", "medical", "logistics")
_SHARES: Final = (0.25, 0.35, 0.15, 0.25)
_HOURS: Final = np.array([40.0, 54.0, 46.0, 60.0])


@dataclass(frozen=True)
class Customers:
    """Arrays with one entry per customer, and the frame that the ERP shows."""

    since_week: Ints
    segment: Ints
    hours_per_week: Floats
    load: Floats
    appetite: Floats
    frame: pl.DataFrame

    def __len__(self) -> int:
        """Return the number of customers."""
        return len(self.segment)


def draw_customers(seed: int, scale: float) -> Customers:
    """Return 600 customers at scale 1; half of them are there on the first day."""
    rng = stream(seed, "customers")
    count = max(20, round(600 * scale))
    segment = rng.choice(len(SEGMENTS), size=count, p=_SHARES)
    since = np.sort(np.where(rng.random(count) < 0.5, 0, rng.integers(0, WEEKS - 10, size=count)))
    hours = np.minimum(_HOURS[segment] * rng.lognormal(0, 0.16, count), 130.0)
    return Customers(
        since_week=since,
        segment=segment,
        hours_per_week=hours,
        load=rng.lognormal(0, 0.08, count),
        appetite=rng.lognormal(0, 0.8, count),
        frame=_frame(rng, since, segment),
    )


def customer_ids(numbers: Ints) -> list[str]:
    """Return the identifiers of customers by number."""
    return [f"CUS-{n + 1:06d}" for n in numbers]


def _frame(rng: np.random.Generator, since: Ints, segment: Ints) -> pl.DataFrame:
    rows = [_row(rng, n, name) for n, name in enumerate(pick(SEGMENTS, segment))]
    old = np.where(since == 0, rng.integers(30, 1_500, size=len(since)) * DAY, 0)
    created = instants("created_at", office_hours(rng, since) - old)
    return pl.DataFrame(rows).with_columns(created, created.alias("updated_at"))


def _row(rng: np.random.Generator, number: int, segment: str) -> dict[str, str]:
    first, last = FIRST[rng.integers(len(FIRST))], LAST[rng.integers(len(LAST))]
    stem = COMPANY_STEMS[rng.integers(len(COMPANY_STEMS))]
    country, city, prefix, dial = PLACES[rng.integers(len(PLACES))]
    born = date(1955, 1, 1) + timedelta(days=int(rng.integers(0, 45 * 365)))
    return {
        "customer_id": f"CUS-{number + 1:06d}",
        "company_name": f"{stem} {COMPANY_TAILS[segment]} {city}",
        "contact_name": f"{first} {last}",
        "email": f"{first}.{last}.{number + 1}@{stem}.example".lower(),
        "phone": f"{dial} {rng.integers(100, 999)} {rng.integers(1_000_000, 9_999_999)}",
        "street": f"{STREETS[rng.integers(len(STREETS))]} {rng.integers(1, 180)}",
        "postcode": f"{prefix}{rng.integers(10, 99)}",
        "city": city,
        "country": country,
        "birth_date": born.isoformat(),
        "segment": segment,
    }
