"""Lineage as the catalog knows it."""

from meshwright.access import Principal
from meshwright.errors import UnknownProduct
from meshwright.mesh.world import World
from meshwright.registry import Direction, LineageGraph, LineageQuery


def follow(world: World, reader: Principal, what: str, direction: Direction, depth: int) -> LineageGraph:
    """Follow `domain.product` or `domain.product.column` up or down."""
    domain, _, rest = what.partition(".")
    product, _, column = rest.partition(".")
    query = LineageQuery(product=f"{domain}.{product}", column=column or None, direction=direction, depth=depth)
    registry = world.registry(reader)
    if registry.find(query.product) is None:
        raise UnknownProduct(query.product, [e.spec.id for e in registry.products()], "catalog")
    return registry.lineage(query)
