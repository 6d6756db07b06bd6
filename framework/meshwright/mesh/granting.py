"""Ask for access and decide about it, through the catalog, as one principal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from meshwright.access import Decision, Principal, decide
from meshwright.access.decision import AccessRequest
from meshwright.access.policies import Policies
from meshwright.errors import CatalogUnavailable, GrantRejected, NobodyAsks, NoCatalog
from meshwright.grants import Columns, EmergencyRequest, Grant, GrantLevel, GrantRequest, Grants, GrantView
from meshwright.mesh.world import World


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked for; `until` is a time with its zone, or how long from now."""

    product: str
    level: GrantLevel
    purpose: str
    until: datetime | timedelta
    reason: str
    columns: Columns = ()
    cls: str = ""
    grantee: str = ""


def grants_of(world: World, principal: str | None) -> Grants:
    """Open the grants of the catalog as somebody; raise `NobodyAsks` or `UnknownPrincipal`."""
    if principal is None:
        raise NobodyAsks
    known = world.policies.principals
    return world.registry(known.find(principal, "service" if principal in known.services else "user")).grants


def request(world: World, principal: str | None, ask: Ask) -> GrantView:
    """Ask for access; raise `GrantRejected` for what cannot be granted."""
    until = world.clock() + ask.until if isinstance(ask.until, timedelta) else ask.until
    if until.tzinfo is None:
        raise GrantRejected(f"request for {ask.product}", "its end has no time zone", "write it in UTC, with a Z")
    return grants_of(world, principal).request(
        GrantRequest(
            product=ask.product,
            columns=ask.columns,
            cls=ask.cls,
            level=ask.level,
            purpose=ask.purpose,
            until=until,
            reason=ask.reason,
            grantee=ask.grantee,
        )
    )


def break_glass(world: World, principal: str | None, wanted: EmergencyRequest) -> GrantView:
    """Open classified columns for an hour; raise `GrantRejected` where their classes do not allow it."""
    return grants_of(world, principal).break_glass(wanted)


def decided(world: World, wanted: AccessRequest, policies: Policies) -> Decision:
    """Decide by the policies, and by the grants of the moment where these could show more."""
    plain = decide(wanted, policies)
    if plain.read and all(column.level == "clear" for column in plain.columns.values()):
        return plain
    grants = held(world, wanted.principal)
    if not grants:
        return plain
    return decide(AccessRequest(wanted.principal, wanted.purpose, wanted.now, wanted.spec, tuple(grants)), policies)


def held(world: World, principal: Principal) -> Sequence[Grant]:
    """Read the grants that may count for somebody; none where no catalog can tell, which shows less and never more."""
    workspace = world.workspace
    if workspace.here.catalog.url is None and not workspace.catalog_file.exists():
        return ()
    try:
        return world.registry(principal).grants.held()
    except (CatalogUnavailable, NoCatalog):
        return ()
