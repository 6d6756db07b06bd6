"""Excel: one sheet; every cell is read as text and typed like a cell of delimited text."""

import re
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from meshwright.cells import Cell, text_cell, times
from meshwright.errors import SourceMissing, SourceUnreadable, nearest
from meshwright.formats import Excel
from meshwright.io.files import header
from meshwright.io.files.intake import Intake, Part
from meshwright.io.files.where import SourceFile
from meshwright.spec import ColumnSpec

_SHOWN = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?")


def read(file: SourceFile, source: str, columns: Sequence[ColumnSpec], *, format: Excel) -> Part:
    """Read one sheet; rows are counted as the program shows them, and rows without any cell are skipped."""
    rows = sheet(file, source, format.sheet)
    intake = Intake(file.name, columns, [_cell(c) for c in columns])
    order, width = list(range(len(columns))), len(columns)
    first = format.skip + 1
    if format.header:
        names = [name or "" for name in rows[format.skip]] if len(rows) > format.skip else []
        order, first = header.positions(names, columns, source, file.name), format.skip + 2
        width = len(names)
    for row, fields in enumerate(rows[first - 1 :], first):
        if not any(fields):
            continue
        extra = [f for i, f in enumerate(fields) if i not in order and f and f.strip()]
        if extra or len(fields) < width:
            intake.reject(row, "", f"has a value outside of the {len(columns)} columns", fields)
        else:
            intake.take(row, [fields[i] for i in order])
    return intake.part()


def sheet(file: SourceFile, source: str, name: str | None) -> list[list[str | None]]:
    """Read a sheet (the first unless named) as text; numbers with all their digits."""
    import fastexcel

    try:
        book = fastexcel.read_excel(file.path)
        if name is not None and name not in book.sheet_names:
            raise SourceMissing(source, file.name, f"no sheet {name!r}{nearest(name, book.sheet_names)}")
        chosen = name if name is not None else 0
        shown, numbers = (
            book.load_sheet(chosen, header_row=None, skip_rows=0, dtypes=kind).to_polars()
            for kind in ("string", "float")
        )
    except fastexcel.FastExcelError:
        raise SourceUnreadable(source, file.name, "is no whole workbook", "ask for it again, whole") from None
    columns = [_exact(shown.to_series(i), numbers.to_series(i)) for i in range(shown.width)]
    return [list(row) for row in zip(*columns, strict=True)]


def _cell(column: ColumnSpec) -> Cell:
    """Read a cell as text, or as a date or time of the program's own; those have no zone, so the class must say UTC."""
    cell, text = text_cell(column, nulls=("",)), pl.col(column.name)
    if column.type.kind == "date":
        own = times.date(text.str.strip_suffix(" 00:00:00"), None)
    elif column.type.kind == "timestamp" and column.date_format and "%z" not in column.date_format:
        whole = times.timestamp(text, "%Y-%m-%d %H:%M:%S")
        own = whole.fill_null(times.timestamp(text, "%Y-%m-%d %H:%M:%S.%f"))
    else:
        return cell
    return replace(cell, value=cell.value.fill_null(own))


def _exact(shown: pl.Series, numbers: pl.Series) -> list[str | None]:
    """Take numbers from the floats: as text the library rounds them to nine decimals."""
    return [
        repr(number)
        if text is not None and number is not None and _SHOWN.fullmatch(text) and float(text) != number
        else text
        for text, number in zip(shown.to_list(), numbers.to_list(), strict=True)
    ]
