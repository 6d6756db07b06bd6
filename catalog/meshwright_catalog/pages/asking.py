"""Asking for access and breaking the glass on a product's page; what is refused comes back as it was filled in."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, TypeVar

from fastapi import APIRouter, Form, Query, Request
from pydantic import BaseModel, ValidationError
from starlette.responses import RedirectResponse, Response

from meshwright.errors import GrantRejected, MeshError, UnknownProduct
from meshwright.grants import EmergencyRequest, GrantRequest
from meshwright.moments import ending
from meshwright_catalog.callers import Visitor, catalog_of
from meshwright_catalog.faults import told
from meshwright_catalog.grants import service
from meshwright_catalog.pages.forms import Ask, Filled, Glass, refused, sent_from_elsewhere
from meshwright_catalog.pages.product import not_found, page_of
from meshwright_catalog.pages.way_back import to_product, to_sign_in
from meshwright_catalog.parameters import ProductParameters

router = APIRouter(include_in_schema=False)

Seen = Annotated[ProductParameters, Query()]
"""The purpose and the major version for which the page with the form was shown."""
R = TypeVar("R", bound=BaseModel)


@router.get("/products/{product}/request")
@router.get("/products/{product}/break-glass")
def back(product: str) -> Response:
    """Lead to the form: its own address stays in a browser that was shown it again."""
    return to_product(product)


@router.post("/products/{product}/request")
def ask(product: str, request: Request, caller: Visitor, form: Annotated[Ask, Form()], query: Seen) -> Response:
    """Ask for access to a product: to the columns that are ticked, else to the class."""
    if (stopped := sent_from_elsewhere(request, caller)) is not None or caller is None:
        return stopped or to_sign_in(request, f"/products/{product}")
    catalog = catalog_of(request)
    try:
        wanted = _request(product, form, catalog.clock())
        with catalog.change(caller) as visit:
            service.request(visit, wanted)
    except UnknownProduct:
        return not_found(caller)
    except MeshError as error:
        return page_of(request, caller, product, query, Filled(ask=form, refusal=refused("ask", error)))
    return RedirectResponse("/access", 303)


@router.post("/products/{product}/break-glass")
def break_glass(
    product: str, request: Request, caller: Visitor, form: Annotated[Glass, Form()], query: Seen
) -> Response:
    """Open the columns that are ticked for one hour, without asking."""
    if (stopped := sent_from_elsewhere(request, caller)) is not None or caller is None:
        return stopped or to_sign_in(request, f"/products/{product}")
    try:
        _require({"purpose": form.purpose, "reason": form.reason})
        wanted = _valid(EmergencyRequest, {"product": product, **form.model_dump()})
        with catalog_of(request).change(caller) as visit:
            service.break_glass(visit, wanted)
    except UnknownProduct:
        return not_found(caller)
    except MeshError as error:
        return page_of(request, caller, product, query, Filled(glass=form, refusal=refused("glass", error)))
    return RedirectResponse("/access", 303)


def _request(product: str, form: Ask, now: datetime) -> GrantRequest:
    """Read the form; raise `GrantRejected`, with the field, for what no request can hold."""
    level = form.level if form.what or form.columns else "read"
    _require({"level": level, "purpose": form.purpose, "until": form.until, "reason": form.reason})
    what: dict[str, object] = {"columns": form.columns} if form.columns else {"cls": form.what}
    facts = {"product": product, "level": level, "purpose": form.purpose, "reason": form.reason, **what}
    return _valid(GrantRequest, {**facts, "until": _end_of(form.until, now)})


def _end_of(day: str, now: datetime) -> datetime:
    try:
        read = date.fromisoformat(day)
    except ValueError:
        raise GrantRejected("request", "until is no date", "write 2026-01-31", field="until") from None
    try:
        return ending(read, now)
    except ValueError as error:
        raise GrantRejected("request", f"until {error}", field="until") from None


def _require(given: Mapping[str, str]) -> None:
    """Name all that is missing at once, in the order of the form."""
    missing = [name for name, value in given.items() if not value.strip()]
    if missing:
        named = " and ".join([", ".join(missing[:-1]), missing[-1]] if len(missing) > 1 else missing)
        raise GrantRejected("request", f"{named} {'are' if len(missing) > 1 else 'is'} missing", field=missing[0])


def _valid(kind: type[R], facts: Mapping[str, object]) -> R:
    try:
        return kind.model_validate(facts)
    except ValidationError as error:
        where, problem = next(told(error.errors(), 1))
        field = where.partition(".")[0]
        raise GrantRejected("request", f"{field} {problem}", field=field) from None
