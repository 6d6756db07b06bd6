"""Where lineage events go: a journal, the catalog, and any receiver that openlineage-python can reach."""

import json
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from meshwright.errors import ForeignDomain, InvalidEvent
from meshwright.io.outbox import Outbox, Refused
from meshwright.ports import Event

log = logging.getLogger(__name__)

Send = Callable[[Event], None]
Settings = Mapping[str, Any]

TIMEOUT_SECONDS = 2.0
"""How long one receiver may keep a command waiting."""
_CONFIGURED_BY = ("OPENLINEAGE_URL", "OPENLINEAGE_CONFIG", "OPENLINEAGE__TRANSPORT")
_NOT_NOW = frozenset({401, 403, 404, 408, 425, 429})
"""Answers that say something of the receiver or the credentials, not of the event."""


class EventRecorder:
    """Write every event to a journal, one JSON text a line, and deliver it to every receiver by way of an outbox.

    Nothing here raises: a receiver out of reach is logged once and left alone for the life of this object.
    """

    def __init__(self, state: Path, receivers: Mapping[str, Send], outbox: Path) -> None:
        self._journal = state / "events.ndjson"
        self._receivers = receivers
        self._outboxes = {name: Outbox(outbox / name) for name in receivers}
        self._down: set[str] = set()

    def record(self, event: Event) -> None:
        """Take one event."""
        self._attempt("journal", partial(_append, self._journal, event))
        for name, outbox in self._outboxes.items():
            if self._attempt(name, partial(outbox.put, event)):
                self._deliver(name)

    def deliver(self) -> Mapping[str, int]:
        """Try every receiver again with what waits for it; return how many events still wait, by receiver."""
        self._down.clear()
        for name in self._receivers:
            self._deliver(name)
        return self.waiting()

    def waiting(self) -> Mapping[str, int]:
        """Count the undelivered events by receiver."""
        return {name: len(outbox.waiting()) for name, outbox in self._outboxes.items()}

    def _deliver(self, name: str) -> None:
        if name not in self._down:
            self._attempt(name, partial(self._outboxes[name].deliver, self._receivers[name], TIMEOUT_SECONDS))

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
    `{"type": "http", "url": ...}`; the standard OPENLINEAGE_* variables add to it (keys belong there) or say alone
    where else events go. OPENLINEAGE_DISABLED=true leaves the journal and the catalog.
    """
    receivers: dict[str, Send] = {}
    if catalog is not None:
        receivers["catalog"] = partial(_to_catalog, catalog)
    disabled = os.environ.get("OPENLINEAGE_DISABLED", "").strip().lower() == "true"
    if not disabled and (settings or any(name.startswith(_CONFIGURED_BY) for name in os.environ)):
        receivers["openlineage"] = OpenLineage(settings or {})
    return EventRecorder(state, receivers, state / "outbox" / env)


def _to_catalog(send: Send, event: Event) -> None:
    try:
        send(event)
    except (InvalidEvent, ForeignDomain) as error:
        raise Refused from error


class OpenLineage:
    """Send events through openlineage-python, which is loaded with the first of them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: Any = None

    def __call__(self, event: Event) -> None:
        """Send one event; raise `Refused` when the receiver says that it is wrong."""
        from requests import HTTPError

        if self._client is None:
            self._client = _client(self._settings)
        try:
            self._client.emit(_run_event(event))
        except HTTPError as error:
            status = 0 if error.response is None else error.response.status_code
            if 400 <= status < 500 and status not in _NOT_NOW:
                raise Refused from error
            raise


def _client(settings: Settings) -> Any:
    from openlineage.client import OpenLineageClient

    before = set(os.environ)
    # A queue in memory would lose at exit what the outbox keeps.
    asynchronous = "async_http" in (settings.get("type"), os.environ.get("OPENLINEAGE__TRANSPORT__TYPE"))
    transport = {**settings, **({"type": "http"} if asynchronous else {})}
    try:
        client = OpenLineageClient(config={"transport": transport} if transport else None)
    finally:
        for name in set(os.environ) - before:  # the client spells OPENLINEAGE_URL out into further variables
            del os.environ[name]
    for each in _transports(client.transport):
        _hurry(each)
    return client


def _transports(transport: Any) -> Iterator[Any]:
    """List a transport and those inside it."""
    yield transport
    for inner in (*getattr(transport, "transports", ()), getattr(transport, "transport", None)):
        if inner is not None:
            yield from _transports(inner)


def _hurry(transport: Any) -> None:
    """Make an HTTP transport give up soon and never retry by itself: the outbox does, later."""
    from openlineage.client.transport.http import HttpTransport

    if isinstance(transport, HttpTransport):
        transport.timeout = min(transport.timeout, TIMEOUT_SECONDS)
        transport.config.retry = {"total": 0}


def _run_event(event: Event) -> Any:
    from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState

    run, job = event["run"], event["job"]
    return RunEvent(
        eventType=RunState(event["eventType"]),
        eventTime=event["eventTime"],
        producer=event["producer"],
        run=Run(run["runId"], dict(run["facets"])),
        job=Job(job["namespace"], job["name"], dict(job["facets"])),
        inputs=[InputDataset(d["namespace"], d["name"], d["inputFacets"], facets=d["facets"]) for d in event["inputs"]],
        outputs=[
            OutputDataset(d["namespace"], d["name"], d["outputFacets"], facets=d["facets"]) for d in event["outputs"]
        ],
    )


def _append(file: Path, event: Event) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # One write in append mode: lines of processes that run at once do not mix.
    handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, f"{json.dumps(event)}\n".encode())
    finally:
        os.close(handle)
