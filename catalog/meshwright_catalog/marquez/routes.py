"""The read half of Marquez' API under /marquez/api/v1, for its web interface; events are posted to /api/v1/lineage."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import func, select
from starlette.exceptions import HTTPException

from meshwright.access import Principal
from meshwright_catalog.callers import Caller, TheCatalog
from meshwright_catalog.catalog import Catalog
from meshwright_catalog.marquez import graph
from meshwright_catalog.marquez.answers import (
    Dataset,
    Datasets,
    Found,
    Graph,
    Job,
    Jobs,
    Namespace,
    Namespaces,
    Run,
    Runs,
    Search,
    Tags,
    Version,
    Versions,
)
from meshwright_catalog.marquez.assets import Assets, name_of, run_of
from meshwright_catalog.models import DatasetRow, JobRow, RunRow, WriteRow

router = APIRouter(prefix="/marquez/api/v1", tags=["Marquez"])

Limit = Annotated[int, Query(ge=1, le=1_000)]


class Page(BaseModel):
    """Which part of a list; what else Marquez' interface sends is passed by."""

    limit: int = Field(default=100, ge=1, le=1_000)
    offset: int = Field(default=0, ge=0, le=100_000)


EVERY = Page()
ThePage = Annotated[Page, Query()]
Depth = Annotated[int, Query(ge=1, le=50)]
NodeId = Annotated[str, Query(alias="nodeId", max_length=4_000)]
Text = Annotated[str, Query(max_length=200)]


@router.get("/namespaces", summary="List namespaces")
def get_namespaces(caller: Caller, catalog: TheCatalog) -> Namespaces:
    """List the domains and other namespaces in which the caller may see something."""
    with _assets(catalog, caller) as assets:
        owners = {name_of(row).namespace: row.domain for row in _datasets(assets)}
        owners |= {row.namespace: row.domain for row in _jobs(assets)}
        now = assets.visit.now
        named = sorted(owners.items())
        return Namespaces(
            namespaces=[Namespace(name=n, owner_name=o or "", created_at=now, updated_at=now) for n, o in named]
        )


@router.get("/namespaces/{namespace:path}/jobs/{job:path}/runs", summary="List a job's runs")
def get_runs(namespace: str, job: str, caller: Caller, catalog: TheCatalog, page: ThePage = EVERY) -> Runs:
    """List the runs of a job, newest first."""
    with _assets(catalog, caller) as assets:
        row = _job(assets, namespace, job)
        total = assets.visit.session.scalar(select(func.count()).select_from(RunRow).where(RunRow.job_id == row.id))
        return Runs(runs=[run_of(each) for each in assets.runs(row, page.limit, page.offset)], total_count=total or 0)


@router.get("/namespaces/{namespace:path}/jobs/{job:path}", summary="Get a job")
def get_job(namespace: str, job: str, caller: Caller, catalog: TheCatalog) -> Job:
    """Tell of one job."""
    with _assets(catalog, caller) as assets:
        return assets.job(_job(assets, namespace, job))


@router.get("/namespaces/{namespace:path}/jobs", summary="List a namespace's jobs")
def get_namespace_jobs(namespace: str, caller: Caller, catalog: TheCatalog, page: ThePage = EVERY) -> Jobs:
    """List the jobs of a namespace, by name."""
    with _assets(catalog, caller) as assets:
        found = [row for row in _jobs(assets) if row.namespace == namespace]
        return Jobs(
            jobs=[assets.job(row) for row in found[page.offset : page.offset + page.limit]], total_count=len(found)
        )


@router.get("/namespaces/{namespace:path}/datasets/{dataset:path}/versions", summary="List a dataset's versions")
def get_versions(namespace: str, dataset: str, caller: Caller, catalog: TheCatalog, page: ThePage = EVERY) -> Versions:
    """List the versions that runs wrote, newest first."""
    with _assets(catalog, caller) as assets:
        row = _dataset(assets, namespace, dataset)
        told, ids = assets.dataset(row), select(DatasetRow.id).where(DatasetRow.product == row.product)
        ours = WriteRow.output_id.in_(ids) if row.product else WriteRow.output_id == row.id
        written = select(WriteRow).where(ours, WriteRow.version.is_not(None)).order_by(WriteRow.at.desc())
        rows = assets.visit.session.scalars(written).all()
        common = told.model_dump(include={"name", "physical_name", "namespace", "source_name", "tags"})
        return Versions(
            versions=[
                Version(
                    **common,
                    id={"namespace": told.namespace, "name": told.name, "version": str(each.version)},
                    version=str(each.version),
                    created_at=each.at,
                    fields=told.fields,
                )
                for each in rows[page.offset : page.offset + page.limit]
            ],
            total_count=len(rows),
        )


@router.get("/namespaces/{namespace:path}/datasets/{dataset:path}", summary="Get a dataset")
def get_dataset(namespace: str, dataset: str, caller: Caller, catalog: TheCatalog) -> Dataset:
    """Tell of one dataset, by its name here or any that a producer gave it."""
    with _assets(catalog, caller) as assets:
        return assets.dataset(_dataset(assets, namespace, dataset))


@router.get("/namespaces/{namespace:path}/datasets", summary="List a namespace's datasets")
def get_datasets(namespace: str, caller: Caller, catalog: TheCatalog, page: ThePage = EVERY) -> Datasets:
    """List the datasets of a namespace, by name."""
    with _assets(catalog, caller) as assets:
        found = [row for row in _datasets(assets) if name_of(row).namespace == namespace]
        return Datasets(
            datasets=[assets.dataset(row) for row in found[page.offset : page.offset + page.limit]],
            total_count=len(found),
        )


@router.get("/jobs", summary="List jobs")
def get_jobs(caller: Caller, catalog: TheCatalog, page: ThePage = EVERY) -> Jobs:
    """List every job that the caller may see, by name."""
    with _assets(catalog, caller) as assets:
        found = _jobs(assets)
        return Jobs(
            jobs=[assets.job(row) for row in found[page.offset : page.offset + page.limit]], total_count=len(found)
        )


@router.get("/jobs/runs/{run}", summary="Get a run")
def get_run(run: str, caller: Caller, catalog: TheCatalog) -> Run:
    """Tell of one run."""
    with _assets(catalog, caller) as assets:
        rows = assets.visit.session.execute(select(RunRow, JobRow).join(JobRow).where(RunRow.run_id == run)).all()
        shown = {row.id for row in assets.jobs([job for _, job in rows])}
        found = next((row for row, job in rows if job.id in shown), None)
        if found is None:
            raise HTTPException(404)
        return run_of(found)


@router.get("/lineage", summary="Draw what is around a node")
def get_lineage(node_id: NodeId, caller: Caller, catalog: TheCatalog, depth: Depth = 20) -> Graph:
    """Draw datasets and the jobs between them; what may not be discovered is left out."""
    with _assets(catalog, caller) as assets:
        return graph.lineage(assets, node_id, depth)


@router.get("/column-lineage", summary="Draw what columns are made from")
def get_column_lineage(
    node_id: NodeId,
    caller: Caller,
    catalog: TheCatalog,
    depth: Depth = 20,
    down: Annotated[bool, Query(alias="withDownstream")] = False,
) -> Graph:
    """Draw columns; what may not be discovered is left out."""
    with _assets(catalog, caller) as assets:
        return graph.column_lineage(assets, node_id, depth, down=down)


@router.get("/search", summary="Search datasets and jobs")
def search(
    q: Text,
    caller: Caller,
    catalog: TheCatalog,
    kind: Annotated[Literal["DATASET", "JOB"] | None, Query(alias="filter")] = None,
    limit: Limit = 10,
) -> Search:
    """Find datasets and jobs whose name holds the text."""
    with _assets(catalog, caller) as assets:
        now, text = assets.visit.now, q.lower()
        sets = [name_of(row) for row in _datasets(assets)] if kind != "JOB" else []
        found = [
            Found(
                name=n.name,
                namespace=n.namespace,
                node_id=f"dataset:{n.namespace}:{n.name}",
                type="DATASET",
                updated_at=now,
            )
            for n in sets
            if text in n.name.lower()
        ]
        found += [
            Found(name=j.name, namespace=j.namespace, node_id=f"job:{j.namespace}:{j.name}", type="JOB", updated_at=now)
            for j in (_jobs(assets) if kind != "DATASET" else [])
            if text in j.name.lower()
        ]
        return Search(total_count=len(found), results=found[:limit])


@router.get("/tags", summary="List tags")
def get_tags(caller: Caller, catalog: TheCatalog) -> Tags:
    """List the classes of the columns that the caller may discover."""
    with _assets(catalog, caller) as assets:
        entries = [entry for entry in map(assets.entry, _datasets(assets)) if entry is not None]
        named = sorted({each for entry in entries for column in entry.spec.columns for each in column.classes})
        return Tags(tags=[{"name": each, "description": ""} for each in named])


@contextmanager
def _assets(catalog: Catalog, caller: Principal) -> Generator[Assets, None, None]:
    with catalog.visit(caller) as visit:
        yield Assets(visit)


def _datasets(assets: Assets) -> list[DatasetRow]:
    rows = assets.visit.session.scalars(select(DatasetRow).order_by(DatasetRow.namespace, DatasetRow.name))
    return sorted(assets.visible(rows), key=lambda row: (name_of(row).namespace, name_of(row).name))


def _jobs(assets: Assets) -> list[JobRow]:
    return assets.jobs(list(assets.visit.session.scalars(select(JobRow).order_by(JobRow.namespace, JobRow.name))))


def _dataset(assets: Assets, namespace: str, name: str) -> DatasetRow:
    found = assets.find(namespace, name)
    if found is None:
        raise HTTPException(404)
    return found


def _job(assets: Assets, namespace: str, name: str) -> JobRow:
    rows = assets.visit.session.scalars(select(JobRow).where(JobRow.namespace == namespace, JobRow.name == name))
    found = next(iter(assets.jobs(list(rows))), None)
    if found is None:
        raise HTTPException(404)
    return found
