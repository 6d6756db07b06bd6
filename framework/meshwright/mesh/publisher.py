"""Whose token a build carries to a catalog's service: by it inputs are read, and the product is registered."""

from meshwright.errors import CatalogUnavailable, ForeignDomain, NotItsPublisher
from meshwright.mesh.world import AnyProduct, World


def publisher(world: World, product: AnyProduct) -> str:
    """Name whom the service lets register a product; empty where the catalog is a file, or out of reach.

    Raises `NotItsPublisher` or `NotSignedIn` for any other token: a build that could not be registered would have read
    by somebody else's rights. Out of reach raises `CatalogUnavailable` where an input comes through the service.
    """
    if world.workspace.here.catalog.url is None:
        return ""
    service = world.policies.principals.find(product.id, "service")
    try:
        return world.registry(service).publisher(product.id).principal
    except ForeignDomain as refused:
        raise NotItsPublisher(product.id, refused.where) from None
    except CatalogUnavailable:
        if world.reads_elsewhere(product.spec):
            raise
        return ""
