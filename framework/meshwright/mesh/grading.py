"""How each input comes to a build: at which levels, and which of its rows."""

from collections.abc import Mapping
from dataclasses import dataclass

from meshwright.access import Principal
from meshwright.markers import RowsShown
from meshwright.mesh.admission import decision_of, port_answer, reference_answer
from meshwright.mesh.elsewhere import Answer, Remote
from meshwright.mesh.inputs import Inputs, Offer
from meshwright.mesh.world import World


@dataclass(frozen=True, slots=True)
class Graded:
    """One input: its product, which rows of it come, and how they come; no words where its version says it all."""

    product: str
    rows: RowsShown
    grade: str


def graded(world: World, inputs: Inputs, reader: Principal, purpose: str) -> Mapping[str, Graded]:
    """Say how each port comes, and each column that the contract refers to; raises as a read does, reads no row."""
    found: dict[str, Graded] = {}
    for port in inputs.ports:
        if isinstance(port.offer, Remote):
            found[port.name] = _answered(port.port.product, port_answer(port, port.offer, purpose))
        else:
            found[port.name] = _held(world, port.port.product, port.offer, reader, purpose)
    for name, (reference, offer) in inputs.references.items():
        if isinstance(offer, Remote):
            found[name] = _answered(reference.product, reference_answer(reference, offer, purpose))
        else:
            found[name] = _held(world, reference.product, offer, reader, purpose)
    return found


def grades(inputs: Mapping[str, Graded]) -> Mapping[str, str]:
    """Say it in words, of the inputs of which there is something to say."""
    return {name: each.grade for name, each in inputs.items() if each.grade}


def limited(inputs: Mapping[str, Graded]) -> Mapping[str, RowsShown]:
    """Name the products of which not all rows come, and which do."""
    return {each.product: each.rows for each in inputs.values() if each.rows != "all"}


def _answered(product: str, answer: Answer) -> Graded:
    return Graded(product, answer.rows, answer.grade)


def _held(world: World, product: str, offer: Offer, reader: Principal, purpose: str) -> Graded:
    decision = decision_of(world, offer, reader, purpose)
    rows = decision.rows_shown
    return Graded(product, rows, "" if rows == "all" else f"rows {rows} by {decision.policies[:16]}")
