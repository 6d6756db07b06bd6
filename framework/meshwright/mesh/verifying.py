"""Prove the lineage of products on sample rows, read as their builds would read them: `mesh lineage verify`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from meshwright.errors import MeshError, UnknownProduct
from meshwright.lineage import ColumnLineage
from meshwright.lineage.sample import sample
from meshwright.lineage.verify import Edge, Verified, verify_transform
from meshwright.mesh import planning
from meshwright.mesh.admission import admit
from meshwright.mesh.following import follow
from meshwright.mesh.inputs import Inputs, resolve
from meshwright.mesh.printing import withheld
from meshwright.mesh.tracing import trace
from meshwright.mesh.world import AnyProduct, World
from meshwright.schema import InputPort, port_of

WIDER = 10
"""A sample of which no row comes out is taken again, so many times as large."""

Stored = frozenset[tuple[str, str | None, str | None]]
"""The catalog's edges into one product: input, its column, and the column of the product or None for its rows."""


@dataclass(frozen=True, slots=True)
class ProductVerified:
    """What the rows say of one product's lineage; `problems` make it wrong, `notes` say what was not looked at.

    `rows` came out of the sample, `runs` were made and `failed` of them on changed values. Of `direct` edges `spurious`
    ones were not seen to be real, and `idle` ones could not be: their column had one value only.
    """

    product: str
    rows: int = 0
    runs: int = 0
    failed: int = 0
    direct: int = 0
    spurious: int = 0
    idle: int = 0
    opaque: bool = False
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def verified(world: World, products: Sequence[str] | None, rows: int) -> Iterator[ProductVerified]:
    """Verify products on at most so many rows of each input; a product whose inputs are not there says so."""
    for name in planning.in_order(world, products, only=True):
        try:
            yield _verified(world, world.products[name], rows)
        except MeshError as error:
            yield ProductVerified(name, notes=(f"not looked at: {error.where}: {error.problem}",))


def _verified(world: World, product: AnyProduct, rows: int) -> ProductVerified:
    given = dict(product.parameters)
    lineage = trace(product, given)
    inputs = _inputs(world, product, lineage)
    try:
        with withheld():
            found = verify_transform(product.transform, sample(inputs, lineage, rows), lineage, given)
            if not found.rows:
                found = verify_transform(product.transform, sample(inputs, lineage, rows * WIDER), lineage, given)
    except Exception as error:  # noqa: BLE001 - a sample may be too small for a transform; the text may hold a value
        return ProductVerified(product.id, notes=(f"not looked at: {type(error).__name__} on the sample",))
    stored = _stored(world, product)
    return ProductVerified(
        product=product.id,
        rows=found.rows,
        runs=found.runs,
        failed=found.failed,
        direct=found.direct,
        spurious=len(found.quiet),
        idle=len(found.idle),
        opaque=bool(lineage.opaque),
        problems=tuple(_problems(product, found, stored)),
        notes=tuple(_notes(found, lineage, stored)),
    )


def _inputs(world: World, product: AnyProduct, lineage: ColumnLineage) -> dict[str, pl.LazyFrame]:
    """Read what a build reads: deliveries as its source, tables as its service, for its purpose."""
    service = world.policies.principals.find(product.id, "service")
    inputs: Inputs = resolve(world, product, service)
    admitted = admit(world, product, inputs, service, lineage)
    read = {s.name: world.sources.read(s.where, s.id, s.columns, s.format).accepted for s in inputs.sources}
    return {name: {**read, **admitted}[name] for name in product.inputs}


def _problems(product: AnyProduct, found: Verified, stored: Stored | None) -> Iterator[str]:
    for edge in found.missed:
        yield f"{_said(product, edge)}, and lineage does not say so"
    for origin, name in found.copied:
        yield f"{name} holds texts of {_id(product, origin.input)}.{origin.column}, and lineage does not call it direct"
    if stored is None:
        return
    for edge in sorted(found.moved - {*found.missed}):
        origin, name = edge
        if not stored & {(_id(product, origin.input), origin.column, to) for to in (name, None)}:
            yield f"{_said(product, edge)}, and the catalog's lineage does not say so; build it again"


def _said(product: AnyProduct, edge: Edge) -> str:
    origin, name = edge
    return f"{name} changes with {_id(product, origin.input)}.{origin.column}"


def _id(product: AnyProduct, name: str) -> str:
    schema = product.inputs[name]
    return port_of(schema).product if issubclass(schema, InputPort) else schema.__mesh__.id


def _stored(world: World, product: AnyProduct) -> Stored | None:
    """Ask the catalog, as the product's service, for the edges that it holds; None where it knows no such product."""
    registry = world.registry(world.policies.principals.find(product.id, "service"))
    try:
        graphs = [follow(registry, f"{product.id}.{column.name}", "up", 1) for column in product.spec.columns]
    except UnknownProduct:
        return None
    return frozenset(
        (node.name, edge.source_column, edge.target_column)
        for graph in graphs
        for edge in graph.edges
        for node in graph.nodes
        if node.id == edge.source
    )


def _notes(found: Verified, lineage: ColumnLineage, stored: Stored | None) -> Iterator[str]:
    if not found.rows:
        yield "no row came out, so nothing was seen"
    if found.unstable:
        yield f"{len(found.unstable)} columns differ when the same rows run twice: {', '.join(found.unstable)}"
    if lineage.opaque:
        yield "opaque: an upper bound, none of whose edges can be spurious"
    if lineage.constants:
        yield f"rows that come from no input: {', '.join(lineage.constants)}"
    if stored is None:
        yield "the catalog does not hold it yet"
