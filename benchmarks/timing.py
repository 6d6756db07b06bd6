"""Seconds of an operation beside the raw one, in turns, so that whatever else the machine does hits both alike."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True)
class Pair:
    """What Meshwright does, and the raw operation that it cannot do without or would replace."""

    name: str
    ours: Callable[[], object]
    raw_name: str
    raw: Callable[[], object]


@dataclass(frozen=True)
class Timed:
    """A pair with the seconds of each round."""

    pair: Pair
    ours: tuple[float, ...]
    raw: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """How many times as long ours takes: the median of the rounds' ratios."""
        return median(ours / raw for ours, raw in zip(self.ours, self.raw, strict=True))


def in_turns(pair: Pair, rounds: int) -> Timed:
    """Time both, one after the other, after a round that is not counted."""
    pair.raw()
    pair.ours()
    pairs = [(seconds(pair.raw), seconds(pair.ours)) for _ in range(rounds)]
    return Timed(pair, tuple(ours for _, ours in pairs), tuple(raw for raw, _ in pairs))


def seconds(call: Callable[[], object]) -> float:
    """Time one call."""
    started = perf_counter()
    call()
    return perf_counter() - started


def table(timed: list[Timed]) -> str:
    """Write a table of medians and ratios as Markdown."""
    head = "| Meshwright | ms | raw operation | ms | ratio | ratios of the rounds |\n|---|---:|---|---:|---:|---|\n"
    return head + "".join(map(_row, timed))


def _row(t: Timed) -> str:
    ratios = [ours / raw for ours, raw in zip(t.ours, t.raw, strict=True)]
    spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
    cells = (t.pair.name, _ms(t.ours), t.pair.raw_name, _ms(t.raw), f"{t.ratio:.2f}", spread)
    return f"| {' | '.join(cells)} |\n"


def _ms(rounds: tuple[float, ...]) -> str:
    return f"{median(rounds) * 1000:,.1f}"
