"""Say who would newly see classified data in the clear, or other rows, by a product's new policies."""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TypeVar

from meshwright.access.decide import decide
from meshwright.access.decision import LEVELS, AccessRequest, Decision
from meshwright.access.leaves import leaves
from meshwright.access.policies import Policies
from meshwright.access.principals import Principals
from meshwright.access.review.difference import ROWS, WHOLE, AccessChange, Rules, differences
from meshwright.access.review.everybody import empty_teams, everybody, whoever, with_whoever
from meshwright.grants import Grant
from meshwright.registry import ColumnsAt, PolicyGain
from meshwright.spec import Spec

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
Gained = tuple[PolicyGain, str, str]
"""What is gained, by whom, and for which purpose."""

A_FEW = 25
"""For so many people at a time grants are held in memory."""


def _none(_: Collection[str]) -> tuple[Grant, ...]:
    return ()


@dataclass(frozen=True)
class Holdings:
    """Who holds grants of a product (`user:ana`, `team:desk`), and how to read those of some of them."""

    holders: frozenset[str] = frozenset()
    read: Callable[[Collection[str]], tuple[Grant, ...]] = _none


NOTHING_HELD = Holdings()


def gains(  # noqa: PLR0913, PLR0917 - two contracts, two sets of policies, a time, and grants
    spec: Spec,
    before: Policies,
    after: Policies,
    now: datetime,
    held: Holdings = NOTHING_HELD,
    unclassified: Spec | None = None,
) -> tuple[PolicyGain, ...]:
    """Name everybody known who would newly see a classified column in the clear, or see other rows than they do.

    A team is named where whoever comes to be in it would, though none of its people of today does: what a permit opens
    to it never reads as nobody's gain. Where tokens name the teams it is named beside the people who are known of it.

    `unclassified` is the contract without the classes that would be taken; None: it stays as it is. `held` are the
    grants of the product, of which every one counts. Whoever gains the same for the same purposes is named together.
    """
    old, new = _Side(spec, with_whoever(before)), _Side(unclassified or spec, with_whoever(after))
    alike = _alike(before.principals, _told_apart(spec, (before, after), held.holders))
    names = sorted(alike)
    found = (
        each
        for start in range(0, len(names), A_FEW)
        for each in _of_some((old, new), now, names[start : start + A_FEW], held)
    )
    gained = _told([(what, each, why) for what, who, why in found for each in alike[who]], before.principals)
    purposes = _together(((what, who), purpose) for what, who, purpose in gained)
    people = _together(((what, why), who) for (what, who), why in purposes)
    empty = empty_teams(before.principals)
    return tuple(
        what.model_copy(update={"principals": who, "purposes": why, "empty": tuple(n for n in who if n in empty)})
        for (what, why), names in people
        for who in [tuple(sorted(names))]
    )


def _told(gained: list[Gained], principals: Principals) -> list[Gained]:
    """Leave out teams whose people are told of; where tokens name the teams there may be others whom nobody knows."""
    if principals.claimed is not None:
        return gained
    people = everybody(principals)
    by_team = {(what, f"team:{team}", why) for what, who, why in gained if who in people for team in people[who].teams}
    return [each for each in gained if each not in by_team]


@dataclass(frozen=True, slots=True)
class _Side:
    """A contract and the policies that decide about it."""

    spec: Spec
    policies: Policies


def _of_some(sides: tuple[_Side, _Side], now: datetime, names: list[str], held: Holdings) -> Iterator[Gained]:
    """Tell what each of some people would gain for each purpose, with the grants of these alone."""
    spec, after = sides[0].spec, sides[1]
    known = after.policies.principals
    everyone = {**everybody(known), **whoever(known)}
    people = {name: everyone[name] for name in names}
    holders = {*names, *(f"team:{team}" for each in people.values() for team in each.teams)}
    grants = held.read(holders & held.holders)
    old, new = (Rules({spec.id: each.spec}, each.policies, grants=grants) for each in sides)
    found = differences(old, new, now, people.keys())
    classified = {leaf.path for leaf in leaves(spec.columns) if leaf.classes}
    for (who, purpose), changes in groupby(found, lambda change: (change.principal, change.purpose)):
        told = {change.column: change for change in changes}
        columns = tuple(path for path, change in told.items() if change.gains_clear and path in classified)
        if _sees_other_rows(told):
            decision = decide(AccessRequest(people[who], purpose, now, after.spec, grants), after.policies)
            at = tuple(_levels(decision, classified))
            yield PolicyGain(principals=(), purposes=(), columns=columns, rows=True, rows_at=at), who, purpose
        elif columns:
            yield PolicyGain(principals=(), purposes=(), columns=columns), who, purpose


def _sees_other_rows(told: Mapping[str, AccessChange]) -> bool:
    """Tell whether somebody who reads already sees other rows."""
    return ROWS in told and bool(told[ROWS].gained) and WHOLE not in told


def _levels(decision: Decision, classified: Collection[str]) -> Iterator[ColumnsAt]:
    """Put the classified columns that somebody sees together by their level, the strongest first."""
    for level in LEVELS:
        columns = tuple(p for p, c in decision.columns.items() if c.level == level and p in classified)
        if columns and level != "hidden":
            yield ColumnsAt(level=level, columns=columns)


def _told_apart(spec: Spec, rules: Iterable[Policies], holders: Collection[str]) -> frozenset[str]:
    """Name whoever a policy or a grant names: others are decided about by domain, teams and purposes alone."""
    named = {entity for each in rules for policy in each.of(spec.id) for entity in policy.entities}
    told = {f"{kind.lower()}:{name}" for kind, name in named if kind in ("User", "Service")}
    return frozenset({*told, *holders, f"service:{spec.id}"})


def _alike(principals: Principals, apart: frozenset[str]) -> Mapping[str, tuple[str, ...]]:
    """Let one principal of those that no decision tells apart stand for all, whoever is in a team among them."""
    named = {**everybody(principals), **whoever(principals)}.items()
    sorts = ((name if name in apart else (p.kind, p.domain, frozenset(p.teams), p.purposes), name) for name, p in named)
    return {names[0]: names for _, names in _together(sorts)}


def _together(pairs: Iterable[tuple[K, V]]) -> Iterator[tuple[K, tuple[V, ...]]]:
    """Put the values of equal keys together, in the order they come."""
    found: dict[K, list[V]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return ((key, tuple(values)) for key, values in found.items())
