"""Who delivers which part, and how long each supplier takes."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl

from thenar_operations.arrays import Floats, stream
from thenar_operations.catalogue import PARTS
from thenar_operations.people import SUPPLIER_CONTACTS, SUPPLIER_COUNTRIES, SUPPLIER_NAMES

# Two or three suppliers per category (numbers into the lists of names); every part has a first and a second source.
_BY_CATEGORY: Final = {
    "harmonic_gear": (0, 1, 14),
    "belt": (3, 13),
    "tendon": (8, 13),
    "bearing": (2, 7, 14),
    "motor": (5, 6, 0),
    "encoder": (9, 10),
    "housing": (4, 11),
    "board": (10, 9),
    "wiring": (10, 8),
    "pad": (13, 11),
    "link": (11, 4),
    "fastener": (12, 4),
}


@dataclass(frozen=True)
class Suppliers:
    """Lead times (mean in weeks, shape of the gamma), the sources of each part, and purchasing's frame."""

    lead_weeks: Floats
    lead_shape: Floats
    sources: dict[str, tuple[int, int]]
    frame: pl.DataFrame


def supplier_id(number: int) -> str:
    """Return a supplier's identifier."""
    return f"SUP-{number + 1:02d}"


def draw_suppliers(seed: int) -> Suppliers:
    """Return the fifteen suppliers: mean lead times of 2 to 9 weeks, from punctual to erratic."""
    rng = stream(seed, "suppliers")
    count = len(SUPPLIER_NAMES)
    sources: dict[str, tuple[int, int]] = {}
    for part in PARTS:
        first, second = rng.permutation(np.array(_BY_CATEGORY[part.category]))[:2]
        sources[part.number] = (int(first), int(second))
    return Suppliers(
        lead_weeks=rng.uniform(2.0, 9.0, count),
        lead_shape=rng.choice(np.array([3.0, 6.0, 12.0, 30.0]), count),
        sources=sources,
        frame=pl.DataFrame([_row(rng, n) for n in range(count)]),
    )


def _row(rng: np.random.Generator, number: int) -> dict[str, str]:
    since = date(2008, 1, 1) + timedelta(days=int(rng.integers(0, 14 * 365)))
    return {
        "supplier_id": supplier_id(number),
        "name": SUPPLIER_NAMES[number],
        "country": SUPPLIER_COUNTRIES[number],
        "contact_name": SUPPLIER_CONTACTS[number],
        "contact_email": f"sales{number + 1}@supplier-{number + 1:02d}.example",
        "contact_phone": f"+{rng.integers(30, 49)} {rng.integers(100, 999)} {rng.integers(100_000, 999_999)}",
        "rating": f"{rng.uniform(2.8, 5.0):.1f}".replace(".", ","),
        "since": since.strftime("%d.%m.%Y"),
    }
