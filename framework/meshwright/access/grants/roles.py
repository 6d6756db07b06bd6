"""Who may decide: the owner, whoever stands in for them, data protection; never who asked."""

from meshwright.access.grants.reach import named_classes, shows_personal_data
from meshwright.access.policies import Policies
from meshwright.access.principals import Principal, Principals
from meshwright.grants import Grant, GrantAct, Role
from meshwright.spec import Spec


def concerns(grant: Grant, principal: Principal, principals: Principals) -> bool:
    """Tell whether somebody asked for a grant or is the person who gets it, under this name or another of theirs."""
    kind, _, name = grant.grantee.partition(":")
    return any(is_same(principal, each, principals) for each in (grant.requester, *([name] if kind == "user" else [])))


def deciders(grant: Grant, spec: Spec, principals: Principals) -> tuple[Role, frozenset[str]]:
    """Name the people who decide as owner: the owning team; without anybody else in it the domain's people, then
    data protection. Nobody at all is an empty set, also while nobody can tell yet whether the owning team is empty.
    """
    people = principals.members.values()
    owners = frozenset(u.name for u in people if spec.owner in u.teams and not concerns(grant, u, principals))
    if owners or (principals.claimed is not None and not principals.claimed.settled):
        return "owner", owners
    near = (u for u in people if principals.works_in(u, spec.domain))
    domain = frozenset(u.name for u in near if not concerns(grant, u, principals))
    return ("domain", domain) if domain else ("data-protection", protectors(grant, principals))


def protectors(grant: Grant, principals: Principals) -> frozenset[str]:
    """Name the people of data protection who may approve a grant."""
    users = principals.members.values()
    return frozenset(u.name for u in users if principals.protects_data(u) and not concerns(grant, u, principals))


def is_owner(principal: Principal, spec: Spec, principals: Principals) -> bool:
    """Tell whether somebody is of a product's owning team or of its domain, under this name or another of theirs."""
    known = (*principals.users.values(), *principals.members.values())
    names = (principal, *(user for user in known if is_same(principal, user.name, principals)))
    return any(spec.owner in each.teams or principals.works_in(each, spec.domain) for each in names)


def approvals(grant: Grant, spec: Spec, policies: Policies, said: tuple[GrantAct, ...]) -> tuple[bool, bool]:
    """Tell whether an owner's and data protection's approval stand: given by two people in roles they still are in.

    Somebody who was in both roles then gives one word that fills either place. What data protection has no part in
    counts as approved by it.
    """
    by_owner, by_guard = counting(grant, spec, policies, said)
    owners, guards = ({policies.principals.person(act.by) for act in each} for each in (by_owner, by_guard))
    if not shows_personal_data(grant, spec):
        return bool(owners), True
    both = any(owner != guard for owner in owners for guard in guards)
    return (True, True) if both else (bool(owners), bool(guards - owners))


def counting(
    grant: Grant, spec: Spec, policies: Policies, said: tuple[GrantAct, ...]
) -> tuple[list[GrantAct], list[GrantAct]]:
    """Choose what counts as an owner's word and as data protection's, of whom is still in that role.

    What was said before a named column got another class does not count: it was said of something else.
    """
    principals = policies.principals
    now = named_classes(grant, spec)
    said = tuple(act for act in said if act.classes is None or now <= {*act.classes})
    people = [(act, principals.members[act.by]) for act in said if act.by in principals.members]
    people = [(act, who) for act, who in people if not concerns(grant, who, principals)]
    owners = [act for act, who in people if _decides(act, who, grant, spec, principals)]
    return owners, [act for act, who in people if act.protected is not False and principals.protects_data(who)]


def _decides(act: GrantAct, who: Principal, grant: Grant, spec: Spec, principals: Principals) -> bool:
    """Tell whether what somebody said counts as the owner's word; a stand-in's does while they still stand in."""
    if spec.owner in who.teams:
        return act.role == "owner" or act.protected is None  # nobody noted in which roles they were
    role, people = deciders(grant, spec, principals)
    return who.name in people and (act.role == "domain") == (role == "domain")


def is_same(principal: Principal, name: str, principals: Principals) -> bool:
    """Tell whether a person has a name, or another of the names of whoever has it."""
    return principals.person(principal.name) == principals.person(name)
