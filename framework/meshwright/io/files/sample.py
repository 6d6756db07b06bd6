"""Read a file that no class describes yet, with all its rows."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import polars as pl

from meshwright.errors import SourceMissing, SourceUnreadable, nearest
from meshwright.formats import Csv, Delta, Excel, JsonLines, Parquet, Sqlite
from meshwright.io.files import delimited, delta, excel, json_lines, sniff, sqlite
from meshwright.io.files.scalars import Digits
from meshwright.io.files.where import SourceFile, find
from meshwright.ports import Sample

_MIDNIGHT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} 00:00:00")
_CLOCK = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]+)?")
_NESTED, _BYTES = frozenset({"nested"}), frozenset({"bytes"})
_KINDS: dict[type, str] = {int: "integer", float: "number", str: "text", bool: "boolean", bytes: "bytes"}


def sample(where: str, *, table: str | None = None) -> Sample:
    """Read a file, and find out how it is written; by its name, and for text by its content."""
    path = Path(where)
    if (path / "_delta_log").is_dir():
        from meshwright.io.delta.addresses import PlainTable

        version = delta.newest(where, path.name)
        return Sample(path.name, Delta(), pl.scan_delta(PlainTable(where, version=version)).collect())
    (file,) = find(where, path.name, ()) if path.is_file() else _none(where)
    kind = file.name.lower().removesuffix(".gz").rpartition(".")[2]
    if kind in ("parquet", "pq"):
        return _parquet(file)
    if kind in ("xlsx", "xls", "xlsb", "xlsm", "ods"):
        return _excel(file, table)
    if kind in ("sqlite", "sqlite3", "db"):
        return _sqlite(file, table)
    if kind in ("jsonl", "ndjson", "json"):
        return _json_lines(file)
    return _delimited(file)


def _none(where: str) -> tuple[SourceFile]:
    raise SourceMissing(where, "", hint="look at the path: it names a file, or the folder of a Delta table")


def _parquet(file: SourceFile) -> Sample:
    try:
        return Sample(file.name, Parquet(), pl.read_parquet(file.path, glob=False, hive_partitioning=False))
    except (pl.exceptions.ComputeError, OSError):
        raise SourceUnreadable(file.name, file.name, "is no whole Parquet file") from None


def _delimited(file: SourceFile) -> Sample:
    written, numbered = _rows(file)
    rows = [fields for _, fields in numbered]
    found = sniff.layout(rows)
    width = len(rows[found.skip]) if len(rows) > found.skip else 0
    body = [row for row in rows[found.skip + found.header :] if row]
    whole = [row for row in body if len(row) == width]
    notes = () if len(whole) == len(body) else (f"{len(body) - len(whole)} rows have another number of fields",)
    # A format skips lines, not rows: a header can stand on several.
    above = numbered[found.skip][0] - 1 if found.skip < len(numbered) else found.skip
    told = replace(sniff.with_layout(written, found), skip=above, titles=_titles(found, numbered))
    return Sample(file.name, told, _text(found.names, whole), notes=notes)


def _titles(found: sniff.Layout, numbered: list[tuple[int, list[str]]]) -> tuple[str, ...]:
    """Give the cells of a header that cannot name columns, where it stands on the one line above the data."""
    if found.header or not found.titled:
        return ()
    (at, cells), below = numbered[found.skip - 1], numbered[found.skip][0] if found.skip < len(numbered) else 0
    return tuple(cell.strip() for cell in cells) if below in (0, at + 1) else ()


def _rows(file: SourceFile) -> tuple[Csv, list[tuple[int, list[str]]]]:
    written = sniff.csv_format(file)
    try:
        return written, _fields(file, written)
    except SourceUnreadable:
        if written.quote is None:
            raise
        literal = replace(written, quote=None)
        return literal, _fields(file, literal)


def _fields(file: SourceFile, written: Csv) -> list[tuple[int, list[str]]]:
    with delimited.faults(file, file.name, written):
        return [(at, fields) for at, fields, _ in delimited.lines(file, file.name, written) if fields is not None]


def _excel(file: SourceFile, sheet: str | None) -> Sample:
    rows = excel.sheet(file, file.name, sheet)
    found = sniff.layout(rows)
    body = [row for row in rows[found.skip + found.header :] if any(row)]
    frame = _text(found.names, body)
    frame = pl.DataFrame([_own_dates(column) for column in frame])
    return Sample(file.name, Excel(sheet=sheet, header=found.header, skip=found.skip), frame)


def _own_dates(column: pl.Series) -> pl.Series:
    """Write the program's own dates and times the way that the class can name."""
    values = column.drop_nulls().to_list()
    if values and all(map(_MIDNIGHT.fullmatch, values)):
        return column.str.strip_suffix(" 00:00:00")
    if values and all(map(_CLOCK.fullmatch, values)):
        return column.str.head(19)
    return column


def _sqlite(file: SourceFile, table: str | None) -> Sample:
    with sqlite.connect(file, file.name) as connection:
        known = sqlite.tables(connection)
        if table is None and len(known) != 1:
            raise SourceMissing(file.name, "", f"holds the tables {', '.join(known)}", "name one with --table")
        chosen = table if table is not None else known[0]
        if chosen not in known:
            raise SourceMissing(
                file.name, "", f"no table {chosen!r}{nearest(chosen, known)}", "name another with --table"
            )
        names = sqlite.column_names(connection, chosen)
        # As in reading: the names come from the database, and are quoted.
        rows = connection.execute(f"SELECT * FROM {sqlite.quoted(chosen)}").fetchall()  # noqa: S608
    return _of_values(file.name, Sqlite(table=chosen), names, rows)


def _json_lines(file: SourceFile) -> Sample:
    parsed: list[dict[str, object]] = []
    wrong = 0
    with delimited.faults(file, file.name, delimited.UTF_8):
        for _, line in json_lines.lines(file):
            try:
                parsed.append(json_lines.parse(line))
            except (ValueError, RecursionError):
                wrong += 1
    if not parsed:
        raise SourceUnreadable(file.name, file.name, "no line is a JSON object", "is it JSON lines?")
    names = list({name: None for row in parsed for name in row})
    notes = (f"{wrong} lines are no JSON object",) if wrong else ()
    return _of_values(file.name, JsonLines(), names, [[row.get(n) for n in names] for row in parsed], notes)


def _of_values(
    file: str, format: object, names: Sequence[str], rows: Sequence[Sequence[object]], notes: tuple[str, ...] = ()
) -> Sample:
    columns = {name: [row[i] for row in rows] for i, name in enumerate(names)}
    kinds = {name: frozenset(map(_kind, (v for v in values if v is not None))) for name, values in columns.items()}
    series = [_series(name, values, kinds[name]) for name, values in columns.items()]
    return Sample(file, format, pl.DataFrame(series), kinds, notes)


def _kind(value: object) -> str:
    if isinstance(value, Digits):
        return "integer" if value.lstrip("-").isdecimal() else "number"
    return _KINDS.get(type(value), "nested")


def _series(name: str, values: list[object], kinds: frozenset[str]) -> pl.Series:
    if kinds == _NESTED:
        return pl.Series(name, [_plain(v) for v in values], strict=False)
    if kinds == _BYTES:
        return pl.Series(name, values, dtype=pl.Binary())
    return pl.Series(name, list(_written(values)), dtype=pl.String())


def _written(values: Sequence[object]) -> Iterator[str | None]:
    return (None if v is None else v if type(v) is str else str(v) for v in values)


def _plain(value: object) -> object:
    """Turn digits into numbers, everywhere in a nested value."""
    if isinstance(value, Digits):
        return int(value) if value.lstrip("-").isdecimal() else float(value)
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in cast("dict[str, object]", value).items()}
    return [_plain(inner) for inner in cast("list[object]", value)] if isinstance(value, list) else value


def _text(names: Sequence[str], rows: Sequence[Sequence[str | None]]) -> pl.DataFrame:
    columns = zip(*rows, strict=True) if rows else [() for _ in names]
    series = [pl.Series(n, values, dtype=pl.String()) for n, values in zip(names, columns, strict=False)]
    return pl.DataFrame(series)
