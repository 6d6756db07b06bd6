"""Check what somebody asks for against the contract, the rules and the calendar, before anybody is bothered with it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from meshwright.access.decide import decide_as_if
from meshwright.access.decision import AccessRequest
from meshwright.access.grants.reach import reached, rules_of
from meshwright.access.grants.served import Served, concerned
from meshwright.access.grants.standing import EMERGENCY
from meshwright.access.leaves import Leaf, leaves
from meshwright.access.policies import Policies
from meshwright.access.principals import Principal
from meshwright.errors import GrantRejected, counted, nearest
from meshwright.grants import EmergencyRequest, Grant, GrantRequest
from meshwright.masks import has_coarse
from meshwright.names import governed_by, product_id
from meshwright.spec import Spec

MOST_NAMED = 10
"""So many columns a hint names."""
FEWEST_LETTERS = 10
"""So many letters a reason to break the glass has at least."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for something of a product, when, and by which rules; `id` names what comes of it.

    `older` are the major versions that are served beside the newest: what is asked for may be of any.
    """

    requester: Principal
    spec: Spec
    policies: Policies
    now: datetime
    id: str
    older: tuple[Served, ...] = ()

    @property
    def majors(self) -> tuple[Served, ...]:
        """Give every major version, the newest first."""
        return Served(self.spec, self.policies), *self.older


def asked(wanted: GrantRequest, by: Asker) -> Grant:
    """Make a request of what somebody wants; raise `GrantRejected` for what cannot be granted."""
    grant = Grant(
        id=by.id,
        product=governed_by(by.spec.id),
        requester=by.requester.name,
        grantee=_grantee(wanted.grantee, by),
        teams=() if wanted.grantee else by.requester.teams,
        columns=tuple(dict.fromkeys(wanted.columns)),
        cls=wanted.cls,
        level=wanted.level,
        purpose=wanted.purpose,
        asked_at=by.now,
        until=wanted.until,
        reason=wanted.reason,
    )
    _check(grant, by)
    _check_time(grant, by)
    _check_effect(grant, by)
    return grant


def broken_glass(wanted: EmergencyRequest, by: Asker) -> Grant:
    """Make a grant of one hour, in force at once, for whoever asks; raise `GrantRejected` where no class allows it."""
    where, known = f"request for {by.spec.id}", by.policies.classes.rules
    breakable = (
        leaf.path
        for each in by.majors
        for leaf in leaves(each.spec.columns)
        if leaf.classes and all(c in known and known[c].break_glass for c in leaf.classes)
    )
    open_to = tuple(dict.fromkeys(breakable))
    if not open_to:
        raise GrantRejected(where, "no class of its columns allows to break the glass", "ask for a grant")
    if bool(wanted.cls) == bool(wanted.columns):
        names = f"{', '.join(open_to[:MOST_NAMED])}{', ...' if len(open_to) > MOST_NAMED else ''}"
        hint = f"name what you need, and no more; it can be opened: {names}"
        raise GrantRejected(where, "either columns or one class are needed", hint, field="columns")
    _check_urgency(wanted.reason, where)
    grant = Grant(
        id=by.id,
        product=governed_by(by.spec.id),
        requester=by.requester.name,
        grantee=_grantee("", by),
        teams=by.requester.teams,
        columns=tuple(dict.fromkeys(wanted.columns)),
        cls=wanted.cls,
        level="clear",
        purpose=wanted.purpose,
        asked_at=by.now,
        until=by.now.astimezone(UTC) + EMERGENCY,
        reason=wanted.reason,
        break_glass=True,
    )
    _check(grant, by)
    closed = [_closed(grant, each) for each in concerned(grant, by.majors)]
    if all(closed):
        raise GrantRejected(where, f"class {closed[0]!r} does not allow to break the glass", "ask for a grant")
    _check_effect(grant, by)
    return grant


def _closed(grant: Grant, served: Served) -> str:
    """Name a class of what a grant opens in one major version that does not allow to break the glass."""
    rules = rules_of(grant, served.spec, served.policies)
    return next((rule.name or "(none)" for rule in rules if not rule.break_glass), "")


def _check_urgency(reason: str, where: str) -> None:
    """Want a sentence, since nobody is asked: so many letters, and more than one of them again and again."""
    letters = [char.casefold() for char in reason if char.isalpha()]
    if len(letters) < FEWEST_LETTERS or len(set(letters)) < FEWEST_LETTERS // 2:
        hint = "say what happened, for whoever reviews it"
        raise GrantRejected(where, "the reason is no sentence", hint, field="reason")


def _grantee(wanted: str, by: Asker) -> str:
    requester = by.requester
    if requester.kind != "user":
        raise GrantRejected("request", "only a person asks for access", "the service's people ask for it")
    kind, _, name = wanted.partition(":")
    if not wanted:
        return f"user:{requester.name}"
    if kind == "team" and name in requester.teams:
        return wanted
    if kind == "service" and by.policies.principals.works_in(requester, product_id(name)[0]):
        return wanted
    hint = "leave it out for yourself; else team:NAME or service:domain.product"
    problem = "the grantee is neither a team of yours nor a service of your domain"
    raise GrantRejected("request", problem, hint, field="grantee")


def _check(grant: Grant, by: Asker) -> None:
    where = f"request for {grant.product}"
    if not grant.reason.isprintable():
        problem = "the reason has characters that cannot be shown"
        raise GrantRejected(where, problem, "write it on one line", field="reason")
    if not any(char.isalpha() for char in grant.reason):
        hint = "say in a sentence what it is needed for"
        raise GrantRejected(where, "the reason says nothing", hint, field="reason")
    _check_what(grant, by.majors, where)
    _check_purpose(grant, by.requester, by.policies, where)


def _check_what(grant: Grant, majors: Sequence[Served], where: str) -> None:
    field = "columns" if grant.columns else "cls"
    if any(char in each for each in (*grant.columns, grant.cls) for char in "*?"):
        raise GrantRejected(where, "a wildcard is not granted", "name the columns, or one class", field=field)
    if grant.level == "read":
        if grant.columns or grant.cls:
            problem, hint = "the level `read` is for all that is unclassified", "name another level, or no column"
            raise GrantRejected(where, problem, hint, field="level")
        return
    if bool(grant.columns) == bool(grant.cls):
        hint = "name what is needed, no more"
        raise GrantRejected(where, "either columns or one class are needed", hint, field=field)
    found = [leaves(each.spec.columns) for each in majors]
    for number, named in enumerate(grant.columns, 1):
        below = [within for of_major in found if (within := _below(named, of_major))]
        if not below:
            near = nearest(named, [leaf.path for of_major in found for leaf in of_major])
            raise GrantRejected(where, f"column {number} of those named is not there{near}", field=field)
        if not any(all(leaf.classes for leaf in within) for within in below):
            hint = "what is unclassified has the level `read`, and no columns are named for it"
            raise GrantRejected(where, f"column {named!r} is unclassified", hint, field=field)
    reaching = concerned(grant, majors)
    if not reached(grant, reaching[0].spec):
        used = sorted({name for of_major in found for leaf in of_major for name in leaf.classes})
        raise GrantRejected(where, f"no column has that class{nearest(grant.cls, used)}", field=field)
    unknown = [_unknown(grant, each) for each in reaching]
    if all(unknown):
        hint = "its owner corrects the contract"
        raise GrantRejected(where, f"class {unknown[0]!r} is unknown to the mesh", hint, field=field)


def _below(named: str, found: Iterable[Leaf]) -> list[Leaf]:
    return [leaf for leaf in found if leaf.path == named or leaf.path.startswith(f"{named}.")]


def _unknown(grant: Grant, served: Served) -> str:
    """Name a class of what a grant reaches in one major version that the mesh does not know."""
    classes = {name for leaf in reached(grant, served.spec) for name in leaf.classes}
    return min(classes - set(served.policies.classes.rules), default="")


def _check_purpose(grant: Grant, requester: Principal, policies: Policies, where: str) -> None:
    known = policies.purposes
    if grant.purpose not in known:
        problem = f"there is no such purpose{nearest(grant.purpose, known.parents)}"
        raise GrantRejected(where, problem, field="purpose")
    kind, _, name = grant.grantee.partition(":")
    granted = {"user": requester.purposes, "team": policies.principals.team_purposes.get(name, ())}.get(kind)
    if granted is not None and not known.allowed(grant.purpose, granted):
        hint = "data protection adds it in policies/principals.toml"
        raise GrantRejected(where, f"{name} does not have the purpose {grant.purpose!r}", hint, field="purpose")


def _check_time(grant: Grant, by: Asker) -> None:
    where = f"request for {grant.product}"
    if grant.until <= grant.asked_at:
        raise GrantRejected(where, "until is over already", "name a time to come, in UTC", field="until")
    rules = (rule for each in concerned(grant, by.majors) for rule in rules_of(grant, each.spec, each.policies))
    days = min(rule.grant_days for rule in rules)
    if grant.until > grant.asked_at + timedelta(days=days):
        problem = f"until is too late: a grant of this lasts at most {counted(days, 'day')}"
        raise GrantRejected(where, problem, "it can be asked for again then", field="until")


def _check_effect(grant: Grant, by: Asker) -> None:
    """Refuse a request that would show nothing in any major version."""
    every = concerned(grant, by.majors)
    _raise_if_all([_without_coarse(grant, each) for each in every])
    if grant.grantee.startswith("service:"):
        return  # what the service may use it for is known where it runs
    _raise_if_all([_without_effect(grant, by.requester, each) for each in every])


def _raise_if_all(problems: Sequence[GrantRejected | None]) -> None:
    """Refuse what no major version would take, as the newest does."""
    if (problem := problems[0]) is not None and all(problems):
        raise problem


def _without_effect(grant: Grant, requester: Principal, served: Served) -> GrantRejected | None:
    """Say why a request would show nothing: because a forbid beats it, or because it names half of a column."""
    where = f"request for {grant.product}"
    request = AccessRequest(requester, grant.purpose, grant.asked_at, served.spec)
    after = decide_as_if(request, served.policies, (grant,))
    if after.problem:
        return GrantRejected(where, after.problem)
    wanted = "clear" if grant.level == "read" else grant.level
    columns = [after.column(leaf.path) for leaf in reached(grant, served.spec)]
    if after.read and (not columns or any(wanted in column.granted for column in columns)):
        return None
    hidden = [column for column in columns if wanted in column.forbidden and not column.granted]
    forbids = {by.id for by in after.by} if not after.read else {by.id for column in hidden for by in column.by}
    if forbids:
        hint = "data protection owns what holds for every product"
        return GrantRejected(where, f"another policy forbids it: {', '.join(sorted(forbids))}", hint)
    problem = "nothing more would be shown: a policy forbids it, or the columns have other classes, too"
    return GrantRejected(where, problem, "look at what decides about each column, and ask for those by name")


def _without_coarse(grant: Grant, served: Served) -> GrantRejected | None:
    """Say why no policy could show coarse values: where nothing that is asked for has any."""
    named = reached(grant, served.spec)
    masks = [(served.policies.classes.mask(leaf.classes), leaf.type) for leaf in named]
    if grant.level != "coarse" or any(has_coarse(mask, kind) for mask, kind in masks):
        return None
    classes = ", ".join(sorted({name for leaf in named for name in leaf.classes}))
    hint = "ask for the level token or clear; data protection says what is coarse in policies/classes.toml"
    problem = f"nothing of it has a coarse value, by class {classes}"
    return GrantRejected(f"request for {grant.product}", problem, hint, field="level")
