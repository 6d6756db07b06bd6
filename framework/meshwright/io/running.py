"""Runs that began and did not end yet: a file and a lock each, so that what died is known by its free lock."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from meshwright.io.secret_files import own_folder
from meshwright.ports import Event

if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Running:
    """Keep the START of every run that goes on. The system frees the lock of a process that ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[str, int] = {}

    def begin(self, event: Event) -> None:
        """Note that a run of this process goes on."""
        own_folder(self._folder)
        run = str(event["run"]["runId"])
        handle = _locked(self._lock(run))  # before the file: nobody takes a run that begins for one that died
        if handle is None:
            return
        self._held[run] = handle
        part = self._file(run).with_suffix(".part")
        part.write_text(json.dumps(event), encoding="utf-8")
        part.replace(self._file(run))

    def end(self, run: str) -> None:
        """Note that a run ended."""
        handle = self._held.pop(run, None)
        if handle is not None:
            self._forget(run, handle)

    def dead(self) -> Iterator[dict[str, Any]]:
        """Give the START of each run whose process is gone; it is forgotten when the caller comes back for the next.

        While it is told of, its lock is held: of several processes one tells it.
        """
        for file in sorted(self._folder.glob("*.json")):
            handle = _locked(self._lock(file.stem))
            if handle is None:
                continue
            told = False
            try:
                if file.exists():
                    yield json.loads(file.read_text(encoding="utf-8"))
                told = True
            finally:
                if told:
                    self._forget(file.stem, handle)
                else:
                    os.close(handle)

    def _file(self, run: str) -> Path:
        return self._folder / f"{run}.json"

    def _lock(self, run: str) -> Path:
        return self._folder / f"{run}.lock"

    def _forget(self, run: str, handle: int) -> None:
        self._file(run).unlink(missing_ok=True)
        os.close(handle)
        self._lock(run).unlink(missing_ok=True)


def _locked(file: Path) -> int | None:
    """Open a file and take its lock; None when another process holds it."""
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(handle)
    except OSError:
        os.close(handle)
        return None
    return handle
