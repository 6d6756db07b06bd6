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
