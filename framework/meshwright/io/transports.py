"""The ways that openlineage-python's configuration names, each as a function that sends one event."""

import copy
import logging
import os
import re
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from meshwright.io.outbox import Refused
from meshwright.ports import Event

Send = Callable[[Event], None]
Settings = Mapping[str, Any]

_NOT_NOW = frozenset({401, 403, 404, 408, 425, 429})
"""Answers that say something of the receiver or the credentials, not of the event."""


def opened(settings: Settings, seconds: float) -> Mapping[str, Send]:
    """Open the transport of `settings`, of OPENLINEAGE_* variables and of openlineage.yml, as the client adds them up.

    One way has no name. The members of a `composite` that all get every event are ways of their own, by their names,
    so that one which is away holds up no other. Each sends within `seconds`, and raises `Refused` when the receiver
    says that the event is wrong.
    """
    client = _client(settings)
    for each in _inside(client.transport):
        _hurry(each, seconds)
    members = dict(_members(client.transport, ""))
    if len(members) == 1:
        return {"": _sender(client, client.transport, seconds)}
    return {name: _sender(client, each, seconds) for name, each in members.items()}


def _sender(client: Any, transport: Any, seconds: float) -> Send:
    return partial(_send, _ways(client, transport), seconds + 0.5)


def _ways(client: Any, transport: Any) -> list[Any]:
    """Give a client for each transport that is tried until one takes the event; only a composite has several."""
    each = [transport]
    if _is_composite(transport):
        each = transport.transports if transport.config.continue_on_failure else transport.transports[:1]
    found = [copy.copy(client) for _ in each]
    for one, way in zip(found, each, strict=True):
        one.transport = way
    return found


def _send(ways: Sequence[Any], seconds: float, event: Event) -> None:
    """Send by the first way that takes it; `Refused` only when no other might have taken it."""
    said: Exception = Refused()
    for client in ways:
        try:
            _within(seconds, partial(_emit, client, event))
        except Refused:
            continue
        except Exception as error:  # noqa: BLE001 - the next way may be better, and the last one's error is told
            said = error
        else:
            return
    raise said


def _within(seconds: float, step: Callable[[], None]) -> None:
    """Take a step, and leave it alone when it takes longer: looking up a name or a broker may hang for minutes."""
    outcome: list[BaseException | None] = []

    def run() -> None:
        try:
            step()
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
            outcome.append(error)
        else:
            outcome.append(None)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if not outcome:
        raise TimeoutError
    if outcome[0] is not None:
        raise outcome[0]


def _emit(client: Any, event: Event) -> None:
    from requests import HTTPError

    try:
        client.emit(_as_the_clients(event))
    except HTTPError as error:
        status = 0 if error.response is None else error.response.status_code
        if 400 <= status < 500 and status not in _NOT_NOW:
            raise Refused from error
        raise


def _client(settings: Settings) -> Any:
    from openlineage.client import OpenLineageClient

    before = set(os.environ)
    config = {"transport": copy.deepcopy(dict(settings))} if settings else None
    try:
        with _sent_at_once():
            return OpenLineageClient(config=config)
    finally:
        for name in set(os.environ) - before:  # the client spells OPENLINEAGE_URL out into further variables
            del os.environ[name]


@contextmanager
def _sent_at_once() -> Generator[None]:
    """Let `async_http` mean `http` while transports are made: a queue in memory loses at exit what the outbox keeps."""
    from openlineage.client.transport import get_default_factory
    from openlineage.client.transport.http import HttpTransport

    factory: Any = get_default_factory()
    before = factory.transports["async_http"]
    factory.register_transport("async_http", HttpTransport)
    try:
        yield
    finally:
        factory.register_transport("async_http", before)


def _members(transport: Any, above: str) -> Iterator[tuple[str, Any]]:
    """Name the transports that each get every event."""
    if not (_is_composite(transport) and transport.config.continue_on_success):
        yield above, transport
        return
    for number, each in enumerate(transport.transports):
        name = re.sub(r"[^A-Za-z0-9_-]+", "-", str(each.name or f"{each.kind}-{number}"))
        yield from _members(each, f"{above}.{name}" if above else name)


def _is_composite(transport: Any) -> bool:
    from openlineage.client.transport.composite import CompositeTransport

    return isinstance(transport, CompositeTransport)


def _inside(transport: Any) -> Iterator[Any]:
    """List a transport and those inside it."""
    yield transport
    for inner in (*getattr(transport, "transports", ()), getattr(transport, "transport", None)):
        if inner is not None:
            yield from _inside(inner)


def _hurry(transport: Any, seconds: float) -> None:
    """Make a transport give up soon, never retry by itself and hide no failure: the outbox tries again, later."""
    from openlineage.client.transport.console import ConsoleTransport
    from openlineage.client.transport.http import HttpTransport

    if isinstance(transport, HttpTransport):
        transport.timeout = min(transport.timeout, seconds)
        transport.config.retry = {"total": 0}
    elif _is_composite(transport) and transport.config.continue_on_success:
        transport.config.continue_on_failure = False
    elif isinstance(transport, ConsoleTransport):
        _heard(logging.getLogger(type(transport).__module__))


def _heard(logger: logging.Logger) -> None:
    """Let a logger reach standard error where nobody set up logging: that is the console it speaks of."""
    logger.setLevel(logging.INFO)
    if not logger.hasHandlers():
        logger.addHandler(logging.StreamHandler())


def _as_the_clients(event: Event) -> Any:
    from openlineage.client.event_v2 import InputDataset, Job, JobEvent, OutputDataset, Run, RunEvent, RunState

    job = event["job"]
    common: dict[str, Any] = {
        "eventTime": event["eventTime"],
        "producer": event["producer"],
        "job": Job(job["namespace"], job["name"], _facets(job["facets"], event)),
        "inputs": [
            InputDataset(d["namespace"], d["name"], d["inputFacets"], facets=d["facets"]) for d in event["inputs"]
        ],
        "outputs": [
            OutputDataset(d["namespace"], d["name"], d["outputFacets"], facets=d["facets"]) for d in event["outputs"]
        ],
    }
    if "run" not in event:
        return JobEvent(**common)
    run = Run(event["run"]["runId"], _facets(event["run"]["facets"], event, of_run=True))
    return RunEvent(**common, eventType=RunState(event["eventType"]), run=run)


def _facets(facets: Mapping[str, Any], event: Event, *, of_run: bool = False) -> dict[str, Any]:
    """Hand the client the tags as its own class: it adds to them."""
    from openlineage.client.facet_v2 import tags_job, tags_run

    if "tags" not in facets:
        return dict(facets)
    whole: Any = tags_run.TagsRunFacet if of_run else tags_job.TagsJobFacet
    each: Any = tags_run.TagsRunFacetFields if of_run else tags_job.TagsJobFacetFields
    tags = [each(**tag) for tag in facets["tags"]["tags"]]
    return {**facets, "tags": whole(tags=tags, producer=event["producer"])}
