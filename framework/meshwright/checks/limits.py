"""The limits of one column as expressions; null where the value is null."""

from collections.abc import Iterator
from decimal import Decimal

import polars as pl

from meshwright.columns.limits import literal
from meshwright.dtypes import polars_type
from meshwright.spec import Bound, ColumnSpec, VectorType


def limit_checks(column: ColumnSpec, value: pl.Expr) -> Iterator[tuple[str, pl.Expr]]:
    """Name each limit that a column carries, and say when a value keeps it."""
    limits, kind = column.constraints, column.type.kind
    if kind == "number" and not limits.allow_nan:
        yield "finite", value.is_finite()
    yield from _range(column, value)
    if limits.multiple_of is not None:
        yield "multiple_of", _multiple(column, value, literal(kind, limits.multiple_of))
    if isinstance(column.type, VectorType):
        yield "length", value.list.len() == column.type.length
    if limits.min_length is not None:
        yield "min_length", _length(value, kind) >= limits.min_length
    if limits.max_length is not None:
        yield "max_length", _length(value, kind) <= limits.max_length
    if limits.pattern is not None:
        yield "pattern", value.str.contains(f"^(?:{limits.pattern})$")
    if limits.values is not None:
        yield "values", value.is_in(list(limits.values))


def _range(column: ColumnSpec, value: pl.Expr) -> Iterator[tuple[str, pl.Expr]]:
    limits, kind = column.constraints, column.type.kind
    # Polars sorts NaN above every number; a NaN is in no range.
    known = value.is_not_nan() if kind == "number" else pl.lit(value=True)
    if limits.ge is not None:
        yield "ge", (value >= _literal(kind, limits.ge)) & known
    if limits.gt is not None:
        yield "gt", (value > _literal(kind, limits.gt)) & known
    if limits.le is not None:
        yield "le", value <= _literal(kind, limits.le)
    if limits.lt is not None:
        yield "lt", value < _literal(kind, limits.lt)


def _literal(kind: str, limit: Bound) -> pl.Expr:
    return pl.lit(literal(kind, limit))


def _multiple(column: ColumnSpec, value: pl.Expr, step: float | Decimal) -> pl.Expr:
    if not isinstance(step, float):
        return (value % pl.lit(step, polars_type(column.type))) == 0  # of one type: remainders of decimals overflow
    # As Pydantic: a billionth away from the nearest multiple is the rounding of binary fractions. The step becomes a
    # column, for Polars divides by a single number through its reciprocal, which rounds once more.
    steps = value * 0 + step
    nearest = (value / steps).round(mode="half_away_from_zero") * steps
    distance = (value - nearest).abs()
    return (distance <= 1e-9) | distance.is_nan()


def _length(value: pl.Expr, kind: str) -> pl.Expr:
    if kind == "string":
        return value.str.len_chars()
    return value.bin.size() if kind == "binary" else value.list.len()
