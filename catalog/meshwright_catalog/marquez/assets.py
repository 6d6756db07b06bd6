"""The datasets and jobs that one caller may see, as Marquez names them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select

from meshwright.registry import Entry
from meshwright.spec import column_classes
from meshwright_catalog.datasets import known
from meshwright_catalog.gate import Visit
from meshwright_catalog.lineage.nodes import Nodes
from meshwright_catalog.marquez.answers import Dataset, Field, Job, Name, Run
from meshwright_catalog.models import DatasetRow, EdgeRow, FlowRow, JobRow, RunRow, WriteRow

LATEST = 10


@dataclass
class Assets:
    """What a caller may see: products to discover, what their domain writes, and what these are made from."""

    visit: Visit
    nodes: Nodes = field(init=False)

    def __post_init__(self) -> None:
        self.nodes = Nodes(self.visit)

    def visible(self, rows: Iterable[DatasetRow]) -> list[DatasetRow]:
        """Keep the datasets, each under its first name, that the caller may see; a product's once."""
        first = [row for row in rows if row.alias_of is None]
        self.nodes.products.decide(row.product for row in first if row.product)
        sources = self._made_from([row.id for row in first if row.product is None and not self._own(row)])
        found: dict[Name, DatasetRow] = {}
        for row in first:
            if self._known(row) or row.id in sources:
                found.setdefault(name_of(row), row)
        return list(found.values())

    def find(self, namespace: str, name: str) -> DatasetRow | None:
        """Find a dataset by its name here, or by any name that a producer gave it; None for what is hidden.

        A hidden product is as much work as an unknown one: both names are looked up, and one product decided about.
        """
        of_product = select(DatasetRow).where(DatasetRow.product == name, DatasetRow.domain == namespace)
        told = known(self.visit.session, namespace, name)
        row = self.visit.session.scalars(of_product.order_by(DatasetRow.id).limit(1)).first() or told
        self.nodes.products.decide([name if row is None or row.product is None else row.product])
        return next(iter(self.visible([] if row is None else [row])), None)

    def entry(self, row: DatasetRow) -> Entry | None:
        """Give the entry of a product that the caller may discover."""
        return self.nodes.products.entry(row.product) if row.product else None

    def jobs(self, rows: Sequence[JobRow]) -> list[JobRow]:
        """Keep the jobs of the caller's domain, and those all of whose outputs they may see."""
        own = self.visit.principal.domain
        foreign = [row.id for row in rows if not own or row.domain != own]
        made = select(FlowRow.job_id, DatasetRow).join(DatasetRow, DatasetRow.id == FlowRow.output_id)
        outputs: dict[int, list[DatasetRow]] = {}
        for job_id, row in self.visit.session.execute(made.where(FlowRow.job_id.in_(foreign)).distinct()):
            outputs.setdefault(job_id, []).append(row)
        self.nodes.products.decide(row.product for each in outputs.values() for row in each if row.product)
        hidden = {i for i in foreign if not outputs.get(i) or not all(self._known(row) for row in outputs[i])}
        return [row for row in rows if row.name and row.id not in hidden]

    def dataset(self, row: DatasetRow) -> Dataset:
        """Tell of a dataset; a product's columns come from its contract, and their classes are tags."""
        entry, name = self.entry(row), name_of(row)
        at = entry.registered_at if entry else self._written(row)
        columns = entry.spec.columns if entry else ()
        return Dataset(
            id=name,
            name=name.name,
            physical_name=name.name,
            namespace=name.namespace,
            source_name=name.namespace,
            created_at=at,
            updated_at=at,
            last_modified_at=at,
            fields=[
                Field(name=c.name, type=c.type.kind, tags=sorted(column_classes(c)), description=c.description)
                for c in columns
            ],
            tags=list(entry.spec.tags) if entry else [],
            description=entry.spec.description if entry else "",
        )

    def job(self, row: JobRow) -> Job:
        """Tell of a job, with its newest runs."""
        session = self.visit.session
        ends = select(EdgeRow.input_id, EdgeRow.output_id).join(FlowRow, FlowRow.id == EdgeRow.flow_id)
        whole = EdgeRow.input_field.is_(None) & EdgeRow.output_field.is_(None)
        pairs = session.execute(ends.where(FlowRow.job_id == row.id, EdgeRow.current, whole)).all()
        made = set(session.scalars(select(FlowRow.output_id).where(FlowRow.job_id == row.id, FlowRow.current)))
        latest = [run_of(run) for run in self.runs(row, LATEST, 0)]
        at = latest[0].updated_at if latest else self.visit.now
        return Job(
            id=Name(namespace=row.namespace, name=row.name),
            name=row.name,
            simple_name=row.name.rpartition(".")[2],
            namespace=row.namespace,
            created_at=latest[-1].started_at if latest else at,
            updated_at=at,
            inputs=self.names({source for source, _ in pairs}),
            outputs=self.names(made),
            latest_run=latest[0] if latest else None,
            latest_runs=latest,
        )

    def runs(self, job: JobRow, limit: int, offset: int) -> list[RunRow]:
        """List a job's runs, newest first."""
        runs = select(RunRow).where(RunRow.job_id == job.id).order_by(RunRow.started_at.desc(), RunRow.id.desc())
        return list(self.visit.session.scalars(runs.limit(limit).offset(offset)))

    def names(self, ids: Iterable[int]) -> list[Name]:
        """Name datasets, those that the caller may see."""
        rows = self.visit.session.scalars(select(DatasetRow).where(DatasetRow.id.in_(sorted(ids))))
        return sorted((name_of(row) for row in self.visible(rows)), key=lambda n: (n.namespace, n.name))

    def _own(self, row: DatasetRow) -> bool:
        return row.domain is not None and row.domain == self.visit.principal.domain

    def _known(self, row: DatasetRow) -> bool:
        if row.product is not None:
            return self.nodes.products.live(row.product) is not None
        return self._own(row)

    def _made_from(self, ids: list[int]) -> set[int]:
        """Tell from which of these something is made that the caller may see."""
        pairs = select(EdgeRow.input_id, DatasetRow).join(DatasetRow, DatasetRow.id == EdgeRow.output_id)
        whole = EdgeRow.input_field.is_(None) & EdgeRow.output_field.is_(None)
        wanted = pairs.where(EdgeRow.input_id.in_(ids), EdgeRow.current, whole)
        if not ids:
            return set()
        rows = self.visit.session.execute(wanted).all()
        self.nodes.products.decide(row.product for _, row in rows if row.product)
        return {i for i, row in rows if self._known(row)}

    def _written(self, row: DatasetRow) -> datetime:
        return (
            self.visit.session.scalar(select(func.max(WriteRow.at)).where(WriteRow.output_id == row.id))
            or self.visit.now
        )


def name_of(row: DatasetRow) -> Name:
    """Name a product in the namespace of its domain, where its table lies is nobody's business; others as told."""
    if row.product is not None:
        return Name(namespace=row.product.partition(".")[0], name=row.product)
    return Name(namespace=row.namespace, name=row.name)


def run_of(row: RunRow) -> Run:
    """Tell of a run."""
    ended = row.ended_at
    return Run(
        id=row.run_id,
        state=row.state,
        created_at=row.started_at,
        updated_at=ended or row.started_at,
        started_at=row.started_at,
        ended_at=ended,
        duration_ms=int((ended - row.started_at).total_seconds() * 1000) if ended else None,
    )
