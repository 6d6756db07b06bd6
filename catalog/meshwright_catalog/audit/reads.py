"""The gateway's account of reads: each event in a transaction of its own, on disk before the call returns."""

import re
from dataclasses import dataclass

from sqlalchemy import Engine

from meshwright.audit import AuditRecord, Fact
from meshwright.ports import Clock
from meshwright_catalog.audit.log import Event, append
from meshwright_catalog.audit.models import AuditRow
from meshwright_catalog.audit.names import product_named
from meshwright_catalog.database import writing
from meshwright_catalog.gateway.auditing import Outcome, ReadFacts

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,126}")
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")


@dataclass(frozen=True, slots=True)
class ReadAudit:
    """Write reads into the catalog's audit; every call raises `CatalogUnavailable` or `AuditCutOff` if it cannot."""

    engine: Engine
    clock: Clock

    def intent(self, facts: ReadFacts) -> str:
        """Write that a read is about to answer, and return the event's sequence number."""
        return str(self._write("intent", facts, {}).sequence)

    def outcome(self, intent: str, rows: int, status: Outcome) -> None:
        """Write how a read ended, beside whose it was."""
        with writing(self.engine, durable=True) as session:
            begun = session.get_one(AuditRow, int(intent))
            event = Event(
                now=self.clock(),
                kind="outcome",
                principal=begun.principal,
                product=begun.product,
                request=begun.request,
                facts={"intent": begun.sequence, "rows": rows, "status": status},
            )
            append(session, event)

    def denied(self, facts: ReadFacts, problem: str) -> None:
        """Write that a read was refused; what somebody typed where a name belongs is kept only if it is one."""
        self._write("denied", facts, {"problem": _QUOTED.sub(_quoted, problem)[:500]})

    def _write(self, kind: str, facts: ReadFacts, more: dict[str, Fact]) -> AuditRecord:
        event = Event(
            now=self.clock(),
            kind=kind,
            principal=facts.principal,
            product=product_named(facts.product),
            request=facts.request_id,
            facts=_told(facts) | more,
        )
        with writing(self.engine, durable=True) as session:
            return append(session, event)


def _told(facts: ReadFacts) -> dict[str, Fact]:
    return {
        "purpose": _name(facts.purpose),
        "contract": facts.contract,
        "version": facts.version,
        "levels": dict(facts.levels),
        "filter": facts.filter,
        "policies": facts.policies,
        "grants": list(facts.grants),
    }


def _name(text: str) -> str:
    return text if not text or _NAME.fullmatch(text) else "?"


def _quoted(found: re.Match[str]) -> str:
    return f"'{_name(found[1] or found[2] or '')}'"
