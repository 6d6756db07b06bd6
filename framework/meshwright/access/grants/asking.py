"""Check what somebody asks for against the contract, the rules and the calendar, before anybody is bothered with it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from meshwright.access.decide import decide_as_if
from meshwright.access.decision import AccessRequest
from meshwright.access.grants.reach import reached, rules_of
from meshwright.access.grants.standing import EMERGENCY
from meshwright.access.leaves import leaves
from meshwright.access.policies import Policies
from meshwright.access.principals import Principal
from meshwright.errors import GrantRejected, nearest
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
    """Who asks for something of a product, when, and by which rules; `id` names what comes of it."""

    requester: Principal
    spec: Spec
    policies: Policies
    now: datetime
    id: str


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
    open_to = tuple(
        leaf.path
        for leaf in leaves(by.spec.columns)
        if leaf.classes and all(c in known and known[c].break_glass for c in leaf.classes)
    )
    if not open_to:
        raise GrantRejected(where, "no class of its columns allows to break the glass", "ask for a grant")
    if bool(wanted.cls) == bool(wanted.columns):
        names = f"{', '.join(open_to[:MOST_NAMED])}{', ...' if len(open_to) > MOST_NAMED else ''}"
        hint = f"name what you need, and no more; it can be opened: {names}"
        raise GrantRejected(where, "either columns or one class are needed", hint)
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
    for rule in rules_of(grant, by.spec, by.policies):
        if not rule.break_glass:
            raise GrantRejected(where, f"class {rule.name!r} does not allow to break the glass", "ask for a grant")
    _check_effect(grant, by)
    return grant


def _check_urgency(reason: str, where: str) -> None:
    """Want a sentence, since nobody is asked: so many letters, and more than one of them again and again."""
    letters = [char.casefold() for char in reason if char.isalpha()]
    if len(letters) < FEWEST_LETTERS or len(set(letters)) < FEWEST_LETTERS // 2:
        raise GrantRejected(where, "the reason is no sentence", "say what happened, for whoever reviews it")


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
    raise GrantRejected("request", "that is neither a team of yours nor a service of your domain", hint)


def _check(grant: Grant, by: Asker) -> None:
    where = f"request for {grant.product}"
    if not grant.reason.isprintable():
        raise GrantRejected(where, "the reason has characters that cannot be shown", "write it on one line")
    if not any(char.isalpha() for char in grant.reason):
        raise GrantRejected(where, "the reason says nothing", "say in a sentence what it is needed for")
    _check_what(grant, by.spec, by.policies, where)
    _check_purpose(grant, by.requester, by.policies, where)


def _check_what(grant: Grant, spec: Spec, policies: Policies, where: str) -> None:
    if any(char in each for each in (*grant.columns, grant.cls) for char in "*?"):
        raise GrantRejected(where, "a wildcard is not granted", "name the columns, or one class")
    if grant.level == "read":
        if grant.columns or grant.cls:
            raise GrantRejected(where, "`read` is for all that is unclassified", "name a level, or no column")
        return
    if bool(grant.columns) == bool(grant.cls):
        raise GrantRejected(where, "either columns or one class are needed", "name what is needed, no more")
    found = leaves(spec.columns)
    for number, named in enumerate(grant.columns, 1):
        below = [leaf for leaf in found if leaf.path == named or leaf.path.startswith(f"{named}.")]
        if not below:
            near = nearest(named, [leaf.path for leaf in found])
            raise GrantRejected(where, f"column {number} of those named is not there{near}")
        if any(not leaf.classes for leaf in below):
            raise GrantRejected(where, f"column {named!r} is unclassified", "ask for --level read")
    if not reached(grant, spec):
        used = sorted({name for leaf in found for name in leaf.classes})
        raise GrantRejected(where, f"no column has that class{nearest(grant.cls, used)}")
    if unknown := sorted({c for leaf in reached(grant, spec) for c in leaf.classes} - set(policies.classes.rules)):
        raise GrantRejected(where, f"class {unknown[0]!r} is unknown to the mesh", "its owner corrects the contract")


def _check_purpose(grant: Grant, requester: Principal, policies: Policies, where: str) -> None:
    known = policies.purposes
    if grant.purpose not in known:
        raise GrantRejected(where, f"there is no such purpose{nearest(grant.purpose, known.parents)}")
    kind, _, name = grant.grantee.partition(":")
    granted = {"user": requester.purposes, "team": policies.principals.team_purposes.get(name, ())}.get(kind)
    if granted is not None and not known.allowed(grant.purpose, granted):
        hint = "data protection adds it in policies/principals.toml"
        raise GrantRejected(where, f"{name} does not have the purpose {grant.purpose!r}", hint)


def _check_time(grant: Grant, by: Asker) -> None:
    where = f"request for {grant.product}"
    if grant.until <= grant.asked_at:
        raise GrantRejected(where, "its time would be over before it began", "name a time to come, in UTC")
    days = min(rule.grant_days for rule in rules_of(grant, by.spec, by.policies))
    if grant.until > grant.asked_at + timedelta(days=days):
        hint = f"--until {days}d is the longest; it can be asked for again"
        raise GrantRejected(where, f"a grant of this lasts at most {days} days", hint)


def _check_effect(grant: Grant, by: Asker) -> None:
    """Refuse a request that would show nothing because a forbid beats it, or because it names half of a column."""
    where = f"request for {grant.product}"
    _check_coarse(grant, by, where)
    if grant.grantee.startswith("service:"):
        return  # what the service may use it for is known where it runs
    request = AccessRequest(by.requester, grant.purpose, grant.asked_at, by.spec)
    after = decide_as_if(request, by.policies, (grant,))
    if after.problem:
        raise GrantRejected(where, after.problem)
    wanted = "clear" if grant.level == "read" else grant.level
    columns = [after.column(leaf.path) for leaf in reached(grant, by.spec)]
    if after.read and (not columns or any(wanted in column.granted for column in columns)):
        return
    hidden = [column for column in columns if wanted in column.forbidden and not column.granted]
    forbids = {by.id for by in after.by} if not after.read else {by.id for column in hidden for by in column.by}
    if forbids:
        hint = "data protection owns what holds for every product"
        raise GrantRejected(where, f"another policy forbids it: {', '.join(sorted(forbids))}", hint)
    problem = "nothing more would be shown: a policy forbids it, or the columns have other classes, too"
    raise GrantRejected(where, problem, "see `mesh access explain`, and ask for the columns by name")


def _check_coarse(grant: Grant, by: Asker, where: str) -> None:
    """Refuse a request of coarse values for columns that have none, whatever policies say."""
    named = reached(grant, by.spec)
    if grant.level != "coarse" or any(has_coarse(by.policies.classes.mask(leaf.classes), leaf.type) for leaf in named):
        return
    classes = ", ".join(sorted({name for leaf in named for name in leaf.classes}))
    hint = "ask for --level token, or clear; data protection says what is coarse in policies/classes.toml"
    raise GrantRejected(where, f"nothing of it has a coarse value, by class {classes}", hint)
