"""The forms in which rows are handed over, each written piece by piece."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Protocol

import polars as pl

from meshwright.celltext import CSV_TIME, without_binary, written_flat
from meshwright.masks import CodedTokens
from meshwright_catalog.gateway.dictionaries import Dictionaries
from meshwright_catalog.gateway.exact import exact

pa: Any = import_module("pyarrow")  # it ships no types
pq: Any = import_module("pyarrow.parquet")
_UNFINISHED = b"\xff\xff\xff\xff\x00\x10\x00\x00"


class Writer(Protocol):
    """Turn pieces of one schema into bytes."""

    def start(self, schema: pl.Schema) -> bytes:
        """Write what stands before the first row."""
        ...

    def rows(self, frame: pl.DataFrame) -> bytes:
        """Write some rows."""
        ...

    def end(self) -> bytes:
        """Write what stands after the last row, without which the answer is not whole."""
        ...

    def cut(self) -> bytes:
        """Write what makes a reader stumble that takes any end for the end."""
        ...


class Drain:
    """A file that gives away what was written to it.

    It keeps copies unless `kept` promises that whoever writes leaves what was written as it is until it is taken.
    """

    closed = False

    def __init__(self, *, kept: bool = False) -> None:
        self._kept = kept
        self._parts: list[Any] = []
        self._length = 0

    def write(self, data: Any) -> int:
        """Keep what is written."""
        size = len(data)
        self._parts.append(data if self._kept else bytes(data))
        self._length += size
        return size

    def tell(self) -> int:
        """Tell how much was written."""
        return self._length

    def flush(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing: what is left can still be taken."""

    def take(self) -> bytes:
        """Give what was written since the last time."""
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken


class ArrowWriter:
    """The Arrow IPC stream, its buffers compressed by `codec` or not; cut short, it has no end mark.

    Columns that are `coded` are dictionaries, of which each piece brings what the pieces before did not.
    """

    def __init__(self, coded: Mapping[str, CodedTokens], codec: str | None = None) -> None:
        self._codec = codec
        self._dictionaries = Dictionaries(coded)
        self._drain = Drain(kept=True)  # a table's own buffers, or each compressed into one of its own
        self._writer: Any = None

    def start(self, schema: pl.Schema) -> bytes:
        """Write the schema."""
        options = pa.ipc.IpcWriteOptions(compression=self._codec, emit_dictionary_deltas=True)
        written = self._dictionaries.schema(_arrow(pl.DataFrame(schema=schema)).schema)
        self._writer = pa.ipc.new_stream(self._drain, written, options=options)
        return self._drain.take()

    def rows(self, frame: pl.DataFrame) -> bytes:
        """Write record batches."""
        self._writer.write_table(self._dictionaries.table(exact(_arrow(frame))))
        return self._drain.take()

    def end(self) -> bytes:
        """Write the end mark."""
        self._writer.close()
        return self._drain.take()

    def cut(self) -> bytes:
        """Write the beginning of a message that never comes: Arrow takes an end between two for the end."""
        return _UNFINISHED


class ParquetWriter:
    """One Parquet file, a row group a piece, compressed with zstd."""

    def __init__(self) -> None:
        self._drain = Drain()
        self._writer: Any = None

    def start(self, schema: pl.Schema) -> bytes:
        """Write the first bytes of the file."""
        empty = _arrow(pl.DataFrame(schema=schema))
        self._writer = pq.ParquetWriter(self._drain, empty.schema, compression="zstd")
        return self._drain.take()

    def rows(self, frame: pl.DataFrame) -> bytes:
        """Write a row group."""
        self._writer.write_table(_arrow(frame))
        return self._drain.take()

    def end(self) -> bytes:
        """Write the footer."""
        self._writer.close()
        return self._drain.take()

    def cut(self) -> bytes:
        """Write nothing: without its footer it is no Parquet file."""
        return b""


class CsvWriter:
    """Text with a header line; null is nothing, no text is `""`, nested values are JSON, binary is base64."""

    def start(self, schema: pl.Schema) -> bytes:
        """Write the header."""
        return pl.DataFrame(schema=dict.fromkeys(schema, pl.String())).write_csv().encode()

    def rows(self, frame: pl.DataFrame) -> bytes:
        """Write a line a row."""
        return written_flat(frame).write_csv(include_header=False, datetime_format=CSV_TIME).encode()

    def end(self) -> bytes:
        """Write nothing."""
        return b""

    def cut(self) -> bytes:
        """Write an open quote, which no reader takes for a cell."""
        return b'"cut'


class JsonWriter:
    """An array of rows; decimals, dates and times are text, binary is base64, what JSON has no number for is null."""

    def __init__(self) -> None:
        self._first = True

    def start(self, schema: pl.Schema) -> bytes:
        """Open the array."""
        return b"["

    def rows(self, frame: pl.DataFrame) -> bytes:
        """Write an object a row; the lines that Polars writes have no other line breaks."""
        lines = without_binary(frame).write_ndjson().rstrip("\n").replace("\n", ",\n")
        before, self._first = ("" if self._first else ",\n"), False
        return (before + lines).encode()

    def end(self) -> bytes:
        """Close the array."""
        return b"]\n"

    def cut(self) -> bytes:
        """Write nothing: an open array is no JSON."""
        return b""


def _arrow(frame: Any) -> Any:
    """Give Arrow in the types that every reader knows, without views."""
    return frame.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
