"""Tokens of an OpenID Connect issuer: checked before a word of them is believed (RFC 9068, RFC 8725).

What a token says is trusted only when the issuer's own key signed it, for this audience, and it holds now. An access
token names who asks. An ID token says to one client that somebody signed in, and opens nothing.
"""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from secrets import compare_digest
from typing import Any, Literal, NoReturn, cast, get_args

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.types import Options

from meshwright.errors import TokenRejected

Algorithm = Literal["RS256", "ES256", "EdDSA"]
PublicKey = RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey
FindKey = Callable[[str, str], PublicKey | None]
"""Gives the issuer's key of an id and an algorithm, or None when the issuer has none."""

MOST_BYTES = 8192
SKEW_S = 30
"""How far the issuer's clock may be ahead of ours; a token ends on the second."""
LONGEST_S = 24 * 3600

# A token may not bring its own key, nor ask for a treatment that we do not know.
_REFUSED = frozenset({"jku", "jwk", "x5u", "x5c", "crit", "b64", "zip", "enc"})
_REQUIRED = ("iss", "aud", "sub", "iat", "exp")


@dataclass(frozen=True, slots=True)
class Expected:
    """Whose tokens are taken, and for whom they have to be made."""

    issuer: str
    audience: str


def verify_access_token(token: str, find: FindKey, expected: Expected, now: datetime) -> Mapping[str, Any]:
    """Return the claims of a token that holds; raise `TokenRejected` for every other, and what `find` raises."""
    return _claims(token, find, expected, now, _is_access_token)


def verify_id_token(token: str, find: FindKey, expected: Expected, nonce: str, now: datetime) -> Mapping[str, Any]:
    """Return the claims of an ID token for this one sign-in (OpenID Connect Core 1.0, 3.1.3.7); raise as above.

    The audience is the client's id; `nonce` is what the browser was sent away with.
    """
    claims = _claims(token, find, expected, now, _is_id_token)
    alone = claims["aud"] in (expected.audience, [expected.audience])
    if claims.get("azp", expected.audience if alone else None) != expected.audience:
        raise TokenRejected("it is meant for another client")
    found = claims.get("nonce")
    if not isinstance(found, str) or not compare_digest(found.encode(), nonce.encode()):
        raise TokenRejected("it is of another sign-in")
    return claims


def _claims(
    token: str, find: FindKey, expected: Expected, now: datetime, fits: Callable[[object], bool]
) -> Mapping[str, Any]:
    if len(token) > MOST_BYTES:
        raise TokenRejected("it is too long")
    parts = token.split(".")
    if len(parts) != 3:
        raise TokenRejected("it is no signed token")
    kid, algorithm = _named_key(_object(parts[0]), fits)
    _object(parts[1])
    key = find(kid, algorithm)
    if key is None:
        raise TokenRejected("its key is none of the issuer's")
    claims = _verified(token, key, algorithm, expected)
    _check_time(claims, now)
    return claims


def _is_access_token(kind: object) -> bool:
    return isinstance(kind, str) and kind.lower() in ("at+jwt", "application/at+jwt")


def _is_id_token(kind: object) -> bool:
    return kind is None or (isinstance(kind, str) and kind.lower() == "jwt")


def _named_key(header: Mapping[str, Any], fits: Callable[[object], bool]) -> tuple[str, str]:
    """Read which key signed, from a header that nobody vouches for yet."""
    algorithm, kid = header.get("alg"), header.get("kid")
    if not fits(header.get("typ")):
        raise TokenRejected("it is no access token" if fits is _is_access_token else "it is no ID token")
    if algorithm not in get_args(Algorithm):
        raise TokenRejected("it is signed in a way that is not accepted")
    if not _REFUSED.isdisjoint(header):
        raise TokenRejected("its header asks for what is not accepted")
    if not isinstance(kid, str) or not kid:
        raise TokenRejected("it names no key")
    return kid, str(algorithm)


def _verified(token: str, key: PublicKey, algorithm: str, expected: Expected) -> dict[str, Any]:
    # The times are checked by our own clock.
    options: Options = {
        "require": list(_REQUIRED),
        "verify_exp": False,
        "verify_iat": False,
        "verify_nbf": False,
    }
    try:
        return jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            issuer=expected.issuer,
            audience=expected.audience,
            options=options,
        )
    except jwt.InvalidTokenError:
        raise TokenRejected("it is not signed by the issuer, or not meant for this catalog") from None


def _check_time(claims: Mapping[str, Any], now: datetime) -> None:
    issued, begins, expires = claims["iat"], claims.get("nbf", claims["iat"]), claims["exp"]
    if any(type(moment) is not int for moment in (issued, begins, expires)):
        raise TokenRejected("its times are no whole seconds")
    if max(issued, begins) > now.timestamp() + SKEW_S:
        raise TokenRejected("it is not valid yet")
    if now.timestamp() >= expires:
        raise TokenRejected("it has expired")
    if expires - issued > LONGEST_S:
        raise TokenRejected("it would hold for too long")


def _object(segment: str) -> dict[str, Any]:
    """Read a segment as a JSON object in which every name stands once: two readers could take different ones."""
    try:
        text = base64.b64decode(segment + "=" * (-len(segment) % 4), altchars=b"-_", validate=True).decode("utf-8")
        found = json.loads(text, object_pairs_hook=_each_once, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise TokenRejected("it cannot be read") from None
    if not isinstance(found, dict):
        raise TokenRejected("it cannot be read")
    return cast("dict[str, Any]", found)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)
