"""The tables of the audit: its events, the last of them, and what it noted of the mesh's own rules."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from meshwright_catalog.models import Table


class AuditRow(Table):
    """One event; rows are added and never changed. `at` is UTC as text, `facts` is canonical JSON."""

    __tablename__ = "audit"
    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(String(32), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    principal: Mapped[str] = mapped_column(String(200), index=True)
    product: Mapped[str] = mapped_column(String(200))
    request: Mapped[str] = mapped_column(String(64))
    facts: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(64))
    __table_args__ = (Index("audit_product", "product", "sequence"),)


class AuditHeadRow(Table):
    """One row: the last event. Writers lock it until they commit, so that the chain cannot fork."""

    __tablename__ = "audit_head"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))


class CentralRulesRow(Table):
    """What the last event said of the mesh's `rules` (hashes), or of its `keys` (ids), as JSON."""

    __tablename__ = "central_rules"
    part: Mapped[str] = mapped_column(String(40), primary_key=True)
    state: Mapped[str] = mapped_column(Text)


class PastRulesRow(Table):
    """The mesh's own texts, as JSON, and since when a catalog decided by them; `digest` is of what they say."""

    __tablename__ = "past_rules"
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    begun: Mapped[datetime] = mapped_column(index=True)
    digest: Mapped[str] = mapped_column(String(64))
    texts: Mapped[str] = mapped_column(Text)
