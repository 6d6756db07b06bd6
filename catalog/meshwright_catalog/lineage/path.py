"""The shortest way of data between two places, looked for from both of its ends."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from meshwright.registry import LineageNode, LineagePath, PathQuery
from meshwright_catalog.gate import Visit
from meshwright_catalog.lineage.edges import Column, Edge, Edges, Place, Way
from meshwright_catalog.lineage.moments import moment, start
from meshwright_catalog.lineage.nodes import RESTRICTED, Nodes
from meshwright_catalog.lineage.walk import Link, link_of

MAX_LINKS = 50_000
Columns = dict[str, set[Column]]


def path(visit: Visit, query: PathQuery) -> LineagePath:
    """Find the way from the first place to the second, else from the second to the first.

    Raises `UnknownProduct`, `UnknownColumn` or `UnknownVersion` as `follow` does.
    """
    nodes = Nodes(visit)
    one, other = (query.product, query.column), (query.to_product, query.to_column)
    start(visit, nodes, *one, query)
    start(visit, nodes, *other, query)
    at = moment(visit, nodes, query.product, query)
    edges = Edges(visit.session.connection(), one[1] is not None or other[1] is not None, query.direct, at)
    search = Search(nodes, edges, query.depth)
    forward = search.between(one, other)
    steps = forward or search.between(other, one)
    return LineagePath(
        **query.model_dump(include={"product", "column", "to_product", "to_column"}),
        nodes=_nodes(nodes, steps),
        steps=tuple(link.told() for link in steps),
        backward=bool(steps) and not forward,
        restricted=search.restricted and not steps,
        truncated=search.truncated and not steps,
        at=at,
    )


@dataclass
class Side:
    """What was found from one end: the places that the last hop reached, and the links of every hop."""

    way: Way
    frontier: set[Place]
    seen: set[Place]
    hops: list["Hop"] = field(default_factory=list["Hop"])


@dataclass(frozen=True, slots=True)
class Hop:
    """The edges that one hop went along, with the nodes at both ends; few of them become links."""

    way: Way
    rows: list[tuple[Edge, str, str]]

    def links(self, targets: Mapping[str, Mapping[Column, int]]) -> Iterator[Link]:
        """Give those that lead, along the flow, into one of these nodes and columns."""
        for edge, near, far in self.rows:
            target, column = (far, edge.far_column) if self.way == "down" else (near, edge.near_column)
            if target in targets and _joins(column, targets[target]):
                yield link_of(edge, near, far, self.way)


@dataclass
class Search:
    """Hop by hop, always from the end that has fewer places to leave, until both meet.

    Seen from its end, everything upstream of it is the caller's to know but products that they may not discover.
    """

    nodes: Nodes
    edges: Edges
    depth: int
    restricted: bool = False
    truncated: bool = False

    def between(self, first: Place, last: Place) -> list[Link]:
        """Give the links of the shortest way, of several that with most values, the first by name."""
        ahead, back = Side("down", {first}, {first}), Side("up", {last}, {last})
        found = 0
        while ahead.frontier and back.frontier:
            if len(ahead.hops) + len(back.hops) >= self.depth or found >= MAX_LINKS:
                self.truncated = True
                break
            side = min(ahead, back, key=lambda each: len(each.frontier))
            found += self._step(side)
            if _meet(ahead.frontier, back.frontier):
                return _first(first, last, [*ahead.hops, *reversed(back.hops)])
        return []

    def _step(self, side: Side) -> int:
        columns: Columns = {}
        for node, column in side.frontier:
            columns.setdefault(node, set()).add(column)
        at = self.nodes.ids(sorted(columns))
        datasets = {i: frozenset(columns[node]) for i, node in at.items()}
        rows = [e for e in self.edges.leaving(datasets, side.way, MAX_LINKS) if self.edges.follows(e)]
        self.truncated = self.truncated or len(rows) == MAX_LINKS
        ids = {edge.far for edge in rows}
        self.nodes.learn(ids)
        names = {i: self.nodes.node(i, "up") for i in ids}
        self.restricted = self.restricted or RESTRICTED in names.values()
        steps = [(e, at[e.near], names[e.far]) for e in rows if names[e.far] != RESTRICTED]
        reached = {(node, edge.far_column) for edge, _, node in steps}
        side.frontier = reached - side.seen
        side.seen |= reached
        side.hops.append(Hop(side.way, steps))
        return len(rows)


def _meet(ahead: Iterable[Place], back: Iterable[Place]) -> bool:
    columns: Columns = {}
    for node, column in back:
        columns.setdefault(node, set()).add(column)
    return any(node in columns and _joins(column, columns[node]) for node, column in ahead)


def _joins(column: Column, others: Iterable[Column]) -> bool:
    """Tell whether a column is among others; all of them (None) is any of them."""
    return column is None or any(other in (column, None) for other in others)


def _first(first: Place, last: Place, hops: list[Hop]) -> list[Link]:
    """Keep what leads to the end and count how many hops from there carry no values; then choose from the beginning."""
    leading: list[dict[Link, int]] = []
    ahead: dict[str, dict[Column, int]] = {last[0]: {last[1]: 0}}
    for hop in reversed(hops):
        good = {
            each: min(cost for column, cost in ahead[each.target].items() if _joins(each.target_column, (column,)))
            + (not each.is_direct)
            for each in hop.links(ahead)
        }
        leading.append(good)
        ahead = {}
        for each, cost in good.items():
            sources = ahead.setdefault(each.source, {})
            sources[each.source_column] = min(cost, sources.get(each.source_column, cost))
    chosen: list[Link] = []
    node, column = first
    for costs in reversed(leading):
        here = [(c, _name(e), e) for e, c in costs.items() if e.source == node and _joins(column, (e.source_column,))]
        chosen.append(min(here)[-1])
        node, column = chosen[-1].target, chosen[-1].target_column
    return chosen


def _name(link: Link) -> tuple[str, str, str, str, bool]:
    return link.target, link.target_column or "", link.source_column or "", link.kinds, link.masking


def _nodes(nodes: Nodes, steps: list[Link]) -> tuple[LineageNode, ...]:
    if not steps:
        return ()
    named: dict[str, set[str]] = {steps[0].source: set()}
    for each in steps:
        named.setdefault(each.target, set())
        for node, column in ((each.source, each.source_column), (each.target, each.target_column)):
            named[node] |= {column} if column is not None else set()
    return tuple(nodes.told(n, hop, hop, columns, more=False) for hop, (n, columns) in enumerate(named.items()))
