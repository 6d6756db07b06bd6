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
from meshwright.access.principals import Principal
from meshwright.access.review.difference import ROWS, WHOLE, AccessChange, Rules, Side, compared
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
    old, new = Side.of(Rules({spec.id: spec}, before)), Side.of(Rules({spec.id: unclassified or spec}, after))
    alike = _alike(old.known, _told_apart(spec, (before, after), held.holders))
    names = sorted(alike)
    found = (
        each
        for start in range(0, len(names), A_FEW)
        for each in _of_some((old, new), spec, now, names[start : start + A_FEW], held)
    )
    everyone = [(what, each, why) for what, who, why in found for each in alike[who]]
    gained = everyone if before.principals.claimed is not None else _without_teams(everyone, old.known)
    purposes = _together(((what, who), purpose) for what, who, purpose in gained)
    people = _together(((what, why), who) for (what, who), why in purposes)
    return tuple(
        what.model_copy(update={"principals": who, "purposes": why, "empty": tuple(n for n in who if n in old.empty)})
        for (what, why), names in people
        for who in [tuple(sorted(names))]
    )


def _without_teams(gained: list[Gained], known: Mapping[str, Principal]) -> list[Gained]:
    """Leave out teams whose people are told of; where tokens name the teams there may be others whom nobody knows."""
    people = [(what, known[who], why) for what, who, why in gained if who not in _teams(known[who])]
    by_team = {(what, team, why) for what, person, why in people for team in _teams(person)}
    return [each for each in gained if each not in by_team]


def _teams(principal: Principal) -> set[str]:
    return {f"team:{team}" for team in principal.teams}


def _of_some(sides: tuple[Side, Side], spec: Spec, now: datetime, names: list[str], held: Holdings) -> Iterator[Gained]:
    """Tell what each of some people would gain for each purpose, with the grants of these alone."""
    holders = {*names}.union(*(_teams(sides[1].known[name]) for name in names))
    grants = held.read(holders & held.holders)
    old, new = (side.holding(grants) for side in sides)
    found = compared((old, new), now, names)
    classified = {leaf.path for leaf in leaves(spec.columns) if leaf.classes}
    for (who, purpose), changes in groupby(found, lambda change: (change.principal, change.purpose)):
        told = {change.column: change for change in changes}
        columns = tuple(path for path, change in told.items() if change.gains_clear and path in classified)
        if _sees_other_rows(told):
            asked = AccessRequest(new.known[who], purpose, now, new.rules.specs[spec.id], grants)
            decision = decide(asked, new.rules.policies)
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


def _alike(known: Mapping[str, Principal], apart: frozenset[str]) -> Mapping[str, tuple[str, ...]]:
    """Let one principal of those that no decision tells apart stand for all, whoever is in a team among them."""
    named = known.items()
    sorts = ((name if name in apart else (p.kind, p.domain, frozenset(p.teams), p.purposes), name) for name, p in named)
    return {names[0]: names for _, names in _together(sorts)}


def _together(pairs: Iterable[tuple[K, V]]) -> Iterator[tuple[K, tuple[V, ...]]]:
    """Put the values of equal keys together, in the order they come."""
    found: dict[K, list[V]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return ((key, tuple(values)) for key, values in found.items())
