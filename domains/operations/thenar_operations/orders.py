"""What customers order: growth, season, launches; and the hands that each line asks for."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from thenar_operations.arrays import Floats, Ints, stream
from thenar_operations.catalogue import H1_END_OF_SALE, H2_LAUNCH, LITE_LAUNCH
from thenar_operations.customers import Customers
from thenar_operations.weeks import DAY, WEEKS, office_hours, week_of, yearly_swing

PRICES_EUR: Final = np.array([18_450.0, 21_900.0, 12_800.0])
_H2, _LITE, _H1_END = week_of(H2_LAUNCH), week_of(LITE_LAUNCH), week_of(H1_END_OF_SALE)


@dataclass(frozen=True)
class Orders:
    """Arrays with one entry per order line, in the order of placement; times in seconds since the start."""

    order: Ints
    line: Ints
    customer: Ints
    model: Ints
    quantity: Ints
    price_eur: Floats
    placed: Ints
    promised: Ints
    shipped: Ints

    def __len__(self) -> int:
        """Return the number of lines."""
        return len(self.order)


def draw_orders(seed: int, scale: float, customers: Customers) -> Orders:
    """Return about 6,000 order lines at scale 1."""
    rng = stream(seed, "orders")
    per_week = rng.poisson(orders_expected() * scale)
    order_week = np.repeat(np.arange(WEEKS), per_week)
    placed = np.sort(office_hours(rng, order_week))
    customer = _buyers(rng, customers, order_week)
    lines = rng.choice([1, 2, 3], size=len(placed), p=[0.74, 0.21, 0.05])
    first = np.repeat(np.cumsum(lines) - lines, lines)
    placed, week = np.repeat(placed, lines), np.repeat(order_week, lines)
    model = _models(rng, week)
    count = len(placed)
    promised = placed + rng.integers(18, 36, size=count) * DAY
    shipped = placed + (rng.gamma(9.0, 2.2, size=count) * DAY).astype(np.int64) + 3 * DAY
    discount: Floats = 1 - rng.choice([0, 0.03, 0.05, 0.1], size=count, p=[0.6, 0.2, 0.15, 0.05])
    return Orders(
        order=np.repeat(np.arange(len(lines)), lines),
        line=np.arange(count) - first + 1,
        customer=np.repeat(customer, lines),
        model=model,
        quantity=rng.choice([1, 2, 3, 4, 6, 10], size=count, p=[0.8, 0.12, 0.04, 0.02, 0.015, 0.005]),
        price_eur=(PRICES_EUR[model] * discount * (1 + 0.03 * (week // 52))).round(2),
        placed=placed,
        promised=promised,
        shipped=shipped,
    )


def orders_expected() -> Floats:
    """Return the orders that each week expects at scale 1."""
    week = np.arange(WEEKS)
    growth = 22.0 * np.exp(0.0072 * week)
    season = 1 + 0.16 * yearly_swing(week, 46)
    return np.asarray(growth * season * (1 + _launch(week, _H2, 0.5) + _launch(week, _LITE, 0.35)))


def _launch(week: Ints, start: int, height: float) -> Floats:
    """Return a bump that starts with a launch and fades over eight weeks."""
    since = week - start
    return np.where(since >= 0, height * np.exp(-np.maximum(since, 0) / 8.0), 0.0)


def _models(rng: np.random.Generator, week: Ints) -> Ints:
    """Return a model per line: H2 takes over from H1 within half a year, the light one takes a fifth."""
    h2 = np.where(week >= _H2, 0.25 + 0.4 * np.clip((week - _H2) / 26, 0, 1), 0.0)
    light = np.where(week >= _LITE, 0.12 + 0.12 * np.clip((week - _LITE) / 20, 0, 1), 0.0)
    draw = rng.random(len(week))
    model = np.where(draw < light, 2, np.where(draw < light + h2 * (1 - light), 1, 0))
    model = np.where((model == 0) & (week >= _H1_END), 1, model)
    return model.astype(np.int64)


def _buyers(rng: np.random.Generator, customers: Customers, week: Ints) -> Ints:
    """Return a customer per order: one who is there already, by appetite."""
    known = np.searchsorted(customers.since_week, week, side="left")
    known = np.maximum(known, int((customers.since_week == 0).sum()))
    reach = np.cumsum(customers.appetite)
    return np.searchsorted(reach, rng.random(len(week)) * reach[known - 1]).astype(np.int64)
