"""Rows in policy tests: examples that must be seen, and others that must not."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import polars as pl
from pydantic import BaseModel, ConfigDict

from meshwright.access.decision import Decision
from meshwright.access.rows.recheck import permitted_rows
from meshwright.dtypes import polars_type
from meshwright.errors import AccessDenied, nearest
from meshwright.spec import ColumnSpec, Spec

_NUMBER = "#"


class RowCases(BaseModel):
    """Example rows by column; a column that is left out is null."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seen: tuple[Mapping[str, Any], ...] = ()
    hidden: tuple[Mapping[str, Any], ...] = ()


def row_failures(cases: RowCases, decision: Decision, spec: Spec) -> Iterator[str]:
    """Say which example is seen or hidden other than expected, by its place in the list."""
    for expected, rows in (("seen", cases.seen), ("hidden", cases.hidden)):
        problems = list(_unreadable(rows, spec))
        yield from (f"rows: {expected} {number}: {problem}" for number, problem in problems)
        if problems:
            continue
        shown = _shown(rows, decision, spec)
        for number in range(1, len(rows) + 1):
            if (number in shown) != (expected == "seen"):
                yield f"rows: {expected} {number} is {'seen' if number in shown else 'hidden'}"


def seen_of(rows: Sequence[Mapping[str, Any]], decision: Decision, spec: Spec) -> int:
    """Count the example rows that a decision shows; one that does not fit the contract is not shown."""
    readable = tuple(row for row in rows if not list(_unreadable((row,), spec)))
    return len(_shown(readable, decision, spec))


def _unreadable(rows: tuple[Mapping[str, Any], ...], spec: Spec) -> Iterator[tuple[int, str]]:
    for number, row in enumerate(rows, 1):
        for name, value in row.items():
            column = spec.column(name)
            if column is None:
                yield number, f"{spec.id} has no column {name!r}{nearest(name, [c.name for c in spec.columns])}"
            elif not _fits(column, value):
                yield number, f"column {name!r} is {column.type.kind}"


def _shown(rows: tuple[Mapping[str, Any], ...], decision: Decision, spec: Spec) -> set[int]:
    if not decision.read:
        return set()
    if decision.rows is None:
        return set(range(1, len(rows) + 1))
    columns = [c for c in spec.columns if c.name in decision.rows.columns]
    read = {c.name: pl.Series([_value(c, row.get(c.name)) for row in rows], dtype=polars_type(c.type)) for c in columns}
    frame = pl.LazyFrame({_NUMBER: range(1, len(rows) + 1), **read})
    try:
        return set(permitted_rows(frame, spec, decision.rows).collect()[_NUMBER].to_list())
    except AccessDenied:
        return set()


def _fits(column: ColumnSpec, value: Any) -> bool:
    try:
        pl.Series([_value(column, value)], dtype=polars_type(column.type))
    except (ValueError, TypeError, InvalidOperation, pl.exceptions.PolarsError):
        return False
    return True


def _value(column: ColumnSpec, value: Any) -> Any:
    """Read what YAML makes of a value as the column's type; dates, times and decimals may be text."""
    if value is None:
        return None
    match column.type.kind:
        case "decimal":
            return Decimal(str(value))
        case "date":
            return value if isinstance(value, date) else date.fromisoformat(value)
        case "timestamp":
            moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        case _:
            return value
