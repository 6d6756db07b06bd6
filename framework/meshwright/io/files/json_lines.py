"""JSON lines: one object a line; numbers are read digit by digit, nested values as the column's type says."""

import io
import json
from collections.abc import Callable, Iterator, Sequence
from typing import cast

import polars as pl

from meshwright.cells import Cell, text_cell
from meshwright.errors import SourceChanged
from meshwright.io.files import delimited, header
from meshwright.io.files.intake import Intake, Part
from meshwright.io.files.nested import nested_value
from meshwright.io.files.scalars import Digits, Unsuitable, unsuitable, writer
from meshwright.io.files.where import SourceFile, open_bytes
from meshwright.spec import ColumnSpec

_NESTED = ("list", "struct", "vector")
Convert = Callable[[object], object]


class _Refused(ValueError):
    """A line that is no JSON object with distinct names and finite numbers."""


def read(file: SourceFile, source: str, columns: Sequence[ColumnSpec]) -> Part:
    """Read one file; a name that a line leaves out is null, and a name that the class does not know is a change."""
    intake = Intake(file.name, columns, [_cell(c) for c in columns])
    convert = [_convert(c) for c in columns]
    seen: dict[str, None] = {}
    with delimited.faults(file, source, delimited.UTF_8):
        for row, line in lines(file):
            try:
                values = parse(line)
            except (ValueError, RecursionError):
                intake.reject(row, "", "is not one JSON object", line)
                continue
            seen.update(dict.fromkeys(values))
            _take(intake, row, values, convert)
    if seen:
        known = [*seen, *(c.name for c in columns if c.nullable and c.name not in seen)]
        header.positions(known, columns, source, file.name, hint="the lines have other names")
    elif intake.rows_read > 1:
        raise SourceChanged(source, file.name, ["no line is a JSON object"], "is it JSON lines?")
    return intake.part()


def parse(line: str) -> dict[str, object]:
    """Read one line as an object, numbers as their digits; raise ValueError otherwise."""
    value: object = json.loads(
        line, parse_float=Digits, parse_int=Digits, parse_constant=_constant, object_pairs_hook=_distinct
    )
    if not isinstance(value, dict):
        raise _Refused
    return cast("dict[str, object]", value)


def lines(file: SourceFile) -> Iterator[tuple[int, str]]:
    """Number the lines of a file, blank ones left out."""
    with io.TextIOWrapper(open_bytes(file.path), encoding="utf-8-sig", newline="\n") as stream:
        for row, line in enumerate(stream, 1):
            if line.strip():
                yield row, line.rstrip("\r\n")


def _cell(column: ColumnSpec) -> Cell:
    if column.type.kind in _NESTED:
        stored = pl.col(column.name)
        return Cell(stored, stored.is_null(), column.nullable, "does not fit")
    return text_cell(column)


def _take(intake: Intake, row: int, values: dict[str, object], convert: Sequence[Convert]) -> None:
    fields: list[object] = []
    for column, to_cell in zip(intake.columns, convert, strict=True):
        try:
            fields.append(to_cell(values.get(column.name)))
        except Unsuitable as error:
            known = {c.name: values.get(c.name) for c in intake.columns}
            intake.reject(row, column.name, str(error), known)
            return
    intake.take(row, fields)


def _convert(column: ColumnSpec) -> Convert:
    if column.type.kind in _NESTED:
        return lambda value: nested_value(value, column)
    writers = writer(column)

    def scalar(value: object) -> object:
        write = writers.get(type(value))
        if write is None:
            raise unsuitable(value, column)
        return write(value)

    return scalar


def _constant(_: str) -> object:
    raise _Refused


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Refused
    return found
