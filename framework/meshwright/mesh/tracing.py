"""Lineage as the catalog knows it."""

from meshwright.errors import UnknownProduct
from meshwright.ports import Registry
from meshwright.registry import Direction, LineageGraph, LineageQuery


def follow(registry: Registry, what: str, direction: Direction, depth: int) -> LineageGraph:
    """Follow `domain.product` or `domain.product.column` up or down."""
    domain, _, rest = what.partition(".")
    product, _, column = rest.partition(".")
    query = LineageQuery(product=f"{domain}.{product}", column=column or None, direction=direction, depth=depth)
    if registry.find(query.product) is None:
        raise UnknownProduct(query.product, [e.spec.id for e in registry.products()], "catalog")
    return registry.lineage(query)
