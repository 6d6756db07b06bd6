"""Promote or hold: whether one method is cheaper than another beyond luck."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from meshwright.models.panel import Array

LOWER = 5.0
"""Percentile of the bootstrap at which its 90 % interval begins."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """How much cheaper than a baseline: the gain as a share of the baseline's cost, and the interval's lower end."""

    baseline: str
    gain: float
    at_least: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What to do with the challenger, and why."""

    decision: Literal["promote", "hold"]
    reason: str
    comparisons: tuple[Comparison, ...]


def compare(baseline: str, theirs: Array, ours: Array, *, seed: int, draws: int = 2_000) -> Comparison:
    """Bootstrap the gain over items: an item's weeks stay together, and both methods are drawn alike."""
    drawn = np.random.default_rng(seed).integers(0, len(ours), (draws, len(ours)))
    total = theirs[drawn].sum(axis=1)
    gains = np.where(total > 0, (total - ours[drawn].sum(axis=1)) / np.where(total > 0, total, 1), 0.0)
    whole = float(theirs.sum())
    gain = (whole - float(ours.sum())) / whole if whole > 0 else 0.0
    return Comparison(baseline=baseline, gain=gain, at_least=float(np.percentile(gains, LOWER)))


def decide(comparisons: tuple[Comparison, ...], min_gain: float) -> Verdict:
    """Promote only what beats every baseline: by `min_gain`, and at the lower end of the interval; a tie holds."""
    for c in sorted(comparisons, key=lambda c: c.gain):
        if c.gain < min_gain:
            found = f"saves {c.gain:.1%}" if c.gain >= 0 else f"costs {-c.gain:.1%} more"
            reason = f"{found} beside {c.baseline}, a saving of {min_gain:.0%} is asked"
            return Verdict(decision="hold", reason=reason, comparisons=comparisons)
    for c in sorted(comparisons, key=lambda c: c.at_least):
        if c.at_least <= 0:
            reason = f"may lose beside {c.baseline}: the 90 % interval of the saving begins at {c.at_least:.1%}"
            return Verdict(decision="hold", reason=reason, comparisons=comparisons)
    if not comparisons:
        return Verdict(decision="hold", reason="there is nothing to compare with", comparisons=())
    least = min(comparisons, key=lambda c: c.gain)
    reason = f"saves {least.gain:.1%} beside the best baseline, {least.baseline}; at least {least.at_least:.1%}"
    return Verdict(decision="promote", reason=reason, comparisons=comparisons)
