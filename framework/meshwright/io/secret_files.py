"""Files and folders that only their owner may read."""

import os
from pathlib import Path

from meshwright.errors import KeysUnusable


def own_folder(folder: Path, mode: int = 0o700) -> None:
    """Make a folder for its owner alone, and so those above it that are missing: `mkdir` gives these to everybody."""
    if not folder.parent.is_dir():
        own_folder(folder.parent, mode)
    folder.mkdir(mode=mode, exist_ok=True)


def read_secret(path: Path) -> bytes:
    """Read a file; raise `KeysUnusable` when it is missing or when others may read it."""
    try:
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise KeysUnusable(str(path), "can be read by others", f"chmod 600 {path}, and make a new one if they did")
        return path.read_bytes()
    except OSError as error:
        raise KeysUnusable(str(path), f"cannot be read: {error.strerror}", "`mesh init` makes it") from None


def create_secret(path: Path, content: bytes) -> bool:
    """Write a new file readable by its owner alone, and tell so; one that is there already stays as it is."""
    own_folder(path.parent)
    try:
        _write(path, content)
    except FileExistsError:
        return False
    return True


def replace_secret(path: Path, content: bytes) -> None:
    """Replace a file by one readable by its owner alone; it is the old one or the new one at any moment."""
    beside = path.with_name(f"{path.name}.new")
    beside.unlink(missing_ok=True)
    _write(beside, content)
    beside.replace(path)


def _write(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
