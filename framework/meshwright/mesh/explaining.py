"""Why somebody sees what they see."""

from meshwright.access import Decision, Principal
from meshwright.errors import UnknownProduct
from meshwright.mesh.admission import decision_of
from meshwright.mesh.inputs import offer
from meshwright.mesh.world import World


def decision(world: World, reader: Principal, purpose: str, product: str) -> Decision:
    """Decide about a published product; one that may not be discovered does not exist for the reader."""
    found = offer(world, product, reader)
    decided = decision_of(world, found, reader, purpose)
    if not decided.discover:
        raise UnknownProduct(product, (), "catalog")
    return decided
