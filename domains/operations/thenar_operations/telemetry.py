"""What connected hands report: weekly readings per joint, and protective stops."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from thenar_operations.arrays import Bools, Floats, Ints, stream
from thenar_operations.catalogue import JOINTS, PARTS, TRANSMISSIONS
from thenar_operations.fleet import Fleet
from thenar_operations.plan import BAD_STOP_FACTOR, Plan
from thenar_operations.software import Rollout
from thenar_operations.weeks import DAY, HOUR, WEEK, yearly_swing

GATEWAYS: Final = 6
_CYCLES_PER_HOUR: Final = np.array([350.0, 245.0, 490.0])
_TORQUE_NM: Final = np.array([18.0, 3.2, 7.5])
_STOPS_PER_HOUR: Final = 0.0028
_NEW_BACKLASH: Final = {t.parts[0]: t.backlash_arcmin for t in TRANSMISSIONS}


@dataclass(frozen=True)
class Readings:
    """One entry per connected hand, week and joint; at in seconds since the start."""

    hand: Ints
    joint: Ints
    gateway: Ints
    firmware: Ints
    at: Ints
    hours: Floats
    cycles: Ints
    torque: Floats
    temperature: Floats
    backlash: Floats


@dataclass(frozen=True)
class Stops:
    """One entry per protective stop."""

    hand: Ints
    joint: Ints
    cause: Ints
    at: Ints


def draw_readings(seed: int, plan: Plan, fleet: Fleet, firmware: Rollout, load: Floats) -> Readings:
    """Return what the gateways saw: backlash of a worn gear, torque of a bearing, warmth of a motor, under noise."""
    rng = stream(seed, "telemetry")
    table = np.concatenate(fleet.readings)
    joint = np.tile(np.arange(len(JOINTS)), len(table))
    gear, bearing, motor = table[:, 3::3].ravel(), table[:, 4::3].ravel(), table[:, 5::3].ravel()
    table = np.repeat(table, len(JOINTS), axis=0)
    hand, week, hours = table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2]
    at = week * WEEK + 6 * DAY + (17 + hand % 4) * HOUR
    gateway = rng.integers(1, GATEWAYS + 1, size=len(fleet.hands))[hand]
    version = firmware.running(hand, at)
    noise = rng.standard_normal((4, len(hand)))
    torque = _TORQUE_NM[joint] * load[hand] * (1 + 0.45 * bearing**2) * np.exp(0.06 * noise[0])
    warm = 27 + 9 * load[hand] + 13 * motor**2 + 3 * yearly_swing(week, 28) + 1.1 * noise[1]
    new = np.array([_NEW_BACKLASH.get(part.number, 1.0) for part in PARTS])[fleet.part[hand, joint * 3]]
    backlash = new * (1 + 1.3 * gear**1.5 + 0.15 * bearing**1.5) * np.exp(0.05 * noise[2])
    cycles = hours * _CYCLES_PER_HOUR[joint] * np.exp(0.03 * noise[3])
    sent = torque * (1.0 + 999.0 * plan.in_millis(gateway, at).astype(np.float64))
    return Readings(
        hand, joint, gateway, version, at, hours.round(2), cycles.astype(np.int64),
        sent.round(3), warm.round(2), backlash.round(3),
    )  # fmt: skip


def draw_stops(seed: int, plan: Plan, fleet: Fleet, firmware: Rollout) -> Stops:
    """Return the stops: more with hours and wear, far more under the bad firmware version."""
    rng = stream(seed, "stops")
    table = np.concatenate(fleet.readings)
    hand, week, wear = table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 3:]
    version = firmware.running(hand, week * WEEK + 3 * DAY)
    bad = version == firmware.versions.index(plan.bad_firmware)
    nervous = rng.lognormal(0, 0.35, len(fleet.hands))[hand]
    rate = _STOPS_PER_HOUR * table[:, 2] * np.where(bad, BAD_STOP_FACTOR, 1.0) * (1 + wear.max(axis=1)) * nervous
    count = rng.poisson(np.asarray(rate, dtype=np.float64))
    row = np.repeat(np.arange(len(hand)), count)
    joint = _worn_joint(rng, wear[row])
    at = week[row] * WEEK + rng.integers(0, 6 * DAY, size=len(row))
    seen = at > fleet.hands.shipped[hand[row]]
    cause = np.where(_likely(rng, bad[row]), 1, rng.integers(0, 3, size=len(row)))
    return Stops(hand[row][seen], joint[seen], cause[seen], at[seen])


def _worn_joint(rng: np.random.Generator, wear: Floats) -> Ints:
    """Return a joint per stop, the more worn the likelier."""
    weight = np.stack([0.3 + wear[:, 3 * j : 3 * j + 3].max(axis=1) for j in range(len(JOINTS))], axis=1)
    reach = np.cumsum(weight, axis=1)
    draw = rng.random(len(wear)) * reach[:, -1]
    return np.asarray((draw[:, None] > reach[:, :-1]).sum(axis=1))


def _likely(rng: np.random.Generator, bad: Bools) -> Bools:
    """Say which stops are position errors for certain: most of those under the bad version."""
    return np.asarray(bad & (rng.random(len(bad)) < 0.6))
