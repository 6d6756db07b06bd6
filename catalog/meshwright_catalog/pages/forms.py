"""The forms of the pages: they count only when our own page sent them, and come back as they were when refused."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from fastapi import Request
from pydantic import BaseModel
from starlette.responses import Response

from meshwright.access import Principal
from meshwright.errors import GrantRejected, MeshError
from meshwright_catalog.pages.render import page
from meshwright_catalog.problems import status_of

Kind = Literal["ask", "glass"]


class Ask(BaseModel):
    """The form that asks for access to a product: to the columns that are ticked, else to the class in `what`."""

    what: str = ""
    columns: list[str] = []
    level: str = ""
    purpose: str = ""
    until: str = ""
    reason: str = ""


class Glass(BaseModel):
    """The form that opens the columns that are ticked for one hour, without asking."""

    columns: list[str] = []
    purpose: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a form was refused; `field` is what of it is wrong, empty when that is no field of its own."""

    form: Kind
    status: int
    problem: str
    field: str


@dataclass(frozen=True, slots=True)
class Filled:
    """What somebody filled in on a product's page, and how that was refused."""

    refusal: Refusal
    ask: Ask | None = None
    glass: Glass | None = None


def refused(form: Kind, error: MeshError) -> Refusal:
    """Say why a form was refused, and which of its fields is why."""
    status, problem = status_of(error)
    named = error.field if isinstance(error, GrantRejected) else ""
    field = "what" if named == "cls" else named
    fields = (Ask if form == "ask" else Glass).model_fields
    return Refusal(form, status, problem, field if field in fields else "")


def sent_from_elsewhere(request: Request, caller: Principal | None) -> Response | None:
    """Stop a form that another site sent, or that nobody did: a browser says where a form comes from."""
    origin = request.headers.get("origin", "")
    if urlsplit(origin).netloc != request.headers.get("host"):
        detail = "This form was not sent from here."
        return page("problem.html", caller, 403, title="Not from here", detail=detail)
    return None
