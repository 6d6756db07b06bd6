"""What was read, refused and changed: events that hang on one another, so that none can be lost unseen."""

from meshwright.audit.chain import GENESIS, canonical, link
from meshwright.audit.record import MAX_EVENTS, UNREADABLE, AuditHead, AuditPage, AuditQuery, AuditRecord, Fact, Facts
from meshwright.audit.verify import Break, Verdict, verify

__all__ = [
    "GENESIS",
    "MAX_EVENTS",
    "UNREADABLE",
    "AuditHead",
    "AuditPage",
    "AuditQuery",
    "AuditRecord",
    "Break",
    "Fact",
    "Facts",
    "Verdict",
    "canonical",
    "link",
    "verify",
]
