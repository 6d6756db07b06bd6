"""What policies speak about in one decision: the trees, who asks, the product, one stand-in per sort of column."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from meshwright.access.cedar import Entity, entity_of
from meshwright.access.leaves import Leaf
from meshwright.access.policies import Policies
from meshwright.access.principals import Principal
from meshwright.access.statements import EntityName, Statement
from meshwright.access.taxonomy import parent_class
from meshwright.names import governed_by
from meshwright.spec import Spec


@dataclass(frozen=True, slots=True)
class Sort:
    """What tells columns apart for a decision: one of their classes (or none), and where policies name them."""

    class_name: str
    named: frozenset[str]


def named_columns(policies: Iterable[Statement]) -> frozenset[str]:
    """List the columns that policies name, each as `product/path`."""
    return frozenset(name for policy in policies for kind, name in policy.entities if kind == "Column")


def sorts_of(leaf: Leaf, spec: Spec, named: Iterable[str]) -> tuple[Sort, ...]:
    """Split a column by its classes, each of which is decided on its own; `named` are columns that policies name."""
    path = f"{product_of(spec)[1]}/{leaf.path}"
    own = frozenset(name for name in named if path == name or path.startswith(f"{name}."))
    return tuple(Sort(name, own) for name in sorted(leaf.classes or {""}))


def trees(policies: Policies) -> tuple[Entity, ...]:
    """List classes, purposes and teams, which are the same for every decision."""
    purposes, teams = policies.purposes.parents.items(), policies.principals.teams.items()
    return _trees(tuple(policies.classes.rules), tuple(purposes), tuple(teams))


@lru_cache(maxsize=16)
def _trees(
    classes: tuple[str, ...], purposes: tuple[tuple[str, str], ...], teams: tuple[tuple[str, str], ...]
) -> tuple[Entity, ...]:
    return (
        *(Entity(("Class", name), _up("Class", parent_class(name))) for name in classes),
        *(Entity(("Purpose", name), _up("Purpose", above)) for name, above in purposes),
        *(Entity(("Team", name), _up("Domain", domain)) for name, domain in teams),
    )


def parties(principal: Principal, spec: Spec, sorts: Iterable[Sort]) -> list[Entity]:
    """List who asks, the product and a stand-in for each sort of column."""
    product = product_of(spec)
    domain = ("Domain", spec.domain)
    owner = ("owner", entity_of(("Team", spec.owner)))
    about = (("domain", entity_of(domain)), owner, ("tags", list(spec.tags)))
    found = [_principal(principal), Entity(product, (domain,), about)]
    for number, sort in enumerate(sorts):
        classes = _up("Class", sort.class_name)
        columns = tuple(("Column", name) for name in sorted(sort.named))
        attributes = (owner, ("classified", bool(sort.class_name)))
        found.append(Entity(stand_in(number), (product, *classes, *columns), attributes))
    return found


def product_of(spec: Spec) -> EntityName:
    """Name the product as policies do; rejected rows go by the product's name."""
    return ("Product", governed_by(spec.id))


def stand_in(number: int) -> EntityName:
    """Name the stand-in for the columns of one sort; no column can have this name."""
    return ("Column", f"?{number}")


def principal_of(principal: Principal) -> EntityName:
    """Name a principal as policies do."""
    return ("User" if principal.kind == "user" else "Service", principal.name)


def _principal(principal: Principal) -> Entity:
    domain = ("Domain", principal.domain)
    teams = tuple(("Team", team) for team in principal.teams)
    return Entity(principal_of(principal), (domain, *teams), (("domain", entity_of(domain)),))


def _up(kind: str, name: str) -> tuple[EntityName, ...]:
    return ((kind, name),) if name else ()
