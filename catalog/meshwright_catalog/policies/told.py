"""What people are told of policy versions: which there are, and what one that waits would change."""

from dataclasses import replace
from difflib import unified_diff

from sqlalchemy import or_, select

from meshwright.access import Policies
from meshwright.access.kept import release
from meshwright.access.majors import Major, carried_over
from meshwright.access.principals import with_services
from meshwright.access.review import gains
from meshwright.errors import NotYourDecision, UnknownProduct
from meshwright.names import governed_by
from meshwright.registry import Entry, PolicyChange, PolicyRefusal, PolicyVersion
from meshwright_catalog.audit.denials import denied
from meshwright_catalog.gate import Visit
from meshwright_catalog.grants.rows import holdings
from meshwright_catalog.models import ProductRow
from meshwright_catalog.policies.classes import takes_of
from meshwright_catalog.policies.models import PolicyVersionRow
from meshwright_catalog.policies.sides import answers_for, conflict, may_know, works_here
from meshwright_catalog.policies.versions import DROPPED, REFUSED, WAITING, live_before, opened, refusal_of
from meshwright_catalog.products import entry_of, held, majors, newest


def pending(visit: Visit) -> list[PolicyVersion]:
    """List the versions that wait: all of them to data protection, to others those of their own domain.

    Data protection and the owner are told what each would change. A refused one waits for its domain alone, until that
    hands in another.
    """
    open_yet = or_(PolicyVersionRow.state == WAITING, (PolicyVersionRow.state == REFUSED) & ~PolicyVersionRow.answered)
    wanted = select(PolicyVersionRow).where(open_yet).order_by(PolicyVersionRow.product, PolicyVersionRow.number)
    rows = [row for row in visit.session.scalars(wanted) if _concerns(visit, row)]
    if not any(row.state == WAITING for row in rows):
        return [shown(visit, row) for row in rows]
    mesh = with_every_service(visit)
    return [_with_change(visit, row, mesh) if row.state == WAITING else shown(visit, row) for row in rows]


def versions(visit: Visit, product: str) -> list[PolicyVersion]:
    """List a product's versions, newest first; raise `UnknownProduct` or, outside of its domain, `NotYourDecision`."""
    known(visit, product)
    if not may_know(visit, product):
        hint = "`mesh access explain` tells what decides about you"
        error = NotYourDecision(product, "its policies are told to its domain and to data protection", hint)
        raise denied(visit, error, "policy.find", product)
    rows = rows_of(visit, product)
    entries = {row.major: _entry(visit, row) for row in {row.major: row for row in rows}.values()}
    return [_shown(visit, row, entries[row.major]) for row in rows]


def rows_of(visit: Visit, product: str) -> list[PolicyVersionRow]:
    """Read a product's versions, newest first."""
    named = select(PolicyVersionRow).where(PolicyVersionRow.product == governed_by(product))
    return list(visit.session.scalars(named.order_by(PolicyVersionRow.number.desc())))


def known(visit: Visit, product: str) -> Entry:
    """Find a product that the caller may know of; raise `UnknownProduct`."""
    found = held(visit, product)
    if found is None and visit.protects_data():  # it decides about what it may not discover, too
        found = next((entry_of(row) for row in newest(visit.session, among=[product])), None)
    if found is None:
        raise denied(visit, UnknownProduct(product, (), "catalog"), "policy.find", product)
    return found


def shown(visit: Visit, row: PolicyVersionRow) -> PolicyVersion:
    """Read a version as a value."""
    return _shown(visit, row, _entry(visit, row))


def _shown(visit: Visit, row: PolicyVersionRow, entry: Entry) -> PolicyVersion:
    spec = entry.spec
    return PolicyVersion(
        product=row.product,
        number=row.number,
        major=row.major,
        digest=row.digest,
        decides=visit.gate.policies().with_product(spec, row.policy.text).digest(spec.id),
        author=row.author,
        written_at=row.written_at,
        state=row.state,
        takes=takes_of(row),
        approver=row.approver,
        decided_at=row.decided_at,
        refusal=refusal_of(row),
    )


def _with_change(visit: Visit, row: PolicyVersionRow, mesh: Policies) -> PolicyVersion:
    entry = _entry(visit, row)
    version = _shown(visit, row, entry)
    if not answers_for(visit, entry):
        return version
    live = live_before(visit.session, row.product, row.major)
    old = live.policy.text if live else ""
    left = _left_of(visit, entry, row.policy.text, mesh)
    now, after = (mesh.with_product(entry.spec, text) for text in (entry.policies, left))
    held = holdings(visit.session, row.product, visit.now)
    change = PolicyChange(
        opens=opened(visit, entry.spec, row.policy.text),
        gains=gains(entry.spec, now, after, visit.now, held, release(entry.spec, takes_of(row))),
        difference=_difference(old, row, f"version {live.number}, in force" if live else "nothing in force"),
        may_approve=visit.protects_data() and not conflict(visit, row),
        refused_before=_refused_before(visit, row),
        narrowed=left != row.policy.text,
    )
    return version.model_copy(update={"change": change})


def _left_of(visit: Visit, entry: Entry, text: str, mesh: Policies) -> str:
    """Give what the newest major version's policies would leave at once of those of this one."""
    newest = majors(visit.session, entry.spec.id)[0]
    if newest.spec.major == entry.spec.major:
        return text
    return carried_over(Major(entry.spec, text), Major(newest.spec, newest.policies), mesh)


def _refused_before(visit: Visit, row: PolicyVersionRow) -> PolicyRefusal | None:
    """Find the refusal that a version answers; once another was approved since, it answers none."""
    earlier = (PolicyVersionRow.product == row.product) & (PolicyVersionRow.number < row.number)
    decided = select(PolicyVersionRow).where(earlier, PolicyVersionRow.state.not_in((DROPPED, WAITING)))
    last = visit.session.scalars(decided.order_by(PolicyVersionRow.number.desc()).limit(1)).first()
    return refusal_of(last) if last is not None else None


def _concerns(visit: Visit, row: PolicyVersionRow) -> bool:
    return works_here(visit, row.product) if row.state == REFUSED else may_know(visit, row.product)


def _difference(old: str, row: PolicyVersionRow, named: str) -> str:
    texts = old.splitlines(), row.policy.text.splitlines()
    return "\n".join(unified_diff(*texts, named, f"version {row.number}, waiting", lineterm=""))


def _entry(visit: Visit, row: PolicyVersionRow) -> Entry:
    return entry_of(visit.session.get_one(ProductRow, (row.product, row.major)).registration)


def with_every_service(visit: Visit) -> Policies:
    """Give the mesh's rules with the services that build the registered products: they read, too."""
    mesh = visit.gate.policies()
    specs = (entry_of(row).spec for row in newest(visit.session))
    return replace(mesh, principals=with_services(mesh.principals, specs))
