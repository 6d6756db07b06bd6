"""Read from events what each output of a job is made of, column by column."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from meshwright_catalog.datasets import dataset, is_logical, known
from meshwright_catalog.history import Edge, Making, Told, flow_of, note, stated
from meshwright_catalog.models import DatasetRow, JobRow
from meshwright_catalog.openlineage import (
    ColumnLineage,
    Dataset,
    DatasetFacets,
    InputField,
    LineageEvent,
    OutputField,
    Symlinks,
    Transformation,
)
from meshwright_catalog.spelling import normalised

Name = tuple[str, str]
Ends = tuple[int, str | None, str | None]


def draw(session: Session, events: Sequence[LineageEvent], job: JobRow, now: datetime) -> None:
    """Keep what these events, all of one run or one without a run, tell of every output; the newest run's edges hold.

    What they tell adds up, in whatever order they came. A run counts no later than it is heard of, so that a clock that
    runs ahead shuts nobody out.
    """
    events = _in_order(events)
    inputs = _merged(d for event in events for d in event.inputs)
    outputs = _merged(d for event in events for d in _outputs(event))
    resolve = _Resolver(session, inputs)
    at = min(now, max(event.event_time for event in events))
    for name, output in outputs.items():
        lineage = output.facets.column_lineage
        made = Making(job.id, dataset(session, *name).id, lineage is not None)
        flow = flow_of(session, made, _edges(lineage, inputs, resolve))
        note(session, flow, Told(events[-1].run_key, at, output.facets.delta_version))
    if events[-1].replaces:
        _withdraw(session, job, [dataset(session, *name).id for name in outputs], at)


def _withdraw(session: Session, job: JobRow, outputs: Sequence[int], at: datetime) -> None:
    """Let go of what earlier events without a run said the job makes too: the newest states all that it does."""
    for output_id in stated(session, job, outputs):
        made = Making(job.id, output_id, columns_known=False)
        note(session, flow_of(session, made, ()), Told("", at, None))


def _outputs(event: LineageEvent) -> tuple[Dataset, ...]:
    if event.job is not None:
        return event.outputs
    return (event.dataset,) if event.dataset and event.dataset.facets.column_lineage else ()


def _in_order(events: Sequence[LineageEvent]) -> Sequence[LineageEvent]:
    """Put events in the order of what they tell of, and of their text where that is the same moment."""
    if len(events) == 1:
        return events
    return sorted(events, key=lambda event: (event.event_time, event.model_dump_json()))


def _merged(datasets: Iterable[Dataset]) -> dict[Name, Dataset]:
    """Keep each dataset once, with what all told of it."""
    found: dict[Name, Dataset] = {}
    for each in datasets:
        name = normalised(each.namespace, each.name)
        found[name] = _both(found[name], each) if name in found else each
    return found


def _both(before: Dataset, after: Dataset) -> Dataset:
    """Add up the names and columns of a dataset; of its version, the later counts."""
    first, second = before.facets, after.facets
    facets = DatasetFacets.model_construct(
        column_lineage=_columns(first.column_lineage, second.column_lineage),
        symlinks=_links(first.symlinks, second.symlinks),
        version=second.version or first.version,
    )
    return after.model_copy(update={"facets": facets})


def _links(first: Symlinks | None, second: Symlinks | None) -> Symlinks | None:
    if first is None or second is None:
        return first or second
    return Symlinks.model_construct(identifiers=tuple(dict.fromkeys((*first.identifiers, *second.identifiers))))


def _columns(first: ColumnLineage | None, second: ColumnLineage | None) -> ColumnLineage | None:
    if first is None or second is None:
        return first or second
    fields = dict(first.fields)
    for name, told in second.fields.items():
        earlier = fields[name].input_fields if name in fields else ()
        fields[name] = OutputField.model_construct(input_fields=(*earlier, *told.input_fields))
    return ColumnLineage.model_construct(fields=fields, dataset=(*first.dataset, *second.dataset))


@dataclass
class _Resolver:
    """Which dataset an input's name means: by its place when that is known, else by its logical name."""

    session: Session
    inputs: Mapping[Name, Dataset]
    found: dict[Name, DatasetRow] = field(default_factory=dict)

    def __call__(self, namespace: str, name: str) -> int:
        place = normalised(namespace, name)
        if place not in self.found:
            self.found[place] = self._find(place)
        return self.found[place].id

    def _find(self, place: Name) -> DatasetRow:
        """Believe a reader's symlinks only where nobody owns the place: then the first that somebody owns counts."""
        row = dataset(self.session, *place)
        told = self.inputs.get(place)
        if row.product is None and row.domain is None and told is not None and told.facets.symlinks:
            for link in told.facets.symlinks.identifiers:
                if is_logical(link.namespace):
                    return dataset(self.session, link.namespace, link.name)
                other = known(self.session, link.namespace, link.name)
                if other is not None and other.domain is not None:
                    return other
        return row


def _edges(columns: ColumnLineage | None, inputs: Mapping[Name, Dataset], resolve: _Resolver) -> list[Edge]:
    told: dict[Ends, list[Transformation]] = {}
    for output, source in _told(columns):
        ends = resolve(source.namespace, source.name), source.field, output
        told.setdefault(ends, []).extend(source.transformations)
    whole = {resolve(*name) for name in inputs} | {input_id for input_id, _, _ in told}
    return [*(Edge(i, None, None, "", masking=False) for i in sorted(whole)), *(_edge(e, told[e]) for e in told)]


def _edge(ends: Ends, how: Sequence[Transformation]) -> Edge:
    words = sorted({t.description for t in how if t.description})
    return Edge(*ends, " ".join(sorted({_kind(t) for t in how})), _masks(how), "; ".join(words))


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
