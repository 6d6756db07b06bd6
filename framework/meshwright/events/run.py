"""The events of one build: START, then one of COMPLETE, FAIL and ABORT; and its job, told before any run."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from meshwright.events.datasets import input_datasets, output_dataset, product_facets, version_facet
from meshwright.events.facets import EVENT, JOB_EVENT, Facet, assertion, facet, moment, test_execution
from meshwright.events.facts import CheckFacts, ParentFacts, RunFacts, WrittenFacts
from meshwright.events.jobs import build_job, engine, job_type, opaque, parent_facet, surroundings
from meshwright.events.naming import dataset_name, job_name
from meshwright.ports import Event
from meshwright.scrub import scrubbed

State = Literal["START", "COMPLETE", "FAIL", "ABORT"]


def start(run: RunFacts) -> Event:
    """Say that a build begins: what it will read and write."""
    return _event(run, "START", run.started_at, {}, output_dataset(run))


def complete(run: RunFacts, written: WrittenFacts, at: datetime) -> Event:
    """Say what a build wrote."""
    output = output_dataset(run)
    say_written(run.producer, output, written)
    return _event(run, "COMPLETE", at, _tests(run, written.checks), output)


def fail(run: RunFacts, error: BaseException, at: datetime, checks: tuple[CheckFacts, ...] = ()) -> Event:
    """Say that a build failed and wrote nothing; the error's text is kept only where it can hold no value."""
    return _ended(run, "FAIL", error, at, checks)


def abort(run: RunFacts, error: BaseException, at: datetime) -> Event:
    """Say that a build was stopped from outside and wrote nothing."""
    return _ended(run, "ABORT", error, at, ())


def checked(run: RunFacts, written: WrittenFacts, at: datetime) -> tuple[Event, Event]:
    """Say, as a run of its own on the published version, which checks it passed.

    The specification knows assertions on inputs alone, so the check is a job that reads the product.
    """
    name, producer = dataset_name(run.place), run.producer
    table: dict[str, Any] = {"namespace": name.namespace, "name": name.name, "facets": product_facets(run)}
    table["facets"]["version"] = version_facet(producer, written.version)
    asserted = [assertion(c) for c in written.checks]
    table["inputFacets"] = {
        "dataQualityAssertions": facet(producer, "DataQualityAssertionsDatasetFacet", assertions=asserted)
    }
    root = run.parent.root or run.parent if run.parent else None
    build = ParentFacts(job=job_name(run.mesh, run.spec.id, "build"), run_id=run.run_id, root=root)
    step = {
        "producer": producer,
        "schemaURL": EVENT,
        "run": {
            "runId": str(uuid.uuid5(uuid.UUID(run.run_id), "check")),
            "facets": {"parent": parent_facet(producer, build)},
        },
        "job": {
            **job_name(run.mesh, run.spec.id, "check")._asdict(),
            "facets": {"jobType": job_type(producer, "CHECK")},
        },
        "inputs": [table],
        "outputs": [],
    }
    return (
        {"eventType": "START", "eventTime": moment(at), **step},
        {"eventType": "COMPLETE", "eventTime": moment(at), **step},
    )


def designed(run: RunFacts) -> Event:
    """Say what the job of a product reads and writes by its code, before any run; of `run` only that counts."""
    return {
        "eventTime": moment(run.started_at),
        "producer": run.producer,
        "schemaURL": JOB_EVENT,
        "job": _job(run),
        "inputs": input_datasets(run.mesh, run.producer, run.inputs.values()),
        "outputs": [output_dataset(run)],
    }


def say_written(producer: str, output: dict[str, Any], written: WrittenFacts) -> None:
    """Add to an output what one commit wrote."""
    change = "CREATE" if written.version == 0 else "OVERWRITE" if written.mode == "overwrite" else None
    output["facets"]["version"] = version_facet(producer, written.version)
    if change:
        content = {"lifecycleStateChange": change}
        output["facets"]["lifecycleStateChange"] = facet(producer, "LifecycleStateChangeDatasetFacet", **content)
    counts = {"rowCount": written.rows, "size": written.bytes, "fileCount": written.files}
    known = {name: count for name, count in counts.items() if count is not None}
    output["outputFacets"] = {"outputStatistics": facet(producer, "OutputStatisticsOutputDatasetFacet", **known)}


def _ended(run: RunFacts, state: State, error: BaseException, at: datetime, checks: tuple[CheckFacts, ...]) -> Event:
    said = {"errorMessage": error_facet(run.producer, scrubbed(error)), **_tests(run, checks)}
    return _event(run, state, at, said, output_dataset(run, planned=False))


def error_facet(producer: str, message: str) -> Facet:
    """State what went wrong, in a text that holds no value."""
    return facet(producer, "ErrorMessageRunFacet", message=message, programmingLanguage="PYTHON")


def _event(run: RunFacts, state: State, at: datetime, run_facets: Mapping[str, Facet], output: Facet) -> Event:
    return {
        "eventType": state,
        "eventTime": moment(at),
        "producer": run.producer,
        "schemaURL": EVENT,
        "run": {"runId": run.run_id, "facets": {**_run_facets(run), **run_facets}},
        "job": _job(run),
        "inputs": input_datasets(run.mesh, run.producer, run.inputs.values()),
        "outputs": [output],
    }


def _job(run: RunFacts) -> Facet:
    return {**job_name(run.mesh, run.spec.id, "build")._asdict(), "facets": build_job(run)}


def _run_facets(run: RunFacts) -> dict[str, Facet]:
    return {
        "processing_engine": engine(run.producer, run.versions),
        **surroundings(run.producer, run.env, run.nominal_at, run.parent),
        **opaque(run.producer, run.lineage, run.spec.id),
    }


def _tests(run: RunFacts, checks: tuple[CheckFacts, ...]) -> dict[str, Facet]:
    return {"test": facet(run.producer, "TestRunFacet", tests=[test_execution(c) for c in checks])} if checks else {}
