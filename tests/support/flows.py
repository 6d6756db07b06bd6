"""Lineage asked of a plain list of edges, slowly and obviously: what the catalog's answers are held against."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

Column = str | None
Place = tuple[str, Column]


class Edge(NamedTuple):
    """One edge; `leads` is False for one of whole datasets beside which columns are told."""

    source: str
    source_column: Column
    target: str
    target_column: Column
    kinds: str
    masking: bool
    leads: bool

    def near(self, way: str) -> Place:
        return (self.target, self.target_column) if way == "up" else (self.source, self.source_column)

    def far(self, way: str) -> Place:
        return (self.source, self.source_column) if way == "up" else (self.target, self.target_column)


@dataclass
class Told:
    """What one run told of one output: its edges, when, and which version it wrote."""

    output: str
    at: int
    version: int
    edges: Sequence[Edge]


@dataclass
class Graph:
    """The edges that hold at a time, as far as products are not hidden."""

    edges: list[Edge]
    hidden: frozenset[str]
    by_column: bool
    direct: bool = False
    truncated: bool = False
    hops: dict[str, int] = field(default_factory=dict[str, int])

    def follow(self, start: Place, way: str, depth: int) -> set[tuple[object, ...]]:
        """Give the edges within so many hops."""
        found: dict[Edge, int] = {}
        frontier = [start]
        for hop in range(1, depth + 1):
            new = [e for e in self.edges if e not in found and any(self.leaves(e, p, way) for p in frontier)]
            found |= dict.fromkeys(new, hop)
            for edge in new:
                self.hops.setdefault(self.name(edge.far(way)[0], way), hop)
            frontier = [e.far(way) for e in new if self.leads(e) and self.name(e.far(way)[0], way) != "restricted"]
        left = [e for e in self.edges if e not in found and any(self.leaves(e, p, way) for p in frontier)]
        self.truncated = self.truncated or bool(left)
        return {self.told(edge, way) for edge in found}

    def leads(self, edge: Edge) -> bool:
        """Tell whether an edge leads on; between whole datasets every one does."""
        return edge.leads or not self.by_column

    def leaves(self, edge: Edge, place: Place, way: str) -> bool:
        node, column = edge.near(way)
        whole = edge.source_column is None and edge.target_column is None
        if self.by_column is False and not whole:
            return False
        if self.direct and edge.kinds and not edge.kinds.startswith("DIRECT:"):
            return False
        if node != place[0]:
            return False
        if place[1] is None:
            return True
        return edge.leads if whole else column in (None, place[1])

    def name(self, node: str, way: str) -> str:
        return "restricted" if node in self.hidden else node

    def told(self, edge: Edge, way: str) -> tuple[object, ...]:
        far = self.name(edge.far(way)[0], way)
        if far == "restricted":
            return (far, None, edge.target, None) if way == "up" else (edge.source, None, far, None)
        return edge[:4]

    def reached(self, start: Place, *, masked: bool, indirect: bool) -> set[Place]:
        """Give the places that values reach: also through masks, or by any edge at all."""
        places, frontier = {start}, [start]
        while frontier:
            place = frontier.pop()
            for edge in self.edges:
                values = not edge.kinds or edge.kinds.startswith("DIRECT:")
                follows = indirect or (values and (masked or not edge.masking))
                far = edge.far("down")
                if edge.leads and follows and far[0] not in self.hidden and self.leaves(edge, place, "down"):
                    if far not in places:
                        frontier.append(far)
                    places.add(far)
        return places

    def shortest(self, first: Place, last: Place) -> list[Edge]:
        """Try every way, one edge longer each time; of the shortest that with most values, then by name."""
        usable = [e for e in self.edges if self.leads(e) and not {e.source, e.target} & self.hidden]
        ways: list[list[Edge]] = [[]]
        used: set[Edge] = set()
        while ways:
            longer = [
                [*way, e]
                for way in ways
                for e in usable
                if e not in used and self.leaves(e, way[-1].far("down") if way else first, "down")
            ]
            used |= {way[-1] for way in longer}
            there = [way for way in longer if _joins(way[-1].far("down"), last)]
            if there:
                return min(there, key=lambda way: (sum(map(_silent, way)), [(*_name(e),) for e in way]))
            ways = longer
        return []


def held(told: Iterable[Told], at: float) -> list[Edge]:
    """Give the edges of the newest run of each output until a time."""
    newest: dict[str, Told] = {}
    for each in told:
        if each.at <= at and (each.output not in newest or newest[each.output].at <= each.at):
            newest[each.output] = each
    return [edge for each in newest.values() for edge in each.edges]


def _joins(place: Place, last: Place) -> bool:
    return place[0] == last[0] and (None in (place[1], last[1]) or place[1] == last[1])


def _silent(edge: Edge) -> bool:
    return edge.kinds.startswith("INDIRECT:")


def _name(edge: Edge) -> tuple[str, str, str, str, bool]:
    return edge.target, edge.target_column or "", edge.source_column or "", edge.kinds, edge.masking
