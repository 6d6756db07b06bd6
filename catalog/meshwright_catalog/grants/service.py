"""Ask for access and decide about it: functions over one caller's visit."""

import logging
from collections.abc import Sequence
from datetime import timedelta

from meshwright.access.grants.asking import Asker, asked, broken_glass
from meshwright.access.grants.roles import concerns, is_same
from meshwright.access.grants.standing import UNDECIDED
from meshwright.audit import Facts
from meshwright.errors import (
    GrantClosed,
    GrantRejected,
    MeshError,
    NotYourDecision,
    UnknownGrant,
    UnknownProduct,
)
from meshwright.grants import (
    Act,
    EmergencyRequest,
    Grant,
    GrantRequest,
    GrantView,
)
from meshwright.registry import Entry
from meshwright_catalog import products
from meshwright_catalog.audit.changes import changed
from meshwright_catalog.audit.denials import denied
from meshwright_catalog.database import next_sequence
from meshwright_catalog.gate import Visit
from meshwright_catalog.grants import rows
from meshwright_catalog.grants.lists import cases, served
from meshwright_catalog.grants.views import Case
from meshwright_catalog.notes import checked

log = logging.getLogger(__name__)

MOST_WAITING = 100
"""So many requests of one person may wait at once."""
MOST_FLAGGED = 3
"""So many times somebody may break the glass before the first is reviewed."""
_ASKED = {"product", "grantee", "cls", "level", "purpose", "reason"}
_KINDS: dict[Act, str] = {
    "approve": "grant.approved",
    "refuse": "grant.refused",
    "revoke": "grant.revoked",
    "confirm": "grant.confirmed",
    "review": "grant.reviewed",
}


def request(visit: Visit, wanted: GrantRequest) -> GrantView:
    """Ask for access; raise `UnknownProduct` or `GrantRejected`. What waits already is not asked a second time."""
    waiting = _waiting(visit)
    if len(waiting) >= MOST_WAITING:
        raise GrantRejected("request", f"{MOST_WAITING} requests of yours wait already", "withdraw some of them")
    entries = _entries(visit, wanted.product, "grant.request")
    sequence = next_sequence(visit.session)
    grant = asked(wanted, _asker(visit, entries))
    if again := next((case for case in waiting if _is_again(case.grant, grant)), None):
        return again.view()
    rows.add(visit.session, grant, sequence)
    _write(visit, "grant.requested", grant)
    return _case(visit, grant, entries).view()


def break_glass(visit: Visit, wanted: EmergencyRequest) -> GrantView:
    """Open classified columns for an hour; raise `UnknownProduct` or `GrantRejected`. Loud: a warning in the log."""
    if _flagged(visit) >= MOST_FLAGGED:
        problem = GrantRejected(
            "request", f"{MOST_FLAGGED} of yours are not reviewed yet", "ask the owner to review them"
        )
        raise denied(visit, problem, "grant.break-glass", wanted.product)
    entries = _entries(visit, wanted.product, "grant.break-glass")
    sequence = next_sequence(visit.session)
    grant = broken_glass(wanted, _asker(visit, entries))
    rows.add(visit.session, grant, sequence)
    _write(visit, "grant.glass-broken", grant)
    log.warning("%s broke the glass of %s as %s for an hour: %s", grant.grantee, grant.product, grant.id, grant.what)
    return _case(visit, grant, entries).view()


def say(visit: Visit, name: str, act: Act, note: str = "") -> GrantView:
    """Say something to a grant; raise `UnknownGrant`, `NotYourDecision` or `GrantClosed`.

    A refusal without a reason is `GrantRejected`.
    """
    next_sequence(visit.session)  # it holds back whoever else decides, so that each sees what was said before
    case = _found(visit, name)
    if case is None or not case.sees:
        raise denied(visit, UnknownGrant(name), f"grant.{act}", case.grant.product if case is not None else "")
    view = case.view()
    if act not in view.may:
        raise _refusal(case, act, view)
    said = case.saying(act, checked(f"grant {case.grant.id}", note, needed=act == "refuse"))
    if act == "review":
        said = said.model_copy(update={"settles": not case.after(said).standing.flagged})
    rows.add_act(visit.session, case.grant.id, said)
    _write(visit, _KINDS[act], case.grant, said.role)
    return case.after(said).view()


def _is_again(before: Grant, now: Grant) -> bool:
    """Tell whether two requests are the same, as of a form that is sent twice: `until 30d` moves with the clock."""
    nearly = abs(before.until - now.until) < timedelta(days=1)
    of_same = {*before.columns} == {*now.columns}
    return nearly and of_same and before.model_dump(include=_ASKED) == now.model_dump(include=_ASKED)


def _waiting(visit: Visit) -> list[Case]:
    """List the requests of the caller that wait."""
    asked = rows.requested_by([visit.principal.name]) & rows.open_yet(visit.now)
    found = cases(visit, asked & rows.undecided_since(visit.now - UNDECIDED))
    return [case for case in found if case.standing.status == "waiting"]


def _flagged(visit: Visit) -> int:
    """Count how often the caller broke the glass, under any of their names, without a review."""
    principals, caller = visit.gate.policies().principals, visit.principal
    names = {caller.name, *(name for name in principals.users if is_same(caller, name, principals))}
    return sum(case.standing.flagged for case in cases(visit, rows.requested_by(names) & rows.unreviewed()))


def _refusal(case: Case, act: Act, view: GrantView) -> MeshError:
    where = f"grant {case.grant.id}"
    if act == "review" and case.decides is not None and case.grant.break_glass:
        if view.flagged and not case.has_said("review"):
            error = NotYourDecision(where, "somebody else's review is needed")
            return denied(case.visit, error, f"grant.{act}", case.grant.product, grant=case.grant.id)
        missing = f"it waits for {' and '.join(view.waits_for)}" if view.flagged else "nothing is missing any more"
        return GrantClosed(where, f"{'you reviewed it' if case.has_said('review') else 'was reviewed'}: {missing}")
    if case.decides is not None and view.status not in ("waiting", "suspended"):
        return GrantClosed(where, f"is {view.status}: {view.why}")
    if case.decides is not None and (too_early := _too_early(case, act, view)):
        return GrantClosed(where, too_early)
    error = NotYourDecision(where, _whose(case))
    return denied(case.visit, error, f"grant.{act}", case.grant.product, grant=case.grant.id)


def _too_early(case: Case, act: Act, view: GrantView) -> str:
    """Say for what a request waits before this can be said to it, or where the same person said it already."""
    if act == "confirm" and not case.grant.break_glass:
        return f"{view.why}: there is nothing to confirm yet"
    return f"{view.why}: you approved it already" if act == "approve" and case.has_said("approve") else ""


def _whose(case: Case) -> str:
    if case.visit.principal.kind == "user" and not case.visit.is_current():
        return "your token is too old to say in which teams you are: sign in again"
    if case.decides is not None:
        return "somebody else's word is needed for that"
    mine = concerns(case.grant, case.visit.principal, case.principals)
    return "whoever asked does not decide" if mine else f"{case.spec.owner or 'its owner'} decides about it"


def _entries(visit: Visit, product: str, tried: str) -> list[Entry]:
    """Give every major version of a product that the caller may discover, the newest first."""
    if products.held(visit, product) is None:
        raise denied(visit, UnknownProduct(product, (), "catalog"), tried, product)
    return products.majors(visit.session, product)


def _asker(visit: Visit, entries: Sequence[Entry]) -> Asker:
    """Let somebody ask for what they may know of: the newest major version, and the older that they may discover."""
    newest, *older = served(visit, entries)
    known = visit.may_discover_each([(each.spec, each.policies) for each in entries[1:]])
    told = tuple(each for each, may_know in zip(older, known, strict=True) if may_know)
    return Asker(visit.principal, newest.spec, newest.policies, visit.now, rows.next_id(visit.session), told)


def _case(visit: Visit, grant: Grant, entries: Sequence[Entry]) -> Case:
    return Case(visit, grant, served(visit, entries))


def _found(visit: Visit, name: str) -> Case | None:
    grant = rows.find(visit.session, name)
    entries = products.majors(visit.session, grant.product) if grant is not None else ()
    return _case(visit, grant, entries) if grant is not None and entries else None


def _write(visit: Visit, kind: str, grant: Grant, role: str = "holder") -> None:
    """Tell the audit; the reason and notes are people's own words, and stay with the grant."""
    facts: Facts = {
        "grant": grant.id,
        "grantee": grant.grantee,
        "requester": grant.requester,
        "role": role,
        "columns": list(grant.columns),
        "class": grant.cls,
        "level": grant.level,
        "purpose": grant.purpose,
        "until": grant.until.isoformat(),
    }
    changed(visit, kind, grant.product, facts)
