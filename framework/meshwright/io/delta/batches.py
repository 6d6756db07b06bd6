"""Rows of one Parquet file, a batch at a time; a file that unpacks to more than memory holds is no danger."""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from meshwright.dtypes import converted, lossless
from meshwright.errors import UnreadableTable
from meshwright.io.delta.row_groups import RowGroup, open_file


def batches_of(
    file: Any, schema: pl.Schema, folders: Mapping[str, Any], rows: int, first: int = 0
) -> Iterator[pl.DataFrame]:
    """Read the columns of `schema`, at most `rows` rows at a time: from the file, its folders' values, else nulls.

    The first batch has at most `first` rows, where that is not 0. Raises `UnreadableTable` when the file holds another
    type that cannot be converted without a change.
    """
    with open_file(file) as opened:
        have: list[str] = opened.schema_arrow.names
        stored = [name for name in schema if name in {*have} and name not in folders]
        # a file of which no column is wanted is still read by one, for the number of its rows
        wanted = stored or have[:1]
        for number in range(opened.metadata.num_row_groups):
            for batch in RowGroup(file, opened, number, wanted).batches(rows, first):
                yield _shaped(batch, schema, folders)
            first = 0


def _shaped(frame: pl.DataFrame, schema: pl.Schema, folders: Mapping[str, Any]) -> pl.DataFrame:
    return frame.select(_column(name, frame, kind, folders) for name, kind in schema.items())


def _column(name: str, frame: pl.DataFrame, kind: pl.DataType, folders: Mapping[str, Any]) -> pl.Series:
    if name in folders:
        return pl.Series(name, [folders[name]]).cast(kind).new_from_index(0, frame.height)
    if name not in frame.columns:
        return pl.Series(name, [None], kind).new_from_index(0, frame.height)
    have = frame.schema[name]
    if not lossless(have, kind):
        raise UnreadableTable("table", f"column {name!r} is {have} in a file, not {kind}")
    if have == kind:
        return frame.get_column(name)
    return frame.select(converted(pl.col(name), have, kind).alias(name)).to_series()
