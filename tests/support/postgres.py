"""A PostgreSQL of the tests' own: Debian's, in a temporary folder, on a socket that only this machine reaches."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from meshwright_catalog.database import open_database
from meshwright_catalog.models import Table

USER = "postgres"
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=", "timezone=Asia/Kolkata")
"""Nothing here outlives the tests; and a server's time zone is never UTC by luck."""
_numbers = count(1)


@dataclass(frozen=True)
class Server:
    """A running server and the folder of its socket."""

    folder: Path

    def url(self, database: str) -> str:
        """Name a database."""
        return f"postgresql://{USER}@/{database}?host={self.folder}"

    def make_database(self) -> str:
        """Make a database without a table; give its address."""
        name = f"test_{next(_numbers)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    def new_catalog(self) -> str:
        """Empty the one catalog that tests use in turns, which is quicker than making one; give its address."""
        tables = sql.SQL(", ").join(map(sql.Identifier, sorted(Table.metadata.tables)))
        with psycopg.connect(self.url("catalog")) as connection:
            connection.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY").format(tables))
            connection.execute("INSERT INTO ledger (id, sequence) VALUES (%s, 0)", [str(uuid4())])
            connection.execute("INSERT INTO audit_head (id, sequence, hash) VALUES (1, 0, %s)", ["0" * 64])
        return self.url("catalog")


@contextmanager
def running() -> Generator[Server, None, None]:
    """Start a server that holds a catalog."""
    programs = max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)
    if programs is None:
        pytest.skip("no PostgreSQL: scripts/install --all installs Debian's")
    folder = Path(tempfile.mkdtemp(prefix="pg"))  # short: the path of a socket has 107 characters
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, USER)
    try:
        _run(programs / "initdb", "-D", folder / "data", "-U", USER, "-A", "trust", "-E", "UTF8", *_LINGUISTIC)
        settings = " ".join(f"-c {each}" for each in (*QUICK, f"unix_socket_directories={folder}"))
        _run(programs / "pg_ctl", "-D", folder / "data", "-o", settings, "-l", folder / "log", "-w", "start")
        try:
            yield _with_catalog(Server(folder))
        finally:
            _run(programs / "pg_ctl", "-D", folder / "data", "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


_LINGUISTIC = ("--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en")
"""Names sort as people would sort them, as in most databases of teams; not by their bytes, as in SQLite."""


def _with_catalog(server: Server) -> Server:
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE catalog")
    open_database(server.url("catalog")).dispose()
    return server


def _run(*command: object) -> None:
    as_user = ("setpriv", f"--reuid={USER}", f"--regid={USER}", "--init-groups") if os.geteuid() == 0 else ()
    done = subprocess.run([*as_user, *map(str, command)], capture_output=True, text=True, check=False, cwd="/")
    assert done.returncode == 0, done.stdout + done.stderr
