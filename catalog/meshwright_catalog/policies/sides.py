"""Who stands where about a product's policies: who owns them, who may know of them, and who may not decide."""

from typing import Literal

from meshwright.access import Principal, Principals
from meshwright.access.grants.roles import is_owner, is_same
from meshwright.registry import Entry
from meshwright_catalog.gate import Visit
from meshwright_catalog.policies.models import PolicyVersionRow
from meshwright_catalog.policies.writers import Written, written

Act = Literal["approve", "refuse"]
"""What data protection decides about a version that waits."""
_AGAIN = "build the policies in force under the owner of today, then hand these in again"


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
    principals = visit.gate.policies().principals
    return _conflict(visit.principal, row, written(visit.session, row), principals, act)


def deciders(visit: Visit, row: PolicyVersionRow) -> list[str]:
    """Name the people of data protection who may approve or refuse a version."""
    principals, by = visit.gate.policies().principals, written(visit.session, row)
    guards = (user for user in principals.members.values() if principals.protects_data(user))
    return [user.name for user in guards if not _conflict(user, row, by, principals)]


def why_nobody(visit: Visit, row: PolicyVersionRow) -> str:
    """Say why nobody of data protection may decide about a version, and what to do about it."""
    by, known = written(visit.session, row), visit.gate.policies().principals.data_protection
    another = "name another team in data_protection"
    for specs, when, way_out in (
        (by.now, "owns the product", f"let another team own it, or {another}"),
        (by.earlier, "owned the product when a version was written that led to it", another),
        (by.around, "owned the product when it was handed in, or just before or since", f"{_AGAIN}, or {another}"),
    ):
        if teams := sorted({spec.owner for spec in specs if spec.owner in known}):
            return f"{' and '.join(teams)} of data protection {when}: {way_out}"
    return "all of them wrote it, or are of its owner's side"


def _conflict(who: Principal, row: PolicyVersionRow, by: Written, principals: Principals, act: Act = "approve") -> str:
    kind, _, author = row.author.partition(":")
    if kind == "user" and is_same(who, author, principals):
        return f"whoever wrote a version does not {act} it"
    if any(is_owner(who, spec, principals) for spec in by.now):
        return f"whoever is of its owning team or its domain does not {act} its policies"
    # a product that changes hands makes nobody a stranger to what they wrote
    if any(is_owner(who, spec, principals) for spec in by.every):
        return f"whoever was of its owning team when a version was written does not {act} what comes of it"
    return ""
