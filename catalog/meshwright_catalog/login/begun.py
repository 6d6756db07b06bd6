"""A sign-in that was begun: what the browser that left has to come back with.

It stands in a cookie of that browser, signed by us, so that any process of the service can finish what another began.
"""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from meshwright.errors import SignInRefused

LASTS = timedelta(minutes=10)
MOST_BYTES = 4096

_TYPE = "mesh-login+jwt"  # no token of anybody has it, so none is taken for the other
_REQUIRED = ["aud", "exp", "state", "nonce", "verifier", "back"]


@dataclass(frozen=True, slots=True)
class Begun:
    """The browser's `state`, the ID token's `nonce`, the code's `verifier` (RFC 7636), and the page to go back to."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    back: str

    @property
    def challenge(self) -> str:
        """What the issuer is told of the verifier: S256."""
        return urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()


def begin(back: str, draw: Callable[[], str]) -> Begun:
    """Begin a sign-in; `draw` gives 256 bits at random, as text safe in addresses."""
    return Begun(draw(), draw(), draw(), back)


def sealed(begun: Begun, client: str, key: Ed25519PrivateKey, now: datetime) -> str:
    """Sign what the browser keeps, for ten minutes and one client."""
    claims = {
        "aud": client,
        "exp": int((now + LASTS).timestamp()),
        "state": begun.state,
        "nonce": begun.nonce,
        "verifier": begun.verifier,
        "back": begun.back,
    }
    return jwt.encode(claims, key, algorithm="EdDSA", headers={"typ": _TYPE})


def unsealed(text: str, client: str, key: Ed25519PrivateKey, now: datetime) -> Begun:
    """Read what a browser kept; raise `SignInRefused` when that is nothing of ours, or too old."""
    try:
        if len(text) > MOST_BYTES:
            raise jwt.InvalidTokenError
        found = jwt.decode_complete(
            text,
            key.public_key(),
            algorithms=["EdDSA"],
            audience=client,
            options={"require": _REQUIRED, "verify_exp": False},
        )
    except jwt.InvalidTokenError:
        raise not_begun() from None
    said = found["payload"]
    if found["header"].get("typ") != _TYPE or now.timestamp() >= said["exp"]:
        raise not_begun()
    return Begun(said["state"], said["nonce"], said["verifier"], said["back"])


def not_begun() -> SignInRefused:
    """Say that a browser brings an answer to nothing that it asked, or that it asked too long ago."""
    minutes = int(LASTS.total_seconds() // 60)
    return SignInRefused(f"this browser began no such sign-in in the last {minutes} minutes")
