"""Delta tables that somebody else writes."""

import hashlib
from collections.abc import Sequence

import polars as pl

from meshwright.errors import SourceMissing
from meshwright.io.files.intake import Part
from meshwright.io.files.parquet import typed_part
from meshwright.spec import ColumnSpec


def read(where: str, source: str, columns: Sequence[ColumnSpec]) -> Part:
    """Read the table's newest version, pinned while it is read."""
    from meshwright.io.delta.addresses import PlainTable

    table = PlainTable(where, version=newest(where, source))
    return typed_part(pl.scan_delta(table), where.rstrip("/").rsplit("/", 1)[-1], source, columns)


def fingerprint(where: str, source: str) -> str:
    """Hash the table's place and version (SHA-256, hex)."""
    return hashlib.sha256(f"{where}\0{newest(where, source)}".encode()).hexdigest()


def newest(where: str, source: str) -> int:
    """Tell the table's newest version."""
    from deltalake import DeltaTable
    from deltalake.exceptions import TableNotFoundError

    try:
        return DeltaTable(where).version()
    except TableNotFoundError:
        raise SourceMissing(source, where) from None
