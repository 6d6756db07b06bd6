"""Dirt: which rows get which fault, and how each fault is made. No row has two faults."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from thenar_operations.weeks import DAY, END

LATE_DAYS: Final = (14, 60)
RESTATED_DAYS: Final = (2, 12)
NOT_A_NUMBER: Final = ("n/a", "12,5x")
NOT_A_DAY: Final = ("31.02.2025", "n/a")
_KIND: Final = "_dirt"
_EARLIER: Final = "earlier version"  # the row before a restated one: no fault of its own, and none may be added


@dataclass(frozen=True)
class Table:
    """What a system hands over under a name, and the dirt in it by kind."""

    name: str
    frame: pl.DataFrame
    dirt: Mapping[str, int]


def mark(
    frame: pl.DataFrame, rng: np.random.Generator, shares: Mapping[str, float], eligible: pl.Expr | None = None
) -> pl.DataFrame:
    """Choose rows for each kind: a share below 1 of all rows (at least 3), or a whole number."""
    allowed = np.arange(len(frame)) if eligible is None else frame.select(eligible.arg_true()).to_series().to_numpy()
    order = rng.permutation(allowed)
    kinds = np.full(len(frame), None, dtype=object)
    start = 0
    for kind, share in shares.items():
        count = int(share) if share >= 1 else max(3, round(share * len(frame)))
        kinds[order[start : start + count]] = kind
        start += count
    if start > len(order):
        raise ValueError(f"{start} rows are to be spoilt, but only {len(order)} may be")
    return frame.with_columns(pl.Series(_KIND, kinds.tolist(), dtype=pl.String))


def long_ago(event: str, days: int = 75) -> pl.Expr:
    """Select facts so old that a late or restated record of them lies before the end."""
    return pl.col(event) < pl.lit(END) - pl.duration(days=days)


def delay(frame: pl.DataFrame, rng: np.random.Generator, event: str, known: str = "recorded_at") -> pl.DataFrame:
    """Record the late rows two weeks to two months after the event."""
    wait = _seconds(rng, len(frame), LATE_DAYS)
    return frame.with_columns(
        pl.when(pl.col(_KIND) == "late").then(pl.col(event) + wait).otherwise(pl.col(known)).alias(known)
    )


def restate(
    frame: pl.DataFrame, rng: np.random.Generator, earlier: Mapping[str, pl.Expr], known: str = "recorded_at"
) -> pl.DataFrame:
    """Put a wrong earlier version before each restated row, and record the right one days later."""
    wait = _seconds(rng, len(frame), RESTATED_DAYS)
    first = frame.filter(pl.col(_KIND) == "restated").with_columns(
        *(value.alias(column) for column, value in earlier.items()), pl.lit(_EARLIER).alias(_KIND)
    )
    later = frame.with_columns(
        pl.when(pl.col(_KIND) == "restated").then(pl.col(known) + wait).otherwise(pl.col(known)).alias(known)
    )
    return pl.concat([later, first])


def spoil(frame: pl.DataFrame, kind: str, column: str, wrong: pl.Expr | Sequence[str]) -> pl.DataFrame:
    """Replace the cells of one kind by an expression, or by these texts in turn."""
    if not isinstance(wrong, pl.Expr):
        turn = pl.col(_KIND).eq(kind).cum_sum() % len(wrong)
        chosen = pl.lit(wrong[0])
        for at, text in enumerate(wrong[1:], start=1):
            chosen = pl.when(turn == at).then(pl.lit(text)).otherwise(chosen)
        wrong = chosen
    return frame.with_columns(pl.when(pl.col(_KIND) == kind).then(wrong).otherwise(pl.col(column)).alias(column))


def finish(name: str, frame: pl.DataFrame, sort: Sequence[str]) -> Table:
    """Add the exact duplicates, sort, and count what was planted."""
    kind = pl.col(_KIND)
    faults = frame.filter(kind.is_not_null() & (kind != _EARLIER))
    counts = dict(faults.group_by(_KIND).len().sort(_KIND).iter_rows())
    doubled = pl.concat([frame, frame.filter(kind == "duplicate")])
    return Table(name, doubled.sort(sort, maintain_order=True).drop(_KIND), counts)


def clean(name: str, frame: pl.DataFrame) -> Table:
    """Return a table without dirt."""
    return Table(name, frame, {})


def _seconds(rng: np.random.Generator, count: int, days: tuple[int, int]) -> pl.Series:
    drawn = rng.integers(days[0] * DAY, days[1] * DAY, size=count)
    return pl.Series(drawn * 1_000_000).cast(pl.Duration("us"))
