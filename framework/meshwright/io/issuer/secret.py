"""The secret of the catalog's own client at the issuer: from the environment, or a file of its owner alone."""

import os
from pathlib import Path

from meshwright.errors import KeysUnusable
from meshwright.io.secret_files import read_secret

VARIABLE = "MESH_LOGIN_SECRET"


def login_secret(path: Path) -> str:
    """Return the secret that the variable or the file holds; raise `KeysUnusable` when neither does."""
    told = os.environ.get(VARIABLE)
    if told is None and not path.exists():
        raise KeysUnusable(str(path), "is not there", f"write the client's secret into it, or set {VARIABLE}")
    secret = (read_secret(path).decode("utf-8", "replace") if told is None else told).strip()
    if not secret.isascii() or not secret.isprintable() or not secret:
        raise KeysUnusable(VARIABLE if told is not None else str(path), "holds no secret of printable ASCII", "")
    return secret
