"""Groups and their figures, over rows as the reader sees them; in parts, so that no part has to hold all rows."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from meshwright.access import Decision
from meshwright.dtypes import polars_type
from meshwright.errors import AccessDenied, QueryRejected
from meshwright.markers import RevealLevel
from meshwright.query import Aggregate, Measure
from meshwright.read.filters import find_leaf
from meshwright.read.shown import Shown
from meshwright.spec import ColumnSpec, ColumnType, DecimalType, ScalarType, Spec

SMALLEST_GROUP = 5
"""A group of fewer rows is left out, unless the reader sees every classified column of the product in the clear."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
_ROWS = "__rows"
_GROUPS = ("string", "integer", "number", "date", "timestamp", "decimal", "boolean")
_NUMBERS = ("integer", "number", "decimal")
_ORDERED = ("string", "date", "timestamp", *_NUMBERS)


@dataclass(frozen=True)
class _Figure:
    """One measure and its value over the columns as they are shown; a sum too large for its type is null."""

    measure: Measure
    value: pl.Expr
    type: ColumnType


@dataclass(frozen=True)
class Grouping:
    """A checked aggregate. `part` of each piece of the rows, `merged` of the parts put together, `finished` at last.

    `columns` describe the answer: the groups' columns by the paths that were asked for, then the figures.
    """

    columns: tuple[ColumnSpec, ...]
    smallest: int
    _keys: Mapping[str, pl.Expr]
    _figures: tuple[_Figure, ...]

    def of(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """Aggregate all rows at once."""
        return self.finished(self.part(frame))

    def part(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """Aggregate some of the rows."""
        parts = [each for n, figure in enumerate(self._figures) for each in _part(figure, f"__{n}")]
        keys = [key.alias(name) for name, key in self._keys.items()]
        return _grouped(frame, keys, [pl.len().cast(pl.Int64).alias(_ROWS), *parts])

    def merged(self, parts: pl.LazyFrame) -> pl.LazyFrame:
        """Put parts of the same rows' groups together; the order of groups is that of their first part."""
        wholes = [each for n, figure in enumerate(self._figures) for each in _whole(figure.measure, f"__{n}")]
        return _grouped(parts, [pl.col(name) for name in self._keys], [pl.col(_ROWS).sum(), *wholes])

    def finished(self, merged: pl.LazyFrame) -> pl.LazyFrame:
        """Leave out groups that are too small, and give the figures their names and types."""
        figures = [_finished(figure, f"__{n}").alias(figure.measure.name) for n, figure in enumerate(self._figures)]
        return merged.filter(pl.col(_ROWS) >= self.smallest).select(*self._keys, *figures)


def grouping(
    spec: Spec, decision: Decision, everything: Shown, asked: Aggregate, smallest: int = SMALLEST_GROUP
) -> Grouping:
    """Check an aggregate against the columns that are shown.

    Values of a column can be counted whatever its level; sum, mean, min and max are of what is shown in the clear.
    Raises `AccessDenied`, `UnknownColumn` or `QueryRejected`.
    """
    keys: dict[str, pl.Expr] = {}
    columns: list[ColumnSpec] = []
    for path in asked.by:
        value, column = find_leaf(path, everything.columns, spec.id)
        if column.type.kind not in _GROUPS:
            raise QueryRejected(spec.id, f"rows cannot be grouped by column {path!r}: it is {column.type.kind}")
        keys[path] = value
        columns.append(column.model_copy(update={"name": path}))
    figures = tuple(_figure(spec, decision, everything, measure) for measure in asked.of)
    columns += [ColumnSpec(name=each.measure.name, type=each.type, nullable=True) for each in figures]
    names = [column.name for column in columns]
    if len({*names}) < len(names) or len(keys) < len(asked.by):
        raise QueryRejected(spec.id, "two columns of the answer have one name", "give each measure a name of its own")
    return Grouping(tuple(columns), 0 if _sees_all(decision) else smallest, keys, figures)


def aggregate_columns(asked: Aggregate | None) -> tuple[str, ...]:
    """List the columns that an aggregate names, once each."""
    if asked is None:
        return ()
    return tuple(dict.fromkeys([*asked.by, *(each.column for each in asked.of if each.column is not None)]))


def _grouped(frame: pl.LazyFrame, keys: Sequence[pl.Expr], figures: Sequence[pl.Expr]) -> pl.LazyFrame:
    return frame.group_by(keys, maintain_order=True).agg(figures) if keys else frame.select(figures)


def _figure(spec: Spec, decision: Decision, everything: Shown, measure: Measure) -> _Figure:
    if _NAME.fullmatch(measure.name) is None:
        raise QueryRejected(spec.id, "the name of a measure is letters, digits and underscores")
    if measure.column is None:
        if measure.function != "count":
            raise QueryRejected(spec.id, f"{measure.function!r} needs a column")
        return _Figure(measure, pl.len(), ScalarType(kind="integer"))
    value, column = find_leaf(measure.column, everything.columns, spec.id)
    if measure.function == "count":
        return _Figure(measure, value.count(), ScalarType(kind="integer"))
    _require_clear(spec, decision, everything.levels, measure.column)
    allowed = _NUMBERS if measure.function in ("sum", "mean") else _ORDERED
    if column.type.kind not in allowed:
        raise QueryRejected(
            spec.id, f"column {measure.column!r} is {column.type.kind}, which has no {measure.function!r}"
        )
    return _Figure(measure, value, _type(measure, column.type))


def _require_clear(spec: Spec, decision: Decision, levels: Mapping[str, RevealLevel], path: str) -> None:
    if levels.get(path) == "clear":
        return
    column = decision.column(path)
    may = column.classes and "clear" not in column.forbidden
    asks = [decision.request("clear", *column.classes, path=path)] if may else []
    problem = f"column {path!r} is not shown in the clear, so that its values can only be counted"
    raise AccessDenied(spec.id, problem, (path,), asks)


def _sees_all(decision: Decision) -> bool:
    return all(column.level == "clear" for column in decision.columns.values() if column.classes)


def _type(measure: Measure, kind: ColumnType) -> ColumnType:
    if measure.function == "mean":
        return ScalarType(kind="number")
    if measure.function == "sum" and isinstance(kind, DecimalType):
        return DecimalType(precision=38, scale=kind.scale)
    return kind


def _part(figure: _Figure, name: str) -> list[pl.Expr]:
    value = figure.value
    match figure.measure.function:
        case "count":
            return [value.cast(pl.Int64).alias(name)]
        case "mean":
            return [value.cast(pl.Float64).sum().alias(name), value.count().cast(pl.Int64).alias(f"{name}n")]
        case "sum":
            return [(value.cast(pl.Int128) if figure.type.kind == "integer" else value).sum().alias(name)]
        case _:
            return [_outermost(figure.measure, value).alias(name)]


def _whole(measure: Measure, name: str) -> list[pl.Expr]:
    value = pl.col(name)
    if measure.function == "mean":
        return [value.sum(), pl.col(f"{name}n").sum()]
    return [value.sum() if measure.function in ("count", "sum") else _outermost(measure, value)]


def _outermost(measure: Measure, value: pl.Expr) -> pl.Expr:
    return value.min() if measure.function == "min" else value.max()


def _finished(figure: _Figure, name: str) -> pl.Expr:
    if figure.measure.function == "mean":
        count = pl.col(f"{name}n")
        return pl.when(count > 0).then(pl.col(name) / count)
    return pl.col(name).cast(polars_type(figure.type), strict=False)
