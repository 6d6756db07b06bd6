"""Where an issuer lets people sign in: as its discovery document says (OpenID Connect Discovery 1.0, RFC 8414)."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from pydantic_core import PydanticCustomError

from meshwright.io.issuer.kept import Kept
from meshwright.io.issuer.settings import LoginSettings, is_here, trusted


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where a browser is sent, and where a code becomes tokens; `names_itself`: every answer has `iss` (RFC 9207)."""

    authorization: str
    token: str
    names_itself: bool = False


def endpoints(
    issuer: str, login: LoginSettings, monotonic: Callable[[], float] = time.monotonic
) -> Callable[[], Endpoints]:
    """Return what finds the endpoints: in mesh.toml, else in the issuer's own document, which is kept for a while.

    What is returned raises `CatalogUnavailable` while there is no such document.
    """
    if login.authorization_endpoint and login.token_endpoint:
        stated = Endpoints(login.authorization_endpoint, login.token_endpoint)
        return lambda: stated
    url = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    kept = Kept(url, partial(endpoints_of, issuer), "endpoints", "discovery document of this issuer", monotonic)
    return lambda: kept.find(lambda _: True)


def endpoints_of(issuer: str, document: bytes) -> Endpoints | None:
    """Read a discovery document; None when it is another issuer's, or names what we do not go to or cannot use."""
    try:
        found = json.loads(document.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    said = cast("dict[str, Any]", found)
    places = [_place(said.get(name), issuer) for name in ("authorization_endpoint", "token_endpoint")]
    methods = said.get("code_challenge_methods_supported", ["S256"])
    challenged = isinstance(methods, list) and "S256" in methods
    if said.get("issuer") != issuer or not challenged or None in places:
        return None
    authorization, token = cast("list[str]", places)
    return Endpoints(authorization, token, said.get("authorization_response_iss_parameter_supported") is True)


def _place(address: object, issuer: str) -> str | None:
    """Take an endpoint over https; one of this machine only from an issuer of this machine."""
    try:
        found = trusted(address) if isinstance(address, str) else None
    except PydanticCustomError:
        return None
    return None if found is None or (is_here(found) and not is_here(issuer)) else found
