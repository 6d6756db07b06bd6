"""What the core asks of the world: small protocols that io and engines fit by their shape."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import polars as pl

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
    """Know what every domain publishes."""

    def register(self, registration: Registration) -> None:
        """Add or replace one product's entry."""
        ...

    def find(self, product: str) -> Registration | None:
        """Return a product's entry, or None when the caller may not discover it or nobody registered it."""
        ...

    def products(self) -> Sequence[Registration]:
        """List every entry the caller may discover, by id."""
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
