"""Where tables may lie, and the version of one that a read is about."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from meshwright.errors import (
    ForeignCommit,
    MissingFiles,
    QueryRejected,
    UnknownProduct,
    UnknownVersion,
    UnreadableTable,
    UnsafePlace,
)
from meshwright.io.delta import DeltaSnapshot, DeltaStore
from meshwright.names import governed_by
from meshwright.query import ReadRequest
from meshwright.registry import Entry
from meshwright_catalog.gateway.rejects import rejects

SKEW = timedelta(minutes=5)
"""How far a client's clock may be ahead of ours."""


@dataclass(frozen=True)
class Lake:
    """The roots that tables are read from, a store each; anything that was registered elsewhere is refused."""

    stores: tuple[DeltaStore, ...]

    def open(self, entry: Entry, request: ReadRequest, now: datetime) -> DeltaSnapshot:
        """Open the version of a product's table that is asked for, with all its files there.

        Raises `ForeignCommit`, `UnsafePlace`, `UnknownVersion`, `UnreadableTable` or `MissingFiles`, and
        `QueryRejected` for a time to come.
        """
        table, store = entry.table, self._store(entry)
        if entry.spec.id != governed_by(entry.spec.id):
            return _rejected(store, entry, request)
        version = request.version
        if request.as_of is not None:
            if request.as_of > now + SKEW:
                raise QueryRejected(entry.spec.id, "as_of lies in the future")
            version = store.version_at(table, request.as_of)
        live = store.snapshot(table)
        if live is None:
            raise UnreadableTable(table, "there is no table")
        if request.as_of is not None and version is None:
            raise UnknownVersion(table, -1, live.version)
        if version is None or version == live.version:
            _require_stamp(live)
            live.files()
            return live
        found = store.snapshot(table, version)
        try:
            if found is not None:
                _require_stamp(found)
                found.files()
                return found
        except MissingFiles:
            pass
        raise UnknownVersion(table, version, live.version)

    def _store(self, entry: Entry) -> DeltaStore:
        """Find the root below which the table lies exactly where the product's own must.

        Paths are compared as they really are: neither `..` nor a link leads to another product, or out of the root.
        """
        for store in self.stores:
            place = store.place(governed_by(entry.spec.id), entry.spec.major)
            if "://" in store.root:
                if entry.table == place:
                    return store
            elif "://" not in entry.table and Path(entry.table).is_absolute():
                below = Path(place).relative_to(store.root)
                if Path(entry.table).resolve() == Path(store.root).resolve() / below:
                    return store
        raise UnsafePlace(entry.spec.id, "the roots of this catalog")


def _rejected(store: DeltaStore, entry: Entry, request: ReadRequest) -> DeltaSnapshot:
    """Open a product's rejected rows as they stand."""
    if request.version is not None or request.as_of is not None:
        raise QueryRejected(entry.spec.id, "rejected rows have no versions, they are read as they stand")
    found = rejects(store, entry)
    if found is None:
        raise UnknownProduct(entry.spec.id, ())
    _require_stamp(found)
    found.files()
    return found


def _require_stamp(found: DeltaSnapshot) -> None:
    """Refuse what no build made: nobody tested its rows, or said what its columns hold.

    The last build's rows in their place could bring back what was deleted.
    """
    if not found.stamp:
        raise ForeignCommit(found.table, found.version)
