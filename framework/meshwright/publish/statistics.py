"""Delta's statistics of one file: what lets a reader skip it, and never more than anybody may know."""

import json
import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from meshwright.spec import DecimalType, ScalarType, Spec, column_classes
from meshwright.tables import DataFile

Bounds = Mapping[str, tuple[Any, Any]]

TEXT_LENGTH = 64
_LAST_CHARACTER = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)
_MILLISECOND = timedelta(milliseconds=1)


def statistics_columns(spec: Spec) -> tuple[str, ...]:
    """Name the columns whose smallest and largest values may stand in the log: simple and without a class."""
    return tuple(
        c.name
        for c in spec.columns
        if isinstance(c.type, ScalarType | DecimalType) and not column_classes(c) and c.name not in spec.partition_by
    )


def statistics(spec: Spec, file: DataFile, scanned: Bounds) -> str:
    """Write the JSON of one file, from its footer and from the bounds of columns that had to be scanned.

    A bound may be wider than the values, never narrower; one that cannot be written so is left out.
    """
    columns = statistics_columns(spec)
    known = {**file.bounds, **scanned}
    low = {name: low_bound(known[name][0]) for name in columns if name in known}
    high = {name: high_bound(known[name][1]) for name in columns if name in known}
    both = [name for name in low if low[name] is not None and high[name] is not None]
    nulls = {name: str(file.nulls[name]) for name in columns if name in file.nulls}
    parts = {
        "numRecords": str(file.rows),
        "minValues": _object({name: str(low[name]) for name in both}),
        "maxValues": _object({name: str(high[name]) for name in both}),
        "nullCount": _object(nulls),
    }
    return _object(parts)


def low_bound(value: object) -> str | None:
    """Write a JSON literal that is at most `value`; None when there is none."""
    match value:
        case str():
            return json.dumps(value[:TEXT_LENGTH], ensure_ascii=False)
        case datetime():
            return json.dumps(_milliseconds(value))
        case float() if value == 0:
            return "-0.0"
        case _:
            return _exact(value)


def high_bound(value: object) -> str | None:
    """Write a JSON literal that is at least `value`; None when there is none."""
    match value:
        case str():
            rounded = round_up_text(value)
            return None if rounded is None else json.dumps(rounded, ensure_ascii=False)
        case datetime():
            return _moment_at_least(value)
        case float() if value == 0:
            return "0.0"
        case _:
            return _exact(value)


def round_up_text(value: str) -> str | None:
    """Shorten a text to one that sorts after it by code point; None when all it begins with is the last character."""
    if len(value) <= TEXT_LENGTH:
        return value
    start = value[:TEXT_LENGTH].rstrip(chr(_LAST_CHARACTER))
    if not start:
        return None
    following = ord(start[-1]) + 1
    if following in _SURROGATES:
        following = _SURROGATES.stop
    return start[:-1] + chr(following)


def _exact(value: object) -> str | None:
    match value:
        case bool():
            return None
        case int():
            return str(value)
        case float():
            return repr(value) if math.isfinite(value) else None
        case Decimal():
            return format(value, "f")
        case date():
            return json.dumps(value.isoformat())
        case _:
            return None


def _moment_at_least(value: datetime) -> str | None:
    """Round up: Delta's log knows milliseconds, the rows know microseconds."""
    if value.microsecond % 1000 == 0:
        return json.dumps(_milliseconds(value))
    try:
        return json.dumps(_milliseconds(value + _MILLISECOND))
    except OverflowError:
        return None


def _milliseconds(value: datetime) -> str:
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _object(literals: Mapping[str, str]) -> str:
    return "{" + ",".join(f"{json.dumps(name, ensure_ascii=False)}:{text}" for name, text in literals.items()) + "}"


def bounds_to_scan(spec: Spec, file: DataFile) -> tuple[str, ...]:
    """Name the columns whose bounds the footer does not know, and that have a value to look at."""
    kinds = {c.name: c.type.kind for c in spec.columns}
    return tuple(
        name
        for name in statistics_columns(spec)
        if kinds[name] not in ("boolean", "binary")
        and name not in file.bounds
        and file.rows > 0
        and file.nulls.get(name) != file.rows
    )


def bounds_of(columns: Sequence[str], schema: pl.Schema) -> list[pl.Expr]:
    """Find the smallest and largest value of columns, as physical numbers for times; none where a NaN is among them."""
    found: list[pl.Expr] = []
    for number, name in enumerate(columns):
        value = pl.col(name).to_physical() if schema[name].is_temporal() else pl.col(name)
        low, high = value.min(), value.max()
        if schema[name].is_float():
            comparable = ~value.is_nan().any()
            low, high = pl.when(comparable).then(low), pl.when(comparable).then(high)
        found += [low.alias(f"{number}.low"), high.alias(f"{number}.high")]
    return found


def read_bounds(columns: Sequence[str], schema: pl.Schema, row: pl.DataFrame) -> Bounds:
    """Read the answer of `bounds_of`; times beyond the years 1 to 9999 have no bounds."""
    found: dict[str, tuple[Any, Any]] = {}
    for number, name in enumerate(columns):
        with suppress(OverflowError):
            low, high = (_time(row.item(0, f"{number}.{end}"), schema[name]) for end in ("low", "high"))
            if low is not None and high is not None:
                found[name] = (low, high)
    return found


def _time(value: Any, dtype: pl.DataType) -> Any:
    if value is None or not dtype.is_temporal():
        return value
    if dtype == pl.Date():
        return date(1970, 1, 1) + timedelta(days=value)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=value)
