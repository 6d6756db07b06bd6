"""Requests for access and grants under /api/v1/access: thin routes over the service."""

from typing import Annotated

from fastapi import APIRouter, Body, Query

from meshwright.grants import (
    Act,
    EmergencyRequest,
    GrantList,
    GrantView,
    HeldGrants,
    Orphans,
    Said,
    Status,
    Which,
)
from meshwright.registry import Words
from meshwright_catalog.bodies import OneMeaning
from meshwright_catalog.callers import Caller, TheCatalog
from meshwright_catalog.grants import service
from meshwright_catalog.grants.lists import Asked, listed
from meshwright_catalog.grants.orphans import orphans as nobodys
from meshwright_catalog.parameters import GrantAsked
from meshwright_catalog.problems import described

_PROBLEMS = described(
    {
        401: "No valid token",
        403: "Somebody else decides that",
        404: "Unknown, or not yours to know",
        409: "It does not stand so that this could be said",
        422: "Not understood, or nothing that can be granted",
        503: "Not just now",
    }
)
router = APIRouter(prefix="/api/v1/access", responses=_PROBLEMS, route_class=OneMeaning)

Product = Annotated[Words | None, Query()]
Before = Annotated[Words, Query(description="What an answer said as `next`: the grants after it.")]
Stands = Annotated[Status | None, Query(description="Only those that stand so now.")]
Note = Annotated[Said, Body()]


@router.post("/requests", status_code=201, summary="Ask for access")
def ask(wanted: GrantAsked, caller: Caller, catalog: TheCatalog) -> GrantView:
    """Ask for columns or a class of a product at a level, for a purpose, until a time or the end of a date."""
    with catalog.change(caller) as visit:
        return service.request(visit, wanted)


@router.get("/requests", summary="List requests that wait for the caller")
def waiting(
    caller: Caller, catalog: TheCatalog, product: Product = None, before: Before = "", status: Stands = None
) -> GrantList:
    """List what the caller may approve or review now, and grants of theirs to confirm that have lapsed."""
    return _listed(caller, catalog, Asked("waiting", product, before, _only(status)))


@router.get("/grants", summary="List grants")
def grants(  # noqa: PLR0913, PLR0917 - a query's parameters
    caller: Caller,
    catalog: TheCatalog,
    which: Which = "mine",
    product: Product = None,
    before: Before = "",
    status: Stands = None,
) -> GrantList:
    """List the caller's own requests and grants, or those of products that the caller answers for, newest first."""
    return _listed(caller, catalog, Asked(which, product, before, _only(status)))


@router.get("/held", summary="List grants that may count for the caller")
def held(caller: Caller, catalog: TheCatalog) -> HeldGrants:
    """Give the facts from which a decision about the caller works out which grants are in force."""
    return HeldGrants(grants=catalog.grants(caller))


@router.get("/orphans", summary="List what nobody answers for")
def orphans(caller: Caller, catalog: TheCatalog) -> Orphans:
    """List products without an owner, and requests and policies without anybody who may decide, for data protection."""
    with catalog.visit(caller) as visit:
        return Orphans(orphans=tuple(nobodys(visit)))


@router.post("/break-glass", status_code=201, summary="Break the glass")
def break_glass(wanted: EmergencyRequest, caller: Caller, catalog: TheCatalog) -> GrantView:
    """Open classified columns for one hour without asking; it is noted, and reviewed afterwards."""
    with catalog.change(caller) as visit:
        return service.break_glass(visit, wanted)


@router.post("/requests/{grant}/approve", summary="Approve a request")
def approve(grant: Words, caller: Caller, catalog: TheCatalog, said: Note) -> GrantView:
    """Approve as owner or as data protection; who asked never does."""
    return _say(caller, catalog, grant, "approve", said)


@router.post("/requests/{grant}/refuse", summary="Refuse a request")
def refuse(grant: Words, caller: Caller, catalog: TheCatalog, said: Note) -> GrantView:
    """Refuse for good; the note says why."""
    return _say(caller, catalog, grant, "refuse", said)


@router.post("/grants/{grant}/revoke", summary="Revoke a grant")
def revoke(grant: Words, caller: Caller, catalog: TheCatalog, said: Note) -> GrantView:
    """End a grant, or withdraw a request; it counts at the next decision."""
    return _say(caller, catalog, grant, "revoke", said)


@router.post("/grants/{grant}/recertify", summary="Confirm a grant")
def recertify(grant: Words, caller: Caller, catalog: TheCatalog, said: Note) -> GrantView:
    """Say as owner that a grant is still needed; without that it lapses."""
    return _say(caller, catalog, grant, "confirm", said)


@router.post("/grants/{grant}/review", summary="Review a broken glass")
def review(grant: Words, caller: Caller, catalog: TheCatalog, said: Note) -> GrantView:
    """Say as owner or as data protection that a broken glass was looked at."""
    return _say(caller, catalog, grant, "review", said)


def _say(caller: Caller, catalog: TheCatalog, grant: str, act: Act, said: Said) -> GrantView:
    with catalog.change(caller) as visit:
        return service.say(visit, grant, act, said.note)


def _listed(caller: Caller, catalog: TheCatalog, asked: Asked) -> GrantList:
    with catalog.visit(caller) as visit:
        return listed(visit, asked)


def _only(status: Status | None) -> frozenset[Status]:
    return frozenset({status} if status else ())
