"""What data protection asks of the audit."""

from meshwright.audit import AuditHead, AuditPage, AuditQuery
from meshwright.errors import DataProtectionOnly
from meshwright_catalog.audit.denials import denied
from meshwright_catalog.audit.log import head, listed
from meshwright_catalog.gate import Visit


def events(visit: Visit, query: AuditQuery) -> AuditPage:
    """List events; raise `DataProtectionOnly` for everybody else."""
    _check(visit)
    return AuditPage(records=listed(visit.session, query))


def last(visit: Visit) -> AuditHead:
    """Tell the last event; raise `DataProtectionOnly` for everybody else."""
    _check(visit)
    return head(visit.session, visit.now)


def _check(visit: Visit) -> None:
    if not visit.protects_data():
        raise denied(visit, DataProtectionOnly("audit"), "audit.read")
