"""What is hidden in the world: drawn first, told to nobody but the manifest."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from thenar_operations.arrays import Bools, Ints, stream
from thenar_operations.weeks import WEEK

# Parts whose lots go into many hands inside the window, with enough weeks left to see them fail.
_CANDIDATES: Final = (
    ("BRG-1001", 24, 44),
    ("BRG-1201", 24, 44),
    ("MOT-1201", 26, 44),
    ("HDG-1002", 44, 58),
    ("BRG-2001", 66, 78),
    ("BRG-2201", 66, 78),
    ("HDG-2001", 66, 74),
    ("MOT-2201", 66, 78),
)
BAD_WINDOW_WEEKS: Final = 24
BAD_LIFE_WEEKS: Final = 33.0
BAD_STOP_FACTOR: Final = 3.2
_BAD_FIRMWARE: Final = ("2.0.0", "2.1.0", "2.2.0", "2.3.0")


@dataclass(frozen=True)
class Plan:
    """The planted causes: a supplier's bad lots, a bad firmware version, a gateway with the wrong unit."""

    bad_part: str
    bad_source: int
    bad_from: int
    bad_until: int
    bad_firmware: str
    milli_gateway: str
    milli_from: int
    milli_until: int

    def spoils(self, part: str, source: int, received: int) -> bool:
        """Say whether a lot of that part, from the part's first or second source, is bad."""
        return part == self.bad_part and source == self.bad_source and self.bad_from <= received < self.bad_until

    def in_millis(self, gateway: Ints, at: Ints) -> Bools:
        """Say which readings report torque in mNm."""
        return np.asarray((gateway == int(self.milli_gateway[-1])) & (at >= self.milli_from) & (at < self.milli_until))


def draw_plan(seed: int) -> Plan:
    """Return what this world hides."""
    rng = stream(seed, "plan")
    part, earliest, latest = _CANDIDATES[rng.integers(len(_CANDIDATES))]
    start = int(rng.integers(earliest, latest + 1))
    milli = int(rng.integers(40, 90))
    return Plan(
        bad_part=part,
        bad_source=int(rng.integers(2)),
        bad_from=start * WEEK,
        bad_until=(start + BAD_WINDOW_WEEKS) * WEEK,
        bad_firmware=str(rng.choice(np.array(_BAD_FIRMWARE))),
        milli_gateway=f"GW-{rng.integers(1, 7)}",
        milli_from=milli * WEEK,
        milli_until=(milli + 14) * WEEK,
    )
