"""Which files a source consists of, and a hash of all of them."""

import gzip
import hashlib
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from glob import has_magic
from pathlib import Path
from typing import BinaryIO, cast

from meshwright.errors import SourceMissing, SourceUnreadable


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of a source; `name` is its path below the folder that all files share."""

    path: Path
    name: str


def find(where: str | Sequence[str], source: str, suffixes: Sequence[str]) -> tuple[SourceFile, ...]:
    """List the files of a place, by name; of a folder only those of a known suffix, hidden ones left out."""
    places = [where] if isinstance(where, str) else list(where)
    paths = sorted({path for place in places for path in _at(place, source, suffixes)})
    if not paths:
        raise SourceMissing(source, ", ".join(places))
    root = Path(os.path.commonpath([p.parent for p in paths]))
    for path in paths:
        if path.stat().st_size == 0:
            raise SourceUnreadable(source, path.name, "the file is empty (0 bytes)", "ask for it again")
    return tuple(SourceFile(p, p.relative_to(root).as_posix()) for p in paths)


def _at(place: str, source: str, suffixes: Sequence[str]) -> list[Path]:
    path = Path(place)
    if path.is_dir():
        return [p.absolute() for p in path.rglob("*") if p.is_file() and _wanted(p.relative_to(path), suffixes)]
    if path.is_file():
        return [path.absolute()]
    files = [p for p in _matching(path.absolute()) if p.is_file()] if has_magic(place) else []
    if not files:
        raise SourceMissing(source, place)
    return files


def _matching(pattern: Path) -> Iterable[Path]:
    """Expand a glob from the deepest folder that it names plainly."""
    plain = next(i for i, part in enumerate(pattern.parts) if has_magic(part))
    return Path(*pattern.parts[:plain]).glob("/".join(pattern.parts[plain:]))


def _wanted(path: Path, suffixes: Sequence[str]) -> bool:
    hidden = any(part.startswith((".", "_")) for part in path.parts)
    return not hidden and path.name.lower().endswith(tuple(suffixes))


def content_hash(files: Sequence[SourceFile]) -> str:
    """Hash names and bytes (SHA-256, hex); the same files in another folder have the same hash."""
    digest = hashlib.sha256()
    for file in files:
        log = file.path.with_name(f"{file.path.name}-wal")  # where SQLite keeps what it committed last
        for path in (file.path, log) if log.is_file() else (file.path,):
            with path.open("rb") as stream:
                content = hashlib.file_digest(stream, "sha256").hexdigest()
            digest.update(f"{file.name}\0{content}\n".encode())
    return digest.hexdigest()


def open_bytes(path: Path) -> BinaryIO:
    """Open a file for reading, decompressed when it is gzip by its first bytes."""
    with path.open("rb") as stream:
        packed = stream.read(2) == b"\x1f\x8b"
    opener = cast("Callable[[Path, str], BinaryIO]", gzip.open if packed else open)
    return opener(path, "rb")
