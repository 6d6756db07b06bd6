"""Writers: SQLite, delimited text in the dialects of the feeds, Parquet, JSON lines."""

import io
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import polars as pl

from thenar_operations.dirt import Table
from thenar_operations.manifest import WrittenFile

_SQLITE_TYPES: Final[dict[type[pl.DataType], str]] = {pl.Int64: "INTEGER", pl.Float64: "REAL", pl.String: "TEXT"}


def write_sqlite(out: Path, name: str, tables: Sequence[Table]) -> list[WrittenFile]:
    """Write each table without keys or checks, as the ERP's export does; an older file is replaced."""
    path = out / name
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    try:
        with connection:
            for table in tables:
                _fill(connection, table)
    finally:
        connection.close()
    return [WrittenFile(name, table.name, len(table.frame)) for table in tables]


def write_text(
    out: Path, name: str, frame: pl.DataFrame, *, separator: str = ",", encoding: str = "utf-8"
) -> WrittenFile:
    """Write delimited text; encoding utf-8-sig begins with a byte order mark."""
    buffer = io.BytesIO()
    frame.write_csv(buffer, separator=separator)
    _place(out, name).write_bytes(buffer.getvalue().decode("utf-8").encode(encoding))
    return WrittenFile(name, None, len(frame))


def write_json_lines(out: Path, name: str, frame: pl.DataFrame) -> WrittenFile:
    """Write one object per row with every key."""
    frame.write_ndjson(_place(out, name))
    return WrittenFile(name, None, len(frame))


def write_parquet_by_month(out: Path, folder: str, frame: pl.DataFrame, known: str) -> list[WrittenFile]:
    """Write one file per month of recording; older files in the folder are removed."""
    for older in (out / folder).glob("*.parquet"):
        older.unlink()
    month = pl.col(known).dt.strftime("%Y-%m").alias("month")
    written: list[WrittenFile] = []
    for (name,), part in frame.with_columns(month).partition_by("month", as_dict=True, maintain_order=True).items():
        rows = part.drop("month")
        rows.write_parquet(_place(out, f"{folder}/{name}.parquet"))
        written.append(WrittenFile(f"{folder}/{name}.parquet", None, len(rows)))
    return written


def _place(out: Path, name: str) -> Path:
    path = out / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _fill(connection: sqlite3.Connection, table: Table) -> None:
    """Create and fill one table; its names are this package's own."""
    columns = ", ".join(f'"{name}" {_SQLITE_TYPES[type(dtype)]}' for name, dtype in table.frame.schema.items())
    marks = ", ".join("?" * table.frame.width)
    connection.execute(f'CREATE TABLE "{table.name}" ({columns})')
    connection.executemany(f'INSERT INTO "{table.name}" VALUES ({marks})', table.frame.rows())  # noqa: S608  # own names
