"""Say who may see a product, one decision for each person, service and purpose."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from meshwright.access.decide import decide
from meshwright.access.decision import AccessRequest, Decision
from meshwright.access.leaves import leaves
from meshwright.access.policies import Policies
from meshwright.access.principals import Principal
from meshwright.access.review.everybody import called, empty_teams, everybody, whoever, with_whoever
from meshwright.errors import UnknownColumn
from meshwright.grants import Grant
from meshwright.markers import RevealLevel
from meshwright.registry import Sight
from meshwright.spec import Spec


@dataclass(frozen=True, slots=True)
class Sought:
    """Which sights are looked for: a level of a column, or of the fields within it; None is any."""

    column: str | None = None
    level: RevealLevel | None = None


ANYTHING = Sought()


def who_can(
    spec: Spec, policies: Policies, now: datetime, sought: Sought = ANYTHING, grants: Iterable[Grant] = ()
) -> Iterator[Sight]:
    """List everybody who may read a product at a moment, for each purpose they may name; also a team without people.

    `grants` are all that were asked for, also those that ended since; what was said about them after the moment does
    not count.
    Raises `UnknownColumn`.
    """
    wanted, level = _paths(spec, sought.column), sought.level
    said = tuple(_as_of(grant, now) for grant in grants if grant.asked_at <= now)
    known = with_whoever(policies)
    for principal, purpose in askers(policies):
        decision = decide(AccessRequest(principal, purpose, now, spec, said), known)
        shown = {path: granted for path, granted in _shown(decision).items() if path in wanted}
        matching = {path: granted for path, granted in shown.items() if level is None or level in granted}
        if matching:
            by, rows = _by(decision, matching), decision.rows_shown
            yield Sight(principal=called(principal), purpose=purpose, columns=matching, by=by, rows=rows)


def _paths(spec: Spec, column: str | None) -> frozenset[str]:
    known = frozenset(leaf.path for leaf in leaves(spec.columns))
    if column is None:
        return known
    within = frozenset(path for path in known if path == column or path.startswith(f"{column}."))
    if not within:
        raise UnknownColumn(spec.id, column, known | {each.name for each in spec.columns})
    return within


def askers(policies: Policies) -> Iterator[tuple[Principal, str]]:
    """List everybody, and whoever comes to be in a team without people, with each purpose that they may name."""
    known = policies.principals
    teams = (who for name, who in whoever(known).items() if name in empty_teams(known))
    for principal in (*everybody(known).values(), *teams):
        for purpose in purposes_of(principal, policies):
            yield principal, purpose


def purposes_of(principal: Principal, policies: Policies) -> list[str]:
    """List the purposes that somebody may name."""
    return [why for why in sorted(policies.purposes.parents) if policies.purposes.allowed(why, principal.purposes)]


def _as_of(grant: Grant, moment: datetime) -> Grant:
    return grant.model_copy(update={"acts": tuple(act for act in grant.acts if act.at <= moment)})


def _shown(decision: Decision) -> dict[str, tuple[RevealLevel, ...]]:
    return {path: column.granted for path, column in decision.columns.items() if decision.read and column.granted}


def _by(decision: Decision, columns: Mapping[str, tuple[RevealLevel, ...]]) -> tuple[str, ...]:
    return tuple(sorted({policy.id for path in columns for policy in decision.column(path).by}))
