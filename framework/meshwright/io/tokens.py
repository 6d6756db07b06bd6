"""Development tokens: who asks, signed with the workspace's own key (EdDSA, RFC 8037; JWT, RFC 7519).

A token says who, and nothing of rights: those come from principals.toml at each decision.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from meshwright.errors import KeysUnusable, TokenRejected
from meshwright.io.secret_files import create_secret, read_secret

ISSUER = "mesh-dev"
AUDIENCE = "mesh"
TYPE = "mesh-dev+jwt"
LONGEST = timedelta(hours=24)
MOST_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a token speaks for."""

    kind: Literal["user", "service"]
    name: str


def make_signing_key(path: Path) -> None:
    """Create a signing key, unless there is one."""
    key = Ed25519PrivateKey.generate()
    create_secret(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def signing_key(path: Path) -> Ed25519PrivateKey:
    """Read the signing key; `.public_key()` of it verifies. Raises `KeysUnusable`."""
    try:
        key = load_pem_private_key(read_secret(path), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeysUnusable(str(path), "is no signing key", "remove it and run `mesh init`") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeysUnusable(str(path), "is no Ed25519 key", "remove it and run `mesh init`")
    return key


def sign_development_token(identity: Identity, key: Ed25519PrivateKey, now: datetime, lifetime: timedelta) -> str:
    """Sign a token that holds from `now` for at most a day."""
    if not timedelta(0) < lifetime <= LONGEST:
        raise TokenRejected("a lifetime is more than nothing and at most 24 hours")
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": identity.name,
        "kind": identity.kind,
        "iat": int(now.timestamp()),
        "exp": int((now + lifetime).timestamp()),
    }
    return jwt.encode(claims, key, algorithm="EdDSA", headers={"typ": TYPE})


def verify_token(token: str, key: Ed25519PublicKey, now: datetime) -> Identity:
    """Tell whom a token speaks for; raise `TokenRejected` for one that is forged, expired or for something else."""
    if len(token) > MOST_BYTES:
        raise TokenRejected("it is too long")
    try:
        found = jwt.decode_complete(
            token,
            key,
            algorithms=["EdDSA"],
            issuer=ISSUER,
            audience=AUDIENCE,
            options={
                "require": ["iss", "aud", "sub", "kind", "iat", "exp"],
                "verify_exp": False,
                "verify_iat": False,
            },
        )
    except jwt.InvalidTokenError:
        raise TokenRejected("it is not signed by this mesh, or not meant for it") from None
    if found["header"].get("typ") != TYPE:
        raise TokenRejected("it is no access token")
    _check_time(found["payload"], now)
    return _identity(found["payload"])


def ends_at(token: str) -> datetime:
    """Tell when a token ends that was verified already, in UTC; of any other this believes what nobody vouches for."""
    claims = jwt.decode(token, options={"verify_signature": False})
    return datetime.fromtimestamp(claims["exp"], UTC)


def _check_time(claims: dict[str, Any], now: datetime) -> None:
    issued, expires = claims["iat"], claims["exp"]
    if type(issued) is not int or type(expires) is not int:
        raise TokenRejected("its times are no whole seconds")
    if not issued <= now.timestamp():
        raise TokenRejected("it is not valid yet")
    if not now.timestamp() < expires:
        raise TokenRejected("it has expired")
    if expires - issued > LONGEST.total_seconds():
        raise TokenRejected("it would hold for too long")


def _identity(claims: dict[str, Any]) -> Identity:
    kind, name = claims["kind"], claims["sub"]
    if kind not in ("user", "service") or not name:
        raise TokenRejected("it names neither a user nor a service")
    return Identity(kind, name)
