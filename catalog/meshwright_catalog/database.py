"""Open the catalog's database, bring it up to date, and hand out sessions."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, inspect, select, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from meshwright.errors import CatalogError, CatalogUnavailable
from meshwright_catalog.models import Ledger

HEAD = "0006"
BUSY_MS = 10_000


def open_database(url: str) -> Engine:
    """Connect, and migrate an older or empty database to the newest form."""
    on_file = url.startswith("sqlite")
    engine = create_engine(url, poolclass=NullPool if on_file else None, pool_pre_ping=not on_file)
    if engine.dialect.name == "sqlite":
        _make_folder(url)
        event.listen(engine, "connect", _tune_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    try:
        _upgrade(engine)
    except DBAPIError as problem:
        engine.dispose()
        raise unavailable(problem) from None
    return engine


@contextmanager
def reading(engine: Engine) -> Generator[Session, None, None]:
    """Open a session that sees one state of the database."""
    try:
        with Session(engine) as session:
            yield session
    except DBAPIError as problem:
        raise unavailable(problem) from None


@contextmanager
def writing(engine: Engine, *, durable: bool = False) -> Generator[Session, None, None]:
    """Open a session that holds the write lock and commits at its end, or leaves nothing behind.

    What is `durable` survives a power cut from its commit on, not only a crash of this process.
    """
    try:
        with Session(engine.execution_options(writes=True, durable=durable)) as session, session.begin():
            yield session
    except DBAPIError as problem:
        raise unavailable(problem) from None


def next_sequence(session: Session) -> int:
    """Give the next change its number, in the transaction that makes the change."""
    counted = update(Ledger).values(sequence=Ledger.sequence + 1).returning(Ledger.sequence)
    return session.execute(counted, execution_options={"synchronize_session": False}).scalar_one()


def ledger(session: Session) -> tuple[str, int]:
    """Tell the catalog's identity and the number of its last change."""
    row = session.execute(select(Ledger.id, Ledger.sequence)).one()
    return row.id, row.sequence


def unavailable(problem: DBAPIError) -> CatalogUnavailable:
    """Say what a database could not do, without its address or the statement."""
    reason = str(problem.orig).splitlines()[0] if problem.orig else "no reason given"
    known = ("locked", "readonly", "full", "disk I/O", "unable to open", "malformed", "not a database")
    short = next((word for word in known if word in reason), type(problem.orig).__name__)
    return CatalogUnavailable("catalog", f"the database cannot be used just now: {short}")


def _upgrade(engine: Engine) -> None:
    with engine.connect() as connection:
        if _revision(connection) == HEAD:
            return
    with engine.execution_options(writes=True).begin() as connection:
        found = _revision(connection)  # another process may have been faster
        if found is not None and found > HEAD:
            problem = f"its database has form {found}, this version knows {HEAD}"
            raise CatalogError("catalog", problem, "install a newer meshwright")
        if found != HEAD:
            config = Config()
            config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
            config.set_main_option("path_separator", "os")
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _make_folder(url: str) -> None:
    database = make_url(url).database
    if database and database != ":memory:" and not database.startswith("file:"):
        Path(database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)


def _tune_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # transactions begin where we say, with the lock that we name
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    connection.execute("PRAGMA foreign_keys = ON")
    if not connection.execute("PRAGMA query_only").fetchone()[0]:
        connection.execute("PRAGMA journal_mode = WAL").fetchone()
    connection.execute("PRAGMA synchronous = NORMAL")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    writes = options.get("writes", False)
    if options.get("durable", False):
        connection.exec_driver_sql("PRAGMA synchronous = FULL")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
