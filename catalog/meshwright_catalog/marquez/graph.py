"""Lineage as Marquez draws it: datasets and the jobs between them, or columns."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from meshwright.errors import UnknownProduct
from meshwright_catalog.lineage.edges import Column, Edges, Way
from meshwright_catalog.lineage.nodes import RESTRICTED
from meshwright_catalog.lineage.walk import Link, Walk
from meshwright_catalog.marquez.answers import Edge, FieldData, Graph, Name, Node
from meshwright_catalog.marquez.assets import Assets, name_of
from meshwright_catalog.models import DatasetRow, EdgeRow, FlowRow, JobRow

MAX_NODES = 200


def lineage(assets: Assets, node_id: str, depth: int) -> Graph:
    """Draw what is around a dataset or job; Marquez counts jobs as hops too."""
    walk = _walked(assets, _Start(_starts(assets, node_id), depth=max(1, (depth + 1) // 2)), by_column=False)
    rows = _rows(assets, walk)
    ids = {i: node for node, row in rows.items() for i in assets.nodes.ids([node]) or {row.id: node}}
    edge = (EdgeRow.input_id, FlowRow.job_id, EdgeRow.output_id)
    whole = EdgeRow.input_field.is_(None) & EdgeRow.output_field.is_(None)
    between = (
        select(*edge)
        .join(FlowRow, FlowRow.id == EdgeRow.flow_id)
        .where(EdgeRow.input_id.in_(sorted(ids)), EdgeRow.output_id.in_(sorted(ids)), EdgeRow.current, whole)
    )
    found = assets.visit.session.execute(between.distinct()).all()
    jobs = select(JobRow).where(JobRow.id.in_(sorted({job for _, job, _ in found})))
    shown = {row.id: row for row in assets.jobs(list(assets.visit.session.scalars(jobs)))}
    links: set[tuple[str, str]] = set()
    for source, job, target in found:
        if job in shown and _link(walk, ids[source], ids[target]):
            links |= {(_id(rows[ids[source]]), _job_id(shown[job])), (_job_id(shown[job]), _id(rows[ids[target]]))}
    used = {end for link in links for end in link}
    nodes = [Node(id=_id(row), type="DATASET", data=assets.dataset(row)) for row in rows.values()]
    nodes += [Node(id=_job_id(row), type="JOB", data=assets.job(row)) for row in shown.values() if _job_id(row) in used]
    return _linked(nodes, links)


def column_lineage(assets: Assets, node_id: str, depth: int, *, down: bool) -> Graph:
    """Draw the columns that a dataset's or a column's values and influences come from, and on request reach."""
    start, column = _column_start(assets, node_id)
    ways: tuple[Way, ...] = ("up", "down") if down else ("up",)
    walk = _walked(assets, _Start([start], column, depth, ways), by_column=True)
    rows = _rows(assets, walk)
    told = [e for e in walk.links if e.source_column and e.target_column and {e.source, e.target} <= rows.keys()]
    names = {node: name_of(row) for node, row in rows.items()}
    places = {(e.source, e.source_column) for e in told} | {(e.target, e.target_column) for e in told}
    nodes = [_field(names, node, column, told) for node, column in sorted(places, key=str)]
    links = {(_field_id(names[e.source], e.source_column), _field_id(names[e.target], e.target_column)) for e in told}
    return _linked(nodes, links)


def _starts(assets: Assets, node_id: str) -> list[DatasetRow]:
    kind, _, rest = node_id.partition(":")
    if kind == "job":
        jobs = (
            assets.visit.session.scalars(select(JobRow).where(JobRow.namespace == n, JobRow.name == j)).all()
            for n, j in _splits(rest)
        )
        job = next((row for each in jobs for row in assets.jobs(list(each))), None)
        if job is not None:
            made = select(DatasetRow).join(FlowRow, FlowRow.output_id == DatasetRow.id).where(FlowRow.job_id == job.id)
            return assets.visible(assets.visit.session.scalars(made.distinct()))
    return [_column_start(assets, node_id)[0]]


def _column_start(assets: Assets, node_id: str) -> tuple[DatasetRow, Column]:
    """Find a dataset, and its column, by an id whose parts may hold colons; a version after `#` is passed by."""
    kind, _, rest = node_id.partition("#")[0].partition(":")
    column: Column = None
    if kind == "datasetField":
        rest, _, column = rest.rpartition(":")
    found = (assets.find(*each) for each in _splits(rest)) if kind in ("dataset", "datasetField") else ()
    row = next((each for each in found if each is not None), None)
    if row is None:
        raise UnknownProduct("node", (), "catalog")
    return row, column


def _splits(text: str) -> Iterable[tuple[str, str]]:
    """Give every way to read a namespace and a name, for both may hold colons; the longest namespace first."""
    at = [i for i, c in enumerate(text[:2000]) if c == ":"][-8:]
    return ((text[:i], text[i + 1 :]) for i in reversed(at))


@dataclass(frozen=True, slots=True)
class _Start:
    """Where a drawing begins, and how far and which way it goes."""

    rows: list[DatasetRow]
    column: Column = None
    depth: int = 1
    ways: tuple[Way, ...] = ("up", "down")


def _walked(assets: Assets, start: _Start, *, by_column: bool) -> Walk:
    walk = Walk(
        assets.nodes, Edges(assets.visit.session.connection(), by_column=by_column, direct=False, at=None), MAX_NODES
    )
    assets.nodes.learn(row.id for row in start.rows)
    for row in start.rows:
        node = assets.nodes.node(row.id, "up")
        for way in start.ways:
            walk.go((node, start.column), way, start.depth)
        walk.hops[node] = 0
    return walk


def _rows(assets: Assets, walk: Walk) -> dict[str, DatasetRow]:
    """Give one dataset for each node that the caller may see."""
    nodes = [node for node in walk.hops if node != RESTRICTED]
    ids = assets.nodes.ids(nodes)
    rows = assets.visit.session.scalars(select(DatasetRow).where(DatasetRow.id.in_(sorted(ids)))).all()
    found: dict[str, DatasetRow] = {}
    for row in sorted(rows, key=lambda each: (each.alias_of is not None, each.id)):
        found.setdefault(ids[row.id], row)
    return {node: found[node] for node in nodes if node in found}


def _link(walk: Walk, source: str, target: str) -> bool:
    return Link(source, None, target, None, "", masking=False) in walk.links


def _field(names: Mapping[str, Name], node: str, column: Column, told: Iterable[Link]) -> Node:
    into = [e for e in told if (e.target, e.target_column) == (node, column)]
    inputs: list[dict[str, object]] = [
        {
            "namespace": names[e.source].namespace,
            "dataset": names[e.source].name,
            "field": e.source_column,
            "transformationType": e.kinds or None,
            "transformationDescription": e.description or ("masked" if e.masking else None),
        }
        for e in into
    ]
    name = names[node]
    data = FieldData(namespace=name.namespace, dataset=name.name, field=column or "", input_fields=inputs)
    return Node(id=_field_id(name, column), type="DATASET_FIELD", data=data)


def _linked(nodes: Iterable[Node], links: Iterable[tuple[str, str]]) -> Graph:
    links = sorted(links)
    edges = [Edge(origin=origin, destination=destination) for origin, destination in links]
    return Graph(
        graph=[
            node.model_copy(
                update={
                    "in_edges": [e for e in edges if e.destination == node.id],
                    "out_edges": [e for e in edges if e.origin == node.id],
                }
            )
            for node in nodes
        ]
    )


def _id(row: DatasetRow) -> str:
    name = name_of(row)
    return f"dataset:{name.namespace}:{name.name}"


def _job_id(row: JobRow) -> str:
    return f"job:{row.namespace}:{row.name}"


def _field_id(name: Name, column: Column) -> str:
    return f"datasetField:{name.namespace}:{name.name}:{column}"
