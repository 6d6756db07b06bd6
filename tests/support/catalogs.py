"""What catalogs of tests need not do again: migrate a database, compile statements, put routes together."""

from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import URL, Engine, create_engine
from starlette.types import Lifespan

from meshwright_catalog.app import make_app
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


@contextmanager
def compiled_once() -> Generator[None]:
    """Let the catalogs of this process share what each would compile for itself alone: its statements, and its routes.

    In life a process has one catalog. Here it has one a test, and compiling took more time than what is tested.
    """
    known, routes = create_engine("sqlite://"), make_app().router.routes
    known.connect().close()  # its dialect learns what SQLite it speaks to
    statements: dict[Any, Any] = {}

    def engine_of(url: str | URL, **settings: Any) -> Engine:
        engine = create_engine(url, execution_options={"compiled_cache": statements}, **settings)
        if engine.dialect.name == known.dialect.name:
            engine.dialect = known.dialect  # statements are compiled for a dialect
        return engine

    def app_with(lifespan: Lifespan[FastAPI] | None = None) -> FastAPI:
        made = make_app(lifespan)
        made.router.routes = routes
        return made

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("meshwright_catalog.database.create_engine", engine_of)
        patched.setattr("meshwright_catalog.app.make_app", app_with)
        yield
    known.dispose()
