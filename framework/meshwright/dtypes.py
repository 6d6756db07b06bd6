"""One table of types: Python annotation, Polars dtype, Delta type and ODCS logical type."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from meshwright.spec import ColumnType, DecimalType, ListType, StructType, VectorType


@dataclass(frozen=True, slots=True)
class TypeRow:
    """The names that one simple type has in each system."""

    kind: str
    python: type
    polars: pl.DataType
    delta: str
    odcs: str


TABLE = (
    TypeRow("string", str, pl.String(), "string", "string"),
    TypeRow("integer", int, pl.Int64(), "long", "integer"),
    TypeRow("number", float, pl.Float64(), "double", "number"),
    TypeRow("boolean", bool, pl.Boolean(), "boolean", "boolean"),
    TypeRow("date", dt.date, pl.Date(), "date", "date"),
    TypeRow("timestamp", dt.datetime, pl.Datetime("us", "UTC"), "timestamp", "timestamp"),
    TypeRow("binary", bytes, pl.Binary(), "binary", "string"),
)
BY_KIND = {row.kind: row for row in TABLE}
BY_PYTHON = {row.python: row for row in TABLE}

_INTEGERS = (pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64)


def polars_type(column: ColumnType) -> pl.DataType:
    """Give the Polars dtype in which a column is stored; vectors as lists, for every reader can read those."""
    if isinstance(column, DecimalType):
        return pl.Decimal(column.precision, column.scale)
    if isinstance(column, VectorType):
        return pl.List(pl.Float64())
    if isinstance(column, ListType):
        return pl.List(polars_type(column.items.type))
    if isinstance(column, StructType):
        return pl.Struct([pl.Field(f.name, polars_type(f.type)) for f in column.fields])
    return BY_KIND[column.kind].polars


def python_type(column: ColumnType) -> type:
    """Give the Python class of one value."""
    if isinstance(column, DecimalType):
        return Decimal
    if isinstance(column, VectorType | ListType):
        return list
    if isinstance(column, StructType):
        return dict
    return BY_KIND[column.kind].python


def lossless(have: pl.DataType, want: pl.DataType) -> bool:
    """Tell whether a strict cast either keeps every value or fails; it never changes one."""
    if have == want or have == pl.Null():
        return True
    if isinstance(have, pl.List | pl.Array) and isinstance(want, pl.List):
        return lossless(_dtype(have.inner), _dtype(want.inner))
    if isinstance(have, pl.Struct) and isinstance(want, pl.Struct):
        inner = {f.name: _dtype(f.dtype) for f in have.fields}
        return set(inner) == {f.name for f in want.fields} and all(
            lossless(inner[f.name], _dtype(f.dtype)) for f in want.fields
        )
    return _lossless_scalar(have, want)


def _lossless_scalar(have: pl.DataType, want: pl.DataType) -> bool:
    if isinstance(want, pl.Int64):
        return isinstance(have, _INTEGERS)
    if isinstance(want, pl.Float64):
        return isinstance(have, pl.Float32 | pl.Int8 | pl.Int16 | pl.Int32 | pl.UInt8 | pl.UInt16 | pl.UInt32)
    if isinstance(want, pl.String):
        return isinstance(have, pl.Categorical | pl.Enum)
    if isinstance(want, pl.Datetime):
        return isinstance(have, pl.Datetime) and have.time_zone is not None and have.time_unit in ("us", "ms")
    if isinstance(want, pl.Decimal):
        return _fits_decimal(have, want)
    return False


def _fits_decimal(have: pl.DataType, want: pl.Decimal) -> bool:
    scale = want.scale
    if isinstance(have, pl.Decimal):
        return have.scale <= scale
    return isinstance(have, _INTEGERS) and want.precision - scale >= 1


def _dtype(dtype: pl.DataType | type[pl.DataType]) -> pl.DataType:
    return dtype() if isinstance(dtype, type) else dtype


def cast_advice(name: str, have: pl.DataType, want: pl.DataType) -> str:
    """Write the line that would make a column fit, for a cast that could change values."""
    column = f'pl.col("{name}")'
    if isinstance(want, pl.Datetime) and isinstance(have, pl.Datetime):
        if have.time_zone is None:
            return f'{column}.dt.replace_time_zone("UTC")'
        return f'{column}.dt.cast_time_unit("us")'
    if isinstance(want, pl.Datetime) and isinstance(have, pl.String):
        return f'{column}.str.to_datetime(time_unit="us", time_zone="UTC")'
    if isinstance(want, pl.Date) and isinstance(have, pl.String):
        return f"{column}.str.to_date()"
    if isinstance(want, pl.Date) and isinstance(have, pl.Datetime):
        return f"{column}.dt.date()"
    if isinstance(want, pl.Decimal):
        return f"{column}.round({want.scale}).cast(pl.{want})"
    if isinstance(want, pl.Int64) and isinstance(have, pl.Float32 | pl.Float64):
        return f"{column}.round().cast(pl.Int64)"
    return f"{column}.cast(pl.{want})"
