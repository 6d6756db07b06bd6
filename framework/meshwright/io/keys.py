"""The secrets that tokens are made with: one master per key id, from which each join scope's own is derived."""

import hashlib
import hmac
import json
import logging
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from meshwright.errors import KeysUnusable
from meshwright.io.secret_files import create_secret, read_secret, replace_secret

log = logging.getLogger(__name__)

VARIABLE = "MESH_TOKEN_KEYS"
"""Holds the text of a key file, where there is no file."""

_ID = re.compile(r"k[0-9a-f]{1,8}")
_SECRET = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class MasterKeys:
    """Masters by key id; tokens are made with the current one. Nothing of them is ever printed."""

    current: str
    masters: Mapping[str, str] = field(repr=False)

    def key(self, scope: str) -> tuple[str, str]:
        """Return the current key's id and the scope's secret: HMAC-SHA256 of the scope's name under the master."""
        master = bytes.fromhex(self.masters[self.current])
        return self.current, hmac.new(master, b"meshwright/token/" + scope.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A key file, read at each use: a running service makes tokens with the new key as soon as keys are rotated."""

    path: Path

    def ids(self) -> tuple[str, tuple[str, ...]]:
        """Return the current key's id, and the ids of all; raise `KeysUnusable` for anything doubtful."""
        found = open_keys(self.path)
        return found.current, tuple(sorted(found.masters))

    def key(self, scope: str) -> tuple[str, str]:
        """Return the current key's id and the scope's secret; raise `KeysUnusable` for anything doubtful."""
        return open_keys(self.path).key(scope)


def open_keys(path: Path) -> MasterKeys:
    """Read keys from the environment, else from the file; raise `KeysUnusable` for anything doubtful."""
    if text := os.environ.get(VARIABLE):
        return _parse(text, f"${VARIABLE}")
    return _parse(read_secret(path).decode("utf-8", "replace"), str(path))


def make_keys(path: Path) -> bool:
    """Create a key file and tell so, unless there is one or the environment holds the keys."""
    if os.environ.get(VARIABLE):
        return False
    made, master = _new()
    return create_secret(path, _text(made, {made: master}))


def make_missing_keys(path: Path) -> None:
    """Create a key file where there should be one, and log it: whoever lost one has to know."""
    if make_keys(path):
        log.warning("%s was missing: made it with a new key; tokens of an earlier key equal none of its own", path)


def rotate_keys(path: Path) -> str:
    """Add a master and make it current; return its id. Tokens made before no longer equal those made after.

    Raise `KeysUnusable` where the keys come from the environment: whoever sets it changes them.
    """
    if os.environ.get(VARIABLE):
        raise KeysUnusable(f"${VARIABLE}", "holds the keys", "add a key and make it current there")
    old = _parse(read_secret(path).decode("utf-8", "replace"), str(path))
    made, master = _new()
    replace_secret(path, _text(made, {**old.masters, made: master}))
    return made


def _new() -> tuple[str, str]:
    """Draw a master and name it by its own HMAC: a key made where another was lost does not pass for that one."""
    master = secrets.token_hex(32)
    return f"k{hmac.new(bytes.fromhex(master), b'meshwright/key', hashlib.sha256).hexdigest()[:8]}", master


def _text(current: str, masters: Mapping[str, str]) -> bytes:
    return json.dumps({"current": current, "keys": dict(masters)}, indent=1).encode()


def _parse(text: str, where: str) -> MasterKeys:
    try:
        raw = json.loads(text)
        current: str = raw["current"]
        masters: dict[str, str] = raw["keys"]
        sound = current in masters and all(_ID.fullmatch(k) and _SECRET.fullmatch(v) for k, v in masters.items())
        found = MasterKeys(current, masters) if sound else None
    except (ValueError, KeyError, TypeError, AttributeError):
        found = None
    if found is None:
        raise KeysUnusable(where, "holds no keys", "restore it from a backup: new keys change every token")
    return found
