"""The week loop: hands are assembled from lots, used, worn, returned and repaired."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from thenar_operations.arrays import Bools, Floats, Ints, stream
from thenar_operations.catalogue import ASSEMBLIES, JOINTS, MODELS, PART_INDEX, PARTS, transmissions_of
from thenar_operations.customers import Customers
from thenar_operations.orders import Orders
from thenar_operations.plan import BAD_LIFE_WEEKS
from thenar_operations.production import Hands
from thenar_operations.warehouse import Warehouse
from thenar_operations.weeks import DAY, END_SECOND, START, WEEK, WEEKS, office_hours, yearly_swing

SLOTS: Final = 3 * len(JOINTS)  # per joint: transmission part, bearing, motor
CONNECTED_SHARE: Final = 0.2
_AVERAGE_HOURS: Final = 50.0
_SUDDEN: Final = 0.00012  # per slot and week, whatever the wear
_SPREAD, _SPREAD_BAD = 0.2, 0.4
_LIFE: Final = np.array([part.life_weeks or np.inf for part in PARTS])


@dataclass
class Fleet:
    """The state of every hand (rows) and slot (columns), and what has happened so far."""

    hands: Hands
    connected: Bools
    part: Ints
    life: Floats
    wear: Floats
    back_in_week: Ints
    installs: list[Ints] = field(default_factory=list)  # hand, slot, part, lot, second, by repair
    failures: list[Ints] = field(default_factory=list)  # hand, slot, part, returned, consumed, pieces
    quiet_returns: list[Ints] = field(default_factory=list)  # hand, returned
    readings: list[Floats] = field(default_factory=list)  # hand, week, hours, then the wear of each slot


def run_fleet(seed: int, hands: Hands, orders: Orders, customers: Customers, warehouse: Warehouse) -> Fleet:
    """Live through all weeks; the warehouse is used up and refilled on the way."""
    rng = stream(seed, "fleet")
    shape = (len(hands), SLOTS)
    fleet = Fleet(
        hands, rng.random(len(hands)) < CONNECTED_SHARE, _parts_of(hands),
        np.full(shape, np.inf), np.zeros(shape), np.zeros(len(hands), dtype=np.int64),
    )  # fmt: skip
    owner = orders.customer[np.maximum(hands.line, 0)]
    pace = customers.hours_per_week[owner]
    strain = customers.load[owner] ** 1.5 / _AVERAGE_HOURS
    due: dict[int, list[Ints]] = {}
    for week in range(WEEKS):
        warehouse.open_week(week)
        _assemble(fleet, warehouse, rng, week)
        for job in due.pop(week, []):
            _repair(fleet, warehouse, rng, job)
        active = (hands.shipped >= 0) & (hands.shipped < week * WEEK) & (fleet.back_in_week < week)
        hours = np.where(active, pace * _season(week) * rng.lognormal(0, 0.14, len(hands)), 0.0)
        fleet.wear += (hours * strain)[:, None] / fleet.life
        _read(fleet, week, hours)
        for job in _fail(fleet, rng, week, active):
            due.setdefault(int(job[4]) // WEEK, []).append(job)
        warehouse.close_week(week)
    return fleet


def _season(week: int) -> float:
    """Return the factory's pace: slow in August and at the end of the year."""
    of_year = week % 52
    pause = 0.6 if of_year in (31, 32, 51) else 1.0
    return float(1 + 0.08 * yearly_swing(np.array([week]), 18)[0]) * pause


def _parts_of(hands: Hands) -> Ints:
    """Return the traced part in each slot of each hand, by the bill of materials of its week."""
    found = np.zeros((len(hands), SLOTS), dtype=np.int64)
    week = hands.assembled // WEEK
    for model, name in enumerate(MODELS):
        for at in np.unique(week[hands.model == model]):
            chosen = transmissions_of(name, START.date().fromordinal(START.date().toordinal() + int(at) * 7))
            slots = [PART_INDEX[part] for t in chosen for part in t.parts]
            found[(hands.model == model) & (week == at)] = slots
    return found


def _assemble(fleet: Fleet, warehouse: Warehouse, rng: np.random.Generator, week: int) -> None:
    """Take the parts of this week's hands from stock, and give each traced part its lot and its life."""
    low, high = np.searchsorted(fleet.hands.assembled, [week * WEEK, (week + 1) * WEEK])
    if low == high:
        return
    parts = fleet.part[low:high]
    lots = np.empty_like(parts)
    for part in np.unique(parts):
        lots[parts == part] = warehouse.take(int(part), "PARTS", int((parts == part).sum()), week)
    fleet.life[low:high] = _lives(rng, warehouse, parts, lots)
    hand, slot = np.divmod(np.arange(parts.size), SLOTS)
    hand = hand + low
    second = fleet.hands.assembled[hand]
    fleet.installs.append(np.stack([hand, slot, parts.ravel(), lots.ravel(), second, np.zeros_like(hand)], axis=1))
    made = np.bincount(fleet.hands.model[low:high], minlength=len(MODELS))
    for assembly in ASSEMBLIES:
        count = sum(int(made[MODELS.index(model)]) for model in assembly.models)
        for number, quantity in assembly.parts if count else ():
            warehouse.take(PART_INDEX[number], "PARTS", count * quantity, week)


def _lives(rng: np.random.Generator, warehouse: Warehouse, parts: Ints, lots: Ints) -> Floats:
    """Return lives in weeks of average duty; those of a bad lot are short."""
    bad = np.isin(lots, warehouse.bad_lots)
    mean = np.where(bad, BAD_LIFE_WEEKS, _LIFE[parts])
    return np.asarray(mean * rng.lognormal(0, np.where(bad, _SPREAD_BAD, _SPREAD)))


def _repair(fleet: Fleet, warehouse: Warehouse, rng: np.random.Generator, job: Ints) -> None:
    """Put a spare into the slot: its wear starts again."""
    hand, slot, part, _, consumed, pieces = (int(v) for v in job)
    lot = warehouse.take(part, "SPARES", pieces, consumed // WEEK)[0]
    fleet.wear[hand, slot] = 0.0
    fleet.life[hand, slot] = _lives(rng, warehouse, np.array([part]), np.array([lot]))[0]
    fleet.installs.append(np.array([[hand, slot, part, lot, consumed, 1]]))


def _read(fleet: Fleet, week: int, hours: Floats) -> None:
    """Note what the connected hands did this week, and the wear they stand at."""
    seen = np.flatnonzero(fleet.connected & (hours > 0))
    wear = np.minimum(fleet.wear[seen], 1.0)
    who = seen.astype(np.float64)
    fleet.readings.append(np.column_stack([who, np.full(len(seen), float(week)), hours[seen], wear]))


def _fail(fleet: Fleet, rng: np.random.Generator, week: int, active: Bools) -> list[Ints]:
    """Return the repairs that this week's failures ask for; hands with a failure stop until repaired."""
    sudden = rng.random(fleet.wear.shape) < _SUDDEN
    hand, slot = np.nonzero(active[:, None] & ((fleet.wear >= 1.0) | sudden))
    hurt, which = np.unique(hand, return_inverse=True)
    returned = _returned(rng, week, len(hurt))
    consumed = office_hours(rng, (returned + rng.integers(1, 8, len(hurt)) * DAY) // WEEK, (1, 6))
    consumed = np.where(consumed <= returned, returned // WEEK * WEEK + WEEK + DAY + consumed % DAY, consumed)
    fleet.back_in_week[hurt] = consumed // WEEK
    pieces = 1 + (rng.random(len(hand)) < 0.08)
    jobs = np.stack([hand, slot, fleet.part[hand, slot], returned[which], consumed[which], pieces], axis=1)
    fleet.failures.append(jobs)
    bored = np.flatnonzero(active & (rng.random(len(active)) < 0.0008))
    bored = np.setdiff1d(bored, hurt)
    fleet.quiet_returns.append(np.stack([bored, _returned(rng, week, len(bored))], axis=1))
    return [job for job in jobs if job[4] < END_SECOND]


def _returned(rng: np.random.Generator, week: int, count: int) -> Ints:
    """Return when hands that failed in a week arrive: up to four days later."""
    late = rng.integers(2 * DAY, 9 * DAY, size=count)
    return week * WEEK + late // DAY * DAY + late % (9 * 3_600) + 7 * 3_600
