"""The page of requests, grants and policies that wait, and what people say to them there."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from pydantic import BaseModel
from starlette.responses import RedirectResponse, Response

from meshwright.access import Principal
from meshwright.errors import GrantClosed, GrantRejected, MeshError, NotYourDecision
from meshwright.grants import Act
from meshwright.registry import Words
from meshwright_catalog.callers import TheCatalog, Visitor
from meshwright_catalog.catalog import Catalog
from meshwright_catalog.grants import service
from meshwright_catalog.grants.lists import RUNNING, Asked, listed
from meshwright_catalog.grants.orphans import orphans
from meshwright_catalog.pages.forms import sent_from_elsewhere
from meshwright_catalog.pages.render import page
from meshwright_catalog.pages.way_back import to_sign_in
from meshwright_catalog.policies.decisions import approve_version, refuse_version
from meshwright_catalog.policies.told import pending
from meshwright_catalog.problems import status_of

router = APIRouter(include_in_schema=False)

MOST = 50
"""So many grants one list of the page shows; a link goes on to the older ones."""
_STANDING = RUNNING - {"waiting"}
"""What is shown of others' grants: not what ended, nor what waits and stands in a list of its own."""
Field = Annotated[str, Form(max_length=500)]


class Turned(BaseModel):
    """After which grant each list of the page goes on; empty: it begins with the newest."""

    waiting: Words = ""
    mine: Words = ""
    owned: Words = ""


@router.get("/access")
def access_page(request: Request, caller: Visitor, catalog: TheCatalog, turned: Annotated[Turned, Query()]) -> Response:
    """Show what waits for the caller, what they asked for, and the grants of their products."""
    return _page(caller, catalog, turned=turned) if caller is not None else to_sign_in(request)


@router.get("/access/{form:path}")  # noqa: FAST003 - it leads there, whatever the form was about
def back() -> Response:
    """Lead to the page: the address of a form stays in a browser that was shown it again."""
    return RedirectResponse("/access", 303)


@router.post("/access/{grant}/{act}")
def say(  # noqa: PLR0913, PLR0917 - a form's fields
    grant: str, act: Act, request: Request, caller: Visitor, catalog: TheCatalog, note: Field = ""
) -> Response:
    """Say something to a grant."""
    if (stopped := sent_from_elsewhere(request, caller)) is not None or caller is None:
        return stopped or to_sign_in(request, "/access")
    try:
        with catalog.change(caller) as visit:
            service.say(visit, grant, act, note)
    except MeshError as error:
        return _page(caller, catalog, error, said=(grant, note))
    return RedirectResponse("/access", 303)


@router.post("/access/policies/{product}/approval")
def approve_policies(
    product: str, request: Request, caller: Visitor, catalog: TheCatalog, number: Annotated[int, Form(ge=1)]
) -> Response:
    """Approve the version of a product's policies that the page showed."""
    if (stopped := sent_from_elsewhere(request, caller)) is not None or caller is None:
        return stopped or to_sign_in(request, "/access")
    try:
        with catalog.change(caller) as visit:
            approve_version(visit, product, number)
    except MeshError as error:
        return _page(caller, catalog, error)
    return RedirectResponse("/access", 303)


@router.post("/access/policies/{product}/refusal")
def refuse_policies(  # noqa: PLR0913, PLR0917 - a form's fields
    product: str,
    request: Request,
    caller: Visitor,
    catalog: TheCatalog,
    number: Annotated[int, Form(ge=1)],
    note: Field = "",
) -> Response:
    """Refuse the version of a product's policies that the page showed; the note says why."""
    if (stopped := sent_from_elsewhere(request, caller)) is not None or caller is None:
        return stopped or to_sign_in(request, "/access")
    try:
        with catalog.change(caller) as visit:
            refuse_version(visit, product, number, note)
    except MeshError as error:
        return _page(caller, catalog, error, said=(product, note))
    return RedirectResponse("/access", 303)


def _page(
    caller: Principal,
    catalog: Catalog,
    error: MeshError | None = None,
    turned: Turned | None = None,
    said: tuple[str, str] = ("", ""),
) -> Response:
    """Show the page; `said` is the note that was refused, and the grant or product that it was about."""
    turned = turned or Turned()
    status, problem = (200, "") if error is None else status_of(error)
    if isinstance(error, GrantRejected | GrantClosed | NotYourDecision):
        problem = f"{error.where}: {problem}"
    with catalog.visit(caller) as visit:
        return page(
            "access.html",
            caller,
            status,
            problem=problem,
            said=said,
            waiting=listed(visit, Asked("waiting", before=turned.waiting, most=MOST)),
            policies=pending(visit),
            mine=listed(visit, Asked("mine", before=turned.mine, most=MOST)),
            owned=listed(visit, Asked("owned", before=turned.owned, statuses=_STANDING, flagged=True, most=MOST)),
            orphans=orphans(visit) if visit.protects_data() else [],
        )
