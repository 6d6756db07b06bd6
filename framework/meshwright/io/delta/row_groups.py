"""One row group of a Parquet file: how many of its rows fit into memory at once, and the rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import polars as pl

_UNBOUNDED = ("BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY")

PIECE_BYTES = 32 * 2**20
"""About how much the rows of one batch may take, as the file's footer tells."""
BUFFER_BYTES = 2**18
"""How much of a column is read from a file of this machine at once."""
FAR_BYTES = 2**20
"""How much of a column is read at once from a store elsewhere, where only its beginning is wanted."""


def open_file(file: Any, **options: Any) -> Any:
    """Open a Parquet file by its path, or one that is open in a store elsewhere, which gives whole row groups."""
    from pyarrow.parquet import ParquetFile

    buffer = options.pop("buffer_size", BUFFER_BYTES if isinstance(file, str) else 0)
    opened: Any = ParquetFile(  # pyarrow ships no types
        file, pre_buffer=False, buffer_size=buffer, coerce_int96_timestamp_unit="us", **options
    )
    return opened


@dataclass(frozen=True)
class RowGroup:
    """Some columns of a row group of a file, which is `opened`."""

    file: Any
    opened: Any
    number: int
    columns: Sequence[str]

    def batches(self, rows: int, first: int) -> Iterator[pl.DataFrame]:
        """Read at most `rows` rows at a time, and a first batch of at most `first`, where that is not 0.

        Pages before compression tell the mean of a row. Where they refer to a dictionary, which stands there once
        however often, its longest entry counts instead: so some rows are read without writing it out, and where the
        first batch is to be small, they are that.
        """
        footer = self.opened.metadata.row_group(self.number)
        count = int(footer.num_rows)
        parts = [footer.column(number) for number in range(int(footer.num_columns))]
        asked = [part for part in parts if part.path_in_schema.partition(".")[0] in self.columns]
        mean = sum(int(part.total_uncompressed_size) for part in asked) // max(1, count)
        texts = [p.path_in_schema for p in asked if p.has_dictionary_page and p.physical_type in _UNBOUNDED]
        coded = [path for path in texts if path in self.columns]
        begun = self._begun(self.columns if first else coded, coded, _fitting(mean, first or 1))
        size = _fitting(mean + (sum(map(_longest, begun.columns)) if begun else 0), rows)
        given = int(begun.num_rows) if begun and first and begun.num_rows <= size else 0
        if given:
            yield _written_out(begun)
        if given < count:
            for batch in self.opened.iter_batches(batch_size=size, row_groups=[self.number], columns=self.columns):
                yield pl.DataFrame(batch.slice(given))
                given = 0

    def _begun(self, columns: Sequence[str], coded: Sequence[str], rows: int) -> Any:
        """Read the first rows, of columns that are `coded` as places in their dictionaries; None of no column."""
        if not columns:
            return None
        size = BUFFER_BYTES if isinstance(self.file, str) else FAR_BYTES
        probe = open_file(self.file, metadata=self.opened.metadata, buffer_size=size, read_dictionary=coded)
        batches: Iterator[Any] = probe.iter_batches(batch_size=rows, row_groups=[self.number], columns=columns)
        return next(batches, None)


def _fitting(row_bytes: int, most: int) -> int:
    """Tell how many rows of a size a batch may have, at least 1."""
    return max(1, min(most, PIECE_BYTES // max(1, row_bytes)))


def _longest(column: Any) -> int:
    """Measure the longest entry of a column's dictionary, in bytes; 0 of a column without."""
    import pyarrow.compute

    compute: Any = pyarrow.compute
    entries: Any = getattr(column, "dictionary", ())
    return int(compute.max(compute.binary_length(entries)).as_py() or 0) if len(entries) else 0


def _written_out(batch: Any) -> pl.DataFrame:
    arrow: Any = import_module("pyarrow")
    columns = [c.dictionary_decode() if isinstance(c, arrow.DictionaryArray) else c for c in batch.columns]
    return pl.DataFrame(arrow.RecordBatch.from_arrays(columns, names=batch.schema.names))
