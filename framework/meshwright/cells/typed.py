"""Cells that arrive with a type, as in Parquet."""

import polars as pl

from meshwright.cells.cell import Cell
from meshwright.cells.numbers import EXACT_FLOAT
from meshwright.cells.text import text_cell
from meshwright.dtypes import lossless, polars_type
from meshwright.spec import ColumnSpec

_PER_US = {"ns": 1_000, "us": 1, "ms": 1}


def typed_cell(column: ColumnSpec, have: pl.DataType) -> Cell | None:
    """Read a typed column as the column's type, row by row exact; None when no value of that type can be one."""
    stored, kind = pl.col(column.name), column.type.kind
    if isinstance(have, pl.String | pl.Categorical | pl.Enum) and kind != "string":
        if kind in ("vector", "list", "struct", "binary"):
            return None
        return _of_text(column)
    value = _exact(column, have)
    return None if value is None else Cell(value, stored.is_null(), column.nullable, f"does not fit {kind} exactly")


def _of_text(column: ColumnSpec) -> Cell:
    return text_cell(column)


def _exact(column: ColumnSpec, have: pl.DataType) -> pl.Expr | None:
    stored, want = pl.col(column.name), polars_type(column.type)
    if isinstance(want, pl.Float64):
        return _number(column, have)
    if isinstance(want, pl.Int64) and have.is_float():
        whole = stored.cast(pl.Int64, strict=False)
        return pl.when(whole.cast(have) == stored, stored.abs() <= EXACT_FLOAT).then(whole)
    if isinstance(want, pl.Datetime):
        return _moment(column, have)
    if have == want:
        return stored
    if lossless(have, want):
        return stored.cast(want, strict=False)
    if isinstance(have, pl.Decimal) and isinstance(want, pl.Decimal):
        rounded = stored.cast(want, strict=False)
        return pl.when(rounded.cast(have, strict=False) == stored).then(rounded)
    return None


def _number(column: ColumnSpec, have: pl.DataType) -> pl.Expr | None:
    stored = pl.col(column.name)
    if have == pl.Null():
        return stored.cast(pl.Float64)
    if have.is_float():
        value = stored.cast(pl.Float64)
        return value if column.constraints.allow_nan else pl.when(value.is_finite()).then(value)
    if have.is_integer():
        return pl.when(stored.is_between(-EXACT_FLOAT, EXACT_FLOAT)).then(stored.cast(pl.Float64))
    return None


def _moment(column: ColumnSpec, have: pl.DataType) -> pl.Expr | None:
    stored, want = pl.col(column.name), polars_type(column.type)
    if have == pl.Null():
        return stored.cast(want)
    if not isinstance(have, pl.Datetime):
        return None
    if have.time_zone is None:
        if column.date_format is None or "%z" in column.date_format:
            return None
        stored = stored.dt.replace_time_zone("UTC")
    whole = stored.to_physical() % _PER_US[have.time_unit] == 0
    return pl.when(whole).then(stored.dt.convert_time_zone("UTC").cast(want))
