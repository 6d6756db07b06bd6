"""An answer compressed on its way: what was written so far can be unpacked so far."""

import zlib
from typing import Any, Protocol

import pyarrow as pa

from meshwright_catalog.gateway.formats import Drain
from meshwright_catalog.gateway.negotiation import Encoding

_FASTEST = 1


class Packer(Protocol):
    """Compress bytes as they come."""

    def pack(self, data: bytes) -> bytes:
        """Compress some."""
        ...

    def end(self) -> bytes:
        """Give the rest."""
        ...


class Plain:
    """Leave everything as it is."""

    def pack(self, data: bytes) -> bytes:
        """Give it back."""
        return data

    def end(self) -> bytes:
        """Give nothing."""
        return b""


class Gzip:
    """Compress quickly rather than well: the answer is made as fast as it is sent."""

    def __init__(self) -> None:
        self._zip = zlib.compressobj(_FASTEST, wbits=31)

    def pack(self, data: bytes) -> bytes:
        """Compress some, up to its last byte."""
        return self._zip.compress(data) + self._zip.flush(zlib.Z_SYNC_FLUSH)

    def end(self) -> bytes:
        """Give the rest."""
        return self._zip.flush()


class Zstd:
    """One frame of zstd."""

    def __init__(self) -> None:
        self._drain = Drain()
        self._zip: Any = pa.CompressedOutputStream(pa.PythonFile(self._drain, "w"), "zstd")

    def pack(self, data: bytes) -> bytes:
        """Compress some."""
        self._zip.write(data)
        return self._drain.take()

    def end(self) -> bytes:
        """Give the rest."""
        self._zip.close()
        return self._drain.take()


def packer(encoding: Encoding) -> Packer:
    """Choose by the name that HTTP has for it."""
    match encoding:
        case "gzip":
            return Gzip()
        case "zstd":
            return Zstd()
        case "identity":
            return Plain()
