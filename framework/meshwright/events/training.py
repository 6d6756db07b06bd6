"""The events of a training set: what it was made from, at which versions, and the manifest that makes it again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from meshwright.events.datasets import input_datasets, version_facet
from meshwright.events.facets import EVENT, Facet, column_lineage_content, facet, moment, tag
from meshwright.events.facts import MadeFacts, TrainingFacts
from meshwright.events.jobs import code, engine, job_type, opaque, owned, surroundings
from meshwright.events.naming import dataset_name, job_name, mesh_namespace
from meshwright.events.run import error_facet
from meshwright.ports import Event
from meshwright.scrub import scrubbed

State = Literal["START", "COMPLETE", "FAIL", "ABORT"]


def training_started(run: TrainingFacts) -> Event:
    """Say that a consumer begins to read its pinned inputs."""
    return _event(run, "START", run.started_at, {}, _set(run))


def training_made(run: TrainingFacts, made: MadeFacts, at: datetime) -> Event:
    """Say which training set was made: its version is the id of its manifest."""
    output = _set(run)
    fields = [{"name": n, "type": t, "ordinal_position": i} for i, (n, t) in enumerate(made.columns.items(), 1)]
    output["facets"]["schema"] = facet(run.producer, "SchemaDatasetFacet", fields=fields)
    output["facets"]["version"] = version_facet(run.producer, made.manifest)
    statistics = facet(run.producer, "OutputStatisticsOutputDatasetFacet", rowCount=made.rows)
    output["outputFacets"] = {"outputStatistics": statistics}
    return _event(run, "COMPLETE", at, {}, output)


def training_ended(run: TrainingFacts, state: Literal["FAIL", "ABORT"], error: BaseException, at: datetime) -> Event:
    """Say that no training set was made."""
    return _event(run, state, at, {"errorMessage": error_facet(run.producer, scrubbed(error))}, _set(run))


def _set(run: TrainingFacts) -> dict[str, Any]:
    """Name a training set by its consumer: its rows are handed to whoever asked, and lie nowhere of the mesh."""
    facets = {"datasetType": facet(run.producer, "DatasetTypeDatasetFacet", datasetType="TRAINING_SET")}
    if run.lineage:
        names = {parameter: dataset_name(given.place, given.part) for parameter, given in run.inputs.items()}
        content = column_lineage_content(run.lineage.columns, run.lineage, names)
        facets["columnLineage"] = facet(run.producer, "ColumnLineageDatasetFacet", **content)
    if run.owner:
        owners = [{"name": f"team:{run.owner}", "type": "OWNER"}]
        facets["ownership"] = facet(run.producer, "OwnershipDatasetFacet", owners=owners)
    name = {"namespace": f"{mesh_namespace(run.mesh)}/training-sets", "name": run.id}
    return {**name, "facets": facets, "outputFacets": {}}


def _event(run: TrainingFacts, state: State, at: datetime, said: Mapping[str, Facet], output: Facet) -> Event:
    who = run.producer
    labels = [tag("purpose", run.purpose), *(tag(each) for each in run.tags)]
    job = {"jobType": job_type(who, "TRAINING_SET"), **owned(who, run.owner, run.description)}
    job |= {"tags": facet(who, "TagsJobFacet", tags=labels), **code(who, run.code)}
    facets = {
        "processing_engine": engine(who, run.versions),
        **surroundings(who, run.env, None, run.parent),
        **opaque(who, run.lineage, run.id),
        **said,
    }
    return {
        "eventType": state,
        "eventTime": moment(at),
        "producer": who,
        "schemaURL": EVENT,
        "run": {"runId": run.run_id, "facets": facets},
        "job": {**job_name(run.mesh, run.id, "training_set")._asdict(), "facets": job},
        "inputs": input_datasets(run.mesh, who, run.inputs.values()),
        "outputs": [output],
    }
