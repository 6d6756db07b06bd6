"""Read a source: find its files, read each as its format says, and account for every row."""

from collections.abc import Callable, Sequence
from functools import partial
from importlib.metadata import entry_points
from typing import cast

import polars as pl

from meshwright.errors import DefinitionError, SourceRowsLost, SourceUnreadable
from meshwright.formats import Csv, Delta, Excel, JsonLines, Parquet, Sqlite
from meshwright.io.files import delimited, delta, excel, json_lines, parquet, sample, sqlite
from meshwright.io.files.intake import Part, rejected_frame
from meshwright.io.files.where import SourceFile, content_hash, find
from meshwright.ports import Sample, SourceRows
from meshwright.spec import ColumnSpec

Read = Callable[[str | Sequence[str], str, Sequence[ColumnSpec], object], SourceRows]
"""What an entry point of the group `meshwright.formats` loads: place, source, columns and format to rows."""

ReadFile = Callable[[SourceFile, str, Sequence[ColumnSpec]], Part]

_TEXT = (".csv", ".tsv", ".txt", ".tab")
_JSON = (".jsonl", ".ndjson", ".json")


class FileReader:
    """Read sources from files; further kinds come from installed packages, by the name of the format's class."""

    def read(self, where: str | Sequence[str], name: str, columns: Sequence[ColumnSpec], format: object) -> SourceRows:
        """Read every row of a delivery as accepted or rejected.

        Raises `SourceMissing`, `SourceUnreadable` or `SourceChanged` when no row can be trusted.
        """
        if isinstance(format, Delta):
            table = _one(where, name)
            return _rows(name, [delta.read(table, name, columns)], delta.fingerprint(table, name))
        if (known := _reading(format)) is None:
            return _installed(format, name)(where, name, columns, format)
        read, suffixes = known
        files = find(where, name, suffixes)
        content = content_hash(files)
        return _rows(name, [read(file, name, columns) for file in files], content)

    def fingerprint(self, where: str | Sequence[str], name: str, format: object) -> str:
        """Hash what is there (SHA-256, hex); for a Delta table its identity and version."""
        if isinstance(format, Delta):
            return delta.fingerprint(_one(where, name), name)
        known = _reading(format)
        return content_hash(find(where, name, known[1] if known else ("",)))

    def files(self, where: str | Sequence[str], name: str, format: object) -> Sequence[str]:
        """Name the files that a delivery consists of; of a Delta table its folder."""
        if isinstance(format, Delta):
            return (_one(where, name),)
        known = _reading(format)
        return [str(file.path) for file in find(where, name, known[1] if known else ("",))]

    def sample(self, where: str, *, table: str | None = None) -> Sample:
        """Read a file that no class describes, and find out how it is written."""
        return sample.sample(where, table=table)


def _reading(format: object) -> tuple[ReadFile, Sequence[str]] | None:
    match format:
        case Csv():
            return partial(delimited.read, format=format), [s + z for s in _TEXT for z in ("", ".gz")]
        case JsonLines():
            return json_lines.read, [s + z for s in _JSON for z in ("", ".gz")]
        case Parquet():
            return parquet.read, (".parquet", ".pq")
        case Excel():
            return partial(excel.read, format=format), (".xlsx", ".xls", ".xlsb", ".xlsm", ".ods")
        case Sqlite():
            return partial(sqlite.read, format=format), (".sqlite", ".sqlite3", ".db")
        case _:
            return None


def _installed(format: object, source: str) -> Read:
    kind = type(format).__name__
    found = [e for e in entry_points(group="meshwright.formats") if e.name == kind]
    if len(found) != 1:
        problem = f"no reader for the format {kind}" if not found else f"several readers for the format {kind}"
        hint = "install one package that declares it as entry point of the group meshwright.formats"
        raise DefinitionError(f"source {source!r}", problem, hint)
    return cast("Read", found[0].load())


def _one(where: str | Sequence[str], source: str) -> str:
    places = [where] if isinstance(where, str) else list(where)
    if len(places) != 1:
        raise SourceUnreadable(source, ", ".join(places), "a Delta table has one place", "name one in mesh.toml")
    return places[0]


def _rows(source: str, parts: Sequence[Part], content: str) -> SourceRows:
    read, kept = sum(p.rows_read for p in parts), sum(p.accepted_rows for p in parts)
    rejected = rejected_frame([reject for part in parts for reject in part.rejects])
    if read != kept + rejected.height:
        raise SourceRowsLost(source, read, kept, rejected.height)
    return SourceRows(pl.concat([p.accepted for p in parts]), rejected, read, content)
