"""The events of the run that builds asked for at once are part of."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from meshwright.events.facets import EVENT, Facet, moment
from meshwright.events.facts import ParentFacts, TogetherFacts, producer
from meshwright.events.jobs import engine, job_type, owned, surroundings
from meshwright.events.naming import job_name
from meshwright.events.run import error_facet
from meshwright.ports import Event

State = Literal["START", "COMPLETE", "FAIL", "ABORT"]


def as_parent(run: TogetherFacts) -> ParentFacts:
    """Name the run as the parent of the builds within it; what started it all is what started it."""
    root = run.parent.root or run.parent if run.parent else None
    return ParentFacts(job=job_name(run.mesh, run.domain, "build"), run_id=run.run_id, root=root)


def began(run: TogetherFacts) -> Event:
    """Say that several builds were asked for at once."""
    return _event(run, "START", run.started_at, {})


def ended(run: TogetherFacts, at: datetime, failed: Sequence[str] = ()) -> Event:
    """Say that all is built, or which products are not."""
    if not failed:
        return _event(run, "COMPLETE", at, {})
    said = error_facet(producer(run.versions), f"not built: {', '.join(failed)}")
    return _event(run, "FAIL", at, {"errorMessage": said})


def stopped(run: TogetherFacts, at: datetime) -> Event:
    """Say that it was stopped from outside before its end."""
    return _event(run, "ABORT", at, {"errorMessage": error_facet(producer(run.versions), "stopped from outside")})


def _event(run: TogetherFacts, state: State, at: datetime, said: dict[str, Facet]) -> Event:
    who = producer(run.versions)
    about = owned(who, "", f"Builds of products of the domain {run.domain} that were asked for at once.")
    around = surroundings(who, run.env, run.nominal_at, run.parent)
    job = job_name(run.mesh, run.domain, "build")
    return {
        "eventType": state,
        "eventTime": moment(at),
        "producer": who,
        "schemaURL": EVENT,
        "run": {"runId": run.run_id, "facets": {"processing_engine": engine(who, run.versions), **around, **said}},
        "job": {**job._asdict(), "facets": {"jobType": job_type(who, "DAG"), **about}},
        "inputs": [],
        "outputs": [],
    }
