"""A folder of events that wait for their receiver."""

import itertools
import json
import logging
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from meshwright.io.secret_files import own_folder
from meshwright.ports import Event

log = logging.getLogger(__name__)


class Refused(Exception):
    """A receiver that will never take this event."""


class Outbox:
    """Keep events as files, oldest first, until they are delivered: at least once, and in order.

    An event that the receiver refuses for good is put aside in `refused/`, so that it holds up no other.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = itertools.count()
        self._told = False

    def put(self, event: Event) -> None:
        """Add an event; the file is whole or not there at all."""
        own_folder(self._folder)
        name = f"{time.time_ns():020d}-{os.getpid():08d}-{next(self._count):06d}"
        part = self._folder / f"{name}.part"
        part.write_text(json.dumps(event), encoding="utf-8")
        part.replace(self._folder / f"{name}.json")

    def waiting(self) -> tuple[Path, ...]:
        """List the events that wait, oldest first."""
        return tuple(sorted(self._folder.glob("*.json")))

    def deliver(self, send: Callable[[Mapping[str, Any]], None], seconds: float) -> None:
        """Send what waits, and stop at the first event that cannot be delivered now or when the time is over.

        `send` raises `Refused` for an event that would never be taken, anything else for a receiver out of reach.
        """
        end = time.monotonic() + seconds
        for file in self.waiting():
            if time.monotonic() > end:
                return
            try:
                send(json.loads(file.read_text(encoding="utf-8")))
            except FileNotFoundError:  # another process was faster
                continue
            except (Refused, json.JSONDecodeError):
                self._put_aside(file)
                continue
            file.unlink(missing_ok=True)

    def _put_aside(self, file: Path) -> None:
        aside = self._folder / "refused"
        aside.mkdir(mode=0o700, exist_ok=True)
        file.replace(aside / file.name)
        if not self._told:  # of a receiver that takes none, there would be a line for each
            log.warning("lineage events for %s that it will never take are put aside in %s", self._folder.name, aside)
            self._told = True

    def refused(self) -> int:
        """Count the events that were put aside."""
        return sum(1 for _ in (self._folder / "refused").glob("*.json"))
