"""Why somebody sees what they see."""

from meshwright.access import Decision, Principal
from meshwright.errors import AccessDenied
from meshwright.mesh.admission import decision_of
from meshwright.mesh.discovering import discovered
from meshwright.mesh.world import World


def decision(world: World, reader: Principal, purpose: str, product: str) -> Decision:
    """Decide about a published product; one that may not be discovered does not exist for the reader."""
    decided = decision_of(world, discovered(world, reader, product), reader, purpose)
    if not decided.discover:
        raise AccessDenied(product, decided.problem or f"{decided.principal} may not discover it")
    return decided
