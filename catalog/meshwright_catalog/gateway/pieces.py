"""An answer as bytes, made one piece at a time in a thread; rights are looked at again on the way."""

import time

from meshwright_catalog.gateway.compression import packer
from meshwright_catalog.gateway.gateway import Gateway
from meshwright_catalog.gateway.negotiation import Form
from meshwright_catalog.gateway.reading import Reading

Piece = tuple[bytes, int]
"""Bytes, and the number of rows in them."""


class Pieces:
    """The pieces of one answer, in one form."""

    def __init__(self, gateway: Gateway, reading: Reading, form: Form) -> None:
        self._gateway, self._reading = gateway, reading
        self._writer, self._packer = form.writer(reading.batches.coded), packer(form.encoding)
        self._begun = self._done = False
        self._checked = time.monotonic()

    def next(self) -> Piece | None:
        """Give the next piece, perhaps nothing yet; None when all were given.

        Raises `MeshError` when less is granted by now than the answer shows.
        """
        if self._done:
            return None
        self.look_again()
        batches = self._reading.batches
        rows = next(batches.pieces, None)
        if rows is None:
            self._done = True
            return self._start() + self._packer.pack(self._writer.end()) + self._packer.end(), 0
        if rows.height:
            return self._start() + self._packer.pack(self._writer.rows(rows)), rows.height
        return (b"" if batches.at_last else self._start()), 0

    def look_again(self) -> None:
        """Decide again unless that was just done; raise `MeshError` when less is granted than the answer shows."""
        if time.monotonic() - self._checked >= self._gateway.limits.recheck_seconds:
            self._gateway.require_still(self._reading)
            self._checked = time.monotonic()

    def cut(self) -> bytes:
        """Give what tells a reader that the rest is missing, as far as the form can."""
        return self._packer.pack(self._writer.cut()) + self._packer.end()

    def _start(self) -> bytes:
        """Write what stands before the first row, once."""
        if self._begun:
            return b""
        self._begun = True
        return self._packer.pack(self._writer.start(self._reading.batches.schema))
