"""Decide what a build may read, before it reads: labels, ports, then each input's columns."""

from collections.abc import Callable, Mapping

import polars as pl

from meshwright.access import AccessRequest, Decision, Policies, Principal
from meshwright.access.fit import port_decision, port_levels, port_problems
from meshwright.access.lint import rejected
from meshwright.errors import PolicyRejected, PortMismatch
from meshwright.lineage import ColumnLineage
from meshwright.mesh import labelling
from meshwright.mesh.elsewhere import Answer, Remote
from meshwright.mesh.granting import decided
from meshwright.mesh.inputs import Found, Inputs, Offer, PinnedPort
from meshwright.mesh.labels import as_published
from meshwright.mesh.world import AnyProduct, World
from meshwright.products import Consumer
from meshwright.read import ReadQuery, read
from meshwright.spec import Reference, Spec


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
    asked = {p.name: _asked(world, p, reader, product.purpose) for p in inputs.ports}
    return {p.name: p.schema.conform(asked[p.name]()) for p in inputs.ports}


def taken(world: World, spec: Spec) -> None:
    """Raise `PolicyRejected` for policies that no catalog would take: whoever may read it now could no longer."""
    if faults := rejected(world.policies, spec):
        raise PolicyRejected(faults[0].where, faults[0].problem, faults[0].hint)


def referenced(world: World, inputs: Inputs, reader: Principal, purpose: str) -> Mapping[str, pl.LazyFrame]:
    """Hand over what a contract refers to, at the strongest level; raise `AccessDenied` for a hidden column."""
    return {
        name: _column(world, reference, offer, reader, purpose)
        for name, (reference, offer) in inputs.references.items()
    }


def fit(inputs: Inputs) -> None:
    """Hold every port against the contract as published; raise `PortMismatch` for the first that differs."""
    for port in inputs.ports:
        if problems := port_problems(port.port, port.offer.spec):
            raise PortMismatch(port.port.product, problems)


def decision_of(world: World, offer: Found, reader: Principal, purpose: str) -> Decision:
    """Ask the policies about one version of a product; one of elsewhere brings its own, or the gateway is asked."""
    if isinstance(offer, Remote):
        return offer.decision(purpose)
    return decided(world, request_for(world, offer, reader, purpose), rules_of(world, offer))


def request_for(world: World, offer: Offer, reader: Principal, purpose: str) -> AccessRequest:
    """Ask about one version of a product whose storage this process holds."""
    return AccessRequest(reader, purpose, world.clock(), as_published(offer))


def rules_of(world: World, offer: Offer) -> Policies:
    """Give the rules that decide about a product: the workspace's, or with those that it was registered with."""
    return world.policies if offer.policies is None else world.policies.with_product(offer.spec, offer.policies)


def _asked(world: World, port: PinnedPort, reader: Principal, purpose: str) -> Callable[[], pl.LazyFrame]:
    """Decide what a port reads, or have the gateway decide it; what is returned opens the rows."""
    names, offer = tuple(c.name for c in port.port.columns), port.offer
    if isinstance(offer, Remote):
        answer = port_answer(port, offer, purpose)
        return lambda: answer.frame
    decision = decision_of(world, offer, reader, purpose)
    query = ReadQuery(columns=names, levels=port_decision(port.port, offer.spec, decision))
    return lambda: read(offer.rows(), offer.spec, decision, query, world.keys)


def port_answer(port: PinnedPort, offer: Remote, purpose: str) -> Answer:
    """Ask the gateway for the columns of a port, at the levels that it names."""
    query = ReadQuery(columns=tuple(c.name for c in port.port.columns), levels=port_levels(port.port, offer.spec))
    return offer.answer(query, purpose, offer.version)


def reference_answer(reference: Reference, offer: Remote, purpose: str) -> Answer:
    """Ask the gateway for the column that a contract refers to, at the strongest level."""
    return offer.answer(ReadQuery(columns=(reference.column,)), purpose, offer.version)


def _column(world: World, reference: Reference, offer: Found, reader: Principal, purpose: str) -> pl.LazyFrame:
    if isinstance(offer, Remote):
        return reference_answer(reference, offer, purpose).frame
    decision = decision_of(world, offer, reader, purpose)
    return read(offer.rows(), offer.spec, decision, ReadQuery(columns=(reference.column,)), world.keys)
