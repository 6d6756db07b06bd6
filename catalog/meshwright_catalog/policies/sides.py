"""Who stands where about a product's policies: who owns them, who may know of them, and who may not decide."""

from collections.abc import Sequence
from typing import Literal

from meshwright.access import Principal, Principals
from meshwright.access.grants.roles import is_owner, is_same
from meshwright.names import governed_by
from meshwright.registry import Entry
from meshwright.spec import Spec
from meshwright_catalog.contracts import every_contract
from meshwright_catalog.gate import Visit
from meshwright_catalog.policies.models import PolicyVersionRow

Act = Literal["approve", "refuse"]
"""What data protection decides about a version that waits."""


def may_know(visit: Visit, product: str) -> bool:
    """Tell whether the caller may know of a product's policies: data protection, and the product's domain."""
    return works_here(visit, product) or visit.protects_data()


def works_here(visit: Visit, product: str) -> bool:
    """Tell whether the caller is of a product's domain."""
    return visit.gate.policies().principals.works_in(visit.principal, product.partition(".")[0])


def answers_for(visit: Visit, entry: Entry) -> bool:
    """Tell whether the caller is of the owning team, a service of the domain, or of data protection."""
    caller = visit.principal
    of_team = entry.spec.owner in caller.teams and visit.is_current()
    owns = of_team if caller.kind == "user" else caller.domain == entry.spec.domain
    return owns or visit.protects_data()


def conflict(visit: Visit, row: PolicyVersionRow, act: Act = "approve") -> str:
    """Say why somebody of data protection does not approve or refuse a version; empty when they may."""
    principals, specs = visit.gate.policies().principals, _every(visit, row)
    return _conflict(visit.principal, row, specs, principals, act)


def deciders(visit: Visit, row: PolicyVersionRow) -> list[str]:
    """Name the people of data protection who may approve or refuse a version."""
    principals, specs = visit.gate.policies().principals, _every(visit, row)
    guards = (user for user in principals.members.values() if principals.protects_data(user))
    return [user.name for user in guards if not _conflict(user, row, specs, principals)]


def _every(visit: Visit, row: PolicyVersionRow) -> list[Spec]:
    return [*every_contract(visit.session, governed_by(row.product))]


def _conflict(
    who: Principal, row: PolicyVersionRow, specs: Sequence[Spec], principals: Principals, act: Act = "approve"
) -> str:
    kind, _, author = row.author.partition(":")
    if kind == "user" and is_same(who, author, principals):
        return f"whoever wrote a version does not {act} it"
    # contracts of all time: changing its owner makes nobody a stranger to it
    if any(is_owner(who, spec, principals) for spec in specs):
        return f"whoever is of its owning team or its domain does not {act} its policies"
    return ""
