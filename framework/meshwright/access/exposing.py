"""Tell which of a product's new policies may show personal data in the clear that the old ones did not."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from meshwright.access.grants.reach import PERSONAL, is_personal, shows_personal_data
from meshwright.access.leaves import leaves
from meshwright.access.lint import CATALOGS, blocking
from meshwright.access.policies import CENTRAL, Policies, policy_file
from meshwright.access.principals import Principals
from meshwright.access.statements import EntityName, Statement, statements
from meshwright.grants import Grant
from meshwright.spec import Spec

WITHOUT_CLEAR = f"""
@id("{CATALOGS}waiting")
@why("data protection has not approved it yet")
forbid(principal, action == Mesh::Action::"see_clear", resource in Mesh::Class::"{PERSONAL}");
"""
"""What is added to policies that wait, where no earlier ones can decide in their place."""

_UNCLASSIFIED = {"kind": "unless", "body": {".": {"left": {"Var": "resource"}, "attr": "classified"}}}
"""The condition of policies that are about unclassified columns alone."""


def newly_clear(old: str, new: str, spec: Spec, mesh: Policies, grants: Iterable[Grant] = ()) -> tuple[str, ...]:
    """Name the policies by whose coming or going personal data may be shown in the clear to somebody new, sorted.

    Never too few: a permit counts whatever its conditions, and a changed one is a new one. What only takes rights
    away counts for nothing. The mesh's own policies count, too, for what they let the others open, and so do grants
    that somebody holds.
    """
    obeyed = not blocking(mesh.with_product(spec, old), spec)  # policies with an error show nobody anything
    before, after = _read(old, spec) if obeyed else (), _read(new, spec)
    central = statements(mesh.central, CENTRAL)[0]
    clear = [p for p in (*after, *central) if p.effect == "permit" and _shows(p, spec)]
    kept, known = {form_of(p) for p in after}, {form_of(p) for p in (*before, *central)}
    found = {p.id for p in clear if form_of(p) not in known}
    every_row = obeyed and not any(_does(p, "see_row") for p in (*before, *central))  # the first only hide rows
    if clear or any(shows_personal_data(each, spec) for each in grants):
        new_ones = [p for p in after if form_of(p) not in known and not (every_row and _does(p, "see_row"))]
        found |= {p.id for p in new_ones if _opens(p, clear, mesh.principals)}
        found |= {p.id for p in before if form_of(p) not in kept and _closed(p, spec)}
    return tuple(sorted(found))


def _read(text: str, spec: Spec) -> tuple[Statement, ...]:
    return statements(text, policy_file(spec.id))[0]


def _opens(policy: Statement, clear: list[Statement], principals: Principals) -> bool:
    """Tell whether a new policy lets somebody read, or see rows, who sees personal data once they do."""
    if policy.effect != "permit":
        return False
    if _does(policy, "see_row"):
        return True
    return _does(policy, "read") and any(_may_meet(_who(policy), _who(each), principals) for each in clear)


def _closed(policy: Statement, spec: Spec) -> bool:
    """Tell whether a policy that is gone kept clear personal data from somebody."""
    if _does(policy, "see_row"):
        return True
    if policy.effect == "permit":
        return False
    return _does(policy, "read") or _shows(policy, spec)


def _does(policy: Statement, action: str) -> bool:
    return action in policy.actions or policy.scope("action")["op"] == "All"


def _shows(policy: Statement, spec: Spec) -> bool:
    """Tell whether a policy is about seeing personal data in the clear."""
    return _does(policy, "see_clear") and _UNCLASSIFIED not in policy.form["conditions"] and _is_personal(policy, spec)


def _is_personal(policy: Statement, spec: Spec) -> bool:
    """Tell whether a policy's resource may be personal data of this contract."""
    named = list(_named(policy.scope("resource")))
    found = [leaf for leaf in leaves(spec.columns) if is_personal(leaf.classes)]
    personal = {leaf.path.partition(".")[0] for leaf in found}
    beside = {name for leaf in found for name in leaf.classes}  # a column is shown when all of its classes are
    for kind, name in named:
        if kind == "Class" and (_within(name, PERSONAL) or any(_within(each, name) for each in beside)):
            return True
        if kind == "Column" and name.partition("/")[2].partition(".")[0] in personal:
            return True
        if kind not in ("Class", "Column") and personal:
            return True
    return not named and bool(personal)


def _may_meet(one: EntityName | None, other: EntityName | None, principals: Principals) -> bool:
    """Tell whether somebody may be meant by both; None means everybody."""
    if one is None or other is None or one == other:
        return True
    if one[0] == other[0] == "Team":
        people = (*principals.users.values(), *principals.members.values())
        return any({one[1], other[1]} <= set(user.teams) for user in people)
    if {one[0], other[0]} == {"Team", "Domain"}:
        team, domain = (one[1], other[1]) if one[0] == "Team" else (other[1], one[1])
        return principals.teams.get(team, domain) == domain
    return one[0] != other[0]


def _who(policy: Statement) -> EntityName | None:
    return next(_named(policy.scope("principal")), None)


def _named(scope: Any) -> Iterator[EntityName]:
    """Give the entities that a scope names, types without namespace."""
    for each in [scope["entity"]] if "entity" in scope else []:  # only actions are scoped by several
        yield str(each["type"]).removeprefix("Mesh::"), str(each["id"])
    if "in" in scope:
        yield from _named(scope["in"])


def form_of(policy: Statement) -> str:
    """Write a policy without its annotations, to compare it by what it says."""
    return json.dumps({k: v for k, v in policy.form.items() if k != "annotations"}, sort_keys=True)


def _within(name: str, above: str) -> bool:
    return name == above or name.startswith(f"{above}.")
