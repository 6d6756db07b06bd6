"""The files of a table's folder: on a local disk, or in an object store."""

import os
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from meshwright.errors import StorageFailed
from meshwright.io.secret_files import own_folder

_GROUP = 0o770
"""Mode of a table's folder, less what the umask takes: who builds for one lake may be several people of one group."""


class Files(Protocol):
    """What a store needs of the place where files lie."""

    def within(self, table: str, root: str) -> bool: ...
    def make_folder(self, table: str) -> None: ...
    def listing(self, table: str) -> Mapping[str, timedelta]: ...
    def missing(self, table: str, paths: Collection[str]) -> list[str]: ...
    def delete(self, table: str, paths: Sequence[str]) -> None: ...
    def sync(self, table: str, paths: Sequence[str]) -> None: ...
    def sync_log(self, table: str) -> None: ...


class LocalFiles:
    """Files on a disk of this machine."""

    def within(self, table: str, root: str) -> bool:
        """Compare real paths, so that neither `..` nor a symbolic link leads out."""
        real = Path(table).resolve()
        return real.is_relative_to(Path(root).resolve()) and real != Path(root).resolve()

    def make_folder(self, table: str) -> None:
        """Make the table's folder and those above it, closed to all but their owner and its group."""
        try:
            own_folder(Path(table), _GROUP)
        except OSError as error:
            raise StorageFailed(table, error.strerror or type(error).__name__) from None

    def listing(self, table: str) -> Mapping[str, timedelta]:
        """List Parquet files with the time since their last change; links are not followed.

        What another build deletes meanwhile is not there.
        """
        now = datetime.now(UTC)
        found: dict[str, timedelta] = {}
        for folder, folders, names in os.walk(table):
            folders[:] = [f for f in folders if f != "_delta_log"]
            for name in names:
                path = Path(folder) / name
                if not name.endswith(".parquet"):
                    continue
                with suppress(FileNotFoundError):
                    changed = datetime.fromtimestamp(path.lstat().st_mtime, UTC)
                    found[path.relative_to(table).as_posix()] = now - changed
        return found

    def missing(self, table: str, paths: Collection[str]) -> list[str]:
        """Name those files that are not there."""
        return [path for path in paths if not (Path(table) / path).is_file()]

    def delete(self, table: str, paths: Sequence[str]) -> None:
        """Delete files, and the folders of partitions that are empty then."""
        for each in paths:
            path = Path(table) / each
            path.unlink(missing_ok=True)
            for folder in path.parents:
                if folder == Path(table):
                    break
                with suppress(OSError):
                    folder.rmdir()

    def sync(self, table: str, paths: Sequence[str]) -> None:
        """Flush files, then every folder on the way to them, up to the root's."""
        files = [Path(table) / each for each in paths]
        folders = {parent for f in files for parent in f.parents if parent.is_relative_to(table)} | {Path(table).parent}
        self.make_folder(table)
        try:
            for path in (*files, *sorted(folders, reverse=True)):
                _flush(path)
        except OSError as error:
            raise StorageFailed(table, error.strerror or type(error).__name__) from None

    def sync_log(self, table: str) -> None:
        """Flush the newest entry of the log and its folder."""
        log = Path(table) / "_delta_log"
        newest = max((p for p in log.glob("*.json")), default=log)
        for path in (newest, log, Path(table)):
            _flush(path)


class RemoteFiles:
    """Objects behind an address; the store answers a put only when it is kept, so there is nothing to flush."""

    def __init__(self, options: Mapping[str, str]) -> None:
        self._options = dict(options)

    def within(self, table: str, root: str) -> bool:
        """Compare addresses; object stores know neither `..` nor links."""
        return table.startswith(f"{root}/") and ".." not in table.split("/")

    def make_folder(self, table: str) -> None:
        """Do nothing: objects need no folder."""

    def listing(self, table: str) -> Mapping[str, timedelta]:
        """List Parquet objects with the time since their last change."""
        selector = import_module("pyarrow.fs").FileSelector
        entries = self._open(table).get_file_info(selector("", allow_not_found=True, recursive=True))
        now = datetime.now(UTC)
        ages = {e.path.lstrip("/"): now - e.mtime for e in entries if e.path.endswith(".parquet")}
        return {path: age for path, age in ages.items() if not path.startswith("_delta_log/")}

    def missing(self, table: str, paths: Collection[str]) -> list[str]:
        """Name none: asking for each object costs a request."""
        return []

    def delete(self, table: str, paths: Sequence[str]) -> None:
        """Delete objects."""
        files = self._open(table)
        for each in paths:
            with suppress(FileNotFoundError):
                files.delete_file(each)

    def sync(self, table: str, paths: Sequence[str]) -> None:
        """Do nothing: an object that was put is kept."""

    def sync_log(self, table: str) -> None:
        """Do nothing: as `sync`."""

    def _open(self, table: str) -> Any:
        from deltalake.fs import DeltaStorageHandler

        return import_module("pyarrow.fs").PyFileSystem(DeltaStorageHandler(table, self._options))


def _flush(path: Path) -> None:
    if os.name == "nt" and path.is_dir():  # Windows opens no folders
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
