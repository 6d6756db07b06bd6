"""Take OpenLineage events: check who writes what, keep them as they came, and draw their edges."""

import json
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select

from meshwright.errors import ForeignDomain, InvalidEvent
from meshwright.ports import Event
from meshwright_catalog.database import next_sequence
from meshwright_catalog.datasets import dataset, logical_product
from meshwright_catalog.gate import Visit
from meshwright_catalog.models import DatasetRow, EventRow
from meshwright_catalog.openlineage import Dataset, Job, LineageEvent
from meshwright_catalog.projection import draw

FINAL = "COMPLETE"


def parse(event: Event) -> LineageEvent:
    """Check an event; raise `InvalidEvent` that names the fields at fault, never their values."""
    try:
        parsed = LineageEvent.model_validate(event)
    except ValidationError as problem:
        raise InvalidEvent("; ".join(_fault(e) for e in problem.errors(include_input=False)[:5])) from None
    if parsed.job is None and parsed.dataset is None:
        raise InvalidEvent("it has neither a job nor a dataset")
    if parsed.run is not None and parsed.job is None:
        raise InvalidEvent("job: a run belongs to a job")
    return parsed


def record(visit: Visit, event: Event) -> None:
    """Keep one event and draw its edges; raise `InvalidEvent` or, for another domain's job or data, `ForeignDomain`."""
    parsed = parse(event)
    session = visit.session
    if parsed.job is not None:
        _check_job(visit, parsed.job)
    for written in _written(parsed):
        _claim(visit, written)
    earlier = _same_run(visit, parsed) if parsed.run else []
    session.add(
        EventRow(
            sequence=next_sequence(session),
            received_at=visit.now,
            received_by=visit.principal.name,
            run_id=parsed.run_key,
            event_type=parsed.event_type,
            body=json.dumps(event, separators=(",", ":"), default=str),
        )
    )
    together = [*earlier, parsed]
    if parsed.run is None or any(e.event_type == FINAL for e in together):
        draw(session, together)


def _written(event: LineageEvent) -> tuple[Dataset, ...]:
    return (*event.outputs, event.dataset) if event.dataset and not event.job else event.outputs


def _same_run(visit: Visit, event: LineageEvent) -> list[LineageEvent]:
    """Give what the same caller said of the run before; another's event or job with its id has no part in it."""
    mine = (EventRow.run_id == event.run_key) & (EventRow.received_by == visit.principal.name)
    kept = visit.session.scalars(select(EventRow.body).where(mine).order_by(EventRow.sequence))
    return [e for e in map(LineageEvent.model_validate_json, kept) if e.job == event.job]


def _check_job(visit: Visit, job: Job) -> None:
    """A job belongs to a domain by the last part of its namespace, or by the first part of its name."""
    own = visit.principal.domain
    of_namespace = job.namespace.rstrip("/").rpartition("/")[2]
    of_name, dot, _ = job.name.partition(".")
    if not own or own not in (of_namespace, of_name if dot else ""):
        raise ForeignDomain


def _claim(visit: Visit, written: Dataset) -> DatasetRow:
    """Note a dataset that the caller writes; another domain's is refused."""
    own = visit.principal.domain
    row = dataset(visit.session, written.namespace, written.name)
    symlinks = written.facets.symlinks.identifiers if written.facets.symlinks else ()
    products = {p for p in (logical_product(s.namespace, s.name) for s in symlinks) if p}
    domains = {row.domain, *(p.partition(".")[0] for p in products)} - {None}
    if domains - {own}:
        raise ForeignDomain
    if len(products) > 1 or (row.product and products - {row.product}):
        raise InvalidEvent("outputs: one dataset is named as two products")
    row.domain = own
    row.product = row.product or next(iter(products), None)
    return row


def _fault(error: Any) -> str:
    where = ".".join(str(part)[:60] for part in error["loc"])
    return f"{where}: is missing" if error["type"] == "missing" else f"{where}: is not valid ({error['type']})"
