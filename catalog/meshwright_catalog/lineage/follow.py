"""Follow data up or down over the edges that lineage events drew, as far as the caller may see."""

from collections.abc import Iterable

from meshwright.registry import LineageGraph, LineageQuery
from meshwright_catalog.gate import Visit
from meshwright_catalog.lineage.edges import Edges, Way
from meshwright_catalog.lineage.moments import moment, start
from meshwright_catalog.lineage.nodes import Nodes
from meshwright_catalog.lineage.walk import Walk


def follow(visit: Visit, query: LineageQuery) -> LineageGraph:
    """Answer a lineage query; raise `UnknownProduct` for what is unknown or may not be discovered.

    Raises `UnknownColumn` and, for a version of which no run told, `UnknownVersion`.
    """
    nodes = Nodes(visit)
    start(visit, nodes, query.product, query.column, query)
    at = moment(visit, nodes, query.product, query)
    edges = Edges(visit.session.connection(), query.column is not None or query.columns, query.direct, at)
    walk = Walk(nodes, edges, query.max_nodes)
    if query.direction == "both":
        walk.look_both_ways((query.product, query.column))
    ways: Iterable[Way] = ("up", "down") if query.direction == "both" else (query.direction,)
    for way in ways:
        walk.go((query.product, query.column), way, query.depth)
    walk.hops[query.product] = walk.layers[query.product] = 0
    named = dict(walk.columns())
    outline = nodes.products.outline(query.product)
    if outline is not None and (query.columns or query.column is not None):
        named[query.product] = named.get(query.product, set()) | outline.columns.keys()
    return LineageGraph(
        product=query.product,
        column=query.column,
        direction=query.direction,
        nodes=tuple(
            nodes.told(n, hops, walk.layers[n], named.get(n, ()), more=n in walk.more) for n, hops in walk.hops.items()
        ),
        edges=tuple(link.told() for link in walk.links),
        truncated=bool(walk.more),
        at=at,
    )
