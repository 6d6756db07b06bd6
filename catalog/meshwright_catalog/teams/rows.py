"""What the newest token of each person said of their teams, kept for every process."""

import json
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, String, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from meshwright_catalog.models import Table

_UNCLEAR = "both"


class ClaimedTeams(Table):
    """The teams of one person, as JSON: a list, or an object with what two tokens of one second both named.

    `change` numbers what was noted, in order.
    """

    __tablename__ = "claimed_teams"
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    teams: Mapped[str] = mapped_column(Text)
    issued_at: Mapped[datetime]
    known_since: Mapped[datetime]
    change: Mapped[int] = mapped_column(BigInteger, index=True, unique=True)


class Shown(NamedTuple):
    """The teams that somebody's newest token named, when it was made, since when they are known, and what change.

    `unclear` says that another token of that second named others: the teams are those of both.
    """

    teams: tuple[str, ...]
    issued_at: datetime
    known_since: datetime
    change: int
    unclear: bool = False


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
        named, unclear = _read(teams)
        yield name, Shown(named, issued_at, known_since, number, unclear)


def keep(
    session: Session, name: str, said: tuple[tuple[str, ...], Collection[str]], issued_at: datetime, now: datetime
) -> None:
    """Note what a token says of somebody, unless one that was made later is noted. For who holds the lock of writers.

    `said` are the teams that it names of those that the rules know, and these.
    Of two tokens of one second nobody can tell which is newer: what both say counts, and neither opens anything.
    """
    row, (teams, known) = session.get(ClaimedTeams, name), said
    if row is not None and issued_at < row.issued_at:
        return
    written = json.dumps(teams)
    if row is not None and issued_at == row.issued_at:
        before, unclear = _read(row.teams)
        if {*teams} == {*before}.intersection(known) and not unclear:
            return
        written = json.dumps({_UNCLEAR: [team for team in teams if team in before]})
        if written == row.teams:
            return
    change = (session.scalar(select(func.max(ClaimedTeams.change))) or 0) + 1
    if row is None:
        row = ClaimedTeams(name=name, known_since=now)
        session.add(row)
    row.teams, row.issued_at, row.change = written, issued_at, change
    session.flush()


def _read(teams: str) -> tuple[tuple[str, ...], bool]:
    """Read which teams are kept, and whether two tokens of one second named others."""
    found: dict[str, list[str]] | list[str] = json.loads(teams)
    return (tuple(found[_UNCLEAR]), True) if isinstance(found, dict) else (tuple(found), False)
