"""Decode an Arrow IPC stream while it comes; one that stops before its end is an error, never a short answer."""

import io
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import polars as pl

from meshwright.errors import AnswerCut

MOST = 256 * 2**20
"""The largest piece, in bytes, that is taken at once: one record batch."""


class Body(io.RawIOBase):
    """The bytes of an answer as a file that is read once, forwards.

    Arrow takes an end between two batches for the end of the stream. A stream that is whole says so by a mark, after
    which nothing is read, so here every end that is met is too early.
    """

    def __init__(self, chunks: Iterator[bytes], where: str) -> None:
        super().__init__()
        self._chunks = chunks
        self._where = where
        self._kept = bytearray()

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Read exactly so many bytes; raise `AnswerCut` when there are fewer."""
        if not 0 <= size <= MOST:
            raise AnswerCut(self._where, "a piece of it is larger than is taken")
        while len(self._kept) < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                raise AnswerCut(self._where, "it ends without its mark of the end")
            self._kept += chunk
        found = bytes(self._kept[:size])
        del self._kept[:size]
        return found


class ArrowStream:
    """An answer as batches of rows; `schema` is known from its beginning. Dictionaries come as what stands in them."""

    def __init__(self, chunks: Iterator[bytes], where: str) -> None:
        self._where = where
        self._arrow: Any = import_module("pyarrow")  # it ships no types
        try:
            self._reader = self._arrow.ipc.open_stream(Body(chunks, where))
        except self._arrow.ArrowInvalid:
            raise AnswerCut(where, "it is no Arrow stream") from None
        self.schema = self._plain(self._arrow.RecordBatch.from_pylist([], self._reader.schema)).schema

    def batches(self) -> Iterator[pl.DataFrame]:
        """Give the batches in order; raise `AnswerCut`, also after some."""
        while True:
            try:
                batch = self._reader.read_next_batch()
            except StopIteration:
                return
            except self._arrow.ArrowInvalid:
                raise AnswerCut(self._where, "a batch of it cannot be read") from None
            yield self._plain(batch)

    def _plain(self, batch: Any) -> pl.DataFrame:
        """Write out what stands for values in dictionaries, unless that is more than is taken at once."""
        for at, column in enumerate(batch.columns):
            if self._arrow.types.is_dictionary(column.type):
                if len(column) and _longest(column.dictionary) * len(column) > MOST:
                    raise AnswerCut(self._where, "a piece of it is larger than is taken")
                batch = batch.set_column(at, batch.schema.names[at], _decoded(column))
        return _frame(batch)


def _decoded(column: Any) -> Any:
    """Write out a column; one that lists every value of its dictionary in order is the dictionary."""
    size = len(column)
    if size == len(column.dictionary) and pl.Series(column.indices).equals(
        pl.int_range(size, dtype=pl.Int32, eager=True)
    ):
        return column.dictionary
    return column.dictionary_decode()


def _longest(dictionary: Any) -> int:
    """Measure the longest of some texts, in bytes; of what is no text, the whole of it."""
    compute: Any = import_module("pyarrow.compute")
    try:
        return int(compute.max(compute.binary_length(dictionary)).as_py() or 0)
    except (TypeError, ValueError, NotImplementedError):
        return int(dictionary.nbytes)


def _frame(batch: Any) -> pl.DataFrame:
    found = pl.from_arrow(batch)
    return found if isinstance(found, pl.DataFrame) else found.to_frame()
