"""Rows of one Parquet file, a batch at a time; a file that unpacks to more than memory holds is no danger."""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl
import pyarrow.parquet as pq

from meshwright.dtypes import converted, lossless
from meshwright.errors import UnreadableTable


def batches_of(file: Any, schema: pl.Schema, folders: Mapping[str, Any], rows: int) -> Iterator[pl.DataFrame]:
    """Read the columns of `schema`: from the file, else from the values of its folders, else as nulls.

    Raises `UnreadableTable` when the file holds another type that cannot be converted without a change.
    """
    with pq.ParquetFile(file, pre_buffer=False) as opened:
        have = set(opened.schema_arrow.names)
        stored = [name for name in schema if name in have and name not in folders]
        # a file of which no column is wanted is still read by one, for the number of its rows
        wanted = stored or opened.schema_arrow.names[:1]
        for batch in opened.iter_batches(batch_size=rows, columns=wanted):
            yield _shaped(pl.DataFrame(batch), schema, folders)


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
    return frame.select(converted(pl.col(name), have, kind).alias(name)).to_series()
