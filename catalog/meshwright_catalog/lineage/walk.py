"""One caller's way through the graph, hop by hop: nodes, edges and places found so far."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from meshwright.registry import LineageEdge
from meshwright_catalog.lineage.edges import Column, Edge, Edges, Place, Way
from meshwright_catalog.lineage.nodes import RESTRICTED, Nodes

MAX_EDGES = 5_000
_TOGETHER = 500


class Link(NamedTuple):
    """An edge between nodes, as the caller may know it."""

    source: str
    source_column: Column
    target: str
    target_column: Column
    kinds: str
    masking: bool
    description: str = ""

    @property
    def is_direct(self) -> bool:
        """Tell whether values flow; where nobody told how, they may."""
        return not self.kinds or self.kinds.startswith("DIRECT:")

    def told(self) -> LineageEdge:
        """Write it as an answer."""
        return LineageEdge(
            source=self.source,
            source_column=self.source_column,
            target=self.target,
            target_column=self.target_column,
            kinds=tuple(self.kinds.split()),
            masking=self.masking,
            description=self.description,
        )


@dataclass
class Walk:
    """What was found; `more` are nodes, where there is too much not all, whose edges were not all followed.

    A link that is not followed (False) says of whole datasets what other links say of columns.
    """

    nodes: Nodes
    edges: Edges
    max_nodes: int
    hops: dict[str, int] = field(default_factory=dict[str, int])
    layers: dict[str, int] = field(default_factory=dict[str, int])
    places: dict[Place, int] = field(default_factory=dict[Place, int])
    links: dict[Link, bool] = field(default_factory=dict[Link, bool])
    more: set[str] = field(default_factory=set[str])
    _next: dict[Way, list[tuple[Edge, str]]] = field(default_factory=dict[Way, list[tuple[Edge, str]]])
    _walked: dict[Way, set[int]] = field(default_factory=lambda: {"up": set(), "down": set()})

    def look_both_ways(self, start: Place) -> None:
        """Decide about what is next to a place, up and down: all together it costs less."""
        ways: tuple[Way, ...] = ("up", "down")
        found: dict[Way, list[tuple[Edge, str]]] = {way: self._leaving({start}, way, _TOGETHER + 1) for way in ways}
        if sum(map(len, found.values())) <= _TOGETHER:
            self.nodes.learn(edge.far for rows in found.values() for edge, _ in rows)
            self._next = found

    def go(self, start: Place, way: Way, depth: int) -> None:
        """Follow one direction until nothing new comes or a limit is met."""
        seen, frontier = {start}, {start}
        for hop in range(1, depth + 1):
            reached = set(self._step(frontier, way, hop)) - seen
            seen |= reached
            self.places |= dict.fromkeys(reached, hop)
            frontier = reached
            if not frontier or self.full:
                return
        for edge, node in self._leaving(frontier, way) if not self.more else ():
            if edge.id not in self._walked[way]:
                self.more.add(node)

    @property
    def full(self) -> bool:
        """Tell whether no more edges may be told."""
        return len(self.links) >= MAX_EDGES

    def _step(self, frontier: set[Place], way: Way, hop: int) -> Iterator[Place]:
        room = MAX_EDGES - len(self.links)
        rows = self._next.pop(way) if way in self._next else self._leaving(frontier, way, room + 1)
        for start in range(0, len(rows), _TOGETHER):
            some = rows[start : start + _TOGETHER]
            self.nodes.learn({edge.far for edge, _ in some})
            yield from self._take(some, way, hop)
        if len(rows) > room:  # there may be more than were read
            self.more.add(rows[-1][1])

    def _take(self, rows: Sequence[tuple[Edge, str]], way: Way, hop: int) -> Iterator[Place]:
        links, hops, walked, follows_on = self.links, self.hops, self._walked[way], self.edges.follows
        names = {i: self.nodes.node(i, way) for i in {edge.far for edge, _ in rows}}
        for edge, near in rows:
            node = names[edge.far]
            is_new = node not in hops
            if len(links) >= MAX_EDGES or (is_new and len(hops) >= self.max_nodes):
                self.more.add(near)
                continue
            walked.add(edge.id)
            if is_new:
                hops[node], self.layers[node] = hop, -hop if way == "up" else hop
            follows, link = follows_on(edge), link_of(edge, near, node, way)
            if not links.setdefault(link, follows) and follows:
                links[link] = True
            if follows and node != RESTRICTED:
                yield node, edge.far_column

    def _leaving(self, frontier: set[Place], way: Way, most: int = MAX_EDGES + 1) -> list[tuple[Edge, str]]:
        """Give each edge that leaves the frontier, and the node it leaves."""
        columns: dict[str, set[Column]] = {}
        for node, column in frontier:
            columns.setdefault(node, set()).add(column)
        at = self.nodes.ids(sorted(columns))
        datasets = {i: frozenset(columns[node]) for i, node in at.items()}
        return [(edge, at[edge.near]) for edge in self.edges.leaving(datasets, way, most)]

    def columns(self) -> Mapping[str, set[str]]:
        """Give per node the columns that edges name."""
        found: dict[str, set[str]] = {}
        for link in self.links:
            for node, column in ((link.source, link.source_column), (link.target, link.target_column)):
                if column is not None:
                    found.setdefault(node, set()).add(column)
        return found


def link_of(edge: Edge, near: str, far: str, way: Way) -> Link:
    """Write an edge; of a hidden end nothing is told but that it is there."""
    if far == RESTRICTED:
        source, target = (far, near) if way == "up" else (near, far)
        return Link(source, None, target, None, "", masking=False)
    if way == "up":
        return Link(far, edge.far_column, near, edge.near_column, edge.kinds, edge.masking, edge.description)
    return Link(near, edge.near_column, far, edge.far_column, edge.kinds, edge.masking, edge.description)
