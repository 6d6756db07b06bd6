"""The tables of grants: what was asked for, and what was said to it; neither is ever changed."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meshwright_catalog.models import Identity, Table


class GrantRow(Table):
    """One request; `teams` and `columns` are lists as JSON."""

    __tablename__ = "grants"
    id: Mapped[str] = mapped_column(String(24), primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger, unique=True)
    product: Mapped[str] = mapped_column(String(127), index=True)
    requester: Mapped[str] = mapped_column(String(200), index=True)
    grantee: Mapped[str] = mapped_column(String(210), index=True)
    teams: Mapped[str] = mapped_column(Text)
    columns: Mapped[str] = mapped_column(Text)
    cls: Mapped[str] = mapped_column(String(200))
    level: Mapped[str] = mapped_column(String(10))
    purpose: Mapped[str] = mapped_column(String(200))
    asked_at: Mapped[datetime]
    until: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
    break_glass: Mapped[bool]
    acts: Mapped[list["GrantActRow"]] = relationship(lazy="selectin", order_by="GrantActRow.id")


class GrantActRow(Table):
    """One thing that was said to a grant; `classes` is a list as JSON. Null: nobody noted it."""

    __tablename__ = "grant_acts"
    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    grant_id: Mapped[str] = mapped_column(ForeignKey("grants.id"), index=True)
    act: Mapped[str] = mapped_column(String(10))
    by: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(Text)
    classes: Mapped[str | None] = mapped_column(Text)
    protected: Mapped[bool | None]
    settles: Mapped[bool]
