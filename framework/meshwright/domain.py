"""A domain: the products that one team answers for."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meshwright.errors import DefinitionError
from meshwright.names import segment
from meshwright.products import Consumer, Product

if TYPE_CHECKING:
    from meshwright.models import Model  # it brings numpy, which a mesh without models does not need


@dataclass(frozen=True, kw_only=True)
class Domain:
    """Name a domain, its owner, package, products and models; an entry point `meshwright.domains` hands it over."""

    name: str
    owner: str
    package: str
    products: tuple[Product[..., Any], ...] = ()
    consumers: tuple[Consumer[...], ...] = ()
    models: "tuple[Model, ...]" = ()

    def __post_init__(self) -> None:
        segment(self.name, "domain")
        seen: set[str] = set()
        for each in self.products:
            if each.contract.__mesh__.id.partition(".")[0] != self.name:
                raise DefinitionError(f"domain {self.name!r}", f"{each.id!r} does not belong to it")
            if each.id in seen:
                raise DefinitionError(f"domain {self.name!r}", f"{each.id!r} is listed twice")
            seen.add(each.id)
