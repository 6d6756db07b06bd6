"""The catalog put together: one database, one search index, one gate, one clock."""

import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from meshwright.access import Principal
from meshwright.audit import AuditHead
from meshwright.errors import MeshError, NotYourDecision
from meshwright.grants import Grant
from meshwright.ports import Clock
from meshwright.registry import SearchPage, SearchQuery
from meshwright_catalog.audit.central import CentralRules
from meshwright_catalog.audit.denials import denials_kept, denied
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

log = logging.getLogger(__name__)

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
    rules: CentralRules | None = None

    def came(self, principal: Principal) -> None:
        """Note in which teams somebody is by their token; raise `TokenRejected` for an older one that lacks some."""
        if self.teams is not None:
            self.teams.note(self.engine, principal, self.gate.policies().principals.teams)
            self.teams.now(principal, self.gate.policies)

    def note_rules(self) -> None:
        """Note in the audit what changed about the mesh's own rules and keys; raise `MeshError` where it cannot."""
        if self.rules is not None:
            self.rules.note(self.engine)

    def try_to_note(self) -> None:
        """Note what changed; where it cannot be noted, whoever shows clear personal data tries again and refuses."""
        try:
            self.note_rules()
        except MeshError as error:
            log.error("a change of the mesh's rules was not noted: %s", error)  # noqa: TRY400

    @contextmanager
    def visit(self, principal: Principal) -> Generator[Visit, None, None]:
        """Open a visit that reads."""
        self.try_to_note()
        denials = list[Event]()
        with denials_kept(self.engine, denials), reading(self.engine) as session:
            yield self._visit(session, principal, denials)

    @contextmanager
    def change(self, principal: Principal) -> Generator[Visit, None, None]:
        """Open a visit that writes: all of it, or nothing. Raises `NotYourDecision` for an outdated token."""
        self.try_to_note()
        denials = list[Event]()
        with denials_kept(self.engine, denials), writing(self.engine) as session:
            visit = self._visit(session, principal, denials)
            if visit.outdated:
                error = NotYourDecision("catalog", "a newer token of yours names other teams: sign in again")
                raise denied(visit, error, "change")
            yield visit

    def grants(self, principal: Principal) -> tuple[Grant, ...]:
        """Read the grants that may count for somebody at this moment; decisions work out which do."""
        return self.standing(principal)[1]

    def standing(self, principal: Principal) -> tuple[Principal, tuple[Grant, ...]]:
        """Tell who somebody is at this moment, and the grants that may count for them."""
        with reading(self.engine) as session:
            who = self._now(session, principal)
            return who, held(session, who, self.clock())

    def _visit(self, session: Session, principal: Principal, denials: list[Event]) -> Visit:
        who, now = self._now(session, principal), self.clock()
        held_now, outdated = held(session, who, now), who is not principal
        return Visit(session, who, self.gate, now, held_now, self.known, denials, outdated)

    def _now(self, session: Session, principal: Principal) -> Principal:
        """Give somebody in the teams that they are in by all that any process was shown."""
        if self.teams is None:
            return principal
        self.teams.follow(session)
        return self.teams.now(principal, self.gate.policies)

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


def assemble(  # noqa: PLR0913, PLR0917 - what a catalog is put together from
    settings: Settings,
    gate: Gate,
    clock: Clock,
    sign: Sign = unsigned,
    teams: TeamBook | None = None,
    rules: CentralRules | None = None,
) -> Catalog:
    """Open a catalog at the places that the settings name; `rules` are those whose changes the audit notes."""
    engine, index = open_database(settings.database, pool=settings.pool), SearchIndex(settings.index)
    return Catalog(engine, index, gate, clock, sign, teams=teams, rules=rules)
