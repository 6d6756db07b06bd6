"""Which hands are assembled when, and which order line each is shipped for."""

from dataclasses import dataclass

import numpy as np

from thenar_operations.arrays import Ints, stream
from thenar_operations.catalogue import H1_END_OF_SALE, MODELS
from thenar_operations.orders import Orders
from thenar_operations.weeks import WEEK, WEEKS, office_hours, week_of

_LAST_PLAN_WEEK = week_of(H1_END_OF_SALE) + 3  # the plan is late to hear that sales have ended
_SCRAP_WEEK = week_of(H1_END_OF_SALE) + 10


@dataclass(frozen=True)
class Hands:
    """One entry per hand in the order of assembly; shipped and line are -1 for a hand that nobody bought."""

    model: Ints
    assembled: Ints
    shipped: Ints
    line: Ints
    produced_weekly: Ints
    shipped_weekly: Ints
    scrapped_weekly: Ints

    def __len__(self) -> int:
        """Return the number of hands."""
        return len(self.model)


def draw_hands(seed: int, orders: Orders) -> Hands:
    """Return every hand assembled: to stock by a moving average, and at once when stock is short."""
    rng = stream(seed, "production")
    line = np.repeat(np.arange(len(orders)), orders.quantity)
    week = orders.shipped[line] // WEEK
    line, week = line[week < WEEKS], week[week < WEEKS]
    shipped = office_hours(rng, week, (3, 5))
    wanted = np.array([np.bincount(week[orders.model[line] == m], minlength=WEEKS) for m in range(len(MODELS))])
    stops = (_LAST_PLAN_WEEK, WEEKS, WEEKS)
    produced = np.array([_produce(row, stop) for row, stop in zip(wanted, stops, strict=True)])
    columns = [
        _pair(rng, produced[m], line[orders.model[line] == m], shipped[orders.model[line] == m])
        for m in range(len(MODELS))
    ]
    model = np.repeat(np.arange(len(MODELS)), produced.sum(axis=1))
    assembled, when, what = (np.concatenate([c[k] for c in columns]) for k in range(3))
    by_time = np.argsort(assembled, kind="stable")
    scrapped = np.zeros_like(produced)
    scrapped[0, _SCRAP_WEEK] = (produced - wanted)[0, : _SCRAP_WEEK + 1].sum()
    return Hands(model[by_time], assembled[by_time], when[by_time], what[by_time], produced, wanted, scrapped)


def _produce(wanted: Ints, stop: int) -> Ints:
    """Return the hands to assemble each week: what is short, and up to two weeks of the recent average."""
    produced = np.zeros(WEEKS, dtype=np.int64)
    stock = 0
    for week in range(WEEKS):
        recent = wanted[max(week - 6, 0) : week]
        target = round(2.0 * recent.mean()) if len(recent) and week < stop else 0
        produced[week] = max(int(wanted[week]) + target - stock, 0)
        stock += int(produced[week] - wanted[week])
    return produced


def _pair(rng: np.random.Generator, produced: Ints, line: Ints, shipped: Ints) -> tuple[Ints, Ints, Ints]:
    """Return assembly time, shipping time and order line per hand: the oldest hand ships first."""
    assembled = np.sort(office_hours(rng, np.repeat(np.arange(WEEKS), produced), (1, 3)))
    by_time = np.argsort(shipped, kind="stable")
    unsold = np.full(len(assembled) - len(line), -1, dtype=np.int64)
    return assembled, np.concatenate([shipped[by_time], unsold]), np.concatenate([line[by_time], unsold])
