"""What stands around a product: some hops each way, further where asked, and the edges among all that is found."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from meshwright.registry import MAX_DEPTH, MAX_NODES, AsOf, LineageGraph
from meshwright_catalog.gate import Visit
from meshwright_catalog.lineage.edges import Column, Edge, Edges, Way
from meshwright_catalog.lineage.moments import moment, start
from meshwright_catalog.lineage.nodes import RESTRICTED, Nodes
from meshwright_catalog.lineage.walk import MAX_EDGES, Link, link_of

_WAYS: tuple[Way, ...] = ("up", "down")


@dataclass(frozen=True, slots=True)
class Around:
    """A graph around its product: `more` of its nodes lead on; `full` when a limit, not the hops asked for, cut it."""

    graph: LineageGraph
    full: bool


@dataclass(frozen=True, slots=True)
class AroundQuery:
    """Hops each way, and the nodes from which to go one hop further; `first` are those whose columns matter most."""

    product: str
    depth: int = 1
    expand: Sequence[str] = ()
    first: Sequence[str] = ()
    max_nodes: int = MAX_NODES
    when: AsOf = field(default_factory=AsOf)


def around(visit: Visit, query: AroundQuery) -> Around:
    """Find what stands around a product; raise `UnknownProduct` for what is unknown or may not be discovered.

    Raises `UnknownVersion` as `follow` does. A node that was not reached is not gone on from: what may be told of it
    depends on the way there.
    """
    nodes = Nodes(visit)
    start(visit, nodes, query.product, None, query.when)
    at = moment(visit, nodes, query.product, query.when)
    hood = _Hood(nodes, visit, query.max_nodes, at, {query.product: 0})
    for way in _WAYS:
        frontier = {query.product}
        for _ in range(min(query.depth, MAX_DEPTH)):
            frontier = hood.step(frontier, way) if frontier else frontier
    for node in query.expand:
        if node not in (RESTRICTED, query.product) and node in hood.layers:
            hood.step({node}, "up" if hood.layers[node] < 0 else "down")
    links = [*dict.fromkeys([*hood.links, *hood.among(query.first)])]
    more = hood.leading_on()
    named = _columns(nodes, hood.layers, links)
    graph = LineageGraph(
        product=query.product,
        column=None,
        direction="both",
        nodes=tuple(
            nodes.told(n, abs(layer), layer, named.get(n, ()), more=n in more) for n, layer in hood.layers.items()
        ),
        edges=tuple(link.told() for link in links),
        truncated=bool(more) or hood.full,
        at=at,
    )
    return Around(graph, hood.full)


@dataclass
class _Hood:
    """What was found so far: whole datasets and edges between them."""

    nodes: Nodes
    visit: Visit
    max_nodes: int
    at: datetime | None
    layers: dict[str, int]
    links: dict[Link, None] = field(default_factory=dict[Link, None])
    full: bool = False
    _walked: set[tuple[int, Way]] = field(default_factory=set[tuple[int, Way]])

    def step(self, frontier: set[str], way: Way) -> set[str]:
        """Go one hop from these nodes; give what is new."""
        rows = self._leaving(frontier, way)
        self.nodes.learn(edge.far for edge, _ in rows)
        new: set[str] = set()
        for edge, near in rows:
            node = self.nodes.node(edge.far, way)
            if node not in self.layers and len(self.layers) > self.max_nodes:
                self.full = True
                continue
            if node not in self.layers:
                self.layers[node] = self.layers[near] + (-1 if way == "up" else 1)
                new |= {node} - {RESTRICTED}
            self._walked.add((edge.id, way))
            self.links[link_of(edge, near, node, way)] = None
        return new

    def among(self, first: Sequence[str]) -> Iterable[Link]:
        """Give the edges between what was found, with their columns; those of the first nodes before others."""
        shown = self.nodes.ids(sorted(self.layers.keys() - {RESTRICTED}))
        chosen = {i for i, node in shown.items() if node in first}
        every: frozenset[Column] = frozenset([None])
        asked: list[tuple[set[int], Way]] = [(chosen, "up"), (chosen, "down"), (set(shown) - chosen, "up")]
        edges = Edges(self.visit.session.connection(), by_column=True, direct=False, at=self.at)
        seen, room = set[int](), MAX_EDGES
        for ids, way in asked:
            rows = edges.leaving(dict.fromkeys(sorted(ids), every), way, room + 1)
            self.full = self.full or len(rows) > room
            for edge in rows[:room]:
                if edge.far in shown and edge.id not in seen:
                    seen.add(edge.id)
                    yield link_of(edge, shown[edge.near], shown[edge.far], way)
            room = max(0, room - len(rows))

    def leading_on(self) -> set[str]:
        """Name the nodes from which edges lead to what was not found, away from the product."""
        found: set[str] = set()
        known = self.nodes.ids(sorted(self.layers.keys() - {RESTRICTED}))
        for way in _WAYS:
            side = {n for n, layer in self.layers.items() if n != RESTRICTED and (layer < 0) == (way == "up")}
            found |= {n for e, n in self._leaving(side, way) if (e.id, way) not in self._walked and e.far not in known}
        return found

    def _leaving(self, frontier: set[str], way: Way) -> list[tuple[Edge, str]]:
        at = self.nodes.ids(sorted(frontier))
        edges = Edges(self.visit.session.connection(), by_column=False, direct=False, at=self.at)
        rows = edges.leaving(dict.fromkeys(at, frozenset[Column]([None])), way, MAX_EDGES + 1)
        self.full = self.full or len(rows) > MAX_EDGES
        return [(edge, at[edge.near]) for edge in rows]


def _columns(nodes: Nodes, shown: Iterable[str], links: Iterable[Link]) -> dict[str, set[str]]:
    """Name per node the columns of its contract, and those that edges name."""
    named: dict[str, set[str]] = {}
    for link in links:
        for node, column in ((link.source, link.source_column), (link.target, link.target_column)):
            if column is not None:
                named.setdefault(node, set()).add(column)
    for node in shown:
        outline = nodes.products.outline(node)
        if outline is not None:
            named.setdefault(node, set()).update(outline.columns)
    return named
