"""What the newest token of each person said of their teams, kept for every process."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, String, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from meshwright_catalog.models import Table


class ClaimedTeams(Table):
    """The teams of one person, a list as JSON; `change` numbers what was noted, in order."""

    __tablename__ = "claimed_teams"
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    teams: Mapped[str] = mapped_column(Text)
    issued_at: Mapped[datetime]
    known_since: Mapped[datetime]
    change: Mapped[int] = mapped_column(BigInteger, index=True, unique=True)


class Shown(NamedTuple):
    """The teams that somebody's newest token named, when it was made, since when they are known, and what change."""

    teams: tuple[str, ...]
    issued_at: datetime
    known_since: datetime
    change: int


_FACTS = (
    ClaimedTeams.name,
    ClaimedTeams.teams,
    ClaimedTeams.issued_at,
    ClaimedTeams.known_since,
    ClaimedTeams.change,
)


def since(session: Session, change: int) -> Iterator[tuple[str, Shown]]:
    """Read what was noted after a change."""
    found = select(*_FACTS).where(ClaimedTeams.change > change).order_by(ClaimedTeams.change)
    for name, teams, issued_at, known_since, number in session.connection().execute(found):
        yield name, Shown(tuple(json.loads(teams)), issued_at, known_since, number)


def keep(session: Session, name: str, teams: tuple[str, ...], issued_at: datetime, now: datetime) -> None:
    """Note what a token says of somebody, unless one that was made later is noted. For who holds the lock of writers.

    Of two tokens of one second nobody can tell which is newer: what both say counts.
    """
    row = session.get(ClaimedTeams, name)
    if row is not None and issued_at < row.issued_at:
        return
    if row is not None and issued_at == row.issued_at:
        before = json.loads(row.teams)
        teams = tuple(team for team in teams if team in before)
        if [*teams] == before:
            return
    change = (session.scalar(select(func.max(ClaimedTeams.change))) or 0) + 1
    if row is None:
        row = ClaimedTeams(name=name, known_since=now)
        session.add(row)
    row.teams, row.issued_at, row.change = json.dumps(teams), issued_at, change
    session.flush()
