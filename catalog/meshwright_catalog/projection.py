"""Draw edges from events: the newest complete run of a job says what its outputs are made of."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from meshwright_catalog.datasets import dataset, is_logical, normalised
from meshwright_catalog.models import DatasetRow, EdgeRow, FlowRow
from meshwright_catalog.openlineage import (
    ColumnLineage,
    Dataset,
    DatasetFacets,
    InputField,
    LineageEvent,
    Transformation,
)

Name = tuple[str, str]
Ends = tuple[int, str | None, str | None]


def draw(session: Session, events: Sequence[LineageEvent]) -> None:
    """Replace the edges of every output that these events, all of one run or without a run, tell of."""
    inputs = _merged(d for event in events for d in event.inputs)
    outputs = _merged(d for event in events for d in _outputs(event))
    resolve = _Resolver(session, inputs)
    for name, output in outputs.items():
        flow = _flow(session, events, dataset(session, *name).id)
        if flow is not None:
            flow.columns_known = output.facets.column_lineage is not None
            session.execute(delete(EdgeRow).where(EdgeRow.flow_id == flow.id))
            session.add_all(_edges(flow, output.facets.column_lineage, inputs, resolve))
    session.flush()


def _outputs(event: LineageEvent) -> tuple[Dataset, ...]:
    if event.job is not None:
        return event.outputs
    return (event.dataset,) if event.dataset and event.dataset.facets.column_lineage else ()


def _merged(datasets: Iterable[Dataset]) -> dict[Name, Dataset]:
    """Keep each dataset once, with the last facets that anyone told of it."""
    found: dict[Name, Dataset] = {}
    for each in datasets:
        name = normalised(each.namespace, each.name)
        found[name] = _newer(found[name], each) if name in found else each
    return found


def _newer(before: Dataset, after: Dataset) -> Dataset:
    facets = DatasetFacets.model_construct(
        column_lineage=after.facets.column_lineage or before.facets.column_lineage,
        symlinks=after.facets.symlinks or before.facets.symlinks,
    )
    return after.model_copy(update={"facets": facets})


def _flow(session: Session, events: Sequence[LineageEvent], output_id: int) -> FlowRow | None:
    """Find or make the flow into an output; None when a later run was already drawn."""
    last = events[-1]
    namespace, job = (last.job.namespace, last.job.name) if last.job else ("", "")
    at = max(event.event_time for event in events).astimezone(UTC)
    same = (FlowRow.namespace == namespace) & (FlowRow.job == job) & (FlowRow.output_id == output_id)
    flow = session.scalars(select(FlowRow).where(same)).one_or_none()
    if flow is None:
        flow = FlowRow(namespace=namespace, job=job, output_id=output_id, columns_known=False, run_id="", event_at=at)
        session.add(flow)
    elif flow.run_id != last.run_key and flow.event_at > at:
        return None
    flow.run_id, flow.event_at = last.run_key, at
    session.flush()
    return flow


@dataclass
class _Resolver:
    """Which dataset an input's name means: by its place when that is known, else by its logical name."""

    session: Session
    inputs: Mapping[Name, Dataset]
    known: dict[Name, DatasetRow] = field(default_factory=dict)

    def __call__(self, namespace: str, name: str) -> int:
        place = normalised(namespace, name)
        if place not in self.known:
            self.known[place] = self._find(place)
        return self.known[place].id

    def _find(self, place: Name) -> DatasetRow:
        row = dataset(self.session, *place)
        told = self.inputs.get(place)
        if row.product is None and told is not None and told.facets.symlinks:
            for link in told.facets.symlinks.identifiers:
                if is_logical(link.namespace):
                    return dataset(self.session, link.namespace, link.name)
        return row


def _edges(
    flow: FlowRow, columns: ColumnLineage | None, inputs: Mapping[Name, Dataset], resolve: _Resolver
) -> Iterator[EdgeRow]:
    told: dict[Ends, list[Transformation]] = {}
    for output, source in _told(columns):
        ends = resolve(source.namespace, source.name), source.field, output
        told.setdefault(ends, []).extend(source.transformations)
    whole = {resolve(*name) for name in inputs} | {input_id for input_id, _, _ in told}
    for input_id, input_field, output_field in [*((i, None, None) for i in sorted(whole)), *told]:
        how = told.get((input_id, input_field, output_field), [])
        yield EdgeRow(
            flow_id=flow.id,
            input_id=input_id,
            input_field=input_field,
            output_id=flow.output_id,
            output_field=output_field,
            kinds=" ".join(sorted({_kind(t) for t in how})),
            masking=_masks(how),
        )


def _told(columns: ColumnLineage | None) -> Iterator[tuple[str | None, InputField]]:
    if columns is not None:
        for output, made_of in columns.fields.items():
            yield from ((output, source) for source in made_of.input_fields)
        yield from ((None, source) for source in columns.dataset)


def _kind(how: Transformation) -> str:
    return f"{how.type}:{how.subtype or 'UNKNOWN'}".upper().replace(" ", "_")


def _masks(how: Sequence[Transformation]) -> bool:
    """An edge masks when nothing flows along it unmasked."""
    direct = [t for t in how if t.type.upper() == "DIRECT"]
    return bool(direct) and all(t.masking for t in direct)
