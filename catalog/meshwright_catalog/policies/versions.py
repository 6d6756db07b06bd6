"""Which version of a product's policies decides: a new one at once, or when data protection approves it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from meshwright.access.exposing import WITHOUT_CLEAR, newly_clear
from meshwright.access.kept import keep as with_kept
from meshwright.audit import Facts
from meshwright.names import governed_by
from meshwright.registry import ClassesTaken, PolicyRefusal
from meshwright.spec import Registration, Spec
from meshwright_catalog.audit.changes import changed
from meshwright_catalog.gate import Visit
from meshwright_catalog.grants.rows import clear_ones
from meshwright_catalog.models import PolicyText, ProductRow
from meshwright_catalog.policies.classes import names, taken_by, takes_of, text_of, together
from meshwright_catalog.policies.models import PolicyVersionRow
from meshwright_catalog.policies.texts import keep

IN_FORCE, WAITING, REFUSED = "in force", "waiting", "refused"
REPLACED, WITHDRAWN, DROPPED = "replaced", "withdrawn", "dropped"

Taken = tuple[ClassesTaken, ...]
"""Which classes are taken from columns."""
By = tuple[str, datetime]
"""Who wrote a version, and when."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """A registration as it decides, and the version that was handed in.

    While that is not in force, the policies are those before it, and columns keep the classes that it `takes`.
    `decides` is the version in force, None where there is none.
    """

    registration: Registration
    version: int
    state: str
    decides: int | None
    takes: Taken = ()
    refusal: PolicyRefusal | None = None


def admit(visit: Visit, registration: Registration) -> Admitted:
    """Take contract and policies of a registration as a version, and say by what the product is decided."""
    _begin(visit, registration)
    product, major = governed_by(registration.spec.id), registration.spec.major
    text, tests = registration.policies, registration.policy_tests
    digest = keep(visit.session, text, tests)
    takes = taken_by(visit.session, registration.spec)
    kept = registration.model_copy(update={"spec": with_kept(registration.spec, takes)})
    live = in_force(visit.session, product, major)
    known = _newest(visit.session, product, major, digest)
    if live is not None and live.digest == digest and not takes:
        version = live
        _set_aside(visit.session, product, major, written_by="service:")  # a going back waits on: no build undoes it
    elif known is not None and _is_again(visit.session, known, takes, live):
        version = known
    elif (refused := refused_before(visit.session, product, text, takes)) and (takes or opened(visit, kept.spec, text)):
        version = refused
        _set_aside(visit.session, product, major)
        refused.answered = False
    else:
        version = propose(visit, kept, digest, takes)
        live = in_force(visit.session, product, major)
    if version.state == IN_FORCE:
        return Admitted(registration, version.number, IN_FORCE, version.number, takes)
    text, tests = (live.policy.text, live.policy.tests) if live else (text + WITHOUT_CLEAR, tests)
    decided = kept.model_copy(update={"policies": text, "policy_tests": tests})
    return Admitted(decided, version.number, version.state, live.number if live else None, takes, refusal_of(version))


def propose(visit: Visit, registration: Registration, digest: str, takes: Taken = ()) -> PolicyVersionRow:
    """Add a version: in force, or waiting when it newly shows personal data and somebody can be asked about it.

    The contract of the registration has the classes that it takes.
    """
    session, spec = visit.session, registration.spec
    product = governed_by(spec.id)
    new = opened(visit, spec, registration.policies)
    _set_aside(session, product, spec.major)
    state = WAITING if (new or takes) and visit.gate.policies().principals.data_protection else IN_FORCE
    row = _add(session, registration, digest, WAITING, (who(visit), visit.now))
    row.taken = text_of(takes)
    if state == IN_FORCE:
        put_in_force(session, row)
    facts: Facts = {"version": row.number, "major": row.major, "digest": digest, "newly_clear": [*new]}
    changed(visit, f"policy.{row.state.replace(' ', '_')}", product, {**facts, **_classes(row)})
    return row


def opened(visit: Visit, spec: Spec, text: str) -> tuple[str, ...]:
    """Name the policies by which a text newly shows personal data of a contract, beside the version that decides."""
    live = live_before(visit.session, governed_by(spec.id), spec.major)
    held, mesh = clear_ones(visit.session, spec.id, visit.now), visit.gate.policies()
    return newly_clear(live.policy.text if live else "", text, spec, mesh, held)


def approve(visit: Visit, row: PolicyVersionRow) -> None:
    """Put a version in force that waited."""
    row.approver, row.decided_at = who(visit), visit.now
    put_in_force(visit.session, row, _written_as(visit.session, row) if row.author.startswith("user:") else None)
    facts: Facts = {"version": row.number, "major": row.major, "digest": row.digest, "author": row.author}
    changed(visit, "policy.approved", row.product, {**facts, **_classes(row)})


def refuse(visit: Visit, row: PolicyVersionRow, reason: str) -> None:
    """Let a version that waited never decide; the reason is a person's own words, and stays with the version."""
    row.state, row.refused_by, row.reason, row.decided_at = REFUSED, who(visit), reason, visit.now
    visit.session.flush()
    facts: Facts = {"version": row.number, "major": row.major, "digest": row.digest, "author": row.author}
    changed(visit, "policy.refused", row.product, {**facts, **_classes(row)})


def refusal_of(row: PolicyVersionRow) -> PolicyRefusal | None:
    """Give who refused a version and why, if anybody did."""
    if row.state != REFUSED:
        return None
    return PolicyRefusal(number=row.number, by=row.refused_by, reason=row.reason)


def refused_before(session: Session, product: str, text: str, takes: Taken = ()) -> PolicyVersionRow | None:
    """Find the newest refusal of a text that takes these classes, whatever tests and major version it came with."""
    named = (PolicyVersionRow.product == product) & (PolicyVersionRow.state == REFUSED)
    same = select(PolicyVersionRow).join(PolicyVersionRow.policy).where(named, PolicyText.text == text)
    rows = session.scalars(same.order_by(PolicyVersionRow.number.desc()))
    return next((row for row in rows if names(takes_of(row)) == names(takes)), None)


def waiting_already(session: Session, like: PolicyVersionRow, takes: Taken) -> PolicyVersionRow | None:
    """Find the version of a major version that waits with the text and tests of another, and takes these classes."""
    known = _newest(session, like.product, like.major, like.digest)
    return known if known is not None and _waits_with(known, takes) else None


def taken_since(session: Session, product: str, major: int, number: int, until: int | None = None) -> Taken:
    """Tell which classes versions took that decided later than one, up to another."""
    decided = PolicyVersionRow.state.in_((IN_FORCE, REPLACED, WITHDRAWN)) & (PolicyVersionRow.number > number)
    named = decided & (PolicyVersionRow.product == product) & (PolicyVersionRow.major == major)
    if until is not None:
        named &= PolicyVersionRow.number <= until
    return together(session.scalars(select(PolicyVersionRow).where(named)))


def carry_over(visit: Visit, registration: Registration) -> PolicyVersionRow:
    """Put in force what the newest major's policies leave of an older one's: that opens nothing, so nobody is asked."""
    session, spec = visit.session, registration.spec
    product, digest = governed_by(spec.id), keep(visit.session, registration.policies, registration.policy_tests)
    live = in_force(session, product, spec.major)
    if live is not None and live.digest == digest:
        return live
    row = _add(session, registration, digest, WAITING, (who(visit), visit.now))
    put_in_force(session, row)
    changed(visit, "policy.in_force", product, {"version": row.number, "major": row.major, "digest": digest})
    return row


def in_force(session: Session, product: str, major: int) -> PolicyVersionRow | None:
    """Find the version that decides about one major version of a product."""
    named = (PolicyVersionRow.product == product) & (PolicyVersionRow.major == major)
    return session.scalars(select(PolicyVersionRow).where(named, PolicyVersionRow.state == IN_FORCE)).one_or_none()


def live_before(session: Session, product: str, major: int) -> PolicyVersionRow | None:
    """Find what a new version is compared with: the one in force, for a new major version that of the newest other."""
    return in_force(session, product, major) or _of_other_major(session, product)


def put_in_force(session: Session, row: PolicyVersionRow, to: int | None = None) -> None:
    """Let a version take the place of the one before it, which is withdrawn where somebody went back from it.

    `to` is the number that somebody went to. What was withdrawn does not come back by being built again; what somebody
    left to go forward does.
    """
    before = in_force(session, row.product, row.major)
    if before is not None and before.number != row.number:
        before.state = WITHDRAWN if to is not None and to < before.number else REPLACED
    row.state = IN_FORCE
    session.flush()


def _written_as(session: Session, row: PolicyVersionRow) -> int | None:
    """Find the number of the version that another one goes back to: the newest before it of the same text and tests."""
    named = (PolicyVersionRow.product == row.product) & (PolicyVersionRow.major == row.major)
    same = named & (PolicyVersionRow.digest == row.digest) & (PolicyVersionRow.number < row.number)
    return session.scalar(select(func.max(PolicyVersionRow.number)).where(same))


def _is_again(session: Session, known: PolicyVersionRow, takes: Taken, live: PolicyVersionRow | None) -> bool:
    """Tell whether what is handed in waits already, or was withdrawn and takes no more than was withdrawn with it."""
    if known.state == WITHDRAWN:
        since = taken_since(session, known.product, known.major, live.number if live else 0)
        return names(takes) <= names(since)
    return _waits_with(known, takes)


def _waits_with(known: PolicyVersionRow, takes: Taken) -> bool:
    return known.state == WAITING and names(takes) == names(takes_of(known))


def _classes(row: PolicyVersionRow) -> Facts:
    """Tell the audit which classes a version takes; nothing where it takes none."""
    takes = takes_of(row)
    return {"takes": [f"{each.column}: {', '.join(each.classes)}" for each in takes]} if takes else {}


def who(visit: Visit) -> str:
    """Name the visitor."""
    return f"{visit.principal.kind}:{visit.principal.name}"


def _begin(visit: Visit, registration: Registration) -> None:
    """Take what an older catalog registered as the first version: it is in force already."""
    session, spec = visit.session, registration.spec
    if session.scalars(select(PolicyVersionRow).where(PolicyVersionRow.product == spec.id).limit(1)).first():
        return
    for row in session.scalars(select(ProductRow).where(ProductRow.id == spec.id).order_by(ProductRow.major)):
        kept = row.registration
        older = registration.model_copy(update={"spec": spec.model_copy(update={"version": kept.version})})
        _add(session, older, kept.policy_digest, IN_FORCE, (kept.registered_by, kept.registered_at))


def _add(session: Session, registration: Registration, digest: str, state: str, by: By) -> PolicyVersionRow:
    product = governed_by(registration.spec.id)
    last = session.scalar(select(func.max(PolicyVersionRow.number)).where(PolicyVersionRow.product == product))
    row = PolicyVersionRow(
        product=product,
        number=(last or 0) + 1,
        major=registration.spec.major,
        digest=digest,
        author=by[0],
        written_at=by[1],
        state=state,
        approver="",
    )
    session.add(row)
    session.flush()
    return row


def _set_aside(session: Session, product: str, major: int, written_by: str = "") -> None:
    """Let nothing wait that its author has replaced: not for data protection and, once refused, not for the author."""
    named = (PolicyVersionRow.product == product) & (PolicyVersionRow.major == major)
    replaced = named & PolicyVersionRow.author.startswith(written_by, autoescape=True)
    for row in session.scalars(select(PolicyVersionRow).where(replaced, PolicyVersionRow.state == WAITING)):
        row.state = DROPPED
    refused = (PolicyVersionRow.product == product) & (PolicyVersionRow.state == REFUSED)
    for row in session.scalars(select(PolicyVersionRow).where(refused)):
        row.answered = True


def _newest(session: Session, product: str, major: int, digest: str) -> PolicyVersionRow | None:
    named = (PolicyVersionRow.product == product) & (PolicyVersionRow.major == major)
    same = select(PolicyVersionRow).where(named, PolicyVersionRow.digest == digest)
    return session.scalars(same.order_by(PolicyVersionRow.number.desc()).limit(1)).first()


def _of_other_major(session: Session, product: str) -> PolicyVersionRow | None:
    found = select(PolicyVersionRow).where(PolicyVersionRow.product == product, PolicyVersionRow.state == IN_FORCE)
    return session.scalars(found.order_by(PolicyVersionRow.major.desc()).limit(1)).first()
