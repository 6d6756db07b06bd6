"""A hash of rows that says the same on every machine: by value, not by how a file or a library keeps them."""

import hashlib
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import polars as pl

_FLOAT_BYTES = struct.Struct("<d")
_NESTED = (pl.List, pl.Array, pl.Struct)


@dataclass(frozen=True, slots=True)
class ColumnDigest:
    """One column's name, Polars type and SHA-256 over its values in canonical order."""

    name: str
    dtype: str
    sha256: str


def canonical_order(frame: pl.DataFrame, spine: Sequence[str] = ()) -> pl.DataFrame:
    """Sort rows by the spine's columns, then by all others, so that equal sets of rows are equal tables."""
    names = [*spine, *(name for name in frame.columns if name not in spine)]
    if not names:
        return frame
    keys = frame.select(_sortable(frame[name]).alias(f"key_{at}") for at, name in enumerate(names))
    order = keys.select(pl.arg_sort_by(keys.columns, nulls_last=True, maintain_order=True))
    return frame[order.to_series()]


def column_digests(frame: pl.DataFrame) -> tuple[ColumnDigest, ...]:
    """Hash each column of a frame in the order its rows have.

    Floats count by their IEEE 754 bytes with one zero and one NaN, times by their number of units, decimals and
    vocabularies by their text; nulls are counted apart from every value.
    """
    return tuple(ColumnDigest(column.name, str(column.dtype), _digest(column)) for column in frame)


def rows_digest(columns: Iterable[ColumnDigest]) -> str:
    """Hash the columns' names, types and digests: SHA-256, hex."""
    digest = hashlib.sha256()
    for column in columns:
        digest.update(_framed(column.name.encode(), column.dtype.encode(), column.sha256.encode()))
    return digest.hexdigest()


def _digest(column: pl.Series) -> str:
    values = _sortable(column)
    digest = hashlib.sha256(f"{values.len()}:".encode())
    digest.update(_fixed(values.is_null().cast(pl.UInt8)))
    if values.dtype == pl.Binary:
        full = values.fill_null(b"")
        digest.update(_fixed(full.bin.size().cast(pl.UInt64)))
        digest.update(b"".join(full.to_list()))
    elif values.dtype != pl.Null:
        digest.update(_fixed(values.fill_null(0)))
    return digest.hexdigest()


def _fixed(values: pl.Series) -> bytes:
    """Give the little-endian bytes of numbers without nulls."""
    array = cast("Any", values.rechunk().to_arrow())
    width = array.type.bit_width // 8
    data = array.buffers()[1]
    start = array.offset * width
    return bytes(data)[start : start + len(array) * width] if data is not None else b""


def _sortable(column: pl.Series) -> pl.Series:
    """Put a column into numbers or bytes that sort and hash by value."""
    dtype = column.dtype
    if dtype.is_float():
        zero = pl.lit(0.0, dtype=dtype)
        plain = pl.when(pl.first() == 0).then(zero).otherwise(pl.first()).fill_nan(float("nan"))
        return column.to_frame().select(plain.cast(dtype)).to_series()
    if dtype.is_temporal():
        return column.to_physical()
    if dtype == pl.Boolean:
        return column.cast(pl.UInt8)
    if isinstance(dtype, _NESTED):
        made = [None if value is None else _encoded(value) for value in column.to_list()]
        return pl.Series(column.name, made, dtype=pl.Binary)
    if dtype.is_integer() or dtype == pl.Binary or dtype == pl.Null:  # noqa: PLR1714 - `in` asks for another type
        return column
    return column.cast(pl.String).cast(pl.Binary)


def _encoded(value: Any) -> bytes:
    """Write a nested value as bytes: each part with its kind and length."""
    if isinstance(value, float):
        plain = float("nan") if value != value else value + 0.0  # noqa: PLR0124 - only NaN differs from itself
        return b"f" + _FLOAT_BYTES.pack(plain)
    if isinstance(value, list):
        items = cast("Sequence[Any]", value)
        return b"[" + _framed(*(_encoded(v) for v in items)) + b"]"
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        return b"{" + _framed(*(part for k, v in fields.items() for part in (k.encode(), _encoded(v)))) + b"}"
    return type(value).__name__.encode() + b":" + str(value).encode()


def _framed(*parts: bytes) -> bytes:
    return b"".join(f"{len(part)}:".encode() + part for part in parts)
