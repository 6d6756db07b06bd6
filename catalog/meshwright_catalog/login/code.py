"""The authorization code: how a browser is sent to the issuer for one, and how one becomes tokens (RFC 6749, 4.1)."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

from meshwright.errors import CatalogUnavailable, SignInRefused
from meshwright.io.issuer.endpoints import Endpoints
from meshwright.io.issuer.http import Unanswered, answered
from meshwright.io.issuer.settings import LoginSettings
from meshwright_catalog.login.begun import Begun

_NOT_GIVEN = "the issuer gave no tokens for its code"


@dataclass(frozen=True, slots=True)
class Client:
    """The catalog as a client of the issuer: a public one, or with a secret and the method to tell it.

    `resource` is what access tokens are asked for (RFC 8707); empty where the audience is no address to ask by.
    """

    id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    resource: str
    method: str = "none"
    secret: str = field(default="", repr=False)


def client_of(audience: str, login: LoginSettings, secret: str) -> Client:
    """Make the client that mesh.toml describes."""
    resource = audience if urlsplit(audience).scheme else ""
    method = login.token_endpoint_auth_method
    return Client(login.client_id, login.redirect_uri, login.scopes, resource, method, secret)


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the issuer gave for a code; nobody has looked at it yet."""

    access: str = field(repr=False)
    id: str = field(repr=False)


def authorization_address(place: Endpoints, client: Client, begun: Begun) -> str:
    """Write where a browser goes to sign in."""
    asked = {
        "response_type": "code",
        "client_id": client.id,
        "redirect_uri": client.redirect_uri,
        "scope": " ".join(client.scopes),
        "state": begun.state,
        "nonce": begun.nonce,
        "code_challenge": begun.challenge,
        "code_challenge_method": "S256",
    }
    asked |= {"resource": client.resource} if client.resource else {}
    joint = "&" if urlsplit(place.authorization).query else "?"
    return f"{place.authorization}{joint}{urlencode(asked)}"


def redeem(
    code: str,
    begun: Begun,
    place: Endpoints,
    client: Client,
    monotonic: Callable[[], float] = time.monotonic,
) -> Tokens:
    """Change a code for tokens; raise `SignInRefused` when the issuer does not, `CatalogUnavailable` while down."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": client.redirect_uri,
        "code_verifier": begun.verifier,
    }
    form |= {"resource": client.resource} if client.resource else {}
    auth = None
    if client.method == "client_secret_basic":
        auth = quote_plus(client.id), quote_plus(client.secret)  # RFC 6749, 2.3.1
    else:
        form |= {"client_id": client.id}
        form |= {"client_secret": client.secret} if client.method == "client_secret_post" else {}
    try:
        return _tokens(answered(place.token, monotonic, form, auth))
    except Unanswered as problem:
        if problem.status is not None and 400 <= problem.status < 500:
            raise SignInRefused(f"{_NOT_GIVEN}: {problem}") from None
        raise CatalogUnavailable("issuer", f"its token endpoint cannot be asked: {problem}") from None


def _tokens(body: bytes) -> Tokens:
    try:
        said: Any = json.loads(body.decode("utf-8"))
        kind, access, identity = (said.get(name) for name in ("token_type", "access_token", "id_token"))
    except (ValueError, RecursionError, AttributeError):
        raise SignInRefused(f"{_NOT_GIVEN}: its answer cannot be read") from None
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise SignInRefused(f"{_NOT_GIVEN}: its token is of a kind that we cannot use")
    if not isinstance(access, str) or not isinstance(identity, str):
        raise SignInRefused(f"{_NOT_GIVEN}: an access token or the ID token is missing")
    return Tokens(access, identity)
