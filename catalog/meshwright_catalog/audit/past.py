"""The mesh's own rules of past moments: classes, purposes, people and central policies, as they were written."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from meshwright.access import Policies, policies_of
from meshwright.errors import PolicyRejected
from meshwright.ports import PolicyTexts
from meshwright_catalog.audit.models import PastRulesRow

_PARTS = ("classes", "purposes", "principals", "central")


class PastRules(NamedTuple):
    """Rules of the mesh, and since when a catalog decided by them."""

    policies: Policies
    begun: datetime


def keep(session: Session, now: datetime, states: Sequence[Policies]) -> None:
    """Keep the rules that a catalog decides by from now on, one after the other, unless they are those kept last."""
    newest = _newest(session)
    number, digest = (0, "") if newest is None else (newest.number, newest.digest)
    for state in states:
        if state.common_digest == digest or state.written is None:
            continue
        number, digest = number + 1, state.common_digest
        texts = {part: getattr(state.written, part) for part in _PARTS}
        session.add(PastRulesRow(number=number, begun=now, digest=digest, texts=json.dumps(texts)))


def rules_at(session: Session, at: datetime) -> PastRules | None:
    """Read the rules that decided at a moment; None of a time before they were kept.

    None, too, where a text is no longer understood: what it said then is not guessed.
    """
    row = _newest(session, at)
    texts: dict[str, str] = {} if row is None else json.loads(row.texts)
    if row is None or {*texts} != {*_PARTS}:
        return None
    try:
        written = PolicyTexts(texts["classes"], texts["purposes"], texts["principals"], texts["central"])
        return PastRules(policies_of(written), row.begun)
    except PolicyRejected:
        return None


def _newest(session: Session, at: datetime | None = None) -> PastRulesRow | None:
    wanted = select(PastRulesRow) if at is None else select(PastRulesRow).where(PastRulesRow.begun <= at)
    return session.scalars(wanted.order_by(PastRulesRow.number.desc()).limit(1)).one_or_none()
