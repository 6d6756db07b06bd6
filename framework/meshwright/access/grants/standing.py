"""How a grant stands: worked out from what was said, who is in which role and the time, at every decision anew."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from meshwright.access.grants.reach import rules_of
from meshwright.access.grants.roles import approvals, counting
from meshwright.access.policies import Policies
from meshwright.access.principals import Principal
from meshwright.grants import Grant, GrantAct, Status
from meshwright.names import governed_by
from meshwright.spec import Spec

UNDECIDED = timedelta(days=14)
"""How long a request waits before it expires."""
EMERGENCY = timedelta(hours=1)
"""How long a break-glass lasts."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a grant stands, why, when it ends at the latest, and whose word is missing: `owner`, `data protection`.

    `flagged`: a break-glass that the owner and data protection have not both reviewed; it waits for their reviews.
    """

    status: Status
    why: str
    ends_at: datetime
    waits_for: tuple[str, ...] = ()
    flagged: bool = False


def in_force(
    grants: Iterable[Grant], principal: Principal, spec: Spec, policies: Policies, now: datetime
) -> tuple[Grant, ...]:
    """Choose the grants that open something of a product to a principal at this moment."""
    holders = {f"{principal.kind}:{principal.name}"}
    if principal.kind == "user":
        holders |= {f"team:{team}" for team in principal.teams}
    product = governed_by(spec.id)
    return tuple(
        grant
        for grant in grants
        if grant.product == product
        and grant.grantee in holders
        and standing(grant, spec, policies, now, principal).status == "active"
    )


def standing(grant: Grant, spec: Spec, policies: Policies, now: datetime, holder: Principal | None = None) -> Standing:
    """Work out how a grant stands; `now` is UTC-aware, and what was said later by another clock only takes away.

    `holder` is whoever would use it; without them, the teams that they are known to be in tell whether they moved.
    """
    for act in grant.acts:
        if act.act in ("refuse", "revoke"):
            ended: Status = "refused" if act.act == "refuse" else "revoked"
            why = f"{ended} by {act.by}" + (f": {act.note}" if act.note else "")
            return _reviewed(Standing(ended, why, act.at), grant, spec, policies)
    late = max([now, grant.asked_at, *(act.at for act in grant.acts)])
    moved = _moved(grant, policies, holder)
    if grant.break_glass:
        return _reviewed(_emergency(grant, spec, policies, (now, late), moved), grant, spec, policies)
    return _asked(grant, spec, policies, (now, late), moved)


def _asked(grant: Grant, spec: Spec, policies: Policies, times: tuple[datetime, datetime], moved: str) -> Standing:
    now, late = times
    said = tuple(act for act in grant.acts if act.act in ("approve", "confirm") and act.at <= now)
    missing = _missing(*approvals(grant, spec, policies, said))
    ends_at = _ends_at(grant, spec, policies)
    if late >= grant.until:
        return Standing("expired", "its time is over", grant.until)
    if moved:
        return Standing("moved", moved, ends_at)
    if missing:
        return _undecided(grant, said, missing, late)
    if late >= ends_at:
        return Standing("expired", "it lasted as long as its classes allow", ends_at)
    confirm_by = _confirm_by(grant, spec, policies)
    if late >= confirm_by:
        return Standing("lapsed", f"its owner has not confirmed it by {confirm_by:%Y-%m-%d}", confirm_by)
    by_owner, by_guard = counting(grant, spec, policies, said)
    people = ", ".join(dict.fromkeys(act.by for act in said if act in (*by_owner, *by_guard) and act.act == "approve"))
    return Standing("active", f"approved by {people}", min(ends_at, confirm_by))


def _undecided(grant: Grant, said: tuple[GrantAct, ...], missing: tuple[str, ...], late: datetime) -> Standing:
    words = " and ".join(missing)
    decided_by = min(grant.until, grant.asked_at + UNDECIDED)
    if late < decided_by:
        return Standing("waiting", f"waits for {words}", decided_by, missing)
    if said:
        return Standing("suspended", f"needs to be approved again by {words}", grant.until, missing)
    return Standing("expired", f"nobody decided about it in {UNDECIDED.days} days", decided_by)


def _emergency(grant: Grant, spec: Spec, policies: Policies, times: tuple[datetime, datetime], moved: str) -> Standing:
    now, late = times
    ends_at = min(grant.until, grant.asked_at + EMERGENCY)
    if late >= ends_at:
        return Standing("expired", "its hour is over", ends_at)
    if moved:
        return Standing("moved", moved, ends_at)
    if now < grant.asked_at or not all(rule.break_glass for rule in rules_of(grant, spec, policies)):
        return Standing("suspended", "its classes do not allow to break the glass", ends_at)
    return Standing("active", f"{grant.requester} broke the glass", ends_at)


def _reviewed(found: Standing, grant: Grant, spec: Spec, policies: Policies) -> Standing:
    """Say whose look a broken glass waits for, however it ended; once both looked at it, it never does again."""
    reviews = tuple(act for act in grant.acts if act.act == "review")
    if not grant.break_glass or any(act.settles for act in reviews):
        return found
    said = approvals(grant.model_copy(update={"level": "clear"}), spec, policies, reviews)
    missing = _missing(*said)
    return replace(found, waits_for=missing, flagged=bool(missing))


def _missing(owner: bool, protection: bool) -> tuple[str, ...]:
    return tuple(name for name, there in (("owner", owner), ("data protection", protection)) if not there)


def _ends_at(grant: Grant, spec: Spec, policies: Policies) -> datetime:
    """A grant lasts no longer than its classes allow now, counted from its first approval."""
    approved = [act.at for act in grant.acts if act.act == "approve"]
    days = min(rule.grant_days for rule in rules_of(grant, spec, policies))
    return min(grant.until, min(approved, default=grant.asked_at) + timedelta(days=days))


def _confirm_by(grant: Grant, spec: Spec, policies: Policies) -> datetime:
    days = min(rule.confirm_days for rule in rules_of(grant, spec, policies))
    said = [a.at for a in grant.acts if a.act == "confirm" or (a.act == "approve" and a.role != "data-protection")]
    said = said or [act.at for act in grant.acts if act.act == "approve"]
    return max(said, default=grant.asked_at) + timedelta(days=days)


def _moved(grant: Grant, policies: Policies, holder: Principal | None) -> str:
    """Say why whoever got a grant is not who it was given to any more."""
    kind, _, name = grant.grantee.partition(":")
    known = policies.principals
    if kind == "team":
        return "" if name in known.teams else f"there is no team {name} any more"
    if kind == "service":
        return ""
    if name not in known.users:
        return f"{name} is not known any more"
    who = holder or known.members.get(name)
    if who is None or (holder is None and not who.teams and known.claimed is None):
        return ""  # their next token tells
    return "" if {*grant.teams} <= {*who.teams} else f"{name} left a team since"
