"""The audit: who read, was refused and changed what, as a chain of events in the catalog's database."""

from meshwright_catalog.audit.log import append, head, listed, records
from meshwright_catalog.audit.models import AuditHeadRow, AuditRow

__all__ = ["AuditHeadRow", "AuditRow", "append", "head", "listed", "records"]
