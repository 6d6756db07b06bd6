"""Every refusal as RFC 9457 `application/problem+json`; none repeats what was sent, and none shows a trace."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from meshwright.errors import (
    AccessDenied,
    AuditCutOff,
    CatalogUnavailable,
    DataProtectionOnly,
    DefinitionError,
    ForeignDomain,
    GrantClosed,
    GrantRejected,
    InvalidEvent,
    InvalidName,
    KeysUnusable,
    MeshError,
    NotSignedIn,
    NotYourDecision,
    PastUnknown,
    TokenRejected,
    UnknownColumn,
    UnknownGrant,
    UnknownMajor,
    UnknownPolicyVersion,
    UnknownProduct,
    UnknownVersion,
)
from meshwright_catalog.faults import told
from meshwright_catalog.gateway.refusals import about_read
from meshwright_catalog.pages.render import page

MEDIA_TYPE = "application/problem+json"
MOST_FAULTS = 20
_FOR_PROGRAMS = ("/api/", "/marquez/", "/health", "/static/")


class FieldProblem(BaseModel):
    """One field that was not understood."""

    where: str
    problem: str


class Problem(BaseModel):
    """RFC 9457: what went wrong, for people and programs; of a denial also the columns, and what to ask for."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] | None = None
    columns: list[str] | None = None
    asks: list[str] | None = None


def described(meanings: Mapping[int, str]) -> dict[int | str, dict[str, Any]]:
    """Describe for OpenAPI the problems that routes answer with, by their status."""
    return {
        status: {"model": Problem, "description": meaning, "content": {MEDIA_TYPE: {}}}
        for status, meaning in meanings.items()
    }


def problem_response(
    status: int, detail: str, errors: Sequence[FieldProblem] = (), headers: dict[str, str] | None = None
) -> Response:
    """Write a problem."""
    title = HTTPStatus(status).phrase
    body = Problem(title=title, status=status, detail=detail, errors=list(errors) or None)
    return JSONResponse(body.model_dump(exclude_none=True), status, headers, MEDIA_TYPE)


def denial_response(status: int, detail: str, error: AccessDenied) -> Response:
    """Write a denial, with the columns it is about and the smallest requests that would do."""
    title = HTTPStatus(status).phrase
    columns, asks = list(error.columns) or None, list(error.asks) or None
    body = Problem(title=title, status=status, detail=detail, columns=columns, asks=asks)
    return JSONResponse(body.model_dump(exclude_none=True), status, None, MEDIA_TYPE)


def status_of(error: Exception) -> tuple[int, str]:  # noqa: C901 - one case an error, and no more
    """Choose a status and a sentence for an error; unknown ones say nothing of themselves."""
    match error:
        case NotSignedIn() | TokenRejected():
            return 401, "A valid token is needed."
        case ForeignDomain():
            return 403, "A publisher writes only what its own domain owns."
        case DataProtectionOnly():
            return 403, "This is for data protection alone."
        case UnknownProduct():
            return 404, "There is no such product."
        case UnknownColumn():
            return 404, f"The product has no such column{error.hint and ': '}{error.hint}."
        case UnknownVersion():
            return 404, "No run told of this version of the product."
        case InvalidEvent():
            return 400, error.problem
        case InvalidName():
            return 422, "A product's id is domain.product, in lower-case letters, digits and underscores."
        case AuditCutOff():
            return 410, f"In the catalog {error.problem}."
        case DefinitionError():
            return 422, error.problem
        case CatalogUnavailable() | KeysUnusable():
            return 503, "The catalog cannot do this just now; try again."
        case _:
            return _about_grants(error)


def _about_grants(error: Exception) -> tuple[int, str]:
    match error:
        case UnknownPolicyVersion():
            return 404, f"The product {error.problem}."
        case PastUnknown():
            return 404, f"{error.where}: {error.problem}."
        case UnknownMajor():
            return 404, f"The product has no such major version{error.hint and ': '}{error.hint}."
        case UnknownGrant():
            return 404, "There is no such grant."
        case NotYourDecision():
            return 403, error.problem
        case GrantClosed():
            return 409, error.problem
        case GrantRejected():
            return 422, f"{error.problem} ({error.hint})" if error.hint else error.problem
        case _:
            return 500, "Something went wrong in the catalog."


def headers_of(status: int) -> dict[str, str]:
    """Give the headers that belong to a status."""
    return {401: {"WWW-Authenticate": "Bearer"}, 429: {"Retry-After": "5"}, 503: {"Retry-After": "1"}}.get(status, {})


def answer(request: Request, status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
    """Answer a program with a problem, and a person with a page."""
    if request.url.path.startswith(_FOR_PROGRAMS):
        return problem_response(status, detail, headers=headers)
    shown = page("problem.html", None, status, title=HTTPStatus(status).phrase, detail=detail)
    shown.headers.update(headers or {})
    return shown


async def mesh_problem(request: Request, error: Exception) -> Response:
    """Answer for an error of our own."""
    status, detail = about_read(error) or status_of(error)
    if isinstance(error, AccessDenied):
        return denial_response(status, detail, error)
    return answer(request, status, detail, headers_of(status))


async def http_problem(request: Request, error: Exception) -> Response:
    """Answer for an unknown path, a wrong method and the like."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    details = {404: "There is nothing here.", 405: "This cannot be done here."}
    return answer(request, status, details.get(status, HTTPStatus(status).phrase), headers)


async def field_problem(request: Request, error: Exception) -> Response:
    """Answer for a request whose fields are wrong, naming the fields alone."""
    found: Sequence[Any] = error.errors() if isinstance(error, RequestValidationError) else ()
    if not request.url.path.startswith(_FOR_PROGRAMS):
        where, problem = next(told(found, 1), ("", ""))
        what = f": {where.rpartition('.')[2]} {problem}" if where.startswith("body.") else ""
        sent = "What was sent" if request.method == "POST" else "This address"
        return answer(request, 422, f"{sent} was not understood{what}.")
    errors = [FieldProblem(where=where, problem=problem) for where, problem in told(found, MOST_FAULTS)]
    return problem_response(422, "The request was not understood.", errors)


KNOWN = ((MeshError, mesh_problem), (RequestValidationError, field_problem), (HTTPException, http_problem))
