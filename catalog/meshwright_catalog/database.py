"""Open the catalog's database, bring it up to date, and hand out sessions."""

import sqlite3
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, func, inspect, select, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, NoSuchModuleError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from meshwright.errors import CatalogError, CatalogUnavailable, DefinitionError
from meshwright_catalog.models import Ledger

HEAD = "0014"
BUSY_MS = 10_000
"""How long a writer waits for another."""
_UPGRADE = 7_461_002_958
"""The number of the lock that PostgreSQL's migrations hold; nothing else has it."""
_SNAPSHOT: Mapping[str, Mapping[str, object]] = {
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
}


_SQLITE = ("locked", "readonly", "full", "disk I/O", "unable to open", "malformed", "not a database")
_GONE = ("no such table", 'relation "')
_REASONS = {word: word for word in _SQLITE} | {
    "lock timeout": "locked",
    "password": "its password is not accepted or not given, see PGPASSWORD",
    "does not exist": "there is no such database or user",
    "connection": "it does not answer",
}
"""What is told of a reason, by words of it."""


def open_database(url: str, *, pool: bool = True) -> Engine:
    """Connect, and migrate an older or empty database to the newest form; a `pool` keeps connections."""
    try:
        engine = _engine(url, pool=pool)
    except (ArgumentError, NoSuchModuleError, ImportError) as problem:
        raise CatalogError("catalog", _unusable(problem), "see docs/catalog.md") from None
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
        with Session(engine.execution_options(**_SNAPSHOT.get(engine.dialect.name, {}))) as session:
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
            if engine.dialect.name != "sqlite":  # that one took its lock when it began
                session.execute(select(Ledger.id).with_for_update())
            yield session
    except DataError:  # a value of ours fits: it came from outside
        raise DefinitionError("catalog", "a text is too long, or holds a null character") from None
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
    if any(gone in reason for gone in _GONE):
        return CatalogUnavailable("catalog", "a table of its database is gone", "restore the database from a backup")
    short = next((told for word, told in _REASONS.items() if word in reason), type(problem.orig).__name__)
    return CatalogUnavailable("catalog", f"the database cannot be used just now: {short}")


def _engine(url: str, *, pool: bool) -> Engine:
    if url.startswith("sqlite"):
        # without a bound: whoever holds one connection and opens another never waits for itself
        return create_engine(url, max_overflow=-1) if pool else create_engine(url, poolclass=NullPool)
    found = make_url(url)
    if found.drivername in ("postgres", "postgresql"):
        found = found.set(drivername="postgresql+psycopg")
    waiting = f"-c lock_timeout={BUSY_MS}"
    settings: dict[str, Any] = {"pool_pre_ping": True} if pool else {"poolclass": NullPool}
    return create_engine(found, connect_args={"options": waiting, "connect_timeout": 10}, **settings)


def _unusable(problem: Exception) -> str:
    """Say why a database's address cannot be used; the address itself may hold a password."""
    if isinstance(problem, ImportError):
        return "the driver of its database is not installed: pip install 'meshwright[postgres]'"
    return "the address of its database is not understood: postgresql://USER@HOST/DATABASE is expected"


def _upgrade(engine: Engine) -> None:
    with engine.connect() as connection:
        if _revision(connection) == HEAD:
            return
    with engine.execution_options(writes=True).begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_UPGRADE)))
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
        with suppress(OSError):  # where it cannot be made, opening it says why
            Path(database).touch(mode=0o600)


def _tune_sqlite(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # transactions begin where we say, with the lock that we name
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    connection.execute("PRAGMA foreign_keys = ON")
    if not connection.execute("PRAGMA query_only").fetchone()[0]:
        _write_ahead(connection)
    connection.execute("PRAGMA synchronous = NORMAL")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Keep a write-ahead log.

    SQLite refuses at once to begin one while another connection writes, however long a busy connection may wait.
    """
    deadline = time.monotonic() + BUSY_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
            return
        except sqlite3.OperationalError as problem:
            if problem.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        time.sleep(0.01)


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    writes = options.get("writes", False)
    if writes:
        durable = options.get("durable", False)
        connection.exec_driver_sql("PRAGMA synchronous = FULL" if durable else "PRAGMA synchronous = NORMAL")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
