"""The audit under /api/v1/audit, for data protection alone."""

from typing import Annotated

from fastapi import APIRouter, Query

from meshwright.audit import AuditHead, AuditPage, AuditQuery
from meshwright_catalog.audit import asked
from meshwright_catalog.bodies import OneMeaning
from meshwright_catalog.callers import Caller, TheCatalog
from meshwright_catalog.problems import described

_PROBLEMS = described({401: "No valid token", 403: "For data protection alone", 503: "Not just now"})
router = APIRouter(prefix="/api/v1/audit", responses=_PROBLEMS, route_class=OneMeaning)


@router.get("", summary="List audit events")
def get_events(query: Annotated[AuditQuery, Query()], caller: Caller, catalog: TheCatalog) -> AuditPage:
    """List who read, was refused and changed what, oldest first."""
    with catalog.visit(caller) as visit:
        return asked.events(visit, query)


@router.get("/head", summary="Get the audit's last event", responses=described({410: "The row that names it is gone"}))
def get_head(caller: Caller, catalog: TheCatalog) -> AuditHead:
    """Give the number and hash of the last event, signed: kept elsewhere, it shows later what was cut off."""
    with catalog.visit(caller) as visit:
        return catalog.signed(asked.last(visit))
