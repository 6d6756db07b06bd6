"""Register products and find them again: functions over one caller's visit."""

import re
from collections.abc import Iterator, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from meshwright.access.lint import blocking, rejected
from meshwright.access.majors import Major, carried_over
from meshwright.access.vocabularies import without_vocabularies
from meshwright.errors import DefinitionError, ForeignDomain, PolicyRejected
from meshwright.names import governed_by, product_id
from meshwright.registry import Entry, OlderMajor, Publisher, Receipt, Release
from meshwright.rejected import rejected_spec
from meshwright.spec import Registration, Spec
from meshwright_catalog.audit.denials import denied
from meshwright_catalog.contracts import spec_of
from meshwright_catalog.database import next_sequence
from meshwright_catalog.datasets import is_own_place, own_table, place_of
from meshwright_catalog.gate import Visit
from meshwright_catalog.models import ContractText, ProductRow, RegistrationRow
from meshwright_catalog.neighbours import without_hidden
from meshwright_catalog.policies.models import PolicyVersionRow
from meshwright_catalog.policies.texts import keep
from meshwright_catalog.policies.versions import IN_FORCE, WAITING, admit, carry_over, in_force

_VERSION = re.compile(r"(0|[1-9]\d{0,8})(\.(0|[1-9]\d{0,8})){2}")
MAX_RELEASES = 200


def register(visit: Visit, registration: Registration) -> Receipt:
    """Add or replace a product's entry; the same again changes nothing.

    Raises `ForeignDomain` for all but the services of the product's domain, and `PolicyRejected` for policies that
    `mesh check` refuses: those before them go on to decide. Policies that newly show personal data in the clear wait
    for data protection, and those before them go on to decide, too; so they do where it refused the text.
    A contract that takes classes from personal data waits with them, and its columns keep the classes meanwhile.
    """
    spec = registration.spec
    publisher(visit, spec.id)
    if _VERSION.fullmatch(spec.version) is None:
        raise DefinitionError(spec.id, "the version is not MAJOR.MINOR.PATCH")
    if not is_own_place(registration.table, spec):
        raise DefinitionError(spec.id, f"the table does not lie at .../{place_of(spec)}")
    if faults := rejected(visit.gate.policies().with_product(spec, registration.policies), spec):
        raise PolicyRejected(spec.id, str(faults[0]))
    admitted = admit(visit, registration)
    receipt = _enter(visit, admitted.registration, admitted.decides)
    told = {
        "older": tuple(_carry_over(visit, spec.id)),
        "policy_version": admitted.version,
        "decides": admitted.decides or 0,
        "waiting": admitted.state == WAITING,
        "takes": admitted.takes,
        "kept": bool(admitted.takes) and admitted.state != IN_FORCE,
        "refusal": admitted.refusal,
    }
    return receipt.model_copy(update=told)


def publisher(visit: Visit, product: str) -> Publisher:
    """Name the caller as who registers a product; raise `ForeignDomain` for all but the services of its domain."""
    domain, _ = product_id(product)
    if visit.principal.kind != "service" or visit.principal.domain != domain:
        raise denied(visit, ForeignDomain(), "product.register", product)
    return Publisher(product=product, principal=f"service:{visit.principal.name}")


def decide_by(visit: Visit, spec: Spec, version: PolicyVersionRow) -> tuple[OlderMajor, ...]:
    """Let another version of its policies decide about a product from now on, with the classes of this contract.

    Gives the older major versions that this changes, too.
    """
    row, policies = visit.session.get_one(ProductRow, (spec.id, spec.major)), version.policy
    stated = {"spec": spec, "policies": policies.text, "policy_tests": policies.tests}
    _enter(visit, registered(row.registration).model_copy(update=stated), version.number, decided=True)
    return tuple(_carry_over(visit, spec.id))


def _carry_over(visit: Visit, product: str) -> list[OlderMajor]:
    """Take back from the older majors, which are built no more, what the newest's policies take back."""
    rows = select(ProductRow).where(ProductRow.id == product).order_by(ProductRow.major.desc())
    newest, *older = (registered(row.registration) for row in visit.session.scalars(rows))
    of_today, mesh = Major(newest.spec, newest.policies), visit.gate.policies()
    found: list[OlderMajor] = []
    for each in older:
        text = carried_over(Major(each.spec, each.policies), of_today, mesh)
        if text != each.policies:
            left = each.model_copy(update={"policies": text})
            before, now = in_force(visit.session, product, each.spec.major), carry_over(visit, left)
            _enter(visit, left, now.number, decided=True)
            faults = blocking(mesh.with_product(each.spec, text), each.spec)
            changed = OlderMajor(
                product=product,
                major=each.spec.major,
                version=now.number,
                before=before.number if before else 0,
                problem=str(faults[0]) if faults else "",
            )
            found.append(changed)
    return found


def _enter(visit: Visit, registration: Registration, version: int | None, *, decided: bool = False) -> Receipt:
    """Add a registration, unless it is the live one; `version` is that of the policies that decide.

    What is `decided` was not built: it keeps who registered the live one, and when.
    """
    spec = registration.spec
    row = visit.session.get(ProductRow, (spec.id, spec.major))
    noted = row is not None and row.registration.policy_version in {version, None}
    if row is not None and noted and registered(row.registration) == registration:
        return Receipt(product=spec.id, sequence=row.sequence, changed=False)
    added = _add(visit, registration, version, of=row.registration if row is not None and decided else None)
    if row is None:
        visit.session.add(ProductRow(id=spec.id, major=spec.major, sequence=added.sequence))
    else:
        row.sequence = added.sequence
        visit.session.flush()
        visit.session.expire(row, ["registration"])
    own_table(visit.session, registration)
    return Receipt(product=spec.id, sequence=added.sequence, changed=True)


def find(visit: Visit, product: str, major: int | None = None) -> Entry | None:
    """Return the entry of the newest or the named major version, or None when the caller may not discover it."""
    entry = held(visit, product, major)
    return None if entry is None else shown(visit, entry)


def held(visit: Visit, product: str, major: int | None = None) -> Entry | None:
    """Find what `find` does, whole: to decide by its policies and to read its table, never to show."""
    wanted = select(ProductRow).where(ProductRow.id == product).order_by(ProductRow.major.desc())
    if major is not None:
        wanted = wanted.where(ProductRow.major == major)
    row = visit.session.scalars(wanted.limit(1)).one_or_none()
    if row is None:
        visit.decide_in_vain()
        return None
    entry = entry_of(row.registration)
    return entry if visit.may_discover(entry) else None


def readable(visit: Visit, product: str, major: int | None = None) -> Entry | None:
    """Find what `held` does; a product's rejected rows are found with it, and have a contract of their own."""
    found = held(visit, governed_by(product), major)
    if found is None or governed_by(product) == product:
        return found
    return found.model_copy(update={"spec": rejected_spec(found.spec)})


def shown(visit: Visit, entry: Entry) -> Entry:
    """Tell of an entry what the caller may know.

    That is no product that they may not discover, no rules, and of a classified column which values it has only where
    they see it clear. The domain that wrote it is told all of it, and so is data protection: policies and their tests
    name other teams, and the table's place is of use to nobody else.
    """
    mesh = visit.gate.policies()
    if mesh.principals.knows_policies(visit.principal, entry.spec.domain):
        return entry
    told = without_hidden(entry, lambda product: held(visit, governed_by(product)) is not None)
    purposes = mesh.purposes.open_to(visit.principal.purposes)
    spec = without_vocabularies(told.spec, purposes, lambda purpose: visit.decide(purpose, entry))
    return told.model_copy(update={"spec": spec, "policies": "", "policy_tests": "", "table": "", "whole": False})


def discoverable(visit: Visit, offset: int = 0, limit: int | None = None) -> tuple[int, list[Entry]]:
    """Count what the caller may discover, and show so many of it by id."""
    found = [entry for entry in map(entry_of, newest(visit.session)) if visit.may_discover(entry)]
    wanted = found[offset:] if limit is None else found[offset : offset + limit]
    return len(found), [shown(visit, entry) for entry in wanted]


def releases(visit: Visit, product: str) -> list[Release]:
    """List what builds registered of a product, newest first, as far as the caller may discover it now.

    What people decide about its policies stands with their versions, for those who are told of them. The hash of a
    contract is told to whoever is told all of it: others could try out which values it lists.
    """
    entry = held(visit, product)
    if entry is None:
        return []
    whole = visit.gate.policies().principals.knows_policies(visit.principal, entry.spec.domain)
    rows = select(RegistrationRow).where(RegistrationRow.product == product, RegistrationRow.decided_at.is_(None))
    found = visit.session.scalars(rows.order_by(RegistrationRow.sequence.desc()).limit(MAX_RELEASES))
    return [_release(row, whole=whole) for row in found]


def newest(session: Session, after: int = 0, among: Sequence[str] | None = None) -> Iterator[RegistrationRow]:
    """Give the live registration of each product's newest major version, by id."""
    rows = _newest(among).where(ProductRow.sequence > after)
    for row in session.scalars(rows).yield_per(500):
        yield row.registration


def majors(session: Session, product: str) -> list[Entry]:
    """Give the live entry of each major version of a product, the newest first: all of them are served."""
    rows = select(ProductRow).where(ProductRow.id == governed_by(product)).order_by(ProductRow.major.desc())
    return [entry_of(row.registration) for row in session.scalars(rows)]


def last_change(session: Session) -> int:
    """Tell the number of the last registration that is live."""
    return session.scalar(select(func.max(ProductRow.sequence))) or 0


def entry_of(row: RegistrationRow) -> Entry:
    """Read a registration as a value."""
    return Entry(
        spec=spec_of(row.contract.body),
        table=row.table_uri,
        delta_version=row.delta_version,
        policies=row.policy.text,
        policy_tests=row.policy.tests,
        run_id=row.run_id,
        rows=row.rows,
        model=row.model,
        registered_at=row.registered_at,
        registered_by=row.registered_by,
        sequence=row.sequence,
    )


def _newest(among: Sequence[str] | None) -> Select[ProductRow]:
    majors = select(ProductRow.id, func.max(ProductRow.major).label("major")).group_by(ProductRow.id)
    top = (majors if among is None else majors.where(ProductRow.id.in_(among))).subquery()
    on = (ProductRow.id == top.c.id) & (ProductRow.major == top.c.major)
    return select(ProductRow).join(top, on).order_by(ProductRow.id)


def registered(row: RegistrationRow) -> Registration:
    """Read what was handed in."""
    return Registration.model_validate(entry_of(row).model_dump(include=set(Registration.model_fields)))


def _add(visit: Visit, registration: Registration, version: int | None, of: RegistrationRow | None) -> RegistrationRow:
    spec, session = registration.spec, visit.session
    contract_digest, policy_digest = spec.digest(), keep(session, registration.policies, registration.policy_tests)
    if session.get(ContractText, contract_digest) is None:
        session.add(ContractText(digest=contract_digest, body=spec.canonical()))
    session.flush()
    row = RegistrationRow(
        sequence=next_sequence(session),
        product=spec.id,
        major=spec.major,
        version=spec.version,
        contract_digest=contract_digest,
        policy_digest=policy_digest,
        policy_version=version,
        table_uri=registration.table,
        delta_version=registration.delta_version,
        rows=registration.rows,
        run_id=registration.run_id,
        model=registration.model,
        registered_at=visit.now if of is None else of.registered_at,
        registered_by=visit.principal.name if of is None else of.registered_by,
        decided_at=None if of is None else visit.now,
    )
    session.add(row)
    session.flush()
    return row


def _release(row: RegistrationRow, *, whole: bool) -> Release:
    return Release(
        version=row.version,
        delta_version=row.delta_version,
        rows=row.rows,
        run_id=row.run_id,
        contract_hash=row.contract_digest if whole else "",
        registered_at=row.registered_at,
        registered_by=row.registered_by,
        sequence=row.sequence,
    )
