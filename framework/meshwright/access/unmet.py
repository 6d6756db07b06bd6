"""Which permits would show more, and what each wants that a request does not have: asked of Cedar, permit by permit."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, product

from meshwright.access.cedar import Entity, Question, ask_each
from meshwright.access.decision import AccessRequest, Missing, PolicyReference
from meshwright.access.entities import Sort, parties, principal_of, trees
from meshwright.access.policies import Policies
from meshwright.access.principals import Principal
from meshwright.access.statements import EntityName, Statement
from meshwright.grants import GrantLevel

MOST_PERMITS, MOST_TIMES, MOST_QUESTIONS = 50, 4, 1000
"""So many permits are looked at, so many of the times that one names, and so many questions are asked in all."""

Wanted = tuple[GrantLevel, str, EntityName]
"""A level, the action that shows it, and of what."""


@dataclass(frozen=True, slots=True)
class _Case:
    """A permit asked about something else than the request: by whom, for which purpose, when; empty: as it was."""

    permit: Statement
    wanted: Wanted
    whom: str = ""
    purpose: str = ""
    when: str = ""
    now: datetime | None = None

    @property
    def changes(self) -> int:
        return bool(self.whom) + bool(self.purpose) + bool(self.when)


def unmet(
    request: AccessRequest, policies: Policies, wanted: Iterable[Wanted], sorts: Iterable[Sort]
) -> Mapping[Wanted, tuple[Missing, ...]]:
    """Name the permits of what is wanted that do not count for a request, and the fewest things that they want else."""
    actions = list(dict.fromkeys(wanted))
    permits = [p for p in policies.of(request.spec.id) if p.effect == "permit"][:MOST_PERMITS]
    facts: dict[EntityName, Entity] = {e.name: e for e in parties(request.principal, request.spec, sorts)}
    about = ((p, w) for p in permits for w in actions if w[1] in p.actions and _covers(p, facts[w[2]]))
    cases = list(islice((case for p, w in about for case in _cases(p, w, request)), MOST_QUESTIONS))
    someone = {_name(p): _someone(p, policies) for p in permits} | {"": request.principal}
    for each in someone.values():
        facts |= {e.name: e for e in parties(each, request.spec, ()) if e.name not in facts}
    asked = [(_question(case, request, someone), (case.permit,)) for case in cases]
    found: dict[Wanted, dict[str, _Case]] = {}
    for case, answer in zip(cases, ask_each(asked, trees(policies), facts.values()) if asked else (), strict=True):
        if answer.allowed:
            known = found.setdefault(case.wanted, {})
            if case.permit.id not in known or case.changes < known[case.permit.id].changes:
                known[case.permit.id] = case
    return {each: tuple(_missing(case) for case in found[each].values() if case.changes) for each in found}


def _covers(permit: Statement, resource: Entity) -> bool:
    """Leave out what a permit's scope does not reach, which need not be asked."""
    named = permit.scope("resource").get("entity")
    if not named:
        return True
    kind, name = str(named["type"]).removeprefix("Mesh::"), str(named["id"])
    around = (resource.name, *resource.parents)
    return kind == "Domain" or any(k == kind and (n == name or n.startswith(f"{name}.")) for k, n in around)


def _cases(permit: Statement, wanted: Wanted, request: AccessRequest) -> Iterator[_Case]:
    """Change what a permit names: the purposes, whom it is for, and the times just before and at those it names."""
    purposes = sorted(name for kind, name in permit.looked_at if kind == "Purpose" and name != request.purpose)
    times = [("", request.now)]
    for text in sorted(whole for each in permit.times if (whole := _whole(each)))[:MOST_TIMES]:
        at = datetime.fromisoformat(text)
        times += [(f"before {at:%Y-%m-%d %H:%M} UTC", at - timedelta(milliseconds=1))] if at.year > 1 else []
        times.append((f"from {at:%Y-%m-%d %H:%M} UTC", at))
    for whom, purpose, (when, now) in product(dict.fromkeys(("", _name(permit))), ("", *purposes), times):
        yield _Case(permit, wanted, whom, purpose, when, now)


def _question(case: _Case, request: AccessRequest, someone: Mapping[str, Principal]) -> Question:
    _, action, resource = case.wanted
    who = principal_of(someone[case.whom])
    return Question(who, action, resource, case.now or request.now, case.purpose or request.purpose)


def _missing(case: _Case) -> Missing:
    by = (PolicyReference(case.permit.id, case.permit.why),)
    return Missing(case.wanted[0], "permit", by, case.purpose, case.whom, case.when)


def _name(permit: Statement) -> str:
    """Say whom a permit is for, if not for everybody: `team planning`, `service sales.orders`."""
    named = permit.scope("principal").get("entity")
    return f"{str(named['type']).removeprefix('Mesh::').lower()} {named['id']}" if named else ""


def _someone(permit: Statement, policies: Policies) -> Principal:
    """Make up somebody whom a permit is for; nobody can have this name."""
    kind, _, name = _name(permit).partition(" ")
    known = {"user": policies.principals.users, "service": policies.principals.services}.get(kind, {})
    if name in known:
        return known[name]
    if kind == "team":
        return Principal("user", f"?{name}", policies.principals.teams.get(name, ""), (name,))
    return Principal("user", f"?{name}", name if kind == "domain" else "")


def _whole(text: str) -> str:
    """Write a literal of Cedar's as Python reads it, with a zone; empty for what it does not read."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return ""
    return text if found.tzinfo is not None else f"{found.isoformat()}+00:00"
