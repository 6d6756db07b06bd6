"""Coarser values: less than the value, of the same type."""

import polars as pl

from meshwright.masks.mask import Mask
from meshwright.spec import ColumnType, DecimalType, ListType, ScalarType, VectorType

_I64_MIN = -(2**63)


def coarse(value: pl.Expr, column: ColumnType, mask: Mask) -> pl.Expr:
    """Replace values by coarser ones of the same type; null stays null."""
    if isinstance(column, ListType):
        return value.list.eval(coarse(pl.element(), column.items.type, mask))
    if isinstance(column, VectorType):
        return value.list.eval(coarse(pl.element(), ScalarType(kind="number"), mask))
    method, _, parameter = mask.coarse.partition(":")
    if method in ("year", "month"):
        return value.dt.truncate("1y" if method == "year" else "1mo")
    if method == "bucket":
        return _bucket(value, column, int(parameter))
    return _shorten(value, method, int(parameter or "1"))


def _bucket(value: pl.Expr, column: ColumnType, width: int) -> pl.Expr:
    if isinstance(column, DecimalType):
        return (value - value % pl.lit(width)).cast(pl.Decimal(column.precision, column.scale), strict=False)
    if column.kind == "number":
        return pl.when(value.is_finite()).then((value / width).floor() * width)
    lowest = _I64_MIN // width * width + width
    return pl.max_horizontal(value, pl.when(value.is_not_null()).then(pl.lit(lowest))) // width * width


def _shorten(value: pl.Expr, method: str, length: int) -> pl.Expr:
    rest = pl.lit("***")
    if method == "domain":
        domain = value.str.extract(r"@([^@\s]+)\s*$").str.to_lowercase()
        short = pl.concat_str(pl.lit("***@"), domain)
        return pl.when(value.is_not_null()).then(short.fill_null(rest))
    keep = 4 if method == "last4" else length
    kept = pl.concat_str(rest, value.str.tail(keep)) if method == "last4" else pl.concat_str(value.str.head(keep), rest)
    long_enough = value.str.len_chars() > keep
    return pl.when(value.is_not_null()).then(pl.when(long_enough).then(kept).otherwise(rest))
