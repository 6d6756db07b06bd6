"""Which product needs which: build order, circles, and who is up- and downstream."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from meshwright.errors import DependencyCycle, UnknownProduct
from meshwright.spec import ColumnSpec, ListType, Spec, StructType

REJECTED = "__rejected"
"""The end of the name of the table that holds a product's rejected rows; the product itself writes it."""


def dependencies(spec: Spec) -> frozenset[str]:
    """Name the products that one product reads: by its ports, and by the references its columns are checked against."""
    ports = {port.product.removesuffix(REJECTED) for port in spec.ports}
    return frozenset(ports | (set(_referenced(spec.columns)) - {spec.id}))


def order(products: Mapping[str, Spec], published: Collection[str] = ()) -> tuple[str, ...]:
    """Sort products so that each comes after all it needs; by name where nothing else decides.

    `published` names products of other repositories: they may be needed, and are not sorted. Raises `DependencyCycle`
    and, for a product that nobody has, `UnknownProduct`.
    """
    needs = {name: _needs(products, name, published) for name in sorted(products)}
    sorter = TopologicalSorter(needs)
    try:
        sorter.prepare()
    except CycleError as error:
        raise DependencyCycle(_circle(error.args[1])) from None
    return tuple(_in_turn(sorter))


def dependents(products: Mapping[str, Spec], product: str) -> tuple[str, ...]:
    """Name the products that read this one directly."""
    _known(products, product)
    return tuple(name for name in sorted(products) if product in dependencies(products[name]))


def upstream(products: Mapping[str, Spec], product: str) -> tuple[str, ...]:
    """Name everything this product needs, directly or not, as far as the given products know it."""
    _known(products, product)
    return _reached(product, lambda name: dependencies(products[name]) if name in products else frozenset())


def downstream(products: Mapping[str, Spec], product: str) -> tuple[str, ...]:
    """Name everything that needs this product, directly or not."""
    _known(products, product)
    return _reached(product, lambda name: dependents(products, name) if name in products else ())


def _known(products: Mapping[str, Spec], product: str) -> None:
    if product not in products:
        raise UnknownProduct(product, products)


def _needs(products: Mapping[str, Spec], name: str, published: Collection[str]) -> list[str]:
    needed = sorted(dependencies(products[name]))
    for each in needed:
        if each not in products and each not in published:
            raise UnknownProduct(each, {*products, *published}, where=name)
    return [each for each in needed if each in products]


def _referenced(columns: Iterable[ColumnSpec]) -> Iterator[str]:
    for column in columns:
        if column.references:
            yield column.references.product
        if isinstance(column.type, ListType):
            yield from _referenced((column.type.items,))
        elif isinstance(column.type, StructType):
            yield from _referenced(column.type.fields)


def _in_turn(sorter: "TopologicalSorter[str]") -> Iterator[str]:
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        yield from ready
        sorter.done(*ready)


def _circle(found: list[str]) -> list[str]:
    """Turn graphlib's circle round, so that each product needs the next, and begin it at the first name."""
    nodes = found[:0:-1]
    start = nodes.index(min(nodes))
    return [*nodes[start:], *nodes[:start], nodes[start]]


def _reached(start: str, neighbours: Callable[[str], Iterable[str]]) -> tuple[str, ...]:
    found: set[str] = set()
    todo = [start]
    while todo:
        new = set(neighbours(todo.pop())) - found
        found |= new
        todo += new
    return tuple(sorted(found - {start}))
