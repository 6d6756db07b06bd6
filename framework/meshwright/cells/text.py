"""Cells that arrive as text."""

from collections.abc import Collection

import polars as pl

from meshwright.cells import numbers, times
from meshwright.cells.cell import Cell
from meshwright.errors import DefinitionError
from meshwright.spec import ColumnSpec, DecimalType, ListType, StructType, VectorType

_BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def text_cell(column: ColumnSpec, *, decimal: str = ".", nulls: Collection[str] = ()) -> Cell:
    """Read the text column of this name as the column's type; a cell in `nulls` is empty."""
    text = pl.col(column.name)
    kind = column.type.kind
    words = text if kind == "string" else text.str.strip_chars()
    empty = text.is_null() | words.is_in(list(nulls)) if nulls else text.is_null()
    value, reason = _reading(column, text, decimal)
    return Cell(pl.when(~empty).then(value), empty, column.nullable, reason)


def _reading(column: ColumnSpec, text: pl.Expr, decimal: str) -> tuple[pl.Expr, str]:
    kind = column.type
    if isinstance(kind, VectorType | ListType | StructType):
        hint = "read it as str and parse it in the transform"
        raise DefinitionError(f"column {column.name!r}", f"a cell of text holds no {kind.kind}", hint)
    written = numbers.number_format(column, decimal) if kind.kind in ("integer", "number", "decimal") else None
    if written and isinstance(kind, DecimalType):
        reason = f"is not a decimal of at most {kind.precision} digits, {kind.scale} of them after the point"
        return numbers.decimal(text, written, kind), reason
    if written and kind.kind == "integer":
        return numbers.integer(text, written), "is not a whole number of 64 bits"
    if written:
        return numbers.number(text, written, allow_nan=column.constraints.allow_nan), "is not a finite number"
    return _plain_kind(column, text)


def _plain_kind(column: ColumnSpec, text: pl.Expr) -> tuple[pl.Expr, str]:
    pattern = column.date_format
    as_written = f" as {pattern}" if pattern else ""
    match column.type.kind:
        case "boolean":
            words = text.str.strip_chars().str.to_lowercase()
            value = words.replace_strict(_BOOLEANS, default=None, return_dtype=pl.Boolean)
            return value, "is not true or false"
        case "date":
            return times.date(text, pattern), f"is not a date{as_written or ' as YYYY-MM-DD'}"
        case "timestamp":
            hint = as_written or " in ISO 8601 with Z or an offset"
            return times.timestamp(text, pattern), f"is not a time{hint}"
        case "binary":
            return text.str.decode("base64", strict=False), "is not base64"
        case _:
            return text, "is not text"
