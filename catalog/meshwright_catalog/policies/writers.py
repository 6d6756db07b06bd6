"""Who may have written a version of a product's policies: whoever owned the product at the time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from meshwright.spec import Spec
from meshwright_catalog.contracts import spec_of
from meshwright_catalog.models import ContractText, RegistrationRow
from meshwright_catalog.policies.models import PolicyVersionRow


@dataclass(frozen=True, slots=True)
class Written:
    """The contracts whose owners count as a version's writers.

    `now` is the newest. `around` are those since it was handed in and the one just before: a build may hand the product
    to others for its sake. `earlier` are those of the versions that led to it, since data protection approved one, that
    one among them, and of whichever had the same text.
    """

    now: tuple[Spec, ...]
    around: tuple[Spec, ...]
    earlier: tuple[Spec, ...]

    @property
    def every(self) -> tuple[Spec, ...]:
        """Give all of them."""
        return *self.now, *self.around, *self.earlier


def written(session: Session, row: PolicyVersionRow) -> Written:
    """Find the contracts with which a version came about; what was registered without a version wrote nothing."""
    of_product = RegistrationRow.product == row.product
    since = _contracts(session, of_product & (RegistrationRow.since >= row.written_at))
    return Written(
        now=tuple(_last(session, of_product)),
        around=(*since, *_last(session, of_product & (RegistrationRow.since < row.written_at))),
        earlier=tuple(spec for moment in _moments(session, row) for spec in _at(session, row.product, moment)),
    )


def _moments(session: Session, row: PolicyVersionRow) -> list[datetime]:
    """Tell when the versions were written that led to one, from the last that data protection approved."""
    before = (PolicyVersionRow.product == row.product) & (PolicyVersionRow.number < row.number)
    approved = select(func.max(PolicyVersionRow.number)).where(before, PolicyVersionRow.approver != "")
    first = session.scalar(approved) or 0
    led_here = (PolicyVersionRow.number >= first) | (PolicyVersionRow.digest == row.digest)
    return [*session.scalars(select(PolicyVersionRow.written_at).where(before, led_here).distinct())]


def _at(session: Session, product: str, moment: datetime) -> tuple[Spec, ...]:
    """Give the contracts that were registered at a moment, or else the one that counted then."""
    of_product = RegistrationRow.product == product
    then = tuple(_contracts(session, of_product & (RegistrationRow.since == moment)))
    return then or tuple(_last(session, of_product & (RegistrationRow.since < moment)))


def _last(session: Session, among: ColumnElement[bool]) -> Iterator[Spec]:
    last = select(func.max(RegistrationRow.sequence)).where(among).scalar_subquery()
    yield from _contracts(session, RegistrationRow.sequence == last)


def _contracts(session: Session, wanted: ColumnElement[bool]) -> Iterator[Spec]:
    digests = select(RegistrationRow.contract_digest).where(wanted)
    bodies = select(ContractText.body).where(ContractText.digest.in_(digests)).order_by(ContractText.digest)
    yield from map(spec_of, session.scalars(bodies))
