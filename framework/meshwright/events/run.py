"""The events of one build: START, then one of COMPLETE, FAIL and ABORT."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from meshwright.events.facets import (
    EVENT,
    Facet,
    assertion,
    class_tags,
    column_lineage_content,
    facet,
    input_assertions,
    moment,
    schema_fields,
    test_execution,
)
from meshwright.events.facts import CheckFacts, InputFacts, RunFacts, WrittenFacts
from meshwright.events.naming import Name, address, dataset_name, job_name, mesh_namespace
from meshwright.ports import Event
from meshwright.scrub import scrubbed
from meshwright.spec import ColumnSpec

State = Literal["START", "COMPLETE", "FAIL", "ABORT"]


def start(run: RunFacts) -> Event:
    """Say that a build begins: what it will read and write."""
    return _event(run, "START", run.started_at, {}, _output(run, planned=True))


def complete(run: RunFacts, written: WrittenFacts, at: datetime) -> Event:
    """Say what a build wrote."""
    output = _output(run, planned=True)
    change = "CREATE" if written.version == 0 else "OVERWRITE" if written.mode == "overwrite" else None
    output["facets"]["version"] = _facet(run, "DatasetVersionDatasetFacet", datasetVersion=str(written.version))
    if change:
        content = {"lifecycleStateChange": change}
        output["facets"]["lifecycleStateChange"] = _facet(run, "LifecycleStateChangeDatasetFacet", **content)
    statistics = {"rowCount": written.rows, "size": written.bytes, "fileCount": written.files}
    output["outputFacets"] = {"outputStatistics": _facet(run, "OutputStatisticsOutputDatasetFacet", **statistics)}
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
    name = dataset_name(run.place)
    table: dict[str, Any] = {"namespace": name.namespace, "name": name.name, "facets": _product_facets(run)}
    table["facets"]["version"] = _facet(run, "DatasetVersionDatasetFacet", datasetVersion=str(written.version))
    asserted = [assertion(c) for c in written.checks]
    table["inputFacets"] = {
        "dataQualityAssertions": _facet(run, "DataQualityAssertionsDatasetFacet", assertions=asserted)
    }
    build = job_name(run.mesh, run.spec.id, "build")
    step = {
        "producer": _producer(run),
        "schemaURL": EVENT,
        "run": {
            "runId": str(uuid.uuid5(uuid.UUID(run.run_id), "check")),
            "facets": {"parent": _parent(run, run.run_id, build)},
        },
        "job": {**job_name(run.mesh, run.spec.id, "check")._asdict(), "facets": {"jobType": _job_type(run, "CHECK")}},
        "inputs": [table],
        "outputs": [],
    }
    return (
        {"eventType": "START", "eventTime": moment(at), **step},
        {"eventType": "COMPLETE", "eventTime": moment(at), **step},
    )


def _ended(run: RunFacts, state: State, error: BaseException, at: datetime, checks: tuple[CheckFacts, ...]) -> Event:
    said = _facet(run, "ErrorMessageRunFacet", message=scrubbed(error), programmingLanguage="PYTHON")
    return _event(run, state, at, {"errorMessage": said, **_tests(run, checks)}, _output(run, planned=False))


def _event(run: RunFacts, state: State, at: datetime, run_facets: Mapping[str, Facet], output: Facet) -> Event:
    return {
        "eventType": state,
        "eventTime": moment(at),
        "producer": _producer(run),
        "schemaURL": EVENT,
        "run": {"runId": run.run_id, "facets": {**_run_facets(run), **run_facets}},
        "job": {**job_name(run.mesh, run.spec.id, "build")._asdict(), "facets": _job_facets(run)},
        "inputs": [_input(run, given) for given in run.inputs.values()],
        "outputs": [output],
    }


def _producer(run: RunFacts) -> str:
    return f"urn:meshwright:{run.versions['meshwright']}"


def _facet(run: RunFacts, kind: str, /, **content: object) -> Facet:
    return facet(kind, _producer(run), content)


def _run_facets(run: RunFacts) -> dict[str, Facet]:
    engine = {"name": "polars", "version": run.versions["polars"]}
    adapter = run.versions["meshwright"]
    found = {"processing_engine": _facet(run, "ProcessingEngineRunFacet", openlineageAdapterVersion=adapter, **engine)}
    if run.nominal_at:
        found["nominalTime"] = _facet(run, "NominalTimeRunFacet", nominalStartTime=moment(run.nominal_at))
    if run.parent:
        found["parent"] = _parent(run, run.parent.run_id, Name(mesh_namespace(run.mesh), run.parent.job))
    return found


def _parent(run: RunFacts, run_id: str, job: Name) -> Facet:
    return _facet(run, "ParentRunFacet", run={"runId": run_id}, job=job._asdict())


def _tests(run: RunFacts, checks: tuple[CheckFacts, ...]) -> dict[str, Facet]:
    return {"test": _facet(run, "TestRunFacet", tests=[test_execution(c) for c in checks])} if checks else {}


def _job_type(run: RunFacts, step: str) -> Facet:
    return _facet(run, "JobTypeJobFacet", processingType="BATCH", integration="MESHWRIGHT", jobType=step)


def _job_facets(run: RunFacts) -> dict[str, Facet]:
    found = {"jobType": _job_type(run, "BUILD")}
    if run.spec.owner:
        owners = [{"name": f"team:{run.spec.owner}", "type": "MAINTAINER"}]
        found["ownership"] = _facet(run, "OwnershipJobFacet", owners=owners)
    if run.spec.description:
        found["documentation"] = _facet(run, "DocumentationJobFacet", description=run.spec.description)
    if run.code:
        place = {"type": "git", "url": run.code.url, "path": run.code.path, "version": run.code.revision}
        found["sourceCodeLocation"] = _facet(run, "SourceCodeLocationJobFacet", **place)
    return found


def _input(run: RunFacts, given: InputFacts) -> Facet:
    name = dataset_name(given.place, given.part)
    facets = _dataset_facets(run, name, given.columns)
    namespace = mesh_namespace(run.mesh) + ("" if given.kind == "product" else "/sources")
    facets["symlinks"] = _symlink(run, namespace, given.id)
    if given.kind == "product":
        facets["storage"] = _facet(run, "StorageDatasetFacet", storageLayer="delta", fileFormat="parquet")
    if given.version is not None:
        facets["version"] = _facet(run, "DatasetVersionDatasetFacet", datasetVersion=str(given.version))
    reading: dict[str, Facet] = {}
    if given.rows is not None:
        reading["inputStatistics"] = _facet(run, "InputStatisticsInputDatasetFacet", rowCount=given.rows)
    if asserted := input_assertions(given):
        reading["dataQualityAssertions"] = _facet(run, "DataQualityAssertionsDatasetFacet", assertions=asserted)
    return {**name._asdict(), "facets": facets, "inputFacets": reading}


def _output(run: RunFacts, *, planned: bool) -> Facet:
    facets = _product_facets(run)
    if planned and run.lineage:
        names = {parameter: dataset_name(given.place, given.part) for parameter, given in run.inputs.items()}
        content = column_lineage_content((c.name for c in run.spec.columns), run.lineage, names)
        facets["columnLineage"] = _facet(run, "ColumnLineageDatasetFacet", **content)
    return {**dataset_name(run.place)._asdict(), "facets": facets, "outputFacets": {}}


def _product_facets(run: RunFacts) -> dict[str, Facet]:
    spec = run.spec
    facets = _dataset_facets(run, dataset_name(run.place), spec.columns, spec.tags)
    facets["symlinks"] = _symlink(run, mesh_namespace(run.mesh), spec.id)
    facets["storage"] = _facet(run, "StorageDatasetFacet", storageLayer="delta", fileFormat="parquet")
    catalog = {"framework": "delta", "type": "meshwright", "name": run.mesh}
    facets["catalog"] = _facet(run, "CatalogDatasetFacet", **catalog)
    if spec.owner:
        owners = [{"name": f"team:{spec.owner}", "type": "DATA_PRODUCT_OWNER"}]
        facets["ownership"] = _facet(run, "OwnershipDatasetFacet", owners=owners)
    if spec.description:
        content = {"description": spec.description, "contentType": "text/markdown"}
        facets["documentation"] = _facet(run, "DocumentationDatasetFacet", **content)
    return facets


def _dataset_facets(
    run: RunFacts, name: Name, columns: tuple[ColumnSpec, ...], tags: tuple[str, ...] = ()
) -> dict[str, Facet]:
    place = address(name)
    facets = {
        "schema": _facet(run, "SchemaDatasetFacet", fields=schema_fields(columns)),
        "dataSource": _facet(run, "DatasourceDatasetFacet", name=name.namespace, uri=place),
        "datasetType": _facet(run, "DatasetTypeDatasetFacet", datasetType="TABLE"),
    }
    labels = [*class_tags(columns), *({"key": t, "value": "true", "source": "MESHWRIGHT"} for t in tags)]
    if labels:
        facets["tags"] = _facet(run, "TagsDatasetFacet", tags=labels)
    return facets


def _symlink(run: RunFacts, namespace: str, name: str) -> Facet:
    return _facet(run, "SymlinksDatasetFacet", identifiers=[{"namespace": namespace, "name": name, "type": "TABLE"}])
