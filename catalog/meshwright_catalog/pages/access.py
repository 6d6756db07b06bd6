"""Requests, grants and policies that wait as pages; every form counts only when our own page sent it."""

from datetime import date
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Query, Request
from pydantic import BaseModel, ValidationError
from starlette.responses import RedirectResponse, Response

from meshwright.access import Classes, Decision, Principal, leaves
from meshwright.errors import MeshError
from meshwright.grants import MAX_COLUMNS, Act, EmergencyRequest, GrantRequest
from meshwright.moments import ending
from meshwright.registry import Entry, Words
from meshwright_catalog.callers import TheCatalog, Visitor
from meshwright_catalog.catalog import Catalog
from meshwright_catalog.grants import service
from meshwright_catalog.grants.lists import RUNNING, Asked, listed
from meshwright_catalog.grants.orphans import orphans
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
Columns = Annotated[list[str] | None, Form(max_length=MAX_COLUMNS)]


class Turned(BaseModel):
    """After which grant each list of the page goes on; empty: it begins with the newest."""

    waiting: Words = ""
    mine: Words = ""
    owned: Words = ""


@router.get("/access")
def access_page(request: Request, caller: Visitor, catalog: TheCatalog, turned: Annotated[Turned, Query()]) -> Response:
    """Show what waits for the caller, what they asked for, and the grants of their products."""
    return _page(caller, catalog, turned=turned) if caller is not None else to_sign_in(request)


@router.post("/access/{grant}/{act}")
def say(  # noqa: PLR0913, PLR0917 - a form's fields
    grant: str, act: Act, request: Request, caller: Visitor, catalog: TheCatalog, note: Field = ""
) -> Response:
    """Say something to a grant."""
    if (stopped := _stopped(request, caller)) is not None or caller is None:
        return stopped or to_sign_in(request, "/access")
    try:
        with catalog.change(caller) as visit:
            service.say(visit, grant, act, note)
    except MeshError as error:
        return _page(caller, catalog, error)
    return RedirectResponse("/access", 303)


@router.post("/access/policies/{product}/approval")
def approve_policies(
    product: str, request: Request, caller: Visitor, catalog: TheCatalog, number: Annotated[int, Form(ge=1)]
) -> Response:
    """Approve the version of a product's policies that the page showed."""
    if (stopped := _stopped(request, caller)) is not None or caller is None:
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
    if (stopped := _stopped(request, caller)) is not None or caller is None:
        return stopped or to_sign_in(request, "/access")
    try:
        with catalog.change(caller) as visit:
            refuse_version(visit, product, number, note)
    except MeshError as error:
        return _page(caller, catalog, error)
    return RedirectResponse("/access", 303)


@router.post("/products/{product}/request")
def ask(  # noqa: PLR0913, PLR0917 - a form's fields
    product: str,
    request: Request,
    caller: Visitor,
    catalog: TheCatalog,
    what: Field = "",
    columns: Columns = None,
    level: Field = "",
    purpose: Field = "",
    until: Field = "",
    reason: Field = "",
) -> Response:
    """Ask for access to a product: to the columns that are ticked, else to the class."""
    if (stopped := _stopped(request, caller)) is not None or caller is None:
        return stopped or to_sign_in(request, f"/products/{product}")
    asked: dict[str, object] = {"columns": tuple(columns)} if columns else {"cls": what}
    facts = {"product": product, "purpose": purpose, "reason": reason, **asked}
    facts["level"] = level if what or columns else "read"
    try:
        wanted = GrantRequest.model_validate({**facts, "until": ending(date.fromisoformat(until), catalog.clock())})
        with catalog.change(caller) as visit:
            service.request(visit, wanted)
    except (ValidationError, ValueError, MeshError) as error:
        return _page(caller, catalog, error)
    return RedirectResponse("/access", 303)


@router.post("/products/{product}/break-glass")
def break_glass(  # noqa: PLR0913, PLR0917 - a form's fields
    product: str,
    request: Request,
    caller: Visitor,
    catalog: TheCatalog,
    columns: Columns = None,
    purpose: Field = "",
    reason: Field = "",
) -> Response:
    """Open the columns that are ticked for one hour, without asking."""
    if (stopped := _stopped(request, caller)) is not None or caller is None:
        return stopped or to_sign_in(request, f"/products/{product}")
    try:
        wanted = EmergencyRequest(product=product, columns=tuple(columns or ()), purpose=purpose, reason=reason)
        with catalog.change(caller) as visit:
            service.break_glass(visit, wanted)
    except (ValidationError, MeshError) as error:
        return _page(caller, catalog, error, missing="A purpose, and in a sentence what happened, are needed.")
    return RedirectResponse("/access", 303)


def classified_of(entry: Entry) -> list[tuple[str, list[str]]]:
    """List the columns and nested fields that somebody can ask for by name, each with its classes."""
    return [(leaf.path, sorted(leaf.classes)) for leaf in leaves(entry.spec.columns) if leaf.classes]


def breakable_of(entry: Entry, decision: Decision, classes: Classes) -> list[tuple[str, list[str]]]:
    """List the columns that are not clear to somebody, and whose classes all allow to break the glass."""
    rules = classes.rules
    return [
        (path, names)
        for path, names in classified_of(entry)
        if decision.column(path).level != "clear" and all(n in rules and rules[n].break_glass for n in names)
    ]


def classes_of(entry: Entry) -> list[str]:
    """List the classes that somebody can ask for."""
    return sorted({name for leaf in leaves(entry.spec.columns) for name in leaf.classes})


def _page(
    caller: Principal,
    catalog: Catalog,
    error: Exception | None = None,
    missing: str = "A level, a purpose, a date and a reason are needed.",
    turned: Turned | None = None,
) -> Response:
    status, problem, turned = 200, "", turned or Turned()
    if isinstance(error, MeshError):
        status, problem = status_of(error)
    elif error is not None:
        status, problem = 422, missing
    with catalog.visit(caller) as visit:
        return page(
            "access.html",
            caller,
            status,
            problem=problem,
            waiting=listed(visit, Asked("waiting", before=turned.waiting, most=MOST)),
            policies=pending(visit),
            mine=listed(visit, Asked("mine", before=turned.mine, most=MOST)),
            owned=listed(visit, Asked("owned", before=turned.owned, statuses=_STANDING, flagged=True, most=MOST)),
            orphans=orphans(visit) if visit.protects_data() else [],
        )


def _stopped(request: Request, caller: Principal | None) -> Response | None:
    """Stop a form that another site sent, or that nobody did: a browser says where a form comes from."""
    origin = request.headers.get("origin", "")
    if urlsplit(origin).netloc != request.headers.get("host"):
        detail = "This form was not sent from here."
        return page("problem.html", caller, 403, title="Not from here", detail=detail)
    return None
