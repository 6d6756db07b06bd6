"""Add events to the chain, in the transaction of whoever writes, and read them again."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from meshwright.audit import AuditHead, AuditQuery, AuditRecord, Fact, Facts, canonical, link
from meshwright.errors import AuditCutOff
from meshwright_catalog.audit.kept import every, numbered
from meshwright_catalog.audit.models import AuditHeadRow, AuditRow
from meshwright_catalog.database import ledger

ONLY = 1
"""The id of the one head row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What is to be written down; `now` is UTC-aware."""

    now: datetime
    kind: str
    principal: str
    product: str = ""
    request: str = ""
    facts: Facts = field(default_factory=dict[str, Fact])


def append(session: Session, event: Event) -> AuditRecord:
    """Hang an event on the chain; it is there when the session, which must hold the write lock, commits.

    Raises `AuditCutOff` where nobody can tell what it would hang on.
    """
    top = _top(session, lock=True)
    bare = AuditRecord(
        sequence=top.sequence + 1,
        at=_text(event.now),
        kind=event.kind[:40],
        principal=event.principal[:200],
        product=event.product[:200],
        request=event.request[:64],
        facts=dict(event.facts),
        hash="",
    )
    record = bare.model_copy(update={"hash": link(top.hash, bare)})
    session.add(AuditRow(**record.model_dump(exclude={"facts"}), facts=canonical(record.facts)))
    top.sequence, top.hash = record.sequence, record.hash
    session.flush()
    return record


def head(session: Session, now: datetime) -> AuditHead:
    """Tell the last event, and of which catalog; raise `AuditCutOff` where the row that names it is gone."""
    top = _top(session, lock=False)
    catalog, _ = ledger(session)
    return AuditHead(catalog=catalog, sequence=top.sequence, hash=top.hash, at=_text(now))


def listed(session: Session, query: AuditQuery) -> tuple[AuditRecord, ...]:
    """List events, oldest first."""
    wanted = list[ColumnElement[bool]]()
    if query.product is not None:
        wanted.append(AuditRow.product == query.product)
    if query.principal is not None:
        wanted.append(AuditRow.principal.in_((query.principal, *_kinds(query.principal))))
    if query.since is not None:
        wanted.append(AuditRow.at >= _text(query.since))
    return tuple(numbered(session, query.after, query.limit, *wanted))


def records(session: Session) -> Iterator[AuditRecord]:
    """Give every event, oldest first."""
    yield from every(session)


def _top(session: Session, *, lock: bool) -> AuditHeadRow:
    wanted = select(AuditHeadRow).where(AuditHeadRow.id == ONLY)
    found = session.scalar(wanted.with_for_update() if lock else wanted)
    if found is None or not _is_head(found.sequence, found.hash):
        raise AuditCutOff
    return found


def _is_head(sequence: object, digest: object) -> bool:
    """Tell whether a row names an event; SQLite lets a column hold anything."""
    return isinstance(sequence, int) and isinstance(digest, str)


def _kinds(name: str) -> tuple[str, str]:
    return f"user:{name}", f"service:{name}"


def _text(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="microseconds")
