"""What nobody answers for: products without an owner, and what waits for a word that nobody can give."""

from collections.abc import Iterator

from sqlalchemy import select

from meshwright.errors import DataProtectionOnly
from meshwright.grants import Orphan
from meshwright_catalog import products
from meshwright_catalog.audit.denials import denied
from meshwright_catalog.gate import Visit
from meshwright_catalog.grants import rows
from meshwright_catalog.grants.lists import cases
from meshwright_catalog.policies.models import PolicyVersionRow
from meshwright_catalog.policies.sides import deciders, why_nobody
from meshwright_catalog.policies.versions import WAITING


def orphans(visit: Visit) -> list[Orphan]:
    """List what nobody answers for; raise `DataProtectionOnly`."""
    if not visit.protects_data():
        raise denied(visit, DataProtectionOnly("catalog"), "grant.orphans")
    return [*_without_owner(visit), *_without_decider(visit), *_without_approver(visit)]


def _without_owner(visit: Visit) -> Iterator[Orphan]:
    principals = visit.gate.policies().principals
    owning = {team for user in principals.members.values() for team in user.teams}
    said = "nobody is in" if principals.claimed is None else "no token of late names"
    for row in products.newest(visit.session):
        spec = products.entry_of(row).spec
        if spec.owner not in owning:
            yield Orphan(product=spec.id, problem=f"{said} its owning team {spec.owner or '(none)'}")


def _without_decider(visit: Visit) -> Iterator[Orphan]:
    for case in cases(visit, rows.open_yet(visit.now) | rows.unreviewed()):
        if missing := case.undecidable():
            word = "review" if case.grant.break_glass else "approve"
            problem = f"nobody can {word} it as {missing}"
            yield Orphan(product=case.grant.product, grant=case.grant.id, problem=problem)


def _without_approver(visit: Visit) -> Iterator[Orphan]:
    waiting = select(PolicyVersionRow).where(PolicyVersionRow.state == WAITING)
    for row in visit.session.scalars(waiting.order_by(PolicyVersionRow.product, PolicyVersionRow.number)):
        if not deciders(visit, row):
            problem = f"nobody of data protection can approve version {row.number} of its policies"
            yield Orphan(product=row.product, problem=f"{problem}: {why_nobody(visit, row)}")
