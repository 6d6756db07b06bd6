"""Other values for one column of a frame: its own in other rows, ones that were never there, one for all, none."""

from collections.abc import Iterator
from datetime import timedelta

import polars as pl

CANARY = "\u2063meshwright canary"
"""What a text is given to find it again; no column of a product holds it by accident."""


def perturbed(frame: pl.DataFrame, column: str) -> Iterator[pl.DataFrame]:
    """Yield the frame with other values in one column; the other columns and the number of rows stay.

    Values that the type cannot hold become null, and a change that changes nothing is left out.
    """
    values = frame[column]
    odd = pl.int_range(frame.height, eager=True) % 2 == 1
    fresh = _fresh(values)
    half = fresh.zip_with(odd, values)
    for other in (_turned(values), fresh, half, _same(values), _none(values)):
        if not other.equals(values):
            yield frame.with_columns(other.alias(column))


def canary(frame: pl.DataFrame, column: str) -> pl.DataFrame | None:
    """Give every second text of a column an ending of its own; None for a column of no text."""
    if frame.schema[column] != pl.String:
        return None
    odd = pl.int_range(pl.len()) % 2 == 1
    return frame.with_columns(pl.when(odd).then(pl.col(column) + CANARY).otherwise(pl.col(column)))


def holds_canary(values: pl.Series) -> bool:
    """Say whether a text column, or a list of texts, holds what `canary` put in."""
    if isinstance(values.dtype, pl.List):
        values = values.explode()
    return values.dtype == pl.String and bool(values.str.contains(CANARY, literal=True).any())


def _fresh(values: pl.Series) -> pl.Series:
    """Make values that the column did not hold, each row its own."""
    rows = pl.int_range(values.len(), eager=True)
    dtype = values.dtype
    if dtype == pl.String:
        return values + "~" + rows.cast(pl.String)
    if dtype == pl.Boolean:
        return ~values
    if dtype == pl.Date:
        return values + rows.cast(pl.Float64) * timedelta(days=1) + timedelta(days=400)
    if isinstance(dtype, pl.Datetime | pl.Duration):
        return values + rows.cast(pl.Float64) * timedelta(hours=31) + timedelta(days=400)
    if dtype.is_integer() or dtype.is_decimal():
        return (values + (rows * 3 + 7).cast(dtype, strict=False)).cast(dtype, strict=False)
    if dtype.is_float():
        return (values * 1.37 + rows * 0.61 + 0.5).cast(dtype)
    if isinstance(dtype, pl.Struct) and dtype.fields:
        fields = values.struct.unnest()
        return pl.DataFrame([_fresh(fields[name]).alias(name) for name in fields.columns]).to_struct(values.name)
    return values.reverse()


def _turned(values: pl.Series) -> pl.Series:
    return pl.concat([values.tail(1), values.head(max(0, values.len() - 1))])


def _same(values: pl.Series) -> pl.Series:
    known = values.drop_nulls()
    return known.head(1).new_from_index(0, values.len()) if known.len() else values


def _none(values: pl.Series) -> pl.Series:
    return pl.Series(values.name, [None] * values.len(), values.dtype)
