"""The store: addresses below one root, versions, stamps and commits."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote

import polars as pl
from deltalake import DeltaTable

from meshwright.errors import TableConflict, UnreadableTable, UnsafePlace
from meshwright.io.delta.addresses import speakable
from meshwright.io.delta.evolve import entry_of
from meshwright.io.delta.files import Files, LocalFiles, RemoteFiles
from meshwright.io.delta.log import open_table, write_commit
from meshwright.io.delta.snapshot import DeltaSnapshot
from meshwright.names import product_id
from meshwright.tables import Commit

STAMP = "meshwright."


class DeltaStore:
    """Keep Delta tables below `root`, a folder or an address of an object store that `storage_options` open."""

    def __init__(self, root: str, storage_options: Mapping[str, str] | None = None) -> None:
        self.root = speakable(root.rstrip("/"))
        self._options = dict(storage_options or {})
        self._files: Files = RemoteFiles(self._options) if "://" in root else LocalFiles()

    def place(self, product: str, major: int, *, rejected: bool = False) -> str:
        """Compose the table's address from `domain.product` and the contract's major version."""
        domain, name = product_id(product)
        return f"{self.root}/{domain}/{name}{'__rejected' if rejected else ''}/v{int(major)}"

    def version(self, table: str) -> int | None:
        """Return the live version, or None when there is no table."""
        found = self._open(table)
        return None if found is None else int(found.version())

    def stamp(self, table: str, version: int | None = None) -> Mapping[str, str]:
        """Return what the build that made a version wrote beside it."""
        live = self._open(table)
        return {} if live is None else _stamp(entry_of(live, version))

    def published(self, table: str) -> int | None:
        """Return the newest version that a build of ours made; None when the log tells of none."""
        live = self._open(table)
        if live is None or _stamp(entry_of(live)):
            return None if live is None else int(live.version())
        return next((int(entry["version"]) for entry in live.history() if _stamp(entry)), None)

    def history(self, table: str) -> list[dict[str, Any]]:
        """List versions, newest first: number, time in milliseconds and stamp; never what a predicate was."""
        found = self._open(table)
        entries = [] if found is None else found.history()
        return [{"version": e["version"], "timestamp": e["timestamp"], **_stamp(e)} for e in entries]

    def scan(self, table: str, version: int | None = None) -> pl.LazyFrame:
        """Read a version lazily, skipping files by their statistics."""
        found = self._open(table, version)
        if found is None:
            raise UnreadableTable(table, "there is no table")
        return pl.scan_delta(found, storage_options=self._options or None)

    def snapshot(self, table: str, version: int | None = None) -> DeltaSnapshot | None:
        """Open a version, or the live one, to be read in batches; None when there is no table."""
        live = self._open(table)
        if live is None:
            return None
        opened = live if version is None else self._open(table, version)
        if opened is None:
            return None
        stamp = _stamp(entry_of(live, version))
        return DeltaSnapshot(
            table, int(opened.version()), stamp, pl.Schema(opened.schema().to_arrow()), opened, self._options
        )

    def version_at(self, table: str, moment: datetime) -> int | None:
        """Return the newest version that was committed by a moment; None when the log tells of none that early."""
        found = sorted(self.history(table), key=lambda entry: int(entry["version"]))
        asked, at = moment.timestamp() * 1000, 0.0
        version = None
        for entry in found:
            at = max(at, float(entry["timestamp"]))  # a writer's clock may go back, versions do not
            if at <= asked:
                version = int(entry["version"])
        return version

    def make_place(self, table: str) -> None:
        """Make the folder of a table that is about to be written; others than its owner and group do not enter it."""
        self._check(table)
        self._files.make_folder(table)

    def commit(self, table: str, commit: Commit) -> int:
        """Add a version when the live one is still `commit.base`; a put whose answer got lost counts if it is there."""
        self.make_place(table)
        stamped = {STAMP + key: value for key, value in commit.stamp.items()}
        version = write_commit(table, commit, stamped, self._options)
        if version is None:
            version = self._version_of(table, commit.stamp["run_id"])
        if version is None:
            raise TableConflict(table, commit.base, self.version(table))
        self._files.sync_log(table)
        return version

    def held(self, table: str, run_ids: Collection[str]) -> frozenset[str]:
        """Return those runs that the log holds: their transaction marks outlive checkpoints and cleaning."""
        found = self._open(table)
        return frozenset(r for r in run_ids if found is not None and found.transaction_version(r) is not None)

    def live_files(self, table: str, version: int | None = None) -> frozenset[str]:
        """List the paths below the table that make up a version."""
        found = self._open(table, version)
        if found is None:
            return frozenset()
        return _paths(found)

    def missing_files(self, table: str, version: int | None = None) -> list[str]:
        """Name those files of a version that are not there; of an object store none, it is not asked."""
        return self._files.missing(table, self.live_files(table, version))

    def found_files(self, table: str) -> Mapping[str, timedelta]:
        """List the Parquet files in the table's folder, outside of its log, with the time since their last change."""
        self._check(table)
        return self._files.listing(table)

    def delete_files(self, table: str, paths: Sequence[str]) -> None:
        """Delete files of the table's folder and folders that this empties."""
        self._check(table)
        for path in paths:
            if not self._files.within(f"{table}/{path}", table):
                raise UnsafePlace(f"{table}/{path}", table)
        self._files.delete(table, paths)

    def sync(self, table: str, paths: Sequence[str]) -> None:
        """Make files and their folders outlast a power cut, on a local disk."""
        self._check(table)
        self._files.sync(table, paths)

    def _open(self, table: str, version: int | None = None) -> DeltaTable | None:
        self._check(table)
        return open_table(table, version, self._options)

    def _version_of(self, table: str, run_id: str) -> int | None:
        if run_id not in self.held(table, [run_id]):
            return None
        return next((int(e["version"]) for e in self.history(table) if e.get("run_id") == run_id), None)

    def _check(self, table: str) -> None:
        """Refuse an address outside of the root, also one that gets there by `..` or by a symbolic link."""
        if not self._files.within(table, self.root):
            raise UnsafePlace(table, self.root)


def _paths(found: DeltaTable) -> frozenset[str]:
    return frozenset(unquote(path) for path in pl.DataFrame(found.get_add_actions())["path"].to_list())


def _stamp(entry: Mapping[str, Any]) -> dict[str, str]:
    return {key.removeprefix(STAMP): str(value) for key, value in entry.items() if key.startswith(STAMP)}
