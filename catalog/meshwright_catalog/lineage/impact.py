"""What a product or column reaches: which products, columns and models, whose they are, and how it gets there."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import chain

from meshwright.registry import Impact, ImpactQuery, Reach, ReachedProduct
from meshwright_catalog.gate import Visit
from meshwright_catalog.lineage.edges import Column, Edges, Place
from meshwright_catalog.lineage.moments import moment, start
from meshwright_catalog.lineage.nodes import RESTRICTED, Nodes
from meshwright_catalog.lineage.walk import Link, Walk

_STRONGEST_FIRST: tuple[Reach, ...] = ("direct", "masked", "indirect")


def impact(visit: Visit, query: ImpactQuery) -> Impact:
    """Answer what is reached; raise `UnknownProduct`, `UnknownColumn` or `UnknownVersion` as `follow` does."""
    nodes = Nodes(visit)
    start(visit, nodes, query.product, query.column, query)
    at = moment(visit, nodes, query.product, query)
    walk = Walk(nodes, Edges(visit.session.connection(), by_column=True, direct=False, at=at), query.max_nodes)
    walk.go((query.product, query.column), "down", query.depth)
    found = sorted(_Reached(walk, (query.product, query.column)).products(), key=lambda each: (each.hops, each.id))
    owners: dict[str, list[str]] = {}
    for each in found:
        if each.owner:
            owners.setdefault(each.owner, []).append(each.id)
    return Impact(
        product=query.product,
        column=query.column,
        products=tuple(found),
        owners={owner: tuple(owners[owner]) for owner in sorted(owners)},
        restricted=RESTRICTED in walk.hops,
        truncated=bool(walk.more),
        at=at,
    )


@dataclass
class _Reached:
    """How data gets to each place that a walk found."""

    walk: Walk
    origin: Place
    _from: dict[str, dict[Column, list[Link]]] = field(default_factory=dict[str, dict[Column, list[Link]]])
    """The links that hand values on, by the node and column that they leave."""

    def products(self) -> list[ReachedProduct]:
        for link, follows in self.walk.links.items():
            if follows and link.is_direct:
                self._from.setdefault(link.source, {}).setdefault(link.source_column, []).append(link)
        direct, plain = self._closure(masked=True), self._closure(masked=False)
        columns: dict[str, dict[Column, int]] = {node: {} for node in self.walk.hops if node != RESTRICTED}
        for (node, column), hop in self.walk.places.items():
            columns[node][column] = hop
        return [self._product(node, hops, direct, plain) for node, hops in columns.items()]

    def _closure(self, *, masked: bool) -> AbstractSet[Place]:
        """Follow what hands values on, through masks or not."""
        seen, waiting = {self.origin}, [self.origin]
        while waiting:
            for link in self._leaving(*waiting.pop()):
                place = link.target, link.target_column
                if (masked or not link.masking) and place not in seen:
                    seen.add(place)
                    waiting.append(place)
        return seen

    def _leaving(self, node: str, column: Column) -> Iterator[Link]:
        by_column = self._from.get(node, {})
        columns = by_column if column is None else (column, None)
        return chain.from_iterable(by_column.get(each, ()) for each in columns)

    def _product(
        self, node: str, columns: Mapping[Column, int], direct: AbstractSet[Place], plain: AbstractSet[Place]
    ) -> ReachedProduct:
        def how(column: Column, rows: Reach | None = None) -> Reach:
            place = node, column
            if rows == "direct" or place in plain:
                return "direct"
            return "masked" if rows == "masked" or place in direct else "indirect"

        whole = how(None)
        hows: dict[Column, Reach] = {column: how(column, whole) for column in columns}
        classes = self.walk.nodes.classes(node)
        reached = [
            {"name": c, "how": hows[c], "hops": columns[c], "classes": classes(c)}
            for c in sorted(column for column in columns if column is not None)
        ]
        told = {
            "hops": self.walk.hops[node],
            "how": _strongest(set(hows.values())),
            "rows": None in columns or not columns,
            "columns": reached,
        }
        return ReachedProduct.model_validate(self.walk.nodes.about(node) | told)


def _strongest(hows: AbstractSet[Reach]) -> Reach:
    for each in _STRONGEST_FIRST:
        if each in hows:
            return each
    return "indirect"
