"""What the catalog survives: an index gone or foreign, a database locked, newer, broken or read-only, a kill."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import tantivy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, event, select, text

from meshwright.access import Principal
from meshwright.errors import CatalogError, CatalogUnavailable
from meshwright.registry import SearchQuery
from meshwright.spec import Registration
from meshwright_catalog import database as storage
from meshwright_catalog.catalog import assemble
from meshwright_catalog.embedded import EmbeddedRegistry, open_catalog
from meshwright_catalog.gate import PolicyGate
from meshwright_catalog.index import FORM
from meshwright_catalog.models import RegistrationRow, Table
from meshwright_catalog.products import register
from meshwright_catalog.settings import Settings

Make = Callable[..., Registration]
Open = Callable[[], EmbeddedRegistry]
NORMAL, FULL = 1, 2


@pytest.fixture
def again(database: Path, gate: PolicyGate, people: Mapping[str, Principal], ana: EmbeddedRegistry) -> Open:
    """Open the same catalog once more, as another process would."""
    deploys = Principal("service", "sales.deploy", "sales")
    return lambda: open_catalog(database, principal=deploys, gate=gate, clock=ana.catalog.clock)


def found(registry: EmbeddedRegistry) -> list[str]:
    return [hit.id for hit in registry.search(SearchQuery()).hits]


def test_the_migrations_make_what_the_models_say(database: Path, ana: EmbeddedRegistry) -> None:
    engine = create_engine(f"sqlite:///{database}")
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Table.metadata)
    engine.dispose()

    assert [] == differences


def test_a_database_of_a_newer_version_is_left_alone(database: Path, ana: EmbeddedRegistry, again: Open) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()

    with pytest.raises(CatalogError, match="install a newer meshwright"):
        again()


def test_an_empty_file_becomes_a_catalog_and_a_broken_one_is_one_line(
    tmp_path: Path, gate: PolicyGate, ana: EmbeddedRegistry
) -> None:
    empty, broken = tmp_path / "empty.db", tmp_path / "broken.db"
    empty.touch()
    broken.write_bytes(b"this is no database at all, but long enough to look at" * 100)

    registry = open_catalog(empty, principal=ana.principal, gate=gate, clock=ana.catalog.clock)
    assert [] == list(registry.products())
    with pytest.raises(CatalogUnavailable, match="not a database"):
        open_catalog(broken, principal=ana.principal, gate=gate, clock=ana.catalog.clock)


def test_processes_that_open_a_new_catalog_at_once_all_succeed(tmp_path: Path) -> None:
    script = "import sys; from meshwright_catalog.database import open_database; open_database(sys.argv[1])"
    started = [
        subprocess.Popen([sys.executable, "-c", script, f"sqlite:///{tmp_path / 'new.db'}"], stderr=subprocess.PIPE)
        for _ in range(4)
    ]

    assert [(0, b"")] * 4 == [(p.wait(60), p.communicate()[1]) for p in started]


def test_a_new_catalog_waits_for_another_process_that_writes_its_first_lines(tmp_path: Path) -> None:
    database = tmp_path / "new.db"
    other = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(0.3, other.rollback).start()

    engine = storage.open_database(f"sqlite:///{database}")

    with storage.reading(engine) as session:
        assert 0 == storage.ledger(session)[1]
    engine.dispose()
    other.close()


@pytest.mark.parametrize("damage", ["deleted", "emptied", "overwritten", "a file"])
def test_an_index_that_is_lost_or_damaged_is_built_again(
    database: Path, ana: EmbeddedRegistry, again: Open, make: Make, damage: str
) -> None:
    ana.register(make("sales.orders"))
    found(ana)
    index = database.with_suffix(".index")
    if damage in ("deleted", "a file"):
        shutil.rmtree(index)
    if damage == "a file":
        index.write_text("in the way")
    for file in (each for each in index.rglob("*") if each.is_file()):
        file.unlink()  # a file cut short in place would kill any process that has it mapped: no program can answer that
        file.write_bytes(b"" if damage == "emptied" else b"\xff" * 50)

    assert ["sales.orders"] == found(again())
    ana.register(make("sales.customers"))
    assert ["sales.customers", "sales.orders"] == found(ana)
    assert ["sales.customers", "sales.orders"] == found(again())


def test_an_index_of_another_catalog_is_not_believed(
    database: Path, ana: EmbeddedRegistry, again: Open, make: Make
) -> None:
    ana.register(make("sales.orders"))
    found(ana)
    ana.close()
    for file in database.parent.glob("catalog.db*"):
        file.unlink()
    other = again()
    other.register(make("sales.customers"))

    assert ["sales.customers"] == found(other)


def test_an_index_ahead_of_a_restored_database_is_built_again(
    database: Path, ana: EmbeddedRegistry, again: Open, make: Make
) -> None:
    ana.register(make("sales.orders"))
    backup = sqlite3.connect(database.with_name("backup.db"))
    with sqlite3.connect(database) as live:
        live.backup(backup)
    live.close()
    backup.close()
    ana.register(make("sales.customers"))
    found(ana)
    ana.close()
    for file in database.parent.glob("catalog.db*"):
        file.unlink()
    database.with_name("backup.db").rename(database)

    assert ["sales.orders"] == found(again())


def test_an_index_that_another_process_holds_is_waited_for_or_done_without(
    database: Path, ana: EmbeddedRegistry, again: Open, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meshwright_catalog.index._PATIENCE_S", 0.2)
    ana.register(make("sales.orders"))
    found(ana)
    writer = tantivy.Index.open(str(database.with_suffix(".index") / FORM)).writer(15_000_000, 1)
    ana.register(make("sales.customers"))
    other = again()

    assert ["sales.customers", "sales.orders"] == found(other)
    writer.wait_merging_threads()


def test_a_locked_database_is_waited_for(database: Path, ana: EmbeddedRegistry, orders: Registration) -> None:
    holder = sqlite3.connect(database, check_same_thread=False, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.5, lambda: holder.execute("COMMIT"))
    release.start()
    ana.register(orders)
    release.join()
    holder.close()

    assert ana.find("sales.orders") is not None


def test_a_database_that_stays_locked_is_one_line_and_reading_goes_on(
    database: Path, again: Open, orders: Registration, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "BUSY_MS", 50)
    registry = again()
    registry.register(orders)
    holder = sqlite3.connect(database, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    with pytest.raises(CatalogUnavailable, match="cannot be used just now: locked"):
        registry.register(make("sales.customers"))
    assert ["sales.orders"] == found(registry)
    holder.execute("ROLLBACK")
    holder.close()


def test_after_a_change_that_survives_a_power_cut_others_wait_for_the_disk_no_longer_than_before(
    database: Path,
) -> None:
    engine = storage.open_database(f"sqlite:///{database}")
    seen: list[int] = []
    for durable in (False, True, False):
        with storage.writing(engine, durable=durable) as session:
            seen.append(session.execute(text("PRAGMA synchronous")).scalar_one())
    engine.dispose()

    assert [NORMAL, FULL, NORMAL] == seen


def test_a_file_is_opened_once_where_connections_are_kept(database: Path) -> None:
    assert (1, 3) == (times_opened(database, pool=True), times_opened(database, pool=False))


def times_opened(database: Path, *, pool: bool) -> int:
    engine, opened = storage.open_database(f"sqlite:///{database}", pool=pool), list[object]()

    def note(connection: sqlite3.Connection, _: object) -> None:
        opened.append(connection)

    engine.dispose()
    event.listen(engine, "connect", note)
    for _ in range(3):
        with storage.reading(engine) as session:
            session.execute(select(RegistrationRow.sequence))
    engine.dispose()
    return len(opened)


def test_a_read_only_database_is_read_and_refuses_to_be_written(
    database: Path, ana: EmbeddedRegistry, orders: Registration, make: Make
) -> None:
    ana.register(orders)
    settings = Settings(database=f"sqlite:///file:{database}?mode=ro&uri=true")
    deploys = Principal("service", "sales.deploy", "sales")
    registry = EmbeddedRegistry(assemble(settings, ana.catalog.gate, ana.catalog.clock), deploys)

    assert ["sales.orders"] == found(registry)
    with pytest.raises(CatalogUnavailable, match="readonly"):
        registry.register(make("sales.customers"))


def test_a_change_that_fails_leaves_nothing_behind(ana: EmbeddedRegistry, orders: Registration, make: Make) -> None:
    class Interrupted(Exception):
        pass

    def interrupted() -> None:
        with ana.catalog.change(Principal("service", "sales.orders", "sales")) as visit:
            register(visit, orders)
            raise Interrupted

    with pytest.raises(Interrupted):
        interrupted()
    ana.register(make("sales.customers"))

    assert (None, ["sales.customers"]) == (ana.find("sales.orders"), found(ana))


KILLED = textwrap.dedent("""
    import sys
    from datetime import UTC, datetime
    from pathlib import Path
    from meshwright.access import Principal, policies_of
    from meshwright.ports import PolicyTexts
    from meshwright.registry import SearchQuery
    from meshwright.spec import ColumnSpec, Registration, ScalarType, Spec
    from meshwright_catalog.embedded import open_catalog

    ana = Principal("service", "sales.deploy", "sales")
    class Open:
        policies = staticmethod(lambda: policies_of(PolicyTexts()))
        each = staticmethod(lambda _, contracts, *__: [True] * len(contracts))
    registry = open_catalog(Path(sys.argv[1]), principal=ana, gate=Open(), clock=lambda: datetime.now(UTC))
    columns = (ColumnSpec(name="id", type=ScalarType(kind="string")),)
    for number in range(100_000):
        spec = Spec(id=f"sales.p{number}", version="1.0.0", columns=columns)
        registry.register(Registration(spec=spec, table=f"/lake/sales/p{number}/v1"))
        registry.search(SearchQuery())
        print(number, flush=True)
""")


@pytest.mark.faults
@pytest.mark.parametrize("after", [1, 7, 20])
def test_a_process_that_is_killed_loses_nothing_it_confirmed(
    database: Path, ana: EmbeddedRegistry, again: Open, make: Make, after: int
) -> None:
    with subprocess.Popen([sys.executable, "-c", KILLED, str(database)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        confirmed = [int(process.stdout.readline()) for _ in range(after)][-1]
        os.kill(process.pid, signal.SIGKILL)

    registry = again()
    ids = {e.spec.id for e in registry.products()}
    assert {f"sales.p{n}" for n in range(confirmed + 1)} <= ids
    assert len(ids) <= confirmed + 2
    assert len(ids) == registry.search(SearchQuery()).total
    with registry.catalog.visit(registry.principal) as visit:
        numbers = list(visit.session.scalars(select(RegistrationRow.sequence)))
    assert list(range(1, len(ids) + 1)) == sorted(numbers)
    registry.register(make("sales.after"))
    assert registry.find("sales.after") is not None
