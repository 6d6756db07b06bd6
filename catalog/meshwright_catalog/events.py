"""Take OpenLineage events: check who writes what, keep them, but for what they quote, and draw their edges."""

import json
from collections.abc import Mapping, Sequence
from typing import cast

from pydantic import ValidationError
from sqlalchemy import select

from meshwright.errors import ForeignDomain, InvalidEvent
from meshwright.ports import Event
from meshwright_catalog.database import next_sequence
from meshwright_catalog.datasets import add_name, dataset, give, is_logical, known, logical_product
from meshwright_catalog.faults import place, told, words
from meshwright_catalog.gate import Visit
from meshwright_catalog.history import job_of, note_run
from meshwright_catalog.models import DatasetRow, EventRow, JobRow
from meshwright_catalog.nesting import beyond
from meshwright_catalog.openlineage import Dataset, Identifier, Job, LineageEvent
from meshwright_catalog.owners import owner_of
from meshwright_catalog.projection import draw
from meshwright_catalog.quoted import without_literals

FINAL = "COMPLETE"


def parse(event: Event) -> LineageEvent:
    """Check an event; raise `InvalidEvent` that names the fields at fault, never their values."""
    if not isinstance(event, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance] - of a batch, anything comes
        raise InvalidEvent("it is no object; write {...}")
    if (deep := beyond(event)) is not None:
        fault = {"type": "recursion_depth_exceeded", "loc": deep}
        raise InvalidEvent(f"{place(fault)}: {words(fault)}")
    if not _is_text(event):
        raise InvalidEvent("it holds a null character or half of a character, which no database keeps")
    try:
        parsed = LineageEvent.model_validate(event)
    except ValidationError as problem:
        faults = told(problem.errors(include_input=False), most=5)
        raise InvalidEvent("; ".join(f"{where}: {what}" for where, what in faults)) from None
    if parsed.job is None and parsed.dataset is None:
        raise InvalidEvent("it has neither a job nor a dataset")
    if parsed.run is not None and parsed.job is None:
        raise InvalidEvent("job: a run belongs to a job")
    return parsed


def record(visit: Visit, event: Event) -> None:
    """Keep one event and draw its edges; raise `InvalidEvent` or, for another domain's job or data, `ForeignDomain`."""
    parsed, body = parse(event), _kept(event)
    session = visit.session
    job = _job(visit, parsed.job)
    for written in _written(parsed):
        _claim(visit, written)
    earlier = _same_run(visit, parsed) if parsed.run and _is_complete(visit, parsed) else []
    session.add(
        EventRow(
            sequence=next_sequence(session),
            received_at=visit.now,
            received_by=visit.principal.name,
            run_id=parsed.run_key,
            event_type=parsed.event_type,
            body=body,
        )
    )
    together = [*earlier, parsed]
    if parsed.run is not None:
        note_run(session, job, parsed)
    if parsed.run is None or any(e.event_type == FINAL for e in together):
        draw(session, together, job, visit.now)


def _written(event: LineageEvent) -> tuple[Dataset, ...]:
    return (*event.outputs, event.dataset) if event.dataset and not event.job else event.outputs


def _kept(event: Event) -> str:
    """Write an event as it came, but for what its statements quote."""
    try:
        return json.dumps(without_literals(event), separators=(",", ":"), default=str, allow_nan=False)
    except ValueError:
        raise InvalidEvent("it holds a number that JSON cannot write, such as NaN or 1e999") from None


def _is_complete(visit: Visit, event: LineageEvent) -> bool:
    """Tell whether a run may count now; until then nothing that was said of it before is read."""
    if event.event_type == FINAL:
        return True
    ended = (EventRow.run_id == event.run_key) & (EventRow.event_type == FINAL)
    return visit.session.scalars(select(EventRow.sequence).where(ended).limit(1)).first() is not None


def _same_run(visit: Visit, event: LineageEvent) -> list[LineageEvent]:
    """Give what the same caller said of the run before; another's event or job with its id has no part in it."""
    mine = (EventRow.run_id == event.run_key) & (EventRow.received_by == visit.principal.name)
    kept = visit.session.scalars(select(EventRow.body).where(mine).order_by(EventRow.sequence))
    return [e for e in map(LineageEvent.model_validate, map(json.loads, kept)) if e.job == event.job]


def _job(visit: Visit, job: Job | None) -> JobRow:
    """Find the caller's job, by the last part of its namespace or, outside of the mesh's own, the first of its name."""
    own = visit.principal.domain
    if job is None:
        return job_of(visit.session, "", "", "")
    of_namespace = job.namespace.rstrip("/").rpartition("/")[2]
    of_name, dot, _ = job.name.partition(".")
    named = (of_namespace,) if job.namespace.startswith("mesh://") else (of_namespace, of_name if dot else "")
    if not own or own not in named:
        raise ForeignDomain
    row = job_of(visit.session, job.namespace, job.name, own)
    if row.domain != own:
        raise ForeignDomain
    return row


def _claim(visit: Visit, written: Dataset) -> None:
    """Note a dataset that the caller writes, under all its names; another domain's is refused."""
    session = visit.session
    row = dataset(session, written.namespace, written.name)
    links = written.facets.symlinks.identifiers if written.facets.symlinks else ()
    named = [(link, known(session, link.namespace, link.name)) for link in links]
    owners = {_owner(visit, written, row), *(_owner(visit, link, found) for link, found in named)}
    if owners - {visit.principal.domain, None}:
        raise ForeignDomain
    products = {logical_product(link.namespace, link.name) for link in links} | {row.product}
    products |= {found.product for link, found in named if found and not is_logical(link.namespace)}
    if len(products - {None}) > 1:
        raise InvalidEvent("outputs: one dataset is named as two products")
    give(session, row, visit.principal.domain)
    row.product = row.product or next(iter(products - {None}), None)
    for link in links:
        if not is_logical(link.namespace):
            add_name(session, row, link.namespace, link.name)


def _owner(visit: Visit, name: Dataset | Identifier, found: DatasetRow | None) -> str | None:
    """Tell whose a dataset is: by right of its name, else of whoever wrote it first."""
    by_right = owner_of(name.namespace, name.name, visit.gate.policies().principals.domains)
    return by_right if by_right is not None or found is None else found.domain


def _is_text(value: object) -> bool:
    """Tell whether all that is written in an event is text: JSON may spell what is none."""
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= char <= "\udfff" for char in value)
    if isinstance(value, Mapping):
        return all(_is_text(key) and _is_text(inner) for key, inner in cast("Mapping[object, object]", value).items())
    return not isinstance(value, (list, tuple)) or all(map(_is_text, cast("Sequence[object]", value)))
