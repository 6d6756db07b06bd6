"""What the catalog knows of grants, for decisions in this process and for asking as one principal."""

from collections.abc import Sequence

from meshwright.access import Decision, Principal, decide
from meshwright.access.decision import AccessRequest
from meshwright.access.policies import Policies
from meshwright.errors import CatalogUnavailable, NobodyAsks, NoCatalog
from meshwright.grants import Grant, Grants
from meshwright.mesh.world import World


def grants_of(world: World, principal: str | None) -> Grants:
    """Open the grants of the catalog as somebody; raise `NobodyAsks` or `UnknownPrincipal`."""
    if principal is None:
        raise NobodyAsks
    known = world.policies.principals
    return world.registry(known.find(principal, "service" if principal in known.services else "user")).grants


def decided(world: World, wanted: AccessRequest, policies: Policies) -> Decision:
    """Decide by the policies, and by the grants of the moment where these could show more."""
    plain = decide(wanted, policies)
    if plain.read and all(column.level == "clear" for column in plain.columns.values()):
        return plain
    grants = held(world, wanted.principal)
    if not grants:
        return plain
    return decide(AccessRequest(wanted.principal, wanted.purpose, wanted.now, wanted.spec, tuple(grants)), policies)


def knows_grants(world: World) -> bool:
    """Tell whether there is a catalog to ask: a service, or the file that a workspace gets with its first command."""
    named = world.workspace.here.catalog
    return named.url is not None or named.database is not None or world.workspace.catalog_file.exists()


def held(world: World, principal: Principal) -> Sequence[Grant]:
    """Read the grants that may count for somebody; none where no catalog can tell, which shows less and never more."""
    if not knows_grants(world):
        return ()
    try:
        return world.registry(principal).grants.held()
    except (CatalogUnavailable, NoCatalog):
        return ()
