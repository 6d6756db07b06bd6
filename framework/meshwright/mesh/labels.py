"""The classes of the rows themselves: those of the contract that they were published with count beside today's."""

from meshwright import publish
from meshwright.mesh.inputs import Found
from meshwright.spec import Spec


def as_published(offer: Found) -> Spec:
    """Give what a product promises with the classes added under which the version to be read was published."""
    return publish.as_published(offer.spec, offer.stamp())
