"""Databases of catalogs, migrated once."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from meshwright_catalog.database import open_database
from meshwright_catalog.settings import on_disk


def lay_out(database: Path) -> Path:
    """Write a catalog without entries where there is none, as the migrations make it: opening it migrates nothing."""
    if not database.exists():
        database.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        database.write_bytes(_migrated())
    return database


@cache
def _migrated() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "catalog.db"
        open_database(on_disk(path).database).dispose()
        return path.read_bytes()
