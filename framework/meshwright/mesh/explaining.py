"""Why somebody sees what they see, and what is missing."""

from meshwright.access import Decision, Principal, with_missing
from meshwright.errors import AccessDenied
from meshwright.mesh.admission import decision_of, request_for, rules_of
from meshwright.mesh.discovering import discovered
from meshwright.mesh.elsewhere import Remote
from meshwright.mesh.inputs import Found
from meshwright.mesh.world import World


def decision(world: World, reader: Principal, purpose: str, product: str, major: int | None = None) -> Decision:
    """Decide about a published product; one that may not be discovered does not exist for the reader."""
    return _decision(world, discovered(world, reader, product, major), reader, purpose)


def in_full(world: World, reader: Principal, purpose: str, product: str, major: int | None = None) -> Decision:
    """Decide, and add what would show more."""
    found = discovered(world, reader, product, major)
    plain = _decision(world, found, reader, purpose)
    if isinstance(found, Remote):
        return plain  # the service told it all
    request, rules = request_for(world, found, reader, purpose), rules_of(world, found)
    return with_missing(plain, request, rules, lambda other: decision_of(world, found, reader, other))


def caveat(world: World, reader: Principal, product: str) -> str:
    """Say of a service that its product's purpose counts for its own build alone; empty of anybody else."""
    if product not in world.specs or reader.kind != "service" or reader.name not in world.policies.principals.derived:
        return ""
    build = f"as the build of {reader.name} reads here, from the storage itself"
    return f"{build}; through the gateway it reads nothing before policies/principals.toml says what for"


def _decision(world: World, found: Found, reader: Principal, purpose: str) -> Decision:
    decided = decision_of(world, found, reader, purpose)
    if not decided.discover:
        raise AccessDenied(found.spec.id, decided.problem or f"{decided.principal} may not discover it")
    return decided
