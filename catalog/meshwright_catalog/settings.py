"""Where a catalog keeps its truth, and what it lets through."""

from dataclasses import dataclass, field
from pathlib import Path

from meshwright_catalog.gateway.limits import Limits


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """The database's URL, the folder of the search index (None: in memory) and limits in bytes.

    `pool` keeps connections open from one question to the next, as a service does and a command does not.
    `reads` are the limits of the gateway.
    `hosts` are the names a browser may address the service by; others are refused, so that no foreign page can
    reach a catalog on this machine under a name of its own.
    """

    database: str
    index: Path | None = None
    pool: bool = True
    max_body: int = 4 * 2**20
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    reads: Limits = field(default_factory=Limits)


def kept_at(place: Path | tuple[str, Path]) -> Settings:
    """Keep everything beside a file; or in the database of an address, and the index in a folder."""
    return on_disk(place) if isinstance(place, Path) else Settings(database=place[0], index=place[1])


def on_disk(path: Path) -> Settings:
    """Keep everything beside one SQLite file: `catalog.db`, and the index in `catalog.index`."""
    return Settings(database=f"sqlite:///{path}", index=path.with_suffix(".index"))
