"""Lineage as the catalog knows it: follow it, ask what a column reaches, and by which way."""

from collections.abc import Callable
from typing import TypeVar

from meshwright.errors import UnknownProduct
from meshwright.ports import Registry
from meshwright.registry import AsOf, Direction, Impact, ImpactQuery, LineageGraph, LineagePath, LineageQuery, PathQuery

A = TypeVar("A")
NOW = AsOf()


def follow(registry: Registry, what: str, direction: Direction, depth: int, when: AsOf = NOW) -> LineageGraph:
    """Follow `domain.product` or `domain.product.column` up or down."""
    product, column = split(what)
    query = LineageQuery(product=product, column=column, direction=direction, depth=depth, **when.model_dump())
    return _asked(registry, lambda: registry.lineage(query))


def impact(registry: Registry, what: str, depth: int, when: AsOf = NOW) -> Impact:
    """Tell what a product or column reaches."""
    product, column = split(what)
    query = ImpactQuery(product=product, column=column, depth=depth, **when.model_dump())
    return _asked(registry, lambda: registry.impact(query))


def path(registry: Registry, what: str, to: str, depth: int, when: AsOf = NOW) -> LineagePath:
    """Find the shortest way of data between two products or columns."""
    (product, column), (other, its) = split(what), split(to)
    ends = {"product": product, "column": column, "to_product": other, "to_column": its}
    query = PathQuery.model_validate(ends | {"depth": depth} | when.model_dump())
    return _asked(registry, lambda: registry.path(query))


def split(what: str) -> tuple[str, str | None]:
    """Read `domain.product` or `domain.product.column`."""
    domain, _, rest = what.partition(".")
    product, _, column = rest.partition(".")
    return f"{domain}.{product}", column or None


def _asked(registry: Registry, ask: Callable[[], A]) -> A:
    """Ask, and name what is near when a product is not there."""
    try:
        return ask()
    except UnknownProduct as problem:
        raise UnknownProduct(problem.product, [e.spec.id for e in registry.products()], "catalog") from None
