"""Find a product for somebody who asks: what they may not discover is as unknown as what is not there."""

from collections.abc import Sequence

from meshwright.access import Principal
from meshwright.access.lint import blocking
from meshwright.errors import AccessDenied, UnknownMajor, UnknownProduct
from meshwright.mesh.granting import held, knows_grants
from meshwright.mesh.inputs import Found, offer, registered
from meshwright.mesh.world import World
from meshwright.rejected import SUFFIX as REJECTED
from meshwright.spec import Spec

WHERE = "workspace and catalog"


def discovered(world: World, reader: Principal, product: str, major: int | None = None) -> Found:
    """Find a published product, the newest major version or the named one.

    Raises `UnknownProduct`, which names only what the reader may discover, or `UnknownMajor`.
    """
    known = findable(world, reader, product)
    try:
        own = world.specs.get(product.removesuffix(REJECTED))
        if own is None or major in {None, own.major}:
            return offer(world, product, reader, major)
        if not knows_grants(world):
            raise UnknownMajor(product, major or 0, f"in this workspace it is {own.major}, and there is no catalog")
        return registered(world, product, reader, major)
    except UnknownProduct:
        raise UnknownProduct(product, known, WHERE) from None


def findable(world: World, reader: Principal, product: str) -> Sequence[str]:
    """List what a reader may discover of the workspace; raise `UnknownProduct` for a product that is hidden."""
    known = [name for name, spec in world.specs.items() if _may_know(world, reader, spec)]
    base = product.removesuffix(REJECTED)
    if base in set(world.specs) - set(known) and not _granted(world, reader, world.specs[base]):
        _tell_of_broken_policies(world, world.specs[base])
        raise UnknownProduct(product, known, WHERE)
    return known


def _tell_of_broken_policies(world: World, spec: Spec) -> None:
    """Say where policies are broken, which hides a product from everybody; what stands there is for its owners.

    Only a workspace says so, whose files the reader has; a catalog's service knows no such product.
    """
    if errors := blocking(world.policies, spec):
        place = errors[0].where.partition(": ")[0]
        problem = f"nobody may read it while its policies cannot be obeyed: {place} is wrong"
        raise AccessDenied(spec.id, problem, asks=("mesh check",))


def _granted(world: World, reader: Principal, spec: Spec) -> bool:
    """Tell whether a grant lets somebody find a product that the policies hide."""
    return world.gate.each(reader, [(spec, "")], tuple(held(world, reader)))[0]


def _may_know(world: World, reader: Principal, spec: Spec) -> bool:
    """Let owners go on to learn that their own policies cannot be obeyed, which hides their products from everybody."""
    owns = spec.owner in reader.teams or reader.domain == spec.domain
    broken = owns and blocking(world.policies, spec)
    return bool(broken) or world.gate.each(reader, [(spec, "")])[0]
