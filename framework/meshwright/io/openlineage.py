"""Where lineage events go: a journal, the catalog, and any receiver that openlineage-python can reach."""

import json
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from meshwright.errors import ForeignDomain, InvalidEvent
from meshwright.io.background import Background, side_by_side
from meshwright.io.outbox import Outbox, Refused
from meshwright.io.running import Running
from meshwright.io.secret_files import own_folder
from meshwright.io.transports import Send, Settings, opened
from meshwright.ports import Event

log = logging.getLogger(__name__)

Receiver = Callable[[], Mapping[str, Send]]
"""Opens what events are sent by: one way under an empty name, or several, each of which gets every event."""

CATALOG = "catalog"
TIMEOUT_SECONDS = 2.0
"""How long a receiver may be silent before it counts as away."""
_CONFIGURED_BY = ("OPENLINEAGE_URL", "OPENLINEAGE_CONFIG", "OPENLINEAGE__TRANSPORT")
_FILES = (Path("openlineage.yml"), Path("~/.openlineage/openlineage.yml"))
"""Where openlineage-python looks for its settings besides the variables."""


class EventRecorder:
    """Write every event to a journal, one JSON text a line, and deliver it to every receiver by way of an outbox.

    The catalog has it when `record` returns; others are sent it beside what the caller does next, and a process ends
    after that. Nothing here raises: a receiver out of reach is logged once and left alone for the life of this object.
    """

    def __init__(self, state: Path, receivers: Mapping[str, Receiver], env: str = "") -> None:
        self._state = state
        self._journal = state / "events.ndjson"
        self._running = Running(state / "running" / env)
        self._receivers = receivers
        self._folder = state / "outbox" / env
        self._outboxes: dict[str, Outbox] = {}
        self._open: dict[str, Mapping[str, Send]] = {}
        self._down: set[str] = set()
        self._background = Background()

    def record(self, event: Event) -> None:
        """Take one event; a run that started and is told no end of is `unended` once this process is gone."""
        state = event.get("eventType")
        if state == "START":
            self._attempt("journal", partial(self._begin, event))
        self._attempt("journal", partial(_append, self._journal, event))
        kept = [name for name in self._receivers if self._attempt(name, partial(self._outbox(name).put, event))]
        if state in ("COMPLETE", "FAIL", "ABORT"):
            self._attempt("journal", partial(self._running.end, event["run"]["runId"]))
        for name in kept:
            self._deliver(name)

    def _begin(self, event: Event) -> None:
        self._state.mkdir(mode=0o700, parents=True, exist_ok=True)  # first: folders above others get the usual mode
        self._running.begin(event)

    def unended(self) -> Iterator[Event]:
        """Give the START of each run whose process is gone without telling an end; each once, to one process."""
        yield from self._running.dead()

    def retry(self) -> None:
        """Try every receiver again with what waits for it."""
        self._down.clear()
        for name in self._receivers:
            self._deliver(name)

    def wait(self) -> None:
        """Wait until what was recorded is delivered, or its receiver found away."""
        self._background.wait()

    def waiting(self) -> Mapping[str, int]:
        """Count the undelivered events by receiver; of one with several ways also by way, as `receiver.way`.

        What waits for one that is not configured now is counted too, once it is some.
        """
        counts = {box: len(self._outbox(box).waiting()) for name in self._receivers for box in self._boxes(name)}
        others = (box for box in self._lying("*") if box not in counts)
        return counts | {box: n for box in others if (n := len(self._outbox(box).waiting()))}

    def refused(self) -> Mapping[str, int]:
        """Count, by receiver, the events that one will never take; they were put aside."""
        return {box: n for box in self._lying("*") if (n := self._outbox(box).refused())}

    def _boxes(self, name: str) -> list[str]:
        return [name, *self._lying(f"{name}.*")]

    def _lying(self, pattern: str) -> list[str]:
        """Name the outboxes that an earlier command, or this one, has put something into."""
        return sorted(folder.name for folder in self._folder.glob(pattern) if folder.is_dir())

    def _deliver(self, name: str) -> None:
        if not any(self._outbox(box).waiting() for box in self._boxes(name)):
            return
        if not self._reach(name):
            return
        if name == CATALOG:
            self._send_all(name)
        else:
            self._background.take(partial(self._send_all, name))

    def _send_all(self, name: str) -> None:
        """Send what waits; where there are several ways, by an outbox of each, so that none waits for another."""
        ways = self._open[name]
        if "" in ways:
            self._send(name, ways[""])
            return
        boxes = {f"{name}.{way}": send for way, send in ways.items()}
        self._send(name, partial(self._share, tuple(boxes)))
        side_by_side([partial(self._send, box, send) for box, send in boxes.items()])

    def _reach(self, name: str) -> bool:
        def open_it() -> None:
            self._open[name] = self._receivers[name]()

        return name in self._open or (name not in self._down and self._attempt(name, open_it))

    def _send(self, name: str, send: Send) -> None:
        if name not in self._down:
            self._attempt(name, partial(self._outbox(name).deliver, send, TIMEOUT_SECONDS))

    def _share(self, names: tuple[str, ...], event: Event) -> None:
        for name in names:
            self._outbox(name).put(event)

    def _outbox(self, name: str) -> Outbox:
        return self._outboxes.setdefault(name, Outbox(self._folder / name))

    def _attempt(self, name: str, step: Callable[[], None]) -> bool:
        try:
            step()
        except Exception as error:  # noqa: BLE001 - lineage must never fail a build, whatever is wrong with a receiver
            if name not in self._down:
                # The text of the error may hold an address with credentials.
                log.warning("lineage events for %s wait: %s", name, type(error).__name__)
            self._down.add(name)
            return False
        return True


def event_recorder(
    state: Path, catalog: Send | None = None, settings: Settings | None = None, *, env: str = ""
) -> EventRecorder:
    """Make the recorder of a workspace whose state lies in the folder `state`; what waits, waits for each `env`.

    `catalog` takes one event, as `Registry.record` does. `settings` is a transport of openlineage-python, such as
    `{"type": "http", "url": ...}`; the standard OPENLINEAGE_* variables and openlineage.yml add to it (keys belong
    there) or say alone where else events go. OPENLINEAGE_DISABLED=true leaves the journal and the catalog.
    """
    receivers: dict[str, Receiver] = {}
    if catalog is not None:
        ways = {"": partial(_to_catalog, catalog)}
        receivers[CATALOG] = lambda: ways
    disabled = os.environ.get("OPENLINEAGE_DISABLED", "").strip().lower() == "true"
    if not disabled and (settings or _configured()):
        receivers["openlineage"] = partial(opened, settings or {}, TIMEOUT_SECONDS)
    return EventRecorder(state, receivers, env)


def _configured() -> bool:
    named = any(name.startswith(_CONFIGURED_BY) for name in os.environ)
    return named or any(file.expanduser().is_file() for file in _FILES)


def _to_catalog(send: Send, event: Event) -> None:
    try:
        send(event)
    except (InvalidEvent, ForeignDomain) as error:
        raise Refused from error


def _append(file: Path, event: Event) -> None:
    own_folder(file.parent)
    # One write in append mode: lines of processes that run at once do not mix.
    handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, f"{json.dumps(event)}\n".encode())
    finally:
        os.close(handle)
