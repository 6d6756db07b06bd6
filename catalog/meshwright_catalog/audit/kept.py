"""Events as the database holds them: also rows that somebody changed into what no event is."""

import json
import sqlite3
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from math import ceil
from typing import Any

from sqlalchemy import Row, Select, not_, select
from sqlalchemy.orm import Session

from meshwright.audit import UNREADABLE, AuditRecord, Fact, canonical
from meshwright_catalog.audit.models import AuditRow

MOST = 2**63 - 1
"""The largest number of an event. SQLite, which lets a column hold anything, sorts text and binary behind it."""
_TEXTS = ("at", "kind", "principal", "product", "request", "facts", "hash")
_COLUMNS = tuple(AuditRow.__table__.columns)
_NAMES = tuple(column.name for column in _COLUMNS)


def numbered(session: Session, after: int, limit: int, *conditions: Any) -> list[AuditRecord]:
    """Read events behind a number, oldest first; what has no number from 1 on comes behind all that have one.

    A page that is not full is the last one. Such events fill no page; where all but one place is taken, the first of
    them stands before the last event with a number, so that another page follows, which has it, too.
    """
    wanted = _rows(AuditRow.sequence > after, AuditRow.sequence <= MOST, *conditions).limit(limit)
    found = list(_read(session, wanted, after))
    if len(found) < limit:
        last = found[-1].sequence if found else after
        room = limit - len(found) - 1
        wanted = _rows(not_(AuditRow.sequence.between(1, MOST)), *conditions).limit(max(room, 1))
        rest = list(_read(session, wanted, last))
        if room:
            found += rest
        elif found:
            found[-1:-1] = rest
    return found


def every(session: Session) -> Iterator[AuditRecord]:
    """Read all events, oldest first."""
    yield from _read(session, _rows(), 0)


def _rows(*conditions: Any) -> Select[Any]:
    return select(*_COLUMNS).where(*conditions).order_by(AuditRow.sequence)


def _read(session: Session, wanted: Select[Any], last: int) -> Iterator[AuditRecord]:
    with _any_text(session):
        for row in session.execute(wanted).yield_per(1000):
            record = _record(row, last)
            last = record.sequence
            yield record


@contextmanager
def _any_text(session: Session) -> Generator[None]:
    """Let SQLite hand over text that is no UTF-8 as text, which then fits no hash, instead of failing."""
    connection: object = session.connection().connection.dbapi_connection
    if not isinstance(connection, sqlite3.Connection):
        yield
        return
    before = connection.text_factory
    connection.text_factory = _decoded
    try:
        yield
    finally:
        connection.text_factory = before


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _record(row: Row[Any], last: int) -> AuditRecord:
    """Read a row; one that is none of ours is `unreadable`, and names the columns that are why."""
    held: dict[str, object] = dict(zip(_NAMES, row, strict=True))
    wrong = [name for name in _TEXTS if not isinstance(held[name], str)]
    sequence = held["sequence"]
    if not isinstance(sequence, int):
        wrong.insert(0, "sequence")
        sequence = ceil(sequence) if isinstance(sequence, float) and sequence <= MOST else last + 1
    if wrong:
        return _unreadable(sequence, wrong)
    texts = {name: str(held[name]) for name in _TEXTS}
    facts = _facts(texts.pop("facts"))
    return _unreadable(sequence, ["facts"]) if facts is None else AuditRecord(sequence=sequence, facts=facts, **texts)


def _unreadable(sequence: int, columns: Sequence[str]) -> AuditRecord:
    told = {"problem": f"its {', '.join(columns)} cannot be read"}
    return AuditRecord(sequence=sequence, at="", kind=UNREADABLE, principal="", product="", facts={**told}, hash="")


def _facts(text: str) -> dict[str, Fact] | None:
    """Read facts; None for text that was never written by us."""
    try:
        found: dict[str, Fact] = json.loads(text)
        return found if text.startswith("{") and canonical(found) == text else None
    except (ValueError, RecursionError):
        return None
