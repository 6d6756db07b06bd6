"""How systems write instants, days and money."""

from collections.abc import Iterable

import numpy as np
import polars as pl

from thenar_operations.arrays import Ints
from thenar_operations.weeks import HOUR, instants

OFFICE_ZONE = "Europe/Berlin"


def zulu(*columns: str) -> list[pl.Expr]:
    """Write instants as 2025-03-14T09:30:00Z."""
    return [pl.col(c).dt.strftime("%Y-%m-%dT%H:%M:%SZ") for c in columns]


def with_offset(column: str) -> pl.Expr:
    """Write an instant with the office's offset: 2025-03-14T10:30:00+01:00."""
    return pl.col(column).dt.convert_time_zone(OFFICE_ZONE).dt.strftime("%Y-%m-%dT%H:%M:%S%:z")


def german_day(*columns: str) -> list[pl.Expr]:
    """Write the day of an instant as 14.03.2025."""
    return [pl.col(c).dt.strftime("%d.%m.%Y") for c in columns]


def american_day(*columns: str) -> list[pl.Expr]:
    """Write a day as 3/14/2025."""
    return [pl.col(c).dt.strftime("%-m/%-d/%Y") for c in columns]


def money(name: str, values: Iterable[float]) -> pl.Series:
    """Write money with two decimals."""
    return pl.Series(name, [f"{value:.2f}" for value in values], dtype=pl.String)


def numbered(prefix: str, width: int, numbers: Iterable[int]) -> list[str]:
    """Write identifiers such as LOT-000017."""
    return [f"{prefix}-{int(n):0{width}d}" for n in numbers]


def soon_after(rng: np.random.Generator, event: Ints, hours: int = 20) -> pl.Series:
    """Return when a system learnt of events: minutes to some hours later."""
    return instants("recorded_at", event + rng.integers(60, hours * HOUR, size=len(event)))
