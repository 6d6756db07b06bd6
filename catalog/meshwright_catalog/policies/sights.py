"""Who may see a product: by the policies that decide, or by those that decided at a past moment."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from meshwright.access import Policies, leaves
from meshwright.access.exposing import WITHOUT_CLEAR
from meshwright.access.principals import with_callers
from meshwright.access.review import Sought, who_can
from meshwright.errors import PastUnknown, UnknownColumn, UnknownMajor
from meshwright.names import governed_by
from meshwright.registry import Entry, Sight, WhoCan, WhoCanQuery
from meshwright.spec import Spec
from meshwright_catalog.audit.past import rules_at
from meshwright_catalog.gate import Visit
from meshwright_catalog.grants.lists import served
from meshwright_catalog.grants.rows import every
from meshwright_catalog.grants.views import Case
from meshwright_catalog.models import RegistrationRow
from meshwright_catalog.policies.models import PolicyVersionRow
from meshwright_catalog.policies.sides import answers_for, may_know
from meshwright_catalog.policies.told import known
from meshwright_catalog.policies.versions import IN_FORCE, REPLACED, WAITING, WITHDRAWN
from meshwright_catalog.products import entry_of, majors


def sights(visit: Visit, product: str, asked: WhoCanQuery, rules: Policies | None = None) -> WhoCan:
    """Say who may see a product now, or could at a past moment; `rules` are the mesh's of that time, from elsewhere.

    What decided is registered anew whenever that changes, so that registrations are its history; the mesh's own rules
    are kept from when the catalog first decided by them. Consumers are named to the product's own domain, its owners
    and data protection, others are told of themselves; grants count as far as the caller may know of them. Each major
    version has a contract and policies of its own: one is looked at, and the answer names the others. Raises
    `UnknownProduct`, `UnknownMajor`, `UnknownColumn` or `PastUnknown`.
    """
    entry, now = known(visit, product), visit.now
    at = now if asked.at is None else asked.at
    if at > now:
        raise PastUnknown(at, "it is yet to come", "ask for a past one; without a time it is now")
    row, *others = _decided(visit, entry, at, asked.major)
    then = entry_of(row)
    mesh, told = (rules, ()) if rules is not None else _mesh(visit, asked.at)
    mesh = replace(mesh, principals=with_callers(mesh.principals, [then.spec]))
    policies = mesh.with_product(then.spec, then.policies)
    by_major = served(visit, majors(visit.session, product))
    grants = [grant for grant in every(visit.session, product, at) if Case(visit, grant, by_major).sees]
    if asked.column is not None:
        _require(asked.column, then.spec, others)
    found = who_can(then.spec, policies, at, Sought(asked.column, asked.level), grants)
    everybody = answers_for(visit, entry) or may_know(visit, product)
    me = f"{visit.principal.kind}:{visit.principal.name}"
    named: tuple[Sight, ...] = tuple(each for each in found if everybody or each.principal == me)
    told = (*_majors(row, others, now=asked.at is None), *told)
    return WhoCan(sights=named, stands_on=_stands_on(visit, row, entry, told, now=asked.at is None))


def _mesh(visit: Visit, at: datetime | None) -> tuple[Policies, Sequence[str]]:
    """Give the mesh's rules of a moment, and what is to be told of them."""
    now = visit.gate.policies()
    if at is None:
        return now, ("by the teams of the newest token of each",) if now.principals.claimed is not None else ()
    then = rules_at(visit.session, at)
    if then is None:
        return now, ("by the people and the rules of the mesh as they are now, for this catalog did not keep them yet",)
    claimed = now.principals.claimed
    principals = replace(then.policies.principals, claimed=claimed)
    told = [f"by the people and the rules of the mesh that decided from {then.begun:%Y-%m-%d %H:%M} UTC on"]
    told += [] if claimed is None else ["by the teams that tokens name now"]
    return replace(then.policies, principals=principals), told


def _decided(visit: Visit, entry: Entry, at: datetime, major: int | None) -> list[RegistrationRow]:
    """Find what decided at a moment about the major version that is asked for, then about the others, newest first."""
    product = governed_by(entry.spec.id)
    live = [each for each in majors(visit.session, product) if _may_find(visit, each)]
    numbers = [each.spec.major for each in live]
    if major is not None and major not in numbers:
        raise UnknownMajor(product, major, f"it has {' and '.join(map(str, numbers))}")
    rows = {number: row for number in numbers if (row := _last(visit, product, number, at)) is not None}
    looked_at = next(iter(rows), None) if major is None else major
    if looked_at not in rows:
        which = product if major is None else f"major {major} of {product}"
        raise PastUnknown(at, f"{which} was not registered yet", "ask for a later time")
    return [rows[looked_at], *(row for number, row in rows.items() if number != looked_at)]


def _may_find(visit: Visit, entry: Entry) -> bool:
    return visit.may_discover(entry) or answers_for(visit, entry) or may_know(visit, entry.spec.id)


def _last(visit: Visit, product: str, major: int, at: datetime) -> RegistrationRow | None:
    """Find the last registration of a major version until a moment."""
    named = (RegistrationRow.product == product) & (RegistrationRow.major == major)
    wanted = select(RegistrationRow).where(named, RegistrationRow.since <= at)
    return visit.session.scalars(wanted.order_by(RegistrationRow.sequence.desc()).limit(1)).one_or_none()


def _require(column: str, spec: Spec, others: Collection[RegistrationRow]) -> None:
    """Raise `UnknownColumn` where only other major versions have a column, and name one."""
    having = (row.major for row in others if _has(entry_of(row).spec, column))
    if not _has(spec, column) and (other := next(having, None)) is not None:
        raise UnknownColumn(spec.id, column, (), f"major {other} has it: ask for major {other}")


def _has(spec: Spec, column: str) -> bool:
    return any(leaf.path == column or leaf.path.startswith(f"{column}.") for leaf in leaves(spec.columns))


def _majors(row: RegistrationRow, others: Sequence[RegistrationRow], *, now: bool) -> Iterator[str]:
    """Say which major version was looked at, where there are others."""
    if others:
        yield f"major {row.major} was looked at"
    for each in others:
        yield f"major {each.major} {'is' if now else 'was'} read too: ask for major {each.major}"


def _stands_on(visit: Visit, row: RegistrationRow, entry: Entry, of_mesh: Sequence[str], *, now: bool) -> str:
    told = [f"by {_version(visit, row, now=now)}", *of_mesh]
    whole = visit.principal.kind == "user" and answers_for(visit, entry)
    told.append(f"of grants, {'all' if whole else 'your own and those you answer for'} count")
    if not answers_for(visit, entry) and not may_know(visit, row.product):
        told.append(f"others are named to the people of {entry.spec.domain} and data protection alone")
    return "; ".join(told)


def _version(visit: Visit, row: RegistrationRow, *, now: bool) -> str:
    """Name the version that decided, to whom versions are told."""
    if not may_know(visit, row.product):
        return f"the policies that decide{'' if now else 'd then'}"
    of = (PolicyVersionRow.product == row.product) & (PolicyVersionRow.major == row.major)
    version = _deciding(visit, row, of, now=now)
    then = f"that decided then, registered {_minute(row.since)} UTC"
    if version is not None and _minute(version.written_at) != _minute(row.since):
        then += f" (handed in {_minute(version.written_at)})"
    when = "in force, by which the gateway decides" if now else then
    waits = select(PolicyVersionRow.number).where(of, PolicyVersionRow.state == WAITING)
    waiting = visit.session.scalars(waits).all() if now else ()
    more = "".join(f"; version {each} waits for data protection, and decides nothing" for each in waiting)
    if version is None and row.policy.text.endswith(WITHOUT_CLEAR):
        return f"its policies without personal data in the clear, for none was approved, {when}{more}"
    which = f"version {version.number} of its policies" if version else "its policies"
    return f"{which}, {when}{more}"


def _deciding(visit: Visit, row: RegistrationRow, of: ColumnElement[bool], *, now: bool) -> PolicyVersionRow | None:
    """Find the version that a registration noted; for one that noted none, the last of its text that could decide."""
    if row.policy_version is not None:
        return visit.session.get(PolicyVersionRow, (row.product, row.policy_version))
    if now:
        counted = PolicyVersionRow.state == IN_FORCE
    else:
        begun = func.coalesce(PolicyVersionRow.decided_at, PolicyVersionRow.written_at) <= row.since
        counted = PolicyVersionRow.state.in_((IN_FORCE, REPLACED, WITHDRAWN)) & begun
    same = select(PolicyVersionRow).where(of, PolicyVersionRow.digest == row.policy_digest, counted)
    return visit.session.scalars(same.order_by(PolicyVersionRow.number.desc()).limit(1)).first()


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
