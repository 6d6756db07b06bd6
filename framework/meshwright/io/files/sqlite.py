"""SQLite: one table, read-only; each value is checked, for a column may hold any type."""

import sqlite3
from collections.abc import Generator, Sequence
from contextlib import closing, contextmanager
from urllib.parse import quote

from meshwright.cells import text_cell
from meshwright.errors import SourceMissing, SourceUnreadable, nearest
from meshwright.formats import Sqlite
from meshwright.io.files import header
from meshwright.io.files.intake import Intake, Part
from meshwright.io.files.scalars import Writer, unsuitable, writer
from meshwright.io.files.where import SourceFile
from meshwright.spec import ColumnSpec


def read(file: SourceFile, source: str, columns: Sequence[ColumnSpec], *, format: Sqlite) -> Part:
    """Read one table; rows are counted in the table's own order."""
    with connect(file, source) as connection:
        known = tables(connection)
        if format.table not in known:
            raise SourceMissing(source, file.name, f"no table {format.table!r}{nearest(format.table, known)}")
        names = column_names(connection, format.table)
        header.positions(names, columns, source, file.name)
        intake = Intake(file.name, columns, [text_cell(c) for c in columns])
        writers = [writer(c) for c in columns]
        wanted = ", ".join(quoted(c.name) for c in columns)
        # No statement can bind a name, so names are quoted; both come from the database itself by now.
        for row, values in enumerate(connection.execute(f"SELECT {wanted} FROM {quoted(format.table)}"), 1):  # noqa: S608
            _take(intake, row, values, writers)
    return intake.part()


@contextmanager
def connect(file: SourceFile, source: str) -> Generator[sqlite3.Connection]:
    """Open a database read-only, and turn its faults into one line."""
    try:
        with closing(sqlite3.connect(f"file:{quote(file.path.as_posix())}?mode=ro", uri=True)) as connection:
            yield connection
    except sqlite3.Error as error:
        raise SourceUnreadable(source, file.name, f"SQLite says: {error}", "ask for it again, whole") from None


def tables(connection: sqlite3.Connection) -> list[str]:
    """List tables and views by name."""
    found = connection.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name")
    return [name for (name,) in found if not name.startswith("sqlite_")]


def column_names(connection: sqlite3.Connection, table: str) -> list[str]:
    """List a table's columns in order."""
    return [name for (name,) in connection.execute("SELECT name FROM pragma_table_info(?)", (table,))]


def quoted(name: str) -> str:
    """Quote a name so that it is nothing but a name."""
    return '"' + name.replace('"', '""') + '"'


def _take(intake: Intake, row: int, values: Sequence[object], writers: Sequence[Writer]) -> None:
    try:
        intake.take(row, [write[type(value)](value) for write, value in zip(writers, values, strict=True)])
    except KeyError:
        wrong = next(i for i, write in enumerate(writers) if type(values[i]) not in write)
        column = intake.columns[wrong]
        raw = {c.name: v for c, v in zip(intake.columns, values, strict=True)}
        intake.reject(row, column.name, str(unsuitable(values[wrong], column)), raw)
