"""Delimited text: CSV, TSV and their relatives.

Lines without any character are ignored at the end of a file, and rejected elsewhere. A row has as many fields as the
header; without a header, more fields may follow if they are empty. An empty cell and a quoted empty one are the same.
"""

import csv
import io
import zlib
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, zip_longest
from typing import TYPE_CHECKING

from meshwright.cells import text_cell
from meshwright.errors import DefinitionError, SourceChanged, SourceUnreadable
from meshwright.formats import Csv
from meshwright.io.files import dialect, header
from meshwright.io.files.intake import Intake, Part
from meshwright.io.files.where import SourceFile, open_bytes
from meshwright.names import snake_case
from meshwright.spec import ColumnSpec

UTF_8 = Csv()

if TYPE_CHECKING:
    import _csv

Line = tuple[int, list[str] | None, str]
"""Where a row starts, its fields (None when its quotes make no sense), and its text."""

_LONGEST = 2**31 - 1  # the longest field that the csv module can be told to take; its own limit is 128 KiB


def read(file: SourceFile, source: str, columns: Sequence[ColumnSpec], *, format: Csv) -> Part:
    """Read one file of delimited text."""
    cells = [text_cell(c, decimal=format.decimal, nulls=format.nulls) for c in columns]
    intake = Intake(file.name, columns, cells)
    with faults(file, source, format):
        dialect.check_encoding(source, file, format)
        _check_titles(file, source, format)
        rows, order, width = _layout(lines(file, source, format), file, source, columns, format=format)
        _take_all(rows, intake, order, width=width, format=format)
    part = intake.part()
    dialect.check(part, source, file, columns, format=format)
    return part


def _check_titles(file: SourceFile, source: str, format: Csv) -> None:
    """Hold the line above the data against the titles that the class states; raise `SourceChanged` for others."""
    if not format.titles:
        return
    above = replace(format, skip=max(0, format.skip - 1))
    line = next(lines(file, source, above), None)
    at, cells = (line[0], tuple(cell.strip() for cell in line[1] or ())) if line else (format.skip, ())
    if cells != format.titles:
        places = [str(n) for n, pair in enumerate(zip_longest(cells, format.titles), 1) if pair[0] != pair[1]]
        problem = f"row {at} has other titles than the class states, in field {', '.join(places)}"
        hint = f"if they are meant, write titles={cells!r} and the columns in that order"
        raise SourceChanged(source, file.name, [problem], hint)


def lines(file: SourceFile, source: str, format: Csv) -> Iterator[Line]:
    """Split a file into rows and fields; rows are counted by the line they start in."""
    if len(format.delimiter) != 1:
        raise DefinitionError(f"source {source!r}", f"delimiter {format.delimiter!r} is not one character")
    with io.TextIOWrapper(open_bytes(file.path), encoding=codec(format.encoding), newline="") as stream:
        for _ in range(format.skip):
            next(stream, "")
        taken: list[str] = []
        reader = csv_reader(_remember(stream, taken), format)
        while True:
            start = format.skip + reader.line_num + 1
            taken.clear()
            try:
                yield start, next(reader), "".join(taken)
            except StopIteration:
                return
            except csv.Error as error:
                if "unexpected end of data" in str(error):
                    problem = f"the quote opened in row {start} is never closed"
                    hint = "the file is cut short, or quotes are literal: quote=None"
                    raise SourceUnreadable(source, file.name, problem, hint) from None
                yield start, None, "".join(taken)


def csv_reader(stream: Iterator[str], format: Csv) -> "_csv.Reader":
    """Split lines as the format says; raise `csv.Error` where quotes make no sense."""
    csv.field_size_limit(_LONGEST)
    if format.quote is None:
        return csv.reader(stream, delimiter=format.delimiter, quoting=csv.QUOTE_NONE, strict=True)
    return csv.reader(stream, delimiter=format.delimiter, quotechar=format.quote, strict=True)


def _remember(stream: Iterator[str], taken: list[str]) -> Iterator[str]:
    for line in stream:
        taken.append(line)
        yield line


def codec(encoding: str) -> str:
    """Let UTF-8 begin with a byte order mark."""
    return "utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding


@contextmanager
def faults(file: SourceFile, source: str, format: Csv) -> Generator[None]:
    """Turn what goes wrong with the bytes of a file into one line."""
    try:
        yield
    except UnicodeError:
        other = dialect.encoding(file.path)
        hint = f"looks like Csv(encoding={other!r})" if other else "ask for it again"
        raise SourceChanged(source, file.name, [f"the text is not {format.encoding}"], hint) from None
    except (EOFError, zlib.error) as error:
        raise SourceUnreadable(source, file.name, f"cut short: {error}", "ask for it again") from None
    except OSError as error:
        raise SourceUnreadable(source, file.name, f"cannot be read: {error.strerror or error}") from None
    except LookupError as error:
        if isinstance(error, SourceChanged):
            raise
        raise DefinitionError(f"source {source!r}", f"unknown encoding {format.encoding!r}") from None


def _layout(
    rows: Iterator[Line], file: SourceFile, source: str, columns: Sequence[ColumnSpec], *, format: Csv
) -> tuple[Iterator[Line], list[int], int]:
    """Find the rows after the header, where each column stands in a row, and how many fields a row has."""
    first = next(rows, None)
    names, text = (first[1] or [first[2]], first[2]) if first else ([], "")
    if not format.header:
        if {snake_case(n) for n in names} == {snake_case(c.name) for c in columns}:
            problem = f"row {format.skip + 1} holds the names of the columns"
            raise SourceChanged(source, file.name, [problem], "write header=True")
        return chain([first] if first else [], rows), list(range(len(columns))), len(columns)
    if not text.strip():
        raise SourceUnreadable(source, file.name, "there is no header", "if it has none, write header=False")
    hint = dialect.delimiter_hint(text, columns, format)
    return rows, header.positions(names, columns, source, file.name, hint=hint), len(names)


def _take_all(rows: Iterator[Line], intake: Intake, order: Sequence[int], *, width: int, format: Csv) -> None:
    unnamed = sorted(set(range(width)) - set(order))
    in_order = list(order) == list(range(width))
    blank: list[int] = []
    for row, found, text in rows:
        if found == []:
            blank.append(row)
            continue
        for earlier in blank:
            intake.reject(earlier, "", f"is blank, not {width} fields", "")
        blank.clear()
        if found is None:
            intake.reject(row, "", "has a quote in the middle of a field", text)
            continue
        fields = found if format.header or any(found[width:]) else found[:width]
        if len(fields) != width:
            intake.reject(row, "", f"has {len(fields)} fields, not {width}", fields)
        elif in_order:
            intake.take(row, fields)
        elif any(fields[i].strip() for i in unnamed):
            intake.reject(row, "", "has a value in a column without a name", fields)
        else:
            intake.take(row, [fields[i] for i in order])
