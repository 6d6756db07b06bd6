"""Guess how a file is written when it is not as its class says."""

import csv
import json
from collections.abc import Iterable, Sequence
from itertools import permutations
from pathlib import Path
from typing import cast

import polars as pl

from meshwright.cells import text_cell
from meshwright.cells.guess import date_format
from meshwright.errors import SourceChanged, SourceUnreadable
from meshwright.formats import Csv
from meshwright.io.files.intake import Part
from meshwright.io.files.where import SourceFile, open_bytes
from meshwright.spec import ColumnSpec

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 1_000


def check_encoding(source: str, file: SourceFile, format: Csv) -> None:
    """Raise `SourceChanged` for UTF-8 that another encoding would read as other letters."""
    if (
        format.encoding.lower().startswith(("latin", "cp125", "iso", "l1", "windows"))
        and encoding(file.path) == "utf-8"
    ):
        raise SourceChanged(
            source, file.name, [f"the text is not {format.encoding}"], "looks like Csv(encoding='utf-8')"
        )


def require_text(file: SourceFile) -> None:
    """Raise `SourceUnreadable` for bytes that are no text: any bytes at all can be read as latin-1."""
    if not looks_like_text(file.path):
        raise SourceUnreadable(file.name, file.name, "is no text: it holds control characters", "is that its ending?")


def encoding(path: Path) -> str | None:
    """Name the encoding that the start of a file has."""
    with open_bytes(path) as stream:
        start = stream.read(1_000_000)
    if start.isascii():
        return None
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    for name in ("utf-8", "cp1252"):
        try:
            start.decode(name)
        except UnicodeDecodeError as error:
            if name == "utf-8" and error.start > len(start) - 4:
                return name
            continue
        return name
    return "latin-1"


def looks_like_text(path: Path) -> bool:
    """Tell whether the start of a file is text: without NUL, and with hardly a control character but line ends."""
    with open_bytes(path) as stream:
        start = stream.read(100_000)
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True
    control = sum(byte < 32 and byte not in b"\t\n\v\f\r\x1a\x1b" for byte in start)
    return b"\0" not in start and control * 200 <= len(start)


def delimiter_hint(line: str, columns: Sequence[ColumnSpec], format: Csv) -> str:
    """Propose the delimiter that splits a header into the columns of the class; empty when none does."""
    names = {c.name for c in columns}
    for delimiter in DELIMITERS:
        found: list[str] = next(csv.reader(line.splitlines(keepends=True), delimiter=delimiter), list[str]())
        if delimiter != format.delimiter and len(found) > 1 and len(names.intersection(found)) * 2 > len(names):
            return f"looks like Csv(delimiter={delimiter!r})"
    return ""


def check(part: Part, source: str, file: SourceFile, columns: Sequence[ColumnSpec], *, format: Csv) -> None:
    """Raise `SourceChanged` when most rows were rejected and another dialect would have taken them."""
    if len(part.rejects) * 2 <= part.rows_read:
        return
    sample = _sample(part, columns)
    hint = _other_dialect(sample, columns, format) if sample is not None else _other_width(part, format)
    if hint:
        problem = f"{len(part.rejects)} of {part.rows_read} rows do not fit"
        raise SourceChanged(source, file.name, [problem], hint)


def _sample(part: Part, columns: Sequence[ColumnSpec]) -> pl.DataFrame | None:
    """Take the cells of rejected rows as they were, when most of those have as many as the class has columns."""
    rows = _raws(part)
    typed = [cast("dict[str, str]", row) for row in rows if isinstance(row, dict)]
    if len(typed) * 2 <= len(rows):
        return None
    return pl.DataFrame(typed, schema={c.name: pl.String() for c in columns})


def _raws(part: Part) -> list[object]:
    return [json.loads(raw) for *_, raw in part.rejects[:_SAMPLE]]


def _other_width(part: Part, format: Csv) -> str:
    """Judge rows of another number of fields."""
    fields = [cast("list[str]", row) for row in _raws(part) if isinstance(row, list)]
    for delimiter in DELIMITERS:
        if delimiter != format.delimiter and fields and all(len(f) == 1 and delimiter in f[0] for f in fields):
            return f"looks like Csv(delimiter={delimiter!r})"
    widths = {len(f) for f in fields}
    return f"rows have {widths.pop()} fields: add or drop columns of the class" if len(widths) == 1 else ""


def _other_dialect(sample: pl.DataFrame, columns: Sequence[ColumnSpec], format: Csv) -> str:
    found: list[str] = []
    other = "," if format.decimal == "." else "."
    wrong = [c for c in columns if not _fits(sample, c, format.decimal, format)]
    if any(_fits(sample, c, other, format) for c in wrong):
        found.append(f"Csv(decimal={other!r})")
    for column in wrong:
        if column.type.kind in ("date", "timestamp"):
            pattern = date_format(sample[column.name].drop_nulls(), column.type.kind)
            if pattern and pattern != column.date_format:
                found.append(f"{column.name}: DateFormat({pattern!r})")
    if found:
        return f"looks like {', '.join(found)}"
    order = _other_order(sample, columns, format) if not format.header else None
    return f"the fields look like the order {', '.join(order)}" if order else ""


def _other_order(sample: pl.DataFrame, columns: Sequence[ColumnSpec], format: Csv) -> list[str] | None:
    """Find the one swap of columns with which every row would fit."""
    names = [c.name for c in columns]
    fits = {
        (c.name, at): _fits(sample.select(pl.col(at).alias(c.name)), c, format.decimal, format)
        for c in columns
        for at in names
    }
    for one, two in _swaps(names):
        order = list(names)
        order[one], order[two] = order[two], order[one]
        if all(fits[name, at] for name, at in zip(order, names, strict=True)):
            return order
    return None


def _swaps(names: Sequence[str]) -> Iterable[tuple[int, int]]:
    return ((a, b) for a, b in permutations(range(len(names)), 2) if a < b)


def _fits(sample: pl.DataFrame, column: ColumnSpec, decimal: str, format: Csv) -> bool:
    cell = text_cell(column, decimal=decimal, nulls=format.nulls)
    wrong = sample.select((cell.misfit | cell.missing).sum()).item()
    return int(wrong) * 20 <= sample.height
