"""Stock: lots first in, first out, and a buyer who orders on a review day and rushes what is short."""

from collections import deque
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np

from thenar_operations.arrays import Floats, Ints, stream
from thenar_operations.catalogue import PARTS, superseded_parts
from thenar_operations.plan import Plan
from thenar_operations.suppliers import Suppliers
from thenar_operations.weeks import DAY, HOUR, WEEK, WEEKS, week_of

Location = Literal["PARTS", "SPARES"]
_REVIEW_WEEKS: Final = 4
_WRITE_OFF_AFTER: Final = 12
_LAST_USE: Final = {part: week_of(day) for part, (_, day) in superseded_parts().items()}


@dataclass(frozen=True)
class Lot:
    """One delivery of one part; times in seconds since the start."""

    number: int
    part: int
    supplier: int
    location: Location
    quantity: int
    ordered: int
    promised: int
    received: int
    price_eur: float
    bad: bool


@dataclass
class Pool:
    """The stock of one part at one location: what can be taken, and what has come this week."""

    part: int
    location: Location
    lots: deque[list[int]] = field(default_factory=deque)
    fresh: list[Lot] = field(default_factory=list)
    coming: list[Lot] = field(default_factory=list)
    wanted: list[int] = field(default_factory=lambda: [0] * WEEKS)
    written_off: list[int] = field(default_factory=lambda: [0] * WEEKS)
    on_hand: list[int] = field(default_factory=lambda: [0] * WEEKS)
    orders: int = 0

    def available(self) -> int:
        """Return the pieces that can be taken now."""
        return sum(left for _, left in self.lots)


class Warehouse:
    """All pools, all lots, and the buyer."""

    def __init__(self, seed: int, plan: Plan, suppliers: Suppliers, weekly_cost_eur: Floats) -> None:
        """Start empty: the first lots are rushed in."""
        self._rng = stream(seed, "warehouse")
        self._plan, self._suppliers, self._cost = plan, suppliers, weekly_cost_eur
        self.lots: list[Lot] = []
        self.bad_lots: list[int] = []
        self.pools: dict[tuple[int, Location], Pool] = {}
        for at, part in enumerate(PARTS):
            self.pools[at, "PARTS"] = Pool(at, "PARTS")
            if part.traced:
                self.pools[at, "SPARES"] = Pool(at, "SPARES")

    def open_week(self, week: int) -> None:
        """Put last week's deliveries on the shelf, and take this week's in."""
        for pool in self.pools.values():
            pool.lots.extend([lot.number, lot.quantity] for lot in pool.fresh)
            pool.fresh = [lot for lot in pool.coming if lot.received // WEEK == week]
            pool.coming = [lot for lot in pool.coming if lot.received // WEEK > week]

    def take(self, part: int, location: Location, count: int, week: int) -> Ints:
        """Return the lot of each piece taken; what is short is rushed in the same week."""
        pool = self.pools[part, location]
        pool.wanted[week] += count
        short = count - pool.available()
        if short > 0:
            ahead = 8 if location == "PARTS" else 3
            lot = self._buy(pool, short + max(2, ahead * count // 2), week, rush=True)
            pool.lots.append([lot.number, lot.quantity])
        taken = np.empty(count, dtype=np.int64)
        done = 0
        while done < count:
            number, left = pool.lots[0]
            use = min(left, count - done)
            taken[done : done + use] = number
            done += use
            if use == left:
                pool.lots.popleft()
            else:
                pool.lots[0][1] -= use
        return taken

    def close_week(self, week: int) -> None:
        """Review the pools whose turn it is, write off what is long superseded, count the stock."""
        for turn, pool in enumerate(self.pools.values()):
            last_use = _LAST_USE.get(PARTS[pool.part].number) if pool.location == "PARTS" else None
            if last_use is not None and week >= last_use + _WRITE_OFF_AFTER:
                pool.written_off[week] = pool.available() + sum(lot.quantity for lot in pool.fresh)
                pool.lots.clear()
                pool.fresh = []
            elif (last_use is None or week < last_use) and turn % _REVIEW_WEEKS == week % _REVIEW_WEEKS:
                self._review(pool, week)
            pool.on_hand[week] = pool.available() + sum(lot.quantity for lot in pool.fresh)

    def _review(self, pool: Pool, week: int) -> None:
        """Order up to the recent average over lead time, review and safety."""
        recent = pool.wanted[max(week - 7, 0) : week + 1]
        average = sum(recent) / len(recent)
        lead = float(self._suppliers.lead_weeks[self._source(pool)[1]])
        safety = 4.0 if pool.location == "PARTS" else 8.0
        target = average * 1.08 * (lead + _REVIEW_WEEKS + safety)
        position = pool.available() + sum(lot.quantity for lot in (*pool.fresh, *pool.coming))
        step = 5 if pool.location == "SPARES" else 10
        if target - position >= 1:
            self._buy(pool, int(-(-(target - position) // step) * step), week, rush=False)

    def _source(self, pool: Pool) -> tuple[int, int]:
        """Return which source is next (0 or 1) and its supplier."""
        source = pool.orders % 2
        return source, self._suppliers.sources[PARTS[pool.part].number][source]

    def _buy(self, pool: Pool, quantity: int, week: int, *, rush: bool) -> Lot:
        """Order a lot from the source whose turn it is; a rushed one arrives on Monday morning."""
        source, supplier = self._source(pool)
        mean = float(self._suppliers.lead_weeks[supplier])
        shape = float(self._suppliers.lead_shape[supplier])
        if rush:
            received = week * WEEK + int(self._rng.integers(7 * HOUR, 10 * HOUR))
            ordered = max(received - int(self._rng.integers(0, 3)) * DAY, 0) // DAY * DAY
            promised = received // DAY * DAY
        else:
            ordered = week * WEEK + 4 * DAY
            lead = max(self._rng.gamma(shape, mean / shape), 0.6)
            received = _goods_in(ordered + int(lead * WEEK), int(self._rng.integers(7 * HOUR, 16 * HOUR)))
            promised = ordered + int(mean * 7) * DAY
        price = self._cost[pool.part, week] * (1.25 if rush else 1.0) * self._rng.uniform(0.97, 1.03)
        bad = self._plan.spoils(PARTS[pool.part].number, source, received)
        lot = Lot(
            len(self.lots), pool.part, supplier, pool.location, quantity, ordered, promised, received, price, bad
        )  # fmt: skip
        pool.orders += 1
        self.lots.append(lot)
        if bad:
            self.bad_lots.append(lot.number)
        if not rush:
            pool.coming.append(lot)
        return lot


def _goods_in(second: int, time_of_day: int) -> int:
    """Move a delivery to a weekday and to the given time of the day."""
    day = second // DAY
    weekend = max(day % 7 - 4, 0)
    return (day - weekend) * DAY + time_of_day
