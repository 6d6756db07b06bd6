"""Follow data up or down over the edges that lineage events drew, as far as the caller may see."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy import select

from meshwright.errors import UnknownColumn, UnknownProduct
from meshwright.registry import LineageEdge, LineageGraph, LineageNode, LineageQuery
from meshwright_catalog.datasets import is_source
from meshwright_catalog.gate import Visit
from meshwright_catalog.models import DatasetRow, EdgeRow
from meshwright_catalog.products import find

MAX_NODES = 500
MAX_EDGES = 5_000
RESTRICTED = "restricted"

Way = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Place:
    """A product or dataset, and one column of it, or all (None)."""

    node: str
    column: str | None


@dataclass
class Walk:
    """One caller's way through the graph: nodes, edges and names found so far."""

    visit: Visit
    query: LineageQuery
    hops: dict[str, int] = field(default_factory=dict)
    edges: dict[LineageEdge, None] = field(default_factory=dict)
    datasets: dict[str, set[int]] = field(default_factory=dict)
    shown: dict[str, bool] = field(default_factory=dict)
    others: dict[str, DatasetRow] = field(default_factory=dict)
    truncated: bool = False

    def go(self, way: Way) -> None:
        """Follow one direction, hop by hop, until nothing new comes or a limit is met."""
        start = Place(self.query.product, self.query.column)
        seen, frontier = {start}, {start}
        for hop in range(1, self.query.depth + 1):
            reached = set(self._step(frontier, way, hop)) - seen
            seen |= reached
            frontier = reached
            if not frontier:
                return
        self.truncated = self.truncated or any(self._rows(frontier, way))

    def _step(self, frontier: set[Place], way: Way, hop: int) -> Iterator[Place]:
        for place, row, near, far in list(self._rows(frontier, way)):
            if len(self.hops) >= MAX_NODES or len(self.edges) >= MAX_EDGES:
                self.truncated = True
                return
            node = self._node(far, way)
            self.hops.setdefault(node, hop)
            column = row.input_field if way == "up" else row.output_field
            hidden = node == RESTRICTED
            self.edges[_edge(row, near, node, way, hidden=hidden)] = None
            if not hidden and not (self._by_column and _is_whole(row) and row.flow.columns_known):
                self.datasets.setdefault(node, set()).add(far.id)
                yield Place(node, column if place.column or self.query.columns else None)

    def _rows(self, frontier: set[Place], way: Way) -> Iterator[tuple[Place, EdgeRow, str, DatasetRow]]:
        """Give each edge that leaves the frontier, where it leaves and the dataset at its other end."""
        at = {i: place.node for place in frontier for i in self._ids(place.node)}
        columns: dict[str, set[str | None]] = {}
        for place in frontier:
            columns.setdefault(place.node, set()).add(place.column)
        here = EdgeRow.output_id if way == "up" else EdgeRow.input_id
        there = EdgeRow.input_id if way == "up" else EdgeRow.output_id
        joined = select(EdgeRow, DatasetRow).join(DatasetRow, DatasetRow.id == there).where(here.in_(sorted(at)))
        if not self._by_column:
            joined = joined.where(EdgeRow.input_field.is_(None), EdgeRow.output_field.is_(None))
        for row, far in self.visit.session.execute(joined.order_by(EdgeRow.id)):
            node = at[row.output_id if way == "up" else row.input_id]
            own = row.output_field if way == "up" else row.input_field
            for column in columns[node]:
                if self._follows(row, column, own):
                    yield Place(node, column), row, node, far

    @property
    def _by_column(self) -> bool:
        return self.query.column is not None or self.query.columns

    def _follows(self, row: EdgeRow, column: str | None, own: str | None) -> bool:
        """Tell whether an edge leaves this column; edges of whole datasets count where no columns are known."""
        whole = _is_whole(row)
        if self.query.direct and row.kinds and not any(kind.startswith("DIRECT:") for kind in row.kinds.split()):
            return False
        if column is None:
            return True
        return not row.flow.columns_known if whole else own in (column, None)

    def _ids(self, node: str) -> set[int]:
        if node not in self.datasets or node == self.query.product:
            of_product = select(DatasetRow.id).where(DatasetRow.product == node)
            self.datasets.setdefault(node, set()).update(self.visit.session.scalars(of_product))
        return self.datasets[node]

    def _node(self, far: DatasetRow, way: Way) -> str:
        """Name the other end; what the caller may not discover has no name."""
        if far.product is not None:
            if far.product not in self.shown:
                self.shown[far.product] = find(self.visit, far.product) is not None
            if self.shown[far.product]:
                self._ids(far.product)
                return far.product
            return RESTRICTED
        if way == "up" or (far.domain is not None and far.domain == self.visit.principal.domain):
            node = f"{far.namespace}/{far.name.lstrip('/')}"
            self.others[node] = far
            return node
        return RESTRICTED

    def nodes(self) -> tuple[LineageNode, ...]:
        """Give what was reached, with the names that people use."""
        return tuple(LineageNode(id=n, kind=self._kind(n), name=self._name(n), hops=h) for n, h in self.hops.items())

    def _kind(self, node: str) -> Literal["product", "source", "dataset", "restricted"]:
        if node == RESTRICTED:
            return "restricted"
        if node in self.others:
            return "source" if is_source(self.others[node].namespace) else "dataset"
        return "product"

    def _name(self, node: str) -> str:
        return self.others[node].name if node in self.others else node


def follow(visit: Visit, query: LineageQuery) -> LineageGraph:
    """Answer a lineage query; raise `UnknownProduct` for what is unknown or may not be discovered."""
    entry = find(visit, query.product)
    if entry is None:
        raise UnknownProduct(query.product, (), "catalog")
    known = [column.name for column in entry.spec.columns]
    if query.column is not None and query.column not in known:
        raise UnknownColumn(query.product, query.column, known)
    walk = Walk(visit, query)
    ways: Iterable[Way] = ("up", "down") if query.direction == "both" else (query.direction,)
    for way in ways:
        walk.go(way)
    walk.hops[query.product] = 0
    return LineageGraph(
        product=query.product,
        column=query.column,
        direction=query.direction,
        nodes=walk.nodes(),
        edges=tuple(walk.edges),
        truncated=walk.truncated,
    )


def _is_whole(row: EdgeRow) -> bool:
    return row.input_field is None and row.output_field is None


def _edge(row: EdgeRow, near: str, far: str, way: Way, *, hidden: bool) -> LineageEdge:
    """Write an edge; of a hidden end nothing is told but that it is there."""
    source, target = (far, near) if way == "up" else (near, far)
    if hidden:
        return LineageEdge(source=source, target=target)
    return LineageEdge(
        source=source,
        source_column=row.input_field,
        target=target,
        target_column=row.output_field,
        kinds=tuple(row.kinds.split()),
        masking=row.masking,
    )
