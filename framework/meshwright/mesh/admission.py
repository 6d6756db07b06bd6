"""Decide what a build may read, before it reads: labels, ports, then each input's columns."""

from collections.abc import Mapping

import polars as pl

from meshwright.access import AccessRequest, Decision, Principal, decide
from meshwright.access.fit import port_decision, port_problems
from meshwright.errors import PortMismatch
from meshwright.lineage import ColumnLineage
from meshwright.markers import RevealLevel
from meshwright.mesh import labelling
from meshwright.mesh.inputs import Inputs, Offer, PinnedPort
from meshwright.mesh.labels import as_published
from meshwright.mesh.world import AnyProduct, World
from meshwright.products import Consumer
from meshwright.read import ReadQuery, read


def admit(
    world: World,
    product: AnyProduct | Consumer[...],
    inputs: Inputs,
    reader: Principal,
    lineage: ColumnLineage | None = None,
) -> Mapping[str, pl.LazyFrame]:
    """Check labels and every port, and hand over each port's frame at the level that was asked for.

    Raises `LabelDropped`, `PortMismatch` or `AccessDenied` before any row is read.
    """
    if lineage is not None and not isinstance(product, Consumer):
        labelling.require(world, product, lineage, {p.name: as_published(p.offer) for p in inputs.ports})
    decisions = {p.name: decision_of(world, p.offer, reader, product.purpose) for p in inputs.ports}
    levels = {p.name: port_decision(p.port, p.offer.spec, decisions[p.name]) for p in inputs.ports}
    return {p.name: _frame(world, p, decisions[p.name], levels[p.name]) for p in inputs.ports}


def referenced(world: World, inputs: Inputs, reader: Principal, purpose: str) -> Mapping[str, pl.LazyFrame]:
    """Hand over the columns that a contract refers to, at the strongest level; raise `AccessDenied` for a hidden one."""
    return {
        name: read(
            offer.rows(), offer.spec, decision_of(world, offer, reader, purpose), _only(reference.column), world.keys
        )
        for name, (reference, offer) in inputs.references.items()
    }


def fit(inputs: Inputs) -> None:
    """Hold every port against the contract as published; raise `PortMismatch` for the first that differs."""
    for port in inputs.ports:
        if problems := port_problems(port.port, port.offer.spec):
            raise PortMismatch(port.port.product, problems)


def decision_of(world: World, offer: Offer, reader: Principal, purpose: str) -> Decision:
    """Ask the policies about one version of a product; one of elsewhere brings its own."""
    policies = world.policies
    if offer.policies is not None:
        policies = policies.with_product(offer.spec, offer.policies)
    return decide(AccessRequest(reader, purpose, world.clock(), as_published(offer)), policies)


def _only(column: str) -> ReadQuery:
    return ReadQuery(columns=(column,))


def _frame(world: World, port: PinnedPort, decision: Decision, levels: Mapping[str, RevealLevel]) -> pl.LazyFrame:
    query = ReadQuery(columns=tuple(c.name for c in port.port.columns), levels=levels)
    return port.schema.conform(read(port.offer.rows(), port.offer.spec, decision, query, world.keys))
