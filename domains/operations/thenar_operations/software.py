"""Which firmware and motion model each hand runs, and when it got them."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from thenar_operations.arrays import Ints
from thenar_operations.weeks import DAY, END_SECOND, HOUR, WEEK

FIRMWARE: Final = (
    ("1.0.0", 0), ("1.1.0", 12), ("1.2.0", 26), ("2.0.0", 42), ("2.1.0", 56), ("2.2.0", 70), ("2.3.0", 84),
    ("3.0.0", 99), ("3.1.0", 113),
)  # fmt: skip
MOTION: Final = (("mm-1", 0), ("mm-2", 35), ("mm-3", 75), ("mm-4", 105))
_NEVER: Final = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Rollout:
    """When each hand (row) got each release (column), in seconds since the start; never = the largest integer."""

    versions: tuple[str, ...]
    installed: Ints
    factory: Ints

    def running(self, hands: Ints, at: Ints) -> Ints:
        """Return the release that each of these hands runs at these instants: the newest that it got."""
        got = self.installed[hands] <= at[:, None]
        return np.asarray(got.shape[1] - 1 - got[:, ::-1].argmax(axis=1))


def roll_out(
    rng: np.random.Generator, releases: tuple[tuple[str, int], ...], assembled: Ints, shipped: Ints
) -> Rollout:
    """Return the installs: from the factory the newest release, later ones in stages, some of them never."""
    released = np.array([week for _, week in releases]) * WEEK
    factory = np.maximum(np.searchsorted(released + 2 * WEEK, assembled, side="right") - 1, 0)
    shape = (len(assembled), len(releases))
    delay = (rng.exponential(3.5 * WEEK, size=shape)).astype(np.int64) + 2 * DAY
    base = np.maximum(released[None, :], shipped[:, None]) + delay
    base = base // HOUR * HOUR
    wanted = (np.arange(shape[1])[None, :] > factory[:, None]) & (rng.random(shape) < 0.85)
    installed = np.where(wanted & (base < END_SECOND - DAY), base, _NEVER)
    later = np.minimum.accumulate(installed[:, ::-1], axis=1)[:, ::-1]
    overtaken = installed[:, :-1] >= later[:, 1:]
    installed[:, :-1] = np.where(overtaken, _NEVER, installed[:, :-1])
    installed[np.arange(shape[0]), factory] = shipped
    return Rollout(tuple(v for v, _ in releases), installed, factory.astype(np.int64))
