"""Write permits, and the tests that hold them, for people who do not speak Cedar."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from meshwright.access.cases import cases_file, subject
from meshwright.access.decide import decide
from meshwright.access.decision import AccessRequest, Decision
from meshwright.access.leaves import leaves
from meshwright.access.lint import blocking, rejected
from meshwright.access.policies import Policies, policy_file
from meshwright.access.principals import Principals
from meshwright.access.writing import action, policy_text, with_cases, with_levels, with_policies
from meshwright.errors import PolicyRejected, UnknownInPermit
from meshwright.masks import has_coarse
from meshwright.spec import Spec


@dataclass(frozen=True, slots=True)
class Permit:
    """What to grant to whom: `read` for the unclassified columns, or a level of a class (`cls=None`: of every class).

    `grantee` is a team or a service by its name; `team:` or `service:` before it says which of two is meant.
    """

    grantee: str
    level: Literal["read", "token", "coarse", "clear"]
    purpose: str
    cls: str | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """A product's policies and tests, before and after; `added` are the ids of new policies."""

    product: str
    before: tuple[str, str]
    after: tuple[str, str]
    added: tuple[str, ...]

    @property
    def diff(self) -> str:
        """Show the change as a unified diff; empty when there is none."""
        files = (policy_file(self.product), cases_file(self.product))
        return "".join(
            line
            for file, old, new in zip(files, self.before, self.after, strict=True)
            for line in difflib.unified_diff(old.splitlines(True), new.splitlines(True), f"a/{file}", f"b/{file}")
        )


def allow(permit: Permit, spec: Spec, policies: Policies, tests: str, now: datetime) -> PolicyChange:
    """Grant what a permit says, with the discovery and reading that it needs; what is granted already stays as it is.

    Tests that expect the grantee to see less for this very purpose expect the new level from now on.
    Raises `PolicyRejected` when the permit names nothing known, or when a forbid or a missing purpose would beat it.
    """
    principal = _grantee(permit, spec, policies.principals)
    permit = replace(permit, grantee=principal.partition(":")[2])
    _check(permit, principal, spec, policies)
    text = policies.text(spec.id)
    have = {policy.id for policy in policies.of(spec.id)}
    before = _decide(principal, permit, spec, policies, now)
    added = [(name, policy) for name, policy in _policies(permit, principal, spec, before) if name not in have]
    if not added:
        return PolicyChange(spec.id, (text, tests), (text, tests), ())
    changed = with_policies(text, (policy for _, policy in added))
    new = policies.with_product(spec, changed)
    after = _decide(principal, permit, spec, new, now)
    case = _case(principal, permit, after, spec)
    _check_effect(permit, spec, new, after)
    moved = {path: c.level for path, c in after.columns.items() if c.level != before.column(path).level}
    kept = with_levels(tests, principal, permit.purpose, moved)
    return PolicyChange(
        spec.id, (text, tests), (changed, with_cases(kept, spec.id, [case])), tuple(name for name, _ in added)
    )


def _grantee(permit: Permit, spec: Spec, known: Principals) -> str:
    """Say who is meant, as `team:NAME` or `service:NAME`."""
    where, named = f"permit for {spec.id}", permit.grantee
    found = [f"{kind}:{name}" for kind, names in (("team", known.teams), ("service", known.services)) for name in names]
    meant = [each for each in found if named in (each, each.partition(":")[2])]
    if not meant:
        raise UnknownInPermit(where, "team or service", named, {**known.teams, **known.services})
    if len(meant) > 1:
        raise PolicyRejected(where, f"a team and a service are called {named!r}", f"write {' or '.join(meant)}")
    return meant[0]


def _check(permit: Permit, principal: str, spec: Spec, policies: Policies) -> None:
    where, known = f"permit for {spec.id}", policies.principals
    if permit.purpose not in policies.purposes:
        raise UnknownInPermit(where, "purpose", permit.purpose, policies.purposes.parents)
    service = known.services[permit.grantee] if principal.startswith("service:") else None
    granted = service.purposes if service else known.team_purposes.get(permit.grantee, ())
    if not policies.purposes.allowed(permit.purpose, granted):
        hint = "data protection adds it in policies/principals.toml"
        raise PolicyRejected(where, f"{permit.grantee!r} does not have the purpose {permit.purpose!r}", hint)
    if not permit.why.isprintable():
        raise PolicyRejected(where, "the reason holds control characters")
    _check_class(permit, spec, policies, where)


def _check_class(permit: Permit, spec: Spec, policies: Policies, where: str) -> None:
    if permit.level == "read":
        if permit.cls is not None:
            raise PolicyRejected(where, "`read` is for unclassified columns", "name a level, or drop the class")
        return
    found = leaves(spec.columns)
    reached = [leaf for leaf in found if _reaches(permit.cls, leaf.classes)]
    if not reached:
        used = ", ".join(sorted({name for leaf in found for name in leaf.classes}))
        problem = f"no column has class {permit.cls!r}" if permit.cls else "no column is classified"
        hint = f"classes there: {used}" if used else "unclassified columns need --level read"
        raise PolicyRejected(where, problem, hint)
    masks = [(policies.classes.mask(leaf.classes), leaf.type) for leaf in reached]
    if permit.level == "coarse" and not any(has_coarse(mask, kind) for mask, kind in masks):
        hint = "grant token, or name a method in classes.toml"
        raise PolicyRejected(where, "these columns have no coarse value", hint)


def _reaches(cls: str | None, classes: frozenset[str]) -> bool:
    return any(cls is None or name == cls or name.startswith(f"{cls}.") for name in classes)


def _policies(permit: Permit, principal: str, spec: Spec, before: Decision) -> Iterator[tuple[str, str]]:
    """Write what is missing: to find the product, to read it, and the level itself."""
    bare = principal.startswith("service:") and "." not in permit.grantee
    stem = f"{spec.id}.{'service.' if bare else ''}{permit.grantee}"  # a team may have the same name
    kind, op = ("Service", "==") if principal.startswith("service:") else ("Team", "in")
    who = f'principal {op} Mesh::{kind}::"{permit.grantee}"'
    product = f'Mesh::Product::"{spec.id}"'
    purpose = f'context.purpose in Mesh::Purpose::"{permit.purpose}"'
    if not before.discover:
        name = f"{stem}.discover"
        why = permit.why or f"{permit.grantee} uses it"
        yield name, policy_text(name, why, (who, action("discover"), f"resource == {product}"))
    if not before.read:
        name = f"{stem}.{permit.purpose}.read"
        why = permit.why or f"{permit.grantee} reads it for {permit.purpose}"
        yield name, policy_text(name, why, (who, action("read"), f"resource == {product}"), purpose)
    if permit.level != "read":
        name = f"{stem}.{permit.purpose}.{permit.cls or 'classified'}.{permit.level}"
        what = f'resource in Mesh::Class::"{permit.cls}"' if permit.cls else f"resource in {product}"
        why = permit.why or f"{permit.grantee} needs {permit.cls or 'it'} as {permit.level} for {permit.purpose}"
        yield name, policy_text(name, why, (who, action(f"see_{permit.level}"), what), purpose)


def _decide(principal: str, permit: Permit, spec: Spec, policies: Policies, now: datetime) -> Decision:
    who, known = subject(principal, permit.purpose, policies)
    return decide(AccessRequest(who, permit.purpose, now, spec), known)


def _case(principal: str, permit: Permit, after: Decision, spec: Spec) -> dict[str, Any]:
    """State what the permit brought, so that its removal is noticed."""
    level = "clear" if permit.level == "read" else permit.level
    shown: dict[str, Any] = {}
    for leaf in leaves(spec.columns):
        column = after.column(leaf.path)
        meant = not leaf.classes if permit.level == "read" else _reaches(permit.cls, leaf.classes)
        if meant and level in column.granted:
            shown[leaf.path] = level if column.level == level else list(column.granted)
    what = "what is unclassified" if permit.level == "read" else f"{permit.cls or 'all classes'} as {permit.level}"
    case = {"name": f"{permit.grantee} sees {what} for {permit.purpose}", "principal": principal}
    return {**case, "purpose": permit.purpose, "discover": True, "read": True, "columns": shown}


def _check_effect(permit: Permit, spec: Spec, new: Policies, after: Decision) -> None:
    """Refuse a permit that a forbid beats. Nothing is shown yet where a column's other classes need a permit, too."""
    where = f"permit for {spec.id}"
    if errors := (blocking(new, spec) or rejected(new, spec)):
        raise PolicyRejected(where, f"the policies could not be obeyed: {errors[0]}")
    reached = [leaf for leaf in leaves(spec.columns) if _reaches(permit.cls, leaf.classes)]
    forbidden = [after.column(leaf.path) for leaf in reached if permit.level in after.column(leaf.path).forbidden]
    if not after.read or (reached and len(forbidden) == len(reached)):
        ids = {each.id for column in forbidden for each in column.by} | {each.id for each in after.by}
        raise PolicyRejected(where, f"another policy forbids it: {', '.join(sorted(ids))}")
