"""Coarser values: less than the value, of the same type.

Two values at least, and mostly many, have the same coarse value. Where a value has none it is null, or `***` for text.
"""

from collections.abc import Callable
from decimal import Decimal

import polars as pl

from meshwright.masks.mask import Mask
from meshwright.spec import ColumnType, DecimalType, ListType, ScalarType, VectorType

MOST_BUCKETS = 10**15
"""Floats that lie further than so many buckets from zero have no coarse value: a bucket would hold one float alone."""
MOST_EXACT = 2**53
"""As far from zero floats hold every integer: beyond, most multiples of a width are no floats."""
_DOMAIN = r"[^\s@]@((?:[\p{L}\p{M}\p{N}_-]+\.)+[\p{L}\p{M}\p{N}-]+)\s*$"
_LETTER, _OTHERS = r"[\p{L}\p{N}]", r"[^\p{L}\p{N}]*"


def coarse(value: pl.Expr, column: ColumnType, mask: Mask) -> pl.Expr:
    """Replace values by coarser ones of the same type; null stays null."""
    if isinstance(column, ListType):
        return value.list.eval(coarse(pl.element(), column.items.type, mask))
    if isinstance(column, VectorType):
        return value.list.eval(coarse(pl.element(), ScalarType(kind="number"), mask))
    method, _, parameter = mask.coarse.partition(":")
    if method in ("year", "month"):
        known = pl.when(value.dt.year().is_between(1, 9999)).then(value)  # Polars panics far outside of these
        return known.dt.truncate("1y" if method == "year" else "1mo")
    if method == "bucket":
        return _bucket(value, column, int(parameter))
    return _domain(value) if method == "domain" else _shorten(value, method, int(parameter or "1"))


def _bucket(value: pl.Expr, column: ColumnType, width: int) -> pl.Expr:
    if isinstance(column, DecimalType):
        return _decimal_bucket(value, column, width)
    if column.kind == "number":
        near = value.abs() < min(MOST_BUCKETS * width, MOST_EXACT)
        return _where(near, value, pl.lit(0.0), lambda each: _float_bucket(each, width))
    lowest = -(2**63 // width) * width  # what lies below it falls to a multiple that the type cannot hold
    return _where(value >= lowest, value, pl.lit(0), lambda each: each // width * width)


def _float_bucket(value: pl.Expr, width: int) -> pl.Expr:
    buckets = (value / width).floor().cast(pl.Int64, strict=False)  # as an integer, -0.0 is no other than 0.0
    above = buckets.cast(pl.Float64) * width > value  # the quotient of what lies just below was rounded up
    return (buckets - above.cast(pl.Int64)).cast(pl.Float64) * width


def _decimal_bucket(value: pl.Expr, column: DecimalType, width: int) -> pl.Expr:
    """Leave out, before Polars computes and fails, what falls to a multiple that the type cannot hold."""
    kind = pl.Decimal(column.precision, column.scale)
    lowest = -((10**column.precision - 1) // (width * 10**column.scale)) * width
    held = value >= pl.lit(Decimal(lowest)).cast(kind)
    zero = pl.lit(Decimal(0)).cast(kind)
    if lowest == 0:
        return pl.when(held).then(zero)
    return _where(held, value, zero, lambda each: (each - each % pl.lit(width)).cast(kind))


def _where(holds: pl.Expr, value: pl.Expr, zero: pl.Expr, coarsened: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
    """Coarsen values where a condition holds; elsewhere there is null.

    Below a null Arrow keeps what was computed there, and sends it along: so it is computed from zero.
    """
    return pl.when(holds).then(coarsened(pl.when(holds).then(value).otherwise(zero)))


def _domain(value: pl.Expr) -> pl.Expr:
    """Leave the domain of an address; what has no name before the `@`, or no dot after it, is no address."""
    short = pl.concat_str(pl.lit("***@"), value.str.extract(_DOMAIN).str.to_lowercase())
    return pl.when(value.is_not_null()).then(short.fill_null(pl.lit("***")))


def _shorten(value: pl.Expr, method: str, length: int) -> pl.Expr:
    """Leave one end, where that is at most half of the letters and digits."""
    rest = pl.lit("***")
    keep = 4 if method == "last4" else length
    kept = pl.concat_str(rest, value.str.tail(keep)) if method == "last4" else pl.concat_str(value.str.head(keep), rest)
    long_enough = value.str.contains(f"(?:{_LETTER}{_OTHERS}){{{2 * keep}}}")
    return pl.when(value.is_not_null()).then(pl.when(long_enough).then(kept).otherwise(rest))
