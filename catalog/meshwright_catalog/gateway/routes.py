"""The gateway's routes under /api/v1."""

from typing import Any

from fastapi import APIRouter, Request, Response

from meshwright.errors import CatalogUnavailable
from meshwright.query import ReadRequest
from meshwright_catalog.bodies import OneMeaning
from meshwright_catalog.callers import Caller, Until
from meshwright_catalog.gateway.gateway import Gateway
from meshwright_catalog.gateway.negotiation import MEDIA_TYPES, form_of
from meshwright_catalog.gateway.reading import Asked
from meshwright_catalog.gateway.response import ReadResponse
from meshwright_catalog.problems import described, problem_response

_PROBLEMS = described(
    {
        400: "More than one read may take, or no JSON that can be read",
        401: "No valid token",
        403: "Not granted; `asks` are the smallest requests that would do",
        404: "Unknown, or not yours to know",
        406: "No form of answer that is asked for",
        410: "A version that is no longer kept",
        422: "Not a valid request",
        429: "Too many reads at once",
        503: "Not just now",
    }
)
_HEADERS = {
    "Mesh-Version": "The version of the table that was read",
    "Mesh-Contract": "The version of the contract",
    "Mesh-Policies": "The hash of the rules that decided",
    "Mesh-Levels": "JSON: the level of each column of the answer",
    "Mesh-Rows": "Which rows row policies let the caller see: all, limited (those that fit), or none",
    "Mesh-Scope": "The id of the key of tokens, and the reader's domain and purpose: alike, tokens join",
}
_ROWS: dict[str, Any] = {
    "description": "Rows, in the form that `Accept` asks for; an answer without its end was cut",
    "content": {name: {} for name in MEDIA_TYPES},
    "headers": {name: {"description": said, "schema": {"type": "string"}} for name, said in _HEADERS.items()},
}
router = APIRouter(prefix="/api/v1", responses=_PROBLEMS, route_class=OneMeaning)


@router.post("/products/{product}/read", summary="Read a product", response_class=Response, responses={200: _ROWS})
async def read(product: str, body: ReadRequest, caller: Caller, until: Until, request: Request) -> Response:
    """Give rows as the policies show them to the caller for the purpose, streamed."""
    gateway: Gateway | None = getattr(request.app.state, "gateway", None)
    if gateway is None:
        raise CatalogUnavailable("catalog", "it serves no rows")
    form = form_of(_header(request, "accept"), _header(request, "accept-encoding"))
    if form is None:
        return problem_response(406, f"Rows are given as {', '.join(MEDIA_TYPES)}.")
    asked = Asked(caller, until, product, body, str(request.scope.get("request_id", "")), form.coded)
    return ReadResponse(gateway, asked, form)


def _header(request: Request, name: str) -> str:
    return ", ".join(request.headers.getlist(name))
