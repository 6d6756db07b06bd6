"""The line that would make a column fit, where only its team can say that the change of values is meant."""

from collections.abc import Iterator

import polars as pl

from meshwright.dtypes.lossless import INTEGERS, fields, inner, lossless

_FLOATS = (pl.Float32, pl.Float64)
_WHOLE = (*INTEGERS, pl.Int128, pl.UInt128)
_NUMBERS = (*_WHOLE, *_FLOATS, pl.Decimal)

# From, to, and what stands behind the column; the first row that fits counts.
_LINES: tuple[tuple[tuple[type[pl.DataType], ...], type[pl.DataType], str], ...] = (
    ((pl.String,), pl.Datetime, '.str.to_datetime(time_unit="us", time_zone="UTC")'),
    ((pl.Date,), pl.Datetime, '.cast(pl.Datetime("us", "UTC"))'),
    ((pl.String,), pl.Date, ".str.to_date()"),
    ((pl.Datetime,), pl.Date, ".dt.date()"),
    (_FLOATS, pl.Int64, ".round().cast(pl.Int64)"),
    ((pl.Decimal,), pl.Int64, ".round(0).cast(pl.Int64)"),
    ((pl.String,), pl.Int64, ".str.to_integer()"),
    ((pl.Duration,), pl.Int64, ".dt.total_microseconds()"),
    ((*_WHOLE, pl.Boolean), pl.Int64, ".cast(pl.Int64)"),
    ((pl.Duration,), pl.Float64, ".dt.total_seconds(fractional=True)"),
    ((*_NUMBERS, pl.String, pl.Boolean), pl.Float64, ".cast(pl.Float64)"),
    ((pl.Time,), pl.String, '.dt.to_string("%H:%M:%S%.f")'),
    ((*_NUMBERS, pl.Boolean, pl.Date, pl.Datetime, pl.Binary), pl.String, ".cast(pl.String)"),
    ((pl.String,), pl.Boolean, ' == "true"'),
    (_NUMBERS, pl.Boolean, " != 0"),
    ((pl.String, pl.Categorical, pl.Enum), pl.Binary, ".cast(pl.String).cast(pl.Binary)"),
)


def cast_advice(name: str, have: pl.DataType, want: pl.DataType) -> str | None:
    """Write the expression that would make a column fit, or None where no cast does."""
    return _advice(f'pl.col("{name}")', have, want)


def _advice(column: str, have: pl.DataType, want: pl.DataType) -> str | None:
    if isinstance(want, pl.List):
        return _for_items(column, have, want)
    if isinstance(want, pl.Struct):
        return _for_fields(column, have, want)
    if isinstance(want, pl.Datetime) and isinstance(have, pl.Datetime):
        unit = '.dt.cast_time_unit("us")' if have.time_unit == "ns" else ""
        return f"{column}{unit}" + ("" if have.time_zone else '.dt.replace_time_zone("UTC")')
    if isinstance(want, pl.Decimal):
        return _for_decimals(column, have, want)
    return next((column + end for start, to, end in _LINES if isinstance(have, start) and isinstance(want, to)), None)


def _for_decimals(column: str, have: pl.DataType, want: pl.Decimal) -> str | None:
    cast = f".cast(pl.Decimal({want.precision}, {want.scale}))"
    if isinstance(have, (*_FLOATS, pl.Decimal)):
        return f"{column}.round({want.scale}){cast}"
    return f"{column}{cast}" if isinstance(have, (*_WHOLE, pl.String)) else None


def _for_items(column: str, have: pl.DataType, want: pl.List) -> str | None:
    if not isinstance(have, pl.List | pl.Array):
        return None
    items = f"{column}.arr.to_list()" if isinstance(have, pl.Array) else column
    each = _advice("pl.element()", inner(have), inner(want))
    return f"{items}.list.eval({each})" if each else None


def _for_fields(column: str, have: pl.DataType, want: pl.Struct) -> str | None:
    if not isinstance(have, pl.Struct) or fields(have).keys() != fields(want).keys():
        return None
    lines = list(_field_lines(have, want))
    return f"{column}.struct.with_fields({', '.join(filter(None, lines))})" if all(lines) else None


def _field_lines(have: pl.Struct, want: pl.Struct) -> Iterator[str | None]:
    wanted = fields(want)
    for name, kind in fields(have).items():
        if not lossless(kind, wanted[name]):
            yield _advice(f'pl.field("{name}")', kind, wanted[name])
