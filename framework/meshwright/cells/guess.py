"""Guess how text is written, from a sample."""

import re
from functools import cache

import polars as pl

from meshwright.cells import times

_DATES = (
    "%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%Y/%m/%d", "%d-%m-%Y", "%m-%d-%Y", "%Y%m%d",
    "%d.%m.%y", "%m/%d/%y", "%d/%m/%y", "%d %b %Y", "%d-%b-%Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y",
)  # fmt: skip
_CLOCKS = ("%H:%M:%S.%f", "%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p")


def date_format(sample: pl.Series, kind: str) -> str | None:
    """Find the one pattern that every value of a sample has; None when no pattern would do, or more than one."""
    found = date_formats(sample, kind)
    # A short and a long name of a month read the same way.
    return found[0] if len({p.replace("%B", "%b") for p in found}) == 1 else None


def date_formats(sample: pl.Series, kind: str) -> list[str]:
    """Find every pattern that all values of a sample have: day and month are told apart by a value over 12."""
    if sample.is_empty():
        return []
    first = str(sample[0]).strip()
    likely = [p for p, shape in _shapes(kind) if shape.match(first)]
    return [p for p in likely if _reads(sample.head(100), p, kind) and _reads(sample, p, kind)]


@cache
def _shapes(kind: str) -> list[tuple[str, re.Pattern[str]]]:
    return [(pattern, re.compile(times.shape(pattern))) for pattern in _patterns(kind)]


def _patterns(kind: str) -> list[str]:
    if kind == "date":
        return list(_DATES)
    return [f"{d}{gap}{c}{z}" for d in _DATES for c in _CLOCKS for gap in ("T", " ") for z in ("", "%z", " %z")]


def _reads(sample: pl.Series, pattern: str, kind: str) -> bool:
    text = pl.col(sample.name)
    value = times.date(text, pattern) if kind == "date" else times.timestamp(text, pattern)
    return bool(sample.to_frame().select(value.is_not_null().all()).item())
