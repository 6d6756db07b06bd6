"""What things cost, and when that changed."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl

from thenar_operations.arrays import Floats, stream
from thenar_operations.catalogue import MODELS, PARTS
from thenar_operations.weeks import START, WEEKS

_HAND_COSTS_EUR = (7_900.0, 9_350.0, 5_480.0)


@dataclass(frozen=True)
class Costs:
    """The unit cost of each item (parts, then hand models) in each week, and the slowly changing table."""

    weekly_eur: Floats
    frame: pl.DataFrame


def draw_costs(seed: int) -> Costs:
    """Return costs that change one to three times, mostly upwards."""
    rng = stream(seed, "costs")
    items = [(p.number, p.price_eur) for p in PARTS] + list(zip(MODELS, _HAND_COSTS_EUR, strict=True))
    weekly = np.zeros((len(items), WEEKS))
    rows: list[dict[str, str | None]] = []
    for at, (item, price) in enumerate(items):
        starts = [0, *sorted(int(w) for w in rng.choice(np.arange(8, WEEKS - 8), rng.integers(1, 4), replace=False))]
        cost = price
        for start, stop in zip(starts, [*starts[1:], None], strict=True):
            cost = round(cost * (1.0 if start == 0 else float(rng.uniform(0.95, 1.12))), 2)
            weekly[at, start:stop] = cost
            rows.append(_row(item, cost, start, stop))
    return Costs(weekly, pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String)))


def _row(item: str, cost: float, start: int, stop: int | None) -> dict[str, str | None]:
    return {
        "item_id": item,
        "unit_cost_eur": f"{cost:.2f}",
        "valid_from": (START + timedelta(weeks=start)).date().isoformat(),
        "valid_to": None if stop is None else (START + timedelta(weeks=stop)).date().isoformat(),
    }
