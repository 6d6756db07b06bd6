"""Say who would newly see personal and other classified data in the clear by a product's new policies."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from typing import TypeVar

from meshwright.access.leaves import leaves
from meshwright.access.policies import Policies
from meshwright.access.principals import Principals
from meshwright.access.review.difference import ROWS, WHOLE, AccessChange, Rules, differences
from meshwright.grants import Grant
from meshwright.registry import PolicyGain
from meshwright.spec import Spec

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


def gains(
    spec: Spec, before: Policies, after: Policies, now: datetime, grants: tuple[Grant, ...] = ()
) -> tuple[PolicyGain, ...]:
    """Name everybody known who would newly see a classified column in the clear, or see other rows than they do.

    `grants` are those of the product. Whoever gains the same for the same purposes is named together.
    """
    alike = _alike(before.principals, _told_apart(spec, (before, after), grants))
    old, new = (Rules({spec.id: spec}, each, grants=grants) for each in (before, after))
    found = differences(old, new, now, alike.keys())
    classified = {leaf.path for leaf in leaves(spec.columns) if leaf.classes}
    gained = (
        ((who, _gained(changes, classified)), purpose)
        for (who, purpose), changes in groupby(found, lambda change: (change.principal, change.purpose))
    )
    purposes = _together((key, purpose) for key, purpose in gained if any(key[1]))
    people = _together(((what, named), who) for (who, what), named in purposes)
    return tuple(
        PolicyGain(
            principals=tuple(sorted(name for each in who for name in alike[each])),
            purposes=why,
            columns=columns,
            rows=rows,
        )
        for ((columns, rows), why), who in people
    )


def _told_apart(spec: Spec, rules: Iterable[Policies], grants: Iterable[Grant]) -> frozenset[str]:
    """Name whoever a policy or a grant names: others are decided about by domain, teams and purposes alone."""
    named = {entity for each in rules for policy in each.of(spec.id) for entity in policy.entities}
    told = {f"{kind.lower()}:{name}" for kind, name in named if kind in ("User", "Service")}
    return frozenset(told | {grant.grantee for grant in grants} | {f"service:{spec.id}"})


def _alike(principals: Principals, apart: frozenset[str]) -> Mapping[str, tuple[str, ...]]:
    """Let one principal of those that no decision tells apart stand for all of them."""
    everybody = (*principals.users.values(), *principals.services.values())
    named = ((f"{each.kind}:{each.name}", each) for each in everybody)
    sorts = ((name if name in apart else (p.kind, p.domain, frozenset(p.teams), p.purposes), name) for name, p in named)
    return {names[0]: names for _, names in _together(sorts)}


def _gained(changes: Iterable[AccessChange], classified: set[str]) -> tuple[tuple[str, ...], bool]:
    """Tell the columns that are newly clear, and whether somebody who reads already sees other rows."""
    told = {change.column: change for change in changes}
    columns = tuple(path for path, change in told.items() if change.gains_clear and path in classified)
    return columns, ROWS in told and bool(told[ROWS].gained) and WHOLE not in told


def _together(pairs: Iterable[tuple[K, V]]) -> Iterator[tuple[K, tuple[V, ...]]]:
    """Put the values of equal keys together, in the order they come."""
    found: dict[K, list[V]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return ((key, tuple(values)) for key, values in found.items())
