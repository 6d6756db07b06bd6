"""Contracts as they were registered, read as values."""

from collections.abc import Iterator
from functools import lru_cache

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from meshwright.spec import Spec
from meshwright_catalog.models import ContractText, RegistrationRow


def every_contract(session: Session, product: str) -> Iterator[Spec]:
    """Give each contract of a product that ever decided, the newest first, each once."""
    last = func.max(RegistrationRow.sequence).label("last")
    known = select(RegistrationRow.contract_digest, last).where(RegistrationRow.product == product)
    known_once = known.group_by(RegistrationRow.contract_digest).subquery()
    on = ContractText.digest == known_once.c.contract_digest
    bodies = select(ContractText.body).join(known_once, on).order_by(known_once.c.last.desc())
    yield from map(spec_of, session.scalars(bodies))


@lru_cache(maxsize=4096)
def spec_of(body: str) -> Spec:
    """Read a contract."""
    return Spec.model_validate_json(body)
