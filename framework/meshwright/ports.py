"""What the core asks of the world: small protocols that io and engines fit by their shape."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import polars as pl

from meshwright.registry import Entry, LineageGraph, LineageQuery, Release, SearchPage, SearchQuery
from meshwright.spec import Registration

Event = Mapping[str, Any]
"""One OpenLineage event, as JSON-ready mappings."""


class Clock(Protocol):
    """Tell the time."""

    def __call__(self) -> datetime:
        """Return the present, UTC-aware."""
        ...


class Keys(Protocol):
    """Hand out the secret that tokens of one join scope are made with."""

    def key(self, scope: str) -> tuple[str, str]:
        """Return the key's public id and its secret as 64 hexadecimal digits."""
        ...


class Recorder(Protocol):
    """Take lineage events; an unreachable receiver is reported, never raised."""

    def record(self, event: Event) -> None:
        """Deliver one event, or keep it for later."""
        ...


class Registry(Protocol):
    """Know what every domain publishes, and answer one caller no more than they may discover."""

    def register(self, registration: Registration) -> None:
        """Add or replace one product's entry; the same registration twice is one."""
        ...

    def find(self, product: str, major: int | None = None) -> Entry | None:
        """Return a product's entry, or None when the caller may not discover it or nobody registered it."""
        ...

    def products(self) -> Sequence[Entry]:
        """List every entry the caller may discover, by id, each in its newest major version."""
        ...

    def releases(self, product: str) -> Sequence[Release]:
        """List a product's registrations, newest first; none when the caller may not discover it."""
        ...

    def search(self, query: SearchQuery) -> SearchPage:
        """Find products by words and filters."""
        ...

    def lineage(self, query: LineageQuery) -> LineageGraph:
        """Follow data up or down from a product or column; raise `UnknownProduct` like `find` returns None."""
        ...

    def record(self, event: Event) -> None:
        """Take one OpenLineage event of the caller's own domain."""
        ...


class SourceReader(Protocol):
    """Read what an operational system handed over."""

    def read(self, where: str, columns: Sequence[Any], format: object) -> "SourceRows":
        """Return accepted rows, and the rejected ones with file, row, column and reason."""
        ...


class SourceRows(Protocol):
    """One delivery, read."""

    accepted: pl.LazyFrame
    rejected: pl.DataFrame
    rows_read: int
    content_hash: str
