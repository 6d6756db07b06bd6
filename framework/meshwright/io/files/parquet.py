"""Parquet: read lazily, so that a file may be larger than memory."""

from collections.abc import Sequence

import polars as pl

from meshwright.cells import Cell, typed_cell
from meshwright.dtypes import polars_type
from meshwright.errors import SourceChanged, SourceUnreadable
from meshwright.io.files import header
from meshwright.io.files.intake import Part, accepted, judge, rejects
from meshwright.io.files.where import SourceFile
from meshwright.spec import ColumnSpec


def read(file: SourceFile, source: str, columns: Sequence[ColumnSpec]) -> Part:
    """Read one Parquet file."""
    try:
        return typed_part(pl.scan_parquet(file.path, glob=False, hive_partitioning=False), file.name, source, columns)
    except (pl.exceptions.ComputeError, OSError):
        hint = "ask for it again, whole"
        raise SourceUnreadable(source, file.name, "is no whole Parquet file", hint) from None


def typed_part(frame: pl.LazyFrame, file: str, source: str, columns: Sequence[ColumnSpec]) -> Part:
    """Sort the rows of a frame that has types already; only refused rows are held in memory."""
    schema = frame.collect_schema()
    header.positions(schema.names(), columns, source, file)
    cells = cells_of(schema, file, source, columns)
    numbered = frame.with_row_index("row\0", offset=1)
    judged = judge(numbered, columns, cells)
    counts = judged.select(pl.len(), pl.col("refused\0").sum().alias("refused")).collect(engine="streaming")
    rows, refused = counts.row(0)
    found = rejects(judged.filter(pl.col("refused\0")).collect(), columns, cells, file) if refused else []
    return Part(accepted(judged, columns), rows - refused, found, rows)


def cells_of(schema: pl.Schema, file: str, source: str, columns: Sequence[ColumnSpec]) -> list[Cell]:
    """Find how each column is read; raise `SourceChanged` for types that cannot be."""
    cells = {c.name: typed_cell(c, schema[c.name]) for c in columns}
    problems = [
        f"column {c.name!r} is {schema[c.name]}, not {polars_type(c.type)}" for c in columns if cells[c.name] is None
    ]
    if problems:
        naive = any(isinstance(s, pl.Datetime) and s.time_zone is None for s in schema.values())
        hint = "write DateFormat('%Y-%m-%dT%H:%M:%S') to say that times without a zone are UTC" if naive else ""
        raise SourceChanged(source, file, problems, hint or "declare the type that is delivered")
    return [cell for cell in cells.values() if cell is not None]
