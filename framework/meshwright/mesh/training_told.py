"""Tell lineage of a training set: what it was made from, and the manifest that makes it again."""

import os
from collections.abc import Callable, Mapping
from typing import Any, Literal
from uuid import UUID

import polars as pl

from meshwright.dtypes import polars_type
from meshwright.errors import MeshError
from meshwright.events import (
    MadeFacts,
    TrainingFacts,
    parent_in,
    training_ended,
    training_made,
    training_started,
)
from meshwright.features import TrainingSet
from meshwright.lineage import ColumnLineage, column_lineage
from meshwright.mesh.inputs import Inputs
from meshwright.mesh.labelling import as_granted
from meshwright.mesh.locating import code_of
from meshwright.mesh.recording import input_facts
from meshwright.mesh.world import World
from meshwright.products import Consumer
from meshwright.publish import running_versions


def told(world: World, facts: TrainingFacts, make: Callable[[], TrainingSet]) -> TrainingSet:
    """Make a training set between START and one of COMPLETE, FAIL and ABORT."""
    world.recorder.record(training_started(facts))
    try:
        made = make()
    except BaseException as error:
        state: Literal["FAIL", "ABORT"] = "ABORT" if isinstance(error, KeyboardInterrupt | SystemExit) else "FAIL"
        world.recorder.record(training_ended(facts, state, error, world.clock()))
        raise
    columns = {column.name: column.dtype for column in made.manifest.columns}
    summary = MadeFacts(manifest=made.manifest.id, rows=made.manifest.rows, columns=columns)
    world.recorder.record(training_made(facts, summary, world.clock()))
    return made


def facts_of(
    world: World, consumer: Consumer[...], inputs: Inputs, given: Mapping[str, Any], run_id: UUID
) -> TrainingFacts:
    """State what is known of a run that makes a training set; its pins are the versions of its inputs."""
    name = next(name for name, known in world.consumers.items() if known is consumer)
    return TrainingFacts(
        mesh=world.workspace.settings.mesh.name,
        id=name,
        owner=consumer.owner,
        purpose=consumer.purpose,
        run_id=str(run_id),
        started_at=world.clock(),
        inputs=input_facts(inputs),
        versions=running_versions(),
        lineage=_lineage(world, consumer, inputs, given),
        description=(consumer.function.__doc__ or "").strip(),
        tags=consumer.tags,
        parent=parent_in(os.environ),
        code=code_of(consumer.function),
        env=world.workspace.env,
    )


def _lineage(world: World, consumer: Consumer[...], inputs: Inputs, given: Mapping[str, Any]) -> ColumnLineage | None:
    """Trace the columns; None for a consumer that reads its inputs itself, which a product may not."""
    schemas = {p.name: pl.Schema({c.name: polars_type(c.type) for c in p.port.columns}) for p in inputs.ports}
    try:
        lineage = column_lineage(consumer.function, schemas, given, name=consumer.name)
    except MeshError:
        return None
    return as_granted(world, consumer, lineage, {p.name: p.offer.spec for p in inputs.ports})
