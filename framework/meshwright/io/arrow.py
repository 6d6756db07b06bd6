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
    """An answer as batches of rows; `schema` is known from its beginning."""

    def __init__(self, chunks: Iterator[bytes], where: str) -> None:
        self._where = where
        self._arrow: Any = import_module("pyarrow")  # it ships no types
        try:
            self._reader = self._arrow.ipc.open_stream(Body(chunks, where))
        except self._arrow.ArrowInvalid:
            raise AnswerCut(where, "it is no Arrow stream") from None
        self.schema = _frame(self._arrow.RecordBatch.from_pylist([], self._reader.schema)).schema

    def batches(self) -> Iterator[pl.DataFrame]:
        """Give the batches in order; raise `AnswerCut`, also after some."""
        while True:
            try:
                batch = self._reader.read_next_batch()
            except StopIteration:
                return
            except self._arrow.ArrowInvalid:
                raise AnswerCut(self._where, "a batch of it cannot be read") from None
            yield _frame(batch)


def _frame(batch: Any) -> pl.DataFrame:
    found = pl.from_arrow(batch)
    return found if isinstance(found, pl.DataFrame) else found.to_frame()
