"""Sort the rows of one file into accepted and rejected ones."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from meshwright.cells import Cell
from meshwright.dtypes import polars_type
from meshwright.ports import REJECTED
from meshwright.spec import ColumnSpec

_CHUNK = 50_000
_NESTED = ("list", "struct", "vector")

Reject = tuple[str, int, str, str, str]
"""File, row, column, reason and raw, as in `REJECTED`."""


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one file: typed ones, rejected ones, and how many there were."""

    accepted: pl.LazyFrame
    accepted_rows: int
    rejects: Sequence[Reject]
    rows_read: int


@dataclass(slots=True)
class Intake:
    """Take rows one by one; cells are text, or values already for nested columns."""

    file: str
    columns: Sequence[ColumnSpec]
    cells: Sequence[Cell]
    rows_read: int = 0
    _frames: list[pl.DataFrame] = field(default_factory=list)
    _rejects: list[Reject] = field(default_factory=list)
    _rows: list[int] = field(default_factory=list)
    _fields: list[Sequence[object]] = field(default_factory=list)

    def take(self, row: int, fields: Sequence[object]) -> None:
        """Keep a row for typing; fields stand in the order of the columns."""
        self.rows_read += 1
        self._rows.append(row)
        self._fields.append(fields)
        if len(self._rows) >= _CHUNK:
            self._flush()

    def reject(self, row: int, column: str, reason: str, raw: object) -> None:
        """Refuse a row that has no cells to type."""
        self.rows_read += 1
        self._rejects.append((self.file, row, column, reason, as_json(raw)))

    def part(self) -> Part:
        """Hand over what was taken."""
        self._flush()
        accepted = pl.concat([empty_frame(self.columns), *self._frames])
        return Part(accepted.lazy(), accepted.height, sorted(self._rejects, key=lambda r: r[1]), self.rows_read)

    def _flush(self) -> None:
        by_column = zip(*self._fields, strict=True) if self._fields else [() for _ in self.columns]
        series = [
            pl.Series(c.name, values, dtype=polars_type(c.type) if c.type.kind in _NESTED else pl.String())
            for c, values in zip(self.columns, by_column, strict=True)
        ]
        frame = pl.DataFrame(series).with_columns(pl.Series("row\0", self._rows, dtype=pl.Int64()))
        judged = judge(frame.lazy(), self.columns, self.cells).collect()
        self._frames.append(accepted(judged.lazy(), self.columns).collect())
        self._rejects.extend(rejects(judged, self.columns, self.cells, self.file))
        self._rows.clear()
        self._fields.clear()


def empty_frame(columns: Sequence[ColumnSpec]) -> pl.DataFrame:
    """Make a frame of the columns' types without rows."""
    return pl.DataFrame(schema={c.name: polars_type(c.type) for c in columns})


def judge(frame: pl.LazyFrame, columns: Sequence[ColumnSpec], cells: Sequence[Cell]) -> pl.LazyFrame:
    """Add what each cell means, and whether it is a misfit or missing; a NUL keeps the names apart."""
    return frame.with_columns(
        expression.alias(f"{kind}\0{column.name}")
        for column, cell in zip(columns, cells, strict=True)
        for kind, expression in (("value", cell.value), ("misfit", cell.misfit), ("missing", cell.missing))
    ).with_columns(pl.any_horizontal(pl.col("^(?:misfit|missing)\0.*$")).alias("refused\0"))


def accepted(judged: pl.LazyFrame, columns: Sequence[ColumnSpec]) -> pl.LazyFrame:
    """Select the typed rows without a fault."""
    values = [pl.col(f"value\0{c.name}").cast(polars_type(c.type)).alias(c.name) for c in columns]
    return judged.filter(~pl.col("refused\0")).select(values)


def rejects(judged: pl.DataFrame, columns: Sequence[ColumnSpec], cells: Sequence[Cell], file: str) -> list[Reject]:
    """Write one line for each refused row: its first faulty column, and what is wrong in the others."""
    reasons = {c.name: cell.reason for c, cell in zip(columns, cells, strict=True)}
    found: list[Reject] = []
    for row in judged.filter(pl.col("refused\0")).iter_rows(named=True):
        wrong = [(c.name, _reason(row, c.name, reasons)) for c in columns if _wrong(row, c.name)]
        (column, reason), others = wrong[0], wrong[1:]
        also = "".join(f"; also {name}: {why}" for name, why in others)
        raw = {c.name: row[c.name] for c in columns}
        found.append((file, row["row\0"], column, reason + also, as_json(raw)))
    return found


def _wrong(row: Mapping[str, object], name: str) -> bool:
    return bool(row[f"misfit\0{name}"] or row[f"missing\0{name}"])


def _reason(row: Mapping[str, object], name: str, reasons: Mapping[str, str]) -> str:
    return "is empty" if row[f"missing\0{name}"] else reasons[name]


def rejected_frame(rejects: Sequence[Reject]) -> pl.DataFrame:
    """Put rejected rows in their uniform shape."""
    return pl.DataFrame(list(rejects), schema=REJECTED, orient="row")


def as_json(raw: object) -> str:
    """Write a row as it was handed over."""
    return json.dumps(raw, ensure_ascii=False, default=str)
