"""Who is in which team where an issuer's tokens say so: rules with everybody in the teams of their newest token."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import NamedTuple

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from meshwright.access import Policies, Principal, Principals
from meshwright.access.principals import Members
from meshwright.errors import TokenRejected
from meshwright.ports import Clock
from meshwright_catalog.database import writing
from meshwright_catalog.teams import rows
from meshwright_catalog.teams.rows import Shown


class _Made(NamedTuple):
    """Rules with everybody in their teams, what they were made from, and until when they hold."""

    policies: Policies
    files: Policies
    change: int
    until: datetime


@dataclass
class TeamBook:
    """What tokens said of teams; it counts for `lasts` after a token was made."""

    clock: Clock
    lasts: timedelta
    _shown: dict[str, Shown] = field(default_factory=dict[str, Shown])
    _change: int = 0
    _made: _Made | None = None
    _lock: Lock = field(default_factory=Lock)

    def note(self, engine: Engine, principal: Principal, teams: Collection[str]) -> None:
        """Note what somebody's token says; one that was noted before, or is older than another, costs nothing.

        `teams` are those that the rules know now: no other of a token's is among the principal's.
        """
        made = principal.issued_at
        if not principal.claimed or made is None:
            return
        known = self._shown.get(principal.name)
        if known is not None and (made < known.issued_at or _adds_nothing(principal, known, teams)):
            return
        with writing(engine) as session:
            rows.keep(session, principal.name, (principal.teams, teams), made, self.clock())

    def follow(self, session: Session) -> None:
        """Learn what any process has noted, as far as a session sees it."""
        for name, shown in rows.since(session, self._change):
            with self._lock:
                known = self._shown.get(name)
                if known is None or known.change < shown.change:
                    self._shown[name] = shown
                self._change = max(self._change, shown.change)

    def now(self, principal: Principal, read: Callable[[], Policies]) -> Principal:
        """Give somebody as they are by all that is known: the same record where their token is up to date.

        Else they are in the teams of their newest known token, of those that the rules know now. Raises `TokenRejected`
        where an older one lacks one of these: a team opens, and rules may take away from those who are in it.
        """
        shown = self._shown.get(principal.name)
        if not principal.claimed or shown is None:
            return principal
        if shown.unclear and not _is_after(principal, shown):
            raise TokenRejected("another one of the same second names other teams")
        if {*principal.teams} == {*shown.teams}:
            return principal
        known = read().principals
        newest = {*shown.teams} & known.teams.keys()
        if principal.name not in known.alone or {*principal.teams} == newest:
            return principal
        if _is_before(principal, shown) and not newest <= {*principal.teams}:
            raise TokenRejected("a newer one of theirs names a team that it does not")
        return replace(known.member(principal.name, newest & {*principal.teams}), issued_at=principal.issued_at)

    def over(self, read: Callable[[], Policies]) -> Callable[[], Policies]:
        """Give the rules that `read` gives, with everybody in the teams of their newest token."""
        return lambda: self._over(read())

    def _over(self, files: Policies) -> Policies:
        now = self.clock()
        with self._lock:
            made = self._made
            if made is None or made.files is not files or made.change != self._change or now >= made.until:
                made = self._made = self._make(files, now, made)
            return made.policies

    def _make(self, files: Policies, now: datetime, before: _Made | None) -> _Made:
        members, until = self._members(files.principals, now)
        if before is not None and before.files is files and _alike(before.policies.principals.claimed, members):
            return _Made(before.policies, files, self._change, until)
        policies = replace(files, principals=replace(files.principals, claimed=members))
        return _Made(policies, files, self._change, until)

    def _members(self, principals: Principals, now: datetime) -> tuple[Members, datetime]:
        """Tell who is in which team, and until when that holds if no token says otherwise."""
        ends = {name: shown.issued_at + self.lasts for name, shown in self._shown.items() if name in principals.alone}
        counting = [name for name, end in ends.items() if now < end]
        begun = min((shown.known_since for shown in self._shown.values()), default=now)
        settled = begun + self.lasts <= now
        changes = [ends[name] for name in counting] + ([] if settled else [begun + self.lasts])
        users = {name: principals.member(name, self._shown[name].teams) for name in counting}
        return Members(users, settled), min(changes, default=now + self.lasts)


def _is_before(principal: Principal, newest: Shown) -> bool:
    return principal.issued_at is not None and principal.issued_at < newest.issued_at


def _is_after(principal: Principal, newest: Shown) -> bool:
    return principal.issued_at is not None and principal.issued_at > newest.issued_at


def _adds_nothing(principal: Principal, known: Shown, teams: Collection[str]) -> bool:
    """Tell whether a token is of the second of the one that is kept, and what both say is what is kept."""
    kept = {*known.teams}.intersection(teams)
    if principal.issued_at != known.issued_at:
        return False
    return kept <= {*principal.teams} if known.unclear else kept == {*principal.teams}


def _alike(one: Members | None, other: Members) -> bool:
    return one is not None and (one.users, one.settled) == (other.users, other.settled)
