"""A published set of keys, and which of them may sign access tokens (RFC 7517)."""

import json
from collections.abc import Mapping
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK, PyJWTError

from meshwright.io.issuer.tokens import PublicKey

MOST_KEYS = 100
LEAST_RSA_BITS = 2048

_ALGORITHMS: Mapping[tuple[str, str | None], str] = {
    ("RSA", None): "RS256",
    ("EC", "P-256"): "ES256",
    ("OKP", "Ed25519"): "EdDSA",
}

Found = Mapping[tuple[str, str], PublicKey]
"""By id and algorithm."""


def usable_keys(document: bytes) -> Found | None:
    """Choose the keys that may sign access tokens; None when the document is no set of keys.

    A key that is for encryption, secret, short, without an id or of another kind is passed over.
    """
    try:
        listed = json.loads(document.decode("utf-8"))["keys"]
    except (ValueError, RecursionError, TypeError, KeyError):
        return None
    if not isinstance(listed, list):
        return None
    keys = cast("list[object]", listed)
    if len(keys) > MOST_KEYS:
        return None
    found: dict[tuple[str, str], PublicKey] = {}
    for each in keys:
        if not isinstance(each, dict):
            continue
        published = cast("dict[str, Any]", each)
        algorithm = _algorithm(published)
        key = _read(published, algorithm) if algorithm else None
        if algorithm and key is not None:
            found.setdefault((published["kid"], algorithm), key)
    return found


def _algorithm(published: Mapping[str, Any]) -> str | None:
    """Tell what a published key may sign, or None when it may sign no token."""
    kty, crv, kid = published.get("kty"), published.get("crv"), published.get("kid")
    if not isinstance(kid, str) or not kid or not isinstance(kty, str) or not isinstance(crv, str | None):
        return None
    uses: object = published.get("key_ops", ["verify"])
    verifies = isinstance(uses, list) and "verify" in uses
    secret = "d" in published or "k" in published
    algorithm = _ALGORITHMS.get((kty, crv))
    fits = published.get("use", "sig") == "sig" and published.get("alg", algorithm) == algorithm
    return algorithm if verifies and fits and not secret else None


def _read(published: dict[str, Any], algorithm: str) -> PublicKey | None:
    try:
        key: PublicKey = PyJWK(published, algorithm).key
    except (PyJWTError, ValueError, TypeError):
        return None
    return None if isinstance(key, RSAPublicKey) and key.key_size < LEAST_RSA_BITS else key
