"""What people decide about policy versions: data protection approves or refuses, the owner goes back."""

from collections.abc import Mapping

from meshwright.access import leaves
from meshwright.access.kept import keep, release
from meshwright.audit import Facts
from meshwright.errors import DataProtectionOnly, NotYourDecision, UnknownPolicyVersion
from meshwright.names import governed_by
from meshwright.registry import Entry, PolicyVersion
from meshwright.spec import Registration
from meshwright_catalog.audit.changes import changed
from meshwright_catalog.audit.denials import denied
from meshwright_catalog.database import next_sequence
from meshwright_catalog.gate import Visit
from meshwright_catalog.models import ProductRow
from meshwright_catalog.notes import checked
from meshwright_catalog.policies.classes import takes_of
from meshwright_catalog.policies.models import PolicyVersionRow
from meshwright_catalog.policies.sides import Act, answers_for, conflict
from meshwright_catalog.policies.told import known, rows_of, shown
from meshwright_catalog.policies.versions import (
    REFUSED,
    REPLACED,
    WAITING,
    WITHDRAWN,
    Taken,
    approve,
    in_force,
    opened,
    propose,
    put_in_force,
    refusal_of,
    refuse,
    refused_before,
    taken_since,
    waiting_already,
)
from meshwright_catalog.products import decide_by, registered


def approve_version(visit: Visit, product: str, number: int) -> PolicyVersion:
    """Put the version in force that was looked at; another that waits by now is `UnknownPolicyVersion`.

    Raises `DataProtectionOnly`, and `NotYourDecision` for its author and for whoever is of the owning team or the
    domain: a build is registered by a service, and any of them may have run it.
    """
    row = _waiting(visit, product, number, "approve")
    approve(visit, row)
    older = decide_by(visit, release(_decided(visit, row).spec, takes_of(row)), row)
    return shown(visit, row).model_copy(update={"older": older})


def refuse_version(visit: Visit, product: str, number: int, reason: str) -> PolicyVersion:
    """Refuse the version that was looked at, for good; whatever decided before goes on to decide.

    For whoever could approve it. Raises what `approve_version` does, and `GrantRejected` without a reason.
    """
    row = _waiting(visit, product, number, "refuse")
    refuse(visit, row, checked(product, reason, needed=True))
    return shown(visit, row)


def roll_back(visit: Visit, product: str, to: int | None) -> PolicyVersion:
    """Let an earlier version decide again; one that newly shows personal data waits for data protection.

    For the people of the owning team, the services of the domain and data protection; else raises `NotYourDecision`.
    """
    entry = known(visit, product)
    if not answers_for(visit, entry):
        error = NotYourDecision(product, "its owner or data protection goes back to earlier policies", "ask them")
        raise denied(visit, error, "policy.roll-back", product)
    target = _target(visit, entry, to)
    live = in_force(visit.session, target.product, target.major)
    handed, takes = _as_of(visit, target, live)
    text = target.policy.text
    asks = bool(opened(visit, handed.spec, text) or takes)
    if asks and (refused := refused_before(visit.session, target.product, text, takes)):
        problem = f"does not go back to version {target.number}: its text is that of version {refused.number}"
        problem += f", {refusal_of(refused)}"
        raise UnknownPolicyVersion(entry.spec.id, problem)
    if asks and visit.gate.policies().principals.data_protection:
        again = waiting_already(visit.session, target, takes)
        return shown(visit, again or propose(visit, handed, target.digest, takes))
    put_in_force(visit.session, target, target.number)
    facts: Facts = {"version": target.number, "major": target.major, "digest": target.digest}
    changed(visit, "policy.rolled_back", target.product, facts)
    older = decide_by(visit, release(handed.spec, takes), target)
    return shown(visit, target).model_copy(update={"older": older})


def _as_of(visit: Visit, target: PolicyVersionRow, live: PolicyVersionRow | None) -> tuple[Registration, Taken]:
    """Give what decides now with the policies of another version, and which classes that one takes.

    Classes that later versions took come back with an earlier one.
    """
    product, major, now = target.product, target.major, live.number if live else 0
    decided = _decided(visit, target)
    back = keep(decided.spec, taken_since(visit.session, product, major, target.number))
    update = {"spec": back, "policies": target.policy.text, "policy_tests": target.policy.tests}
    there = {leaf.path: leaf.classes for leaf in leaves(back.columns)}
    takes = taken_since(visit.session, product, major, now, target.number)
    still = [each for each in takes if not there.get(each.column, frozenset()).isdisjoint(each.classes)]
    return decided.model_copy(update=update), tuple(still)


def _decided(visit: Visit, row: PolicyVersionRow) -> Registration:
    """Give what decides now about the major version of a version's contract."""
    return registered(visit.session.get_one(ProductRow, (row.product, row.major)).registration)


def _waiting(visit: Visit, product: str, number: int, act: Act) -> PolicyVersionRow:
    """Find the version that waits and the caller decides about."""
    if not visit.protects_data():
        raise denied(visit, DataProtectionOnly("policies"), f"policy.{act}", product)
    next_sequence(visit.session)  # whoever registers or decides meanwhile waits, so that what is read below still holds
    known(visit, product)
    rows = {row.number: row for row in rows_of(visit, product)}
    row = rows.get(number)
    if row is None or row.state != WAITING:
        raise UnknownPolicyVersion(product, f"has no version {number} that waits{_instead(rows, number)}")
    if problem := conflict(visit, row, act):
        error = NotYourDecision(product, problem, "ask another of data protection")
        raise denied(visit, error, f"policy.{act}", product, version=number)
    return row


def _instead(rows: Mapping[int, PolicyVersionRow], number: int) -> str:
    """Say what became of the version that somebody decides about, and which one waits."""
    refusal = refusal_of(rows[number]) if number in rows else None
    refused = f": it was {refusal}" if refusal else ""
    waiting = sorted(n for n, row in rows.items() if row.state == WAITING)
    others = f", but version {' and '.join(map(str, waiting))} does" if waiting else ""
    return refused + others


def _target(visit: Visit, entry: Entry, to: int | None) -> PolicyVersionRow:
    """Find the version to go back to: the one named, or the newest of its major that decided before."""
    live = in_force(visit.session, governed_by(entry.spec.id), entry.spec.major)
    for row in rows_of(visit, entry.spec.id):
        decided = row.state in (REPLACED, WITHDRAWN)
        earlier = live is None or (row.number < live.number and _differs(visit, row, live))
        if decided and (row.number == to if to is not None else row.major == entry.spec.major and earlier):
            return row
        if row.number == to and row.state == REFUSED:
            raise UnknownPolicyVersion(entry.spec.id, f"does not go back to version {to}: it was {refusal_of(row)}")
    if live is not None and to in {None, live.number}:
        said = (
            f"version {live.number} decides" if to else f"no version of major {live.major} decided before {live.number}"
        )
        raise UnknownPolicyVersion(entry.spec.id, f"has nothing to go back to: {said}")
    raise UnknownPolicyVersion(entry.spec.id, "has no such version that decided before")


def _differs(visit: Visit, row: PolicyVersionRow, live: PolicyVersionRow) -> bool:
    """Tell whether another version has other policies than the one in force, or classes that were taken since."""
    return row.digest != live.digest or bool(taken_since(visit.session, row.product, row.major, row.number))
