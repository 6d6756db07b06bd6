"""What the catalog promises of a PostgreSQL beyond what the tests of both databases say: writers at the same time."""

import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from postgres import Server
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from meshwright.audit import verify
from meshwright.errors import CatalogError, CatalogUnavailable
from meshwright.registry import SearchQuery
from meshwright_catalog import database as storage
from meshwright_catalog.audit.log import head, records
from meshwright_catalog.database import ledger, next_sequence, open_database, reading, writing
from meshwright_catalog.embedded import EmbeddedRegistry
from meshwright_catalog.models import RegistrationRow, Table
from meshwright_catalog.settings import Settings

pytestmark = pytest.mark.interop

AT_ONCE, EACH = 3, 25


@pytest.fixture
def address(postgresql: Server) -> str:
    return postgresql.new_catalog()


@pytest.fixture
def engine(address: str) -> Iterator[Engine]:
    opened = open_database(address)
    yield opened
    opened.dispose()


def at_once(script: str, *arguments: str) -> list[tuple[int, str]]:
    """Run a script in several processes; the last argument is the process's number."""
    code = textwrap.dedent(script)
    command = [sys.executable, "-c", code, *arguments]
    started = [subprocess.Popen([*command, str(n)], stderr=subprocess.PIPE, text=True) for n in range(AT_ONCE)]
    return [(p.wait(100), p.communicate()[1]) for p in started]


def test_processes_that_open_an_empty_database_at_once_all_make_what_the_models_say(postgresql: Server) -> None:
    address = postgresql.make_database()
    opening = "import sys; from meshwright_catalog.database import open_database; open_database(sys.argv[1])"

    assert [(0, "")] * AT_ONCE == at_once(opening, address)
    engine = open_database(address)
    with engine.connect() as connection:
        assert [] == compare_metadata(MigrationContext.configure(connection), Table.metadata)
    engine.dispose()


APPENDING = """
    import sys
    from datetime import UTC, datetime
    from meshwright_catalog.audit.log import Event, append
    from meshwright_catalog.database import open_database, writing

    engine = open_database(sys.argv[1])
    for number in range(int(sys.argv[2])):
        with writing(engine, durable=True) as session:
            who = f"user:{sys.argv[3]}"
            append(session, Event(now=datetime.now(UTC), kind="read", principal=who, request=str(number)))
"""


def test_processes_that_append_to_the_audit_at_once_make_one_chain(address: str, engine: Engine) -> None:
    assert [(0, "")] * AT_ONCE == at_once(APPENDING, address, str(EACH))

    with reading(engine) as session:
        found, last = list(records(session)), head(session, datetime.now(UTC))
    assert list(range(1, AT_ONCE * EACH + 1)) == [each.sequence for each in found]
    assert {f"user:{n}" for n in range(AT_ONCE)} == {each.principal for each in found}
    assert () == verify(found, [last]).breaks


REGISTERING = """
    import sys
    from datetime import UTC, datetime
    from pathlib import Path
    from meshwright.access import Principal, policies_of
    from meshwright.ports import PolicyTexts
    from meshwright.spec import ColumnSpec, Registration, ScalarType, Spec
    from meshwright_catalog.embedded import open_catalog
    from meshwright_catalog.gate import PolicyGate

    now = lambda: datetime.now(UTC)
    rules = policies_of(PolicyTexts())
    me = Principal("service", "sales.deploy", "sales")
    gate = PolicyGate(lambda: rules, now)
    registry = open_catalog((sys.argv[1], Path(sys.argv[2])), principal=me, gate=gate, clock=now)
    columns = (ColumnSpec(name="id", type=ScalarType(kind="string")),)
    for number in range(int(sys.argv[3])):
        name = f"p{number}" if sys.argv[4] == "0" else f"q{sys.argv[4]}_{number}"
        for product in (name, "shared"):
            spec = Spec(id=f"sales.{product}", version="1.0.0", description=name, columns=columns)
            registry.register(Registration(spec=spec, table=f"/lake/sales/{product}/v1"))
    registry.close()
"""


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_a_search_misses_nothing_that_processes_register_at_once(
    ana: EmbeddedRegistry, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Several tail the changes while others make them: a later number must never be seen before an earlier one."""
    folder = str(tmp_path_factory.mktemp("index"))
    totals: list[int] = []
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(at_once, REGISTERING, settings.database, folder, str(EACH))
        while not done.done():
            totals.append(ana.search(SearchQuery(limit=1)).total)
        assert [(0, "")] * AT_ONCE == done.result()

    assert sorted(totals) == totals
    assert AT_ONCE * EACH + 1 == ana.search(SearchQuery()).total
    with ana.catalog.visit(ana.principal) as visit:
        numbers = sorted(visit.session.scalars(select(RegistrationRow.sequence)))
        assert list(range(1, ledger(visit.session)[1] + 1)) == numbers


def test_a_number_is_seen_before_every_later_one(engine: Engine) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def slow() -> int:
        with writing(engine) as session:
            number = next_sequence(session)
            begun.set()
            may_end.wait(30)
            return number

    def quick() -> int:
        with writing(engine) as session:
            return next_sequence(session)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(slow)
        begun.wait(30)
        second = pool.submit(quick)
        with pytest.raises(TimeoutError):
            second.result(0.5)
        with reading(engine) as session:
            assert 0 == ledger(session)[1]
        may_end.set()
        assert (1, 2) == (first.result(30), second.result(30))


def test_a_question_sees_one_state(engine: Engine) -> None:
    def count() -> None:
        with writing(engine) as session:
            next_sequence(session)

    with reading(engine) as session:
        before = ledger(session)[1]
        count()
        after = ledger(session)[1]

    assert before == after


def test_who_reads_cannot_write(engine: Engine) -> None:
    def write(session: Session) -> None:
        next_sequence(session)

    with pytest.raises(CatalogUnavailable), reading(engine) as session:
        write(session)


def test_a_database_that_stays_locked_is_one_line(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "BUSY_MS", 50)
    impatient = open_database(address)

    def write() -> None:
        with writing(impatient) as session:
            next_sequence(session)

    with writing(impatient), pytest.raises(CatalogUnavailable, match="cannot be used just now: locked"):
        write()
    impatient.dispose()


@pytest.mark.parametrize(
    ("change", "problem"),
    [("test_none", "there is no such database"), ("nowhere", "it does not answer"), ("mysql", "is not understood")],
)
def test_a_database_that_cannot_be_opened_is_one_line_without_its_address(
    postgresql: Server, address: str, change: str, problem: str
) -> None:
    wrong = {
        "test_none": postgresql.url("test_none"),
        "nowhere": "postgresql://ana:geheim@127.0.0.1:1/catalog",
        "mysql": "mysql+nothing://ana:geheim@127.0.0.1:1/catalog",
    }

    with pytest.raises((CatalogUnavailable, CatalogError), match=problem) as caught:
        open_database(wrong[change])
    assert "geheim" not in str(caught.value)
    assert "127.0.0.1" not in str(caught.value)
