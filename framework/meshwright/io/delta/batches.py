"""Rows of one Parquet file, a batch at a time; a file that unpacks to more than memory holds is no danger."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from importlib import import_module
from itertools import islice
from typing import Any

import polars as pl

from meshwright.dtypes import converted, lossless
from meshwright.errors import UnreadableTable

_UNBOUNDED = ("BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY")

PIECE_BYTES = 32 * 2**20
"""About how much the rows of one batch may take, as the file's footer tells."""
BUFFER_BYTES = 2**18
"""How much of a column is read from a file of this machine at once."""


def batches_of(
    file: Any, schema: pl.Schema, folders: Mapping[str, Any], rows: int, first: int = 0
) -> Iterator[pl.DataFrame]:
    """Read the columns of `schema`, at most `rows` rows at a time: from the file, its folders' values, else nulls.

    The first batch has at most `first` rows, where that is not 0. Raises `UnreadableTable` when the file holds another
    type that cannot be converted without a change.
    """
    from pyarrow.parquet import ParquetFile

    source: Any = ParquetFile(  # pyarrow ships no types
        file, pre_buffer=False, buffer_size=_buffer(file), coerce_int96_timestamp_unit="us"
    )
    with source as opened:
        have: list[str] = opened.schema_arrow.names
        stored = [name for name in schema if name in {*have} and name not in folders]
        # a file of which no column is wanted is still read by one, for the number of its rows
        wanted = stored or have[:1]
        for group in range(opened.metadata.num_row_groups):
            size = max(1, min(rows, PIECE_BYTES // _row_bytes(file, opened.metadata, group, {*wanted})))
            step = min(size, first) or size
            batches = opened.iter_batches(batch_size=step, row_groups=[group], columns=wanted)
            for batch in batches if step == size else _joined(batches, size // step):
                yield _shaped(pl.DataFrame(batch), schema, folders)
            first = 0


def _buffer(file: Any) -> int:
    """Choose how much of a column is read at once; 0 is a row group's, which a store elsewhere gives in one answer."""
    return BUFFER_BYTES if isinstance(file, str) else 0


def _joined(batches: Iterator[Any], count: int) -> Iterator[Any]:
    """Give the first of small batches as it is, and the others so many at a time."""
    arrow: Any = import_module("pyarrow")  # it ships no types
    yield from islice(batches, 1)
    while each := list(islice(batches, count)):
        yield arrow.Table.from_batches(each)


def _row_bytes(file: Any, footer: Any, group: int, columns: Collection[str]) -> int:
    """Estimate what a row of a row group takes of some columns, unpacked; at least 1.

    Pages before compression tell the mean. Where they refer to a dictionary, which stands there once however often,
    its longest entry counts instead.
    """
    found = footer.row_group(group)
    parts = [found.column(number) for number in range(footer.num_columns)]
    asked = [part for part in parts if part.path_in_schema.partition(".")[0] in columns]
    size = sum(int(part.total_uncompressed_size) for part in asked) // max(1, int(found.num_rows))
    texts = [p.path_in_schema for p in asked if p.has_dictionary_page and p.physical_type in _UNBOUNDED]
    return max(1, size + sum(_longest(file, footer, group, [path for path in texts if path in columns])))


def _longest(file: Any, footer: Any, group: int, columns: Sequence[str]) -> Iterator[int]:
    """Read one row of columns for the sake of their dictionaries, and measure the longest entry of each."""
    import pyarrow.compute
    from pyarrow.parquet import ParquetFile

    if not columns:
        return
    compute: Any = pyarrow.compute
    probe: Any = ParquetFile(
        file, metadata=footer, pre_buffer=False, buffer_size=_buffer(file), read_dictionary=columns
    )
    for rows in islice(probe.iter_batches(batch_size=1, row_groups=[group], columns=columns), 1):
        for column in rows.columns:
            entries: Any = getattr(column, "dictionary", ())
            yield int(compute.max(compute.binary_length(entries)).as_py() or 0) if len(entries) else 0


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
