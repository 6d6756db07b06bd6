"""The catalog put together: one database, one search index, one gate, one clock."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from meshwright.access import Principal
from meshwright.audit import AuditHead
from meshwright.grants import Grant
from meshwright.ports import Clock
from meshwright.registry import SearchPage, SearchQuery
from meshwright_catalog.audit.denials import denials_kept
from meshwright_catalog.audit.log import Event
from meshwright_catalog.database import open_database, reading, writing
from meshwright_catalog.gate import Gate, Visit
from meshwright_catalog.grants.rows import held
from meshwright_catalog.index import SearchIndex
from meshwright_catalog.known import Known
from meshwright_catalog.search import Search
from meshwright_catalog.settings import Settings
from meshwright_catalog.teams.book import TeamBook
from meshwright_catalog.visible import Visible

Sign = Callable[[bytes], str]
"""Signs a text with the catalog's key, in hex; empty without one."""


def unsigned(_: bytes) -> str:
    """Sign nothing."""
    return ""


@dataclass(frozen=True)
class Catalog:
    """What every caller shares; a visit is what one caller gets. `teams`: who is in which, by an issuer's tokens."""

    engine: Engine
    index: SearchIndex
    gate: Gate
    clock: Clock
    sign: Sign = unsigned
    visible: Visible = field(default_factory=Visible)
    known: Known = field(default_factory=Known)
    teams: TeamBook | None = None

    def came(self, principal: Principal) -> None:
        """Note in which teams somebody is by the token they came with."""
        if self.teams is not None:
            self.teams.note(self.engine, principal)

    @contextmanager
    def visit(self, principal: Principal) -> Generator[Visit, None, None]:
        """Open a visit that reads."""
        denials = list[Event]()
        with denials_kept(self.engine, denials), reading(self.engine) as session:
            yield self._visit(session, principal, denials)

    @contextmanager
    def change(self, principal: Principal) -> Generator[Visit, None, None]:
        """Open a visit that writes: all of it, or nothing."""
        denials = list[Event]()
        with denials_kept(self.engine, denials), writing(self.engine) as session:
            yield self._visit(session, principal, denials)

    def grants(self, principal: Principal) -> tuple[Grant, ...]:
        """Read the grants that may count for somebody at this moment; decisions work out which do."""
        with reading(self.engine) as session:
            self._follow_teams(session)
            return held(session, principal, self.clock())

    def _visit(self, session: Session, principal: Principal, denials: list[Event]) -> Visit:
        self._follow_teams(session)
        now = self.clock()
        return Visit(session, principal, self.gate, now, held(session, principal, now), self.known, denials)

    def _follow_teams(self, session: Session) -> None:
        if self.teams is not None:
            self.teams.follow(session)

    def search(self, principal: Principal, query: SearchQuery) -> SearchPage:
        """Search what the caller may discover, with every registration committed before this call."""
        searcher = self.index.searcher(self.engine)
        with self.visit(principal) as visit:  # after the index: whatever it holds is decided here
            shown, hidden = self.visible.sight(visit)
            return Search(self.index.schema, query, shown, hidden).page(searcher, visit)

    def signed(self, head: AuditHead) -> AuditHead:
        """Sign the audit's head with the catalog's key."""
        return head.model_copy(update={"signature": self.sign(head.signed_text())})

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()


def assemble(
    settings: Settings, gate: Gate, clock: Clock, sign: Sign = unsigned, teams: TeamBook | None = None
) -> Catalog:
    """Open a catalog at the places that the settings name."""
    engine = open_database(settings.database, pool=settings.pool)
    return Catalog(engine, SearchIndex(settings.index), gate, clock, sign, teams=teams)
