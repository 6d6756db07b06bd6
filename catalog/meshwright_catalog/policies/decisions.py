"""What people decide about policy versions: data protection approves, the owner goes back."""

from sqlalchemy import select

from meshwright.access.exposing import newly_clear
from meshwright.access.grants.roles import is_owner, is_same
from meshwright.audit import Facts
from meshwright.errors import DataProtectionOnly, ForeignDomain, NotYourDecision, UnknownPolicyVersion, UnknownProduct
from meshwright.names import governed_by
from meshwright.registry import Entry, PolicyVersion
from meshwright.spec import Spec
from meshwright_catalog.audit.changes import changed
from meshwright_catalog.database import next_sequence
from meshwright_catalog.gate import Visit
from meshwright_catalog.models import ContractText, ProductRow, RegistrationRow
from meshwright_catalog.policies.models import PolicyVersionRow
from meshwright_catalog.policies.versions import (
    REPLACED,
    WAITING,
    WITHDRAWN,
    approve,
    in_force,
    propose,
    put_in_force,
)
from meshwright_catalog.products import decide_by, entry_of, held, newest, registered


def pending(visit: Visit) -> list[PolicyVersion]:
    """List the versions that wait: all of them to data protection, to others those of their own domain."""
    waiting = select(PolicyVersionRow).where(PolicyVersionRow.state == WAITING).order_by(PolicyVersionRow.product)
    return [_shown(visit, row) for row in visit.session.scalars(waiting) if _may_know(visit, row.product)]


def versions(visit: Visit, product: str) -> list[PolicyVersion]:
    """List a product's versions, newest first; raise `UnknownProduct` or, outside of its domain, `ForeignDomain`."""
    _entry(visit, product)
    if not _may_know(visit, product):
        raise ForeignDomain
    return [_shown(visit, row) for row in _rows(visit, product)]


def approve_version(visit: Visit, product: str, number: int | None) -> PolicyVersion:
    """Put a waiting version in force.

    Raises `DataProtectionOnly`, and `NotYourDecision` for its author and for whoever is of the owning team or the
    domain: a build is registered by a service, and any of them may have run it.
    """
    if not visit.protects_data():
        raise DataProtectionOnly("policies")
    next_sequence(visit.session)  # whoever registers or decides meanwhile waits, so that what is read below still holds
    entry = _entry(visit, product)
    waiting = [row for row in _rows(visit, product) if row.state == WAITING and number in (None, row.number)]
    if not waiting:
        raise UnknownPolicyVersion(product, "has no version that waits")
    row = waiting[0]
    if problem := _conflict(visit, entry, row):
        raise NotYourDecision(product, problem, "ask another of data protection")
    approve(visit, row)
    decide_by(visit, entry.spec.id, row.major, row.policy)
    return _shown(visit, row)


def roll_back(visit: Visit, product: str, to: int | None) -> PolicyVersion:
    """Let an earlier version decide again; one that newly shows personal data waits for data protection.

    For the people of the owning team, the services of the domain and data protection; else raises `NotYourDecision`.
    """
    entry = _entry(visit, product)
    if not _may_roll_back(visit, entry):
        raise NotYourDecision(product, "its owner or data protection goes back to earlier policies", "ask them")
    target = _target(visit, entry, to)
    live = in_force(visit.session, target.product, target.major)
    mesh = visit.gate.policies()
    texts = target.policy
    new = newly_clear(live.policy.text if live else "", texts.text, entry.spec, mesh)
    if new and mesh.principals.data_protection:
        row = visit.session.get_one(ProductRow, (entry.spec.id, target.major))
        update = {"policies": texts.text, "policy_tests": texts.tests}
        handed = registered(row.registration).model_copy(update=update)
        return _shown(visit, propose(visit, handed, target.digest))
    put_in_force(visit.session, target, WITHDRAWN)
    facts: Facts = {"version": target.number, "major": target.major, "digest": target.digest}
    changed(visit, "policy.rolled_back", target.product, facts)
    decide_by(visit, entry.spec.id, target.major, texts)
    return _shown(visit, target)


def _conflict(visit: Visit, entry: Entry, row: PolicyVersionRow) -> str:
    """Say why somebody of data protection does not approve a version; empty when they may."""
    caller, principals = visit.principal, visit.gate.policies().principals
    kind, _, author = row.author.partition(":")
    if kind == "user" and is_same(caller, author, principals):
        return "whoever wrote a version does not approve it"
    if any(is_owner(caller, spec, principals) for spec in _every_contract(visit, entry.spec.id)):
        return "whoever is of its owning team or its domain does not approve its policies"
    return ""


def _every_contract(visit: Visit, product: str) -> list[Spec]:
    """List a product's contracts of all time: changing its owner makes nobody a stranger to it."""
    known = select(RegistrationRow.contract_digest).where(RegistrationRow.product == product)
    found = visit.session.scalars(select(ContractText.body).where(ContractText.digest.in_(known)))
    return [Spec.model_validate_json(body) for body in found]


def _target(visit: Visit, entry: Entry, to: int | None) -> PolicyVersionRow:
    """Find the version to go back to: the one named, or the newest of its major that decided before."""
    known = _rows(visit, entry.spec.id)
    live = in_force(visit.session, governed_by(entry.spec.id), entry.spec.major)
    for row in known:
        decided = row.state in (REPLACED, WITHDRAWN)
        earlier = live is None or (row.number < live.number and row.digest != live.digest)
        if decided and (row.number == to if to is not None else row.major == entry.spec.major and earlier):
            return row
    raise UnknownPolicyVersion(entry.spec.id, "has no such version that decided before")


def _rows(visit: Visit, product: str) -> list[PolicyVersionRow]:
    named = select(PolicyVersionRow).where(PolicyVersionRow.product == governed_by(product))
    return list(visit.session.scalars(named.order_by(PolicyVersionRow.number.desc())))


def _entry(visit: Visit, product: str) -> Entry:
    found = held(visit, product)
    if found is None and visit.protects_data():  # it decides about what it may not discover, too
        found = next((entry_of(row) for row in newest(visit.session, among=[product])), None)
    if found is None:
        raise UnknownProduct(product, (), "catalog")
    return found


def _may_know(visit: Visit, product: str) -> bool:
    known = visit.gate.policies().principals.teams
    domains = {visit.principal.domain, *(known.get(team, "") for team in visit.principal.teams)}
    return product.partition(".")[0] in domains or visit.protects_data()


def _may_roll_back(visit: Visit, entry: Entry) -> bool:
    caller = visit.principal
    owns = entry.spec.owner in caller.teams if caller.kind == "user" else caller.domain == entry.spec.domain
    return owns or visit.protects_data()


def _shown(visit: Visit, row: PolicyVersionRow) -> PolicyVersion:
    spec = entry_of(visit.session.get_one(ProductRow, (row.product, row.major)).registration).spec
    return PolicyVersion(
        product=row.product,
        number=row.number,
        major=row.major,
        digest=row.digest,
        decides=visit.gate.policies().with_product(spec, row.policy.text).digest(spec.id),
        author=row.author,
        written_at=row.written_at,
        state=row.state,
        approver=row.approver,
        decided_at=row.decided_at,
    )
