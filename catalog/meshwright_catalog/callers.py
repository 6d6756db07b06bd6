"""Who is calling: by the Authorization header in the API, by a cookie on the pages, never by anything in a URL."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from meshwright.access import Principal
from meshwright.errors import CatalogUnavailable, MeshError, NotSignedIn, TokenRejected
from meshwright.io.tokens import ends_at
from meshwright_catalog.catalog import Catalog
from meshwright_catalog.gate import TokenVerifier
from meshwright_catalog.login.login import Login

COOKIE = "mesh_token"
MAX_TOKEN = 8192

_SAID = "An access token of the issuer, or without one a token made with `mesh token`."
_bearer = HTTPBearer(auto_error=False, description=_SAID)


def catalog_of(request: Request) -> Catalog:
    """Give the catalog that this application serves."""
    catalog: Catalog = request.app.state.catalog
    return catalog


def bearer(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Principal:
    """Verify the token of an API call; raise `NotSignedIn`, for every reason alike, also for two at once."""
    if len(request.headers.getlist("authorization")) > 1:  # a proxy in between could have looked at the other one
        raise NotSignedIn
    return verified(request, credentials.credentials if credentials else "")


def visitor(request: Request) -> Principal | None:
    """Verify the token in a page's cookie; None when there is none that holds."""
    try:
        return verified(request, request.cookies.get(token_cookie(request), ""))
    except NotSignedIn:
        return None


def over_https(request: Request) -> bool:
    """Tell whether browsers find the pages over https, as far as mesh.toml says."""
    login: Login | None = request.app.state.login
    return login is not None and login.address.startswith("https:")


def token_cookie(request: Request) -> str:
    """Name the cookie that holds a page's token; a browser lets no other host set one of the longer name."""
    return f"__Host-{COOKIE}" if over_https(request) else COOKIE


def verified(request: Request, token: str) -> Principal:
    """Ask the verifier; raise `NotSignedIn`, or `CatalogUnavailable` while nobody's token can be verified."""
    verify: TokenVerifier = request.app.state.verify
    if not token or len(token) > MAX_TOKEN:
        raise NotSignedIn
    try:
        who = verify(token)
    except CatalogUnavailable:
        raise
    except MeshError:
        raise NotSignedIn from None
    try:
        catalog_of(request).came(who)
    except TokenRejected:
        raise NotSignedIn from None
    return who


def token_end(request: Request, _: Annotated[Principal, Depends(bearer)]) -> datetime:
    """Tell until when the token of an API call holds, once it was verified."""
    return ends_at(request.headers["authorization"].partition(" ")[2])


Caller = Annotated[Principal, Depends(bearer)]
Until = Annotated[datetime, Depends(token_end)]
Visitor = Annotated[Principal | None, Depends(visitor)]
TheCatalog = Annotated[Catalog, Depends(catalog_of)]
