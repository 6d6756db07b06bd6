"""What one build is about: how it was asked for, what it reads and where it writes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from meshwright.access import Principal
from meshwright.errors import SourceRejected
from meshwright.events import RunFacts
from meshwright.mesh.inputs import Inputs, Offer, PinnedPort, parameters, resolve
from meshwright.mesh.labels import as_published
from meshwright.mesh.world import AnyProduct, World
from meshwright.ports import SourceRows
from meshwright.spec import ColumnSpec, column_classes


@dataclass(frozen=True, slots=True)
class How:
    """How a build was asked for: though nothing changed, though no row is left, over what somebody else wrote."""

    force: bool = False
    allow_empty: bool = False
    adopt: bool = False


AS_USUAL = How()


@dataclass(frozen=True, slots=True)
class Job:
    """One build about to run."""

    world: World
    product: AnyProduct
    service: Principal
    inputs: Inputs
    parameters: Mapping[str, Any]
    table: str
    rejected_table: str
    base: int | None
    how: How
    run_id: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Read:
    """The frames a transform gets, the columns its contract refers to, and the deliveries they came from."""

    frames: Mapping[str, pl.LazyFrame]
    references: Mapping[str, pl.LazyFrame]
    sources: Mapping[str, SourceRows]


def job_of(world: World, product: AnyProduct, run: RunFacts, given: Mapping[str, Any], how: How) -> Job:
    """Resolve what a product reads and where it lies; raise for an input that is not there."""
    spec = product.spec
    service = world.policies.principals.find(spec.id, "service")
    return Job(
        world=world,
        product=product,
        service=service,
        inputs=resolve(world, product, service, spec),
        parameters=parameters(product, given),
        table=run.place,
        rejected_table=world.store.place(spec.id, spec.major, rejected=True),
        base=world.store.version(run.place),
        how=how,
        run_id=run.run_id,
        started_at=run.started_at,
    )


def read_inputs(job: Job, admitted: Mapping[str, pl.LazyFrame], references: Mapping[str, pl.LazyFrame]) -> Read:
    """Read the deliveries; what was admitted is read when the transform runs.

    Raises `SourceRejected` for a delivery of which nothing is left: it would empty the product.
    """
    deliveries = {s.name: job.world.sources.read(s.where, s.id, s.columns, s.format) for s in job.inputs.sources}
    for source in job.inputs.sources:
        rows = deliveries[source.name]
        if rows.rows_read and rows.rows_read == rows.rejected.height:
            columns = rows.rejected["column"].drop_nulls().unique().sort().to_list()
            raise SourceRejected(source.id, rows.rows_read, columns)
    frames = {name: rows.accepted for name, rows in deliveries.items()} | dict(admitted)
    return Read(frames, references, deliveries)


def touches_classified(job: Job) -> bool:
    """Tell whether classified values are among what a build reads or writes."""
    handed = [column for source in job.inputs.sources for column in source.columns]
    handed += [column for port in job.inputs.ports for column in _promised(port)]
    return any(column_classes(column) for column in (*job.product.spec.columns, *handed))


def read_directly(job: Job) -> tuple[str, ...]:
    """Name products of other domains whose classified columns this process opens itself, not through the gateway."""
    ports = [(p.port.product, p.offer, _promised(p)) for p in job.inputs.ports]
    references = job.inputs.references.values()
    referred = [(r.product, o, [c for c in o.spec.columns if c.name == r.column]) for r, o in references]
    foreign = {
        product
        for product, offer, columns in (*ports, *referred)
        if isinstance(offer, Offer)
        and offer.spec.domain != job.product.spec.domain
        and any(column_classes(column) for column in columns)
    }
    return tuple(sorted(foreign))


def _promised(port: PinnedPort) -> list[ColumnSpec]:
    names = {column.name for column in port.port.columns}
    return [column for column in as_published(port.offer).columns if column.name in names]
