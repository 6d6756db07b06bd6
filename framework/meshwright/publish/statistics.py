"""Delta's statistics of one file: what lets a reader skip it, and never more than anybody may know."""

import json
import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from meshwright.spec import ColumnSpec, Spec, column_classes
from meshwright.tables import DataFile

Bounds = Mapping[str, tuple[Any, Any]]

TEXT_LENGTH = 64
_COMPARABLE = ("string", "integer", "decimal", "date", "timestamp")
_LAST_CHARACTER = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)
_MILLISECOND = timedelta(milliseconds=1)


def statistics_columns(spec: Spec) -> tuple[str, ...]:
    """Name the columns whose smallest and largest values stand in the log: comparable, and without a class.

    A number that may be NaN is not comparable: Polars sorts it last, others compare it with nothing.
    """
    return tuple(
        c.name
        for c in spec.columns
        if (c.type.kind in _COMPARABLE or (c.type.kind == "number" and _is_finite(c, spec)))
        and not column_classes(c)
        and c.name not in spec.partition_by
        and c.name.isidentifier()
    )


def statistics(spec: Spec, file: DataFile, scanned: Bounds) -> str:
    """Write the JSON of one file, from its footer and from the bounds of columns that had to be scanned.

    A bound may be wider than the values, never narrower. When one cannot be written so, the file has none at all:
    to delta-rs and PyArrow a single missing bound means that no value of its column is there.
    """
    columns = [name for name in statistics_columns(spec) if file.nulls.get(name) != file.rows]
    known = {**file.bounds, **scanned}
    low = {name: low_bound(known[name][0]) for name in columns if name in known}
    high = {name: high_bound(known[name][1]) for name in columns if name in known}
    parts = {"numRecords": str(file.rows)}
    if columns and all(low.get(name) is not None and high.get(name) is not None for name in columns):
        parts["minValues"] = _object({name: str(low[name]) for name in columns})
        parts["maxValues"] = _object({name: str(high[name]) for name in columns})
    nulls = {name: str(file.nulls[name]) for name in statistics_columns(spec) if name in file.nulls}
    if nulls:
        parts["nullCount"] = _object(nulls)
    return _object(parts)


def low_bound(value: object) -> str | None:
    """Write a JSON literal that is at most `value`; None when there is none."""
    match value:
        case str():
            return json.dumps(value[:TEXT_LENGTH], ensure_ascii=False)
        case datetime():
            return json.dumps(_milliseconds(value))
        case float() if value == 0.0:
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
        case float() if value == 0.0:
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


def _is_finite(column: ColumnSpec, spec: Spec) -> bool:
    return not column.constraints.allow_nan and (column.on_fail or spec.on_fail) != "warn"


def _exact(value: object) -> str | None:
    match value:
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
    unknown = (name for name in statistics_columns(spec) if name not in file.bounds)
    return tuple(name for name in unknown if file.nulls.get(name) != file.rows)


def bounds_of(columns: Sequence[str], schema: pl.Schema) -> list[pl.Expr]:
    """Find the smallest and largest value of columns, as physical numbers for times."""
    found: list[pl.Expr] = []
    for number, name in enumerate(columns):
        value = pl.col(name).to_physical() if schema[name].is_temporal() else pl.col(name)
        found += [value.min().alias(f"{number}.low"), value.max().alias(f"{number}.high")]
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
