"""Signatures of the catalog's own words, by the key that also signs development tokens (Ed25519, RFC 8032)."""

from pathlib import Path

from cryptography.exceptions import InvalidSignature

from meshwright.io.tokens import signing_key


def signature(text: bytes, key_file: Path) -> str:
    """Sign a text, in hex; empty without a key. Raises `KeysUnusable` for a damaged one."""
    return signing_key(key_file).sign(text).hex() if key_file.exists() else ""


def is_signed(text: bytes, found: str, key_file: Path) -> bool:
    """Tell whether a signature is of this text and by this key. Raises `KeysUnusable` without the key."""
    try:
        signing_key(key_file).public_key().verify(bytes.fromhex(found), text)
    except (InvalidSignature, ValueError):
        return False
    return True
