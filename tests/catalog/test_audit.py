"""The audit in the catalog's database: one chain whoever writes, shown to data protection alone."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event

from meshwright.access import Policies, Principal, policies_of
from meshwright.audit import AuditQuery, AuditRecord, Verdict, verify
from meshwright.errors import AuditCutOff, CatalogUnavailable, DataProtectionOnly, ForeignDomain, NotSignedIn
from meshwright.io.catalog import HttpRegistry
from meshwright.ports import PolicyTexts
from meshwright_catalog.audit.changes import changed
from meshwright_catalog.audit.reads import ReadAudit
from meshwright_catalog.database import open_database
from meshwright_catalog.embedded import EmbeddedRegistry
from meshwright_catalog.gateway.auditing import ReadFacts

READ = ReadFacts(
    principal="user:ana",
    purpose="operations",
    product="sales.orders",
    contract="1.0.0",
    version=3,
    levels={"order_id": "clear", "customer_email": "token"},
    filter='{"op":"eq","column":"order_id","value":"str"}',
    policies="p" * 64,
    grants=("grant-7",),
    request_id="request-1",
)


@pytest.fixture(scope="session")
def policies(texts: PolicyTexts) -> Policies:
    office = '\n[teams.office]\ndomain = "sales"\n[users.dora]\nteams = ["office"]\n'
    principals = f'data_protection = ["office"]\n{texts.principals}{office}'
    return policies_of(PolicyTexts(texts.classes, texts.purposes, principals, texts.central))


@pytest.fixture
def dora(ana: EmbeddedRegistry) -> EmbeddedRegistry:
    return ana.acting_as(Principal("user", "dora", "sales", ("office",)))


@pytest.fixture
def audit(ana: EmbeddedRegistry) -> ReadAudit:
    return ReadAudit(ana.catalog.engine, ana.catalog.clock)


def events(registry: EmbeddedRegistry, **asked: object) -> list[AuditRecord]:
    return list(registry.audit(AuditQuery.model_validate(asked)).records)


def verdict(registry: EmbeddedRegistry) -> Verdict:
    return verify(events(registry), [registry.audit_head()])


def tamper(database: Path, statement: str) -> None:
    with sqlite3.connect(database) as connection:
        assert connection.execute(statement).rowcount > 0
    connection.close()


def test_a_read_is_an_intent_and_an_outcome(audit: ReadAudit, dora: EmbeddedRegistry) -> None:
    audit.outcome(audit.intent(READ), 12, "complete")

    intent, outcome = events(dora)
    assert ("intent", "user:ana", "sales.orders", "request-1") == (
        intent.kind,
        intent.principal,
        intent.product,
        intent.request,
    )
    assert {
        "purpose": "operations",
        "contract": "1.0.0",
        "version": 3,
        "levels": {"order_id": "clear", "customer_email": "token"},
        "filter": '{"op":"eq","column":"order_id","value":"str"}',
        "policies": "p" * 64,
        "grants": ["grant-7"],
    } == intent.facts
    assert ("outcome", "user:ana", {"intent": 1, "rows": 12, "status": "complete"}) == (
        outcome.kind,
        outcome.principal,
        outcome.facts,
    )
    assert "2026-11-20T12:00:00.000000+00:00" == outcome.at


def test_what_somebody_typed_where_a_name_belongs_is_not_kept(audit: ReadAudit, dora: EmbeddedRegistry) -> None:
    typed = ReadFacts("user:ana", "why not ines@example.com", "a/b", "", None, {}, "", "", (), "request-2")

    audit.denied(typed, "no column 'ines@example.com'; did you mean 'customer_email'?")

    (denied,) = events(dora)
    assert ("denied", "?", "?") == (denied.kind, denied.product, denied.facts["purpose"])
    assert "no column '?'; did you mean 'customer_email'?" == denied.facts["problem"]


def test_a_change_and_its_event_are_kept_together_or_not_at_all(ana: EmbeddedRegistry, dora: EmbeddedRegistry) -> None:
    with ana.catalog.change(ana.principal) as visit:
        changed(visit, "grant.approved", "sales.orders", {"grant": "g-1"})
    with pytest.raises(ForeignDomain):
        change_and_fail(ana)

    assert [("grant.approved", {"grant": "g-1"})] == [(e.kind, e.facts) for e in events(dora)]
    assert () == verdict(dora).breaks


def change_and_fail(registry: EmbeddedRegistry) -> None:
    with registry.catalog.change(registry.principal) as visit:
        changed(visit, "grant.approved", "sales.orders", {"grant": "g-2"})
        raise ForeignDomain


def test_events_are_found_by_product_principal_and_time(audit: ReadAudit, dora: EmbeddedRegistry) -> None:
    audit.intent(READ)
    audit.denied(ReadFacts("service:sales.orders", "", "supply_chain.parts", "", None, {}, "", "", (), ""), "no")

    assert [1] == [e.sequence for e in events(dora, product="sales.orders")]
    assert [2] == [e.sequence for e in events(dora, principal="sales.orders")]
    assert [1] == [e.sequence for e in events(dora, principal="ana")]
    assert [1, 2] == [e.sequence for e in events(dora, since="2026-11-20T13:00:00+01:00")]
    assert [] == events(dora, since="2026-11-20T12:00:01Z")
    assert [2] == [e.sequence for e in events(dora, after=1, limit=1)]


@pytest.mark.parametrize("who", ["ana", "ben", "eve"])
def test_the_audit_is_for_data_protection_alone(
    ana: EmbeddedRegistry, policies: Policies, client: TestClient, bearer: Callable[[str], dict[str, str]], who: str
) -> None:
    registry = ana.acting_as(policies.principals.find(who))

    for ask in (lambda: registry.audit(AuditQuery()), registry.audit_head):
        with pytest.raises(DataProtectionOnly):
            ask()
    for path in ("/api/v1/audit", "/api/v1/audit/head"):
        assert 403 == client.get(path, headers=bearer(who)).status_code
    assert 200 == client.get("/api/v1/audit/head", headers=bearer("dora")).status_code


def test_over_http_the_same_is_told(
    served: str, sign: Callable[[str], str], audit: ReadAudit, dora: EmbeddedRegistry
) -> None:
    audit.intent(READ)
    remote = HttpRegistry(served, token=sign("dora"))

    assert dora.audit(AuditQuery(product="sales.orders")) == remote.audit(AuditQuery(product="sales.orders"))
    assert dora.audit_head() == remote.audit_head()
    with pytest.raises(DataProtectionOnly):
        HttpRegistry(served, token=sign("ana")).audit_head()
    with pytest.raises(NotSignedIn):
        HttpRegistry(served, token="nobody").audit(AuditQuery())


ATTACKS = [
    "UPDATE audit SET principal = 'user:ben' WHERE sequence = 2",
    "UPDATE audit SET facts = replace(facts, '12', '11') WHERE sequence = 2",
    "UPDATE audit SET facts = 'no json' WHERE sequence = 2",
    "UPDATE audit SET facts = ' ' || facts WHERE sequence = 2",
    "UPDATE audit SET facts = '[]' WHERE sequence = 2",
    "UPDATE audit SET at = '2026-11-20T11:00:00.000000+00:00' WHERE sequence = 1",
    "UPDATE audit SET hash = (SELECT hash FROM audit WHERE sequence = 1) WHERE sequence = 2",
    "DELETE FROM audit WHERE sequence = 1",
    "DELETE FROM audit WHERE sequence = 2",
    "DELETE FROM audit WHERE sequence >= 3",
    "DELETE FROM audit",
    "UPDATE audit SET sequence = CASE sequence WHEN 1 THEN 1002 ELSE 1001 END WHERE sequence IN (1, 2)",
]


COLUMNS = ("sequence", "at", "kind", "principal", "product", "request", "facts", "hash")
WRONG = ("x'ff00'", "'abc'", "CAST(x'ff00' AS TEXT)", "''", "2.5", "9e999", "x''", "'{\"a\":1.5}'")


@pytest.mark.parametrize("column", COLUMNS)
def test_attack_41_a_row_that_was_changed_into_no_event_is_a_finding(
    database: Path, audit: ReadAudit, dora: EmbeddedRegistry, column: str
) -> None:
    for _ in WRONG:
        audit.outcome(audit.intent(READ), 12, "complete")
    assert () == verdict(dora).breaks

    with sqlite3.connect(database) as connection:
        for number, value in enumerate(WRONG):
            connection.execute(f"UPDATE audit SET {column} = {value} WHERE sequence = {2 * number + 2}")  # noqa: S608 - ours
    connection.close()

    found = verdict(dora)
    assert 2 * len(WRONG) == found.events
    assert {2 * number + 2 for number in range(len(WRONG))} <= {each.sequence for each in found.breaks}


def test_attack_41_an_unreadable_row_is_named_with_what_cannot_be_read(
    database: Path, audit: ReadAudit, dora: EmbeddedRegistry
) -> None:
    audit.outcome(audit.intent(READ), 12, "complete")

    tamper(database, "UPDATE audit SET facts = x'ff00', hash = 7 WHERE sequence = 1")
    tamper(database, "UPDATE audit SET sequence = 'abc' WHERE sequence = 2")

    told = [(found.sequence, found.problem) for found in verdict(dora).breaks]
    assert [(1, "is unreadable: its facts cannot be read"), (2, "is unreadable: its sequence cannot be read")] == told[
        :2
    ]


@pytest.mark.parametrize("number", [0, -1, -(2**63)])
def test_attack_41_a_row_that_was_put_in_before_the_first_is_a_finding(
    database: Path, audit: ReadAudit, dora: EmbeddedRegistry, number: int
) -> None:
    audit.outcome(audit.intent(READ), 12, "complete")

    columns = "at, kind, principal, product, request, facts, hash"
    tamper(database, f"INSERT INTO audit SELECT {number}, {columns} FROM audit LIMIT 1")  # noqa: S608 - ours

    found = verdict(dora)
    assert [(number, "was put in: the first event has the number 1")] == [(b.sequence, b.problem) for b in found.breaks]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 10])
def test_attack_41_pages_of_any_size_hold_all_events_and_what_has_no_number(
    database: Path, audit: ReadAudit, dora: EmbeddedRegistry, limit: int
) -> None:
    for _ in range(2):
        audit.outcome(audit.intent(READ), 12, "complete")
    columns = "at, kind, principal, product, request, facts, hash"
    tamper(database, f"INSERT INTO audit SELECT 0, {columns} FROM audit WHERE sequence = 1")  # noqa: S608 - ours
    found: list[int] = []
    page = events(dora, limit=limit)
    while len(page) == limit:
        found += [each.sequence for each in page]
        page = events(dora, limit=limit, after=max(each.sequence for each in page))
    found += [each.sequence for each in page]

    assert [1, 2, 3, 4] == [number for number in found if number]
    assert (0 in found) == (limit > 1)


@pytest.mark.parametrize("change", ["sequence = 'abc'", "sequence = 1.5", "hash = x'ff00'"])
def test_attack_41_a_head_that_names_no_event_is_taken_for_none(
    database: Path, audit: ReadAudit, dora: EmbeddedRegistry, change: str
) -> None:
    audit.intent(READ)
    tamper(database, f"UPDATE audit_head SET {change}")  # noqa: S608 - ours

    for ask in (dora.audit_head, lambda: audit.intent(READ)):
        with pytest.raises(AuditCutOff, match="the row that names the audit's last event"):
            ask()


def test_attack_41_events_without_a_number_end_the_list_however_many_they_are(
    database: Path, audit: ReadAudit, dora: EmbeddedRegistry
) -> None:
    for _ in range(3):
        audit.outcome(audit.intent(READ), 12, "complete")
    tamper(database, "UPDATE audit SET sequence = 'n' || sequence WHERE sequence > 1")

    assert [2, 2, 3, 1] == [len(events(dora, limit=limit)) for limit in (2, 3, 4)] + [
        len(events(dora, limit=2, after=1))
    ]


@pytest.mark.parametrize("statement", ATTACKS)
def test_attack_41_an_audit_that_was_tampered_with_is_found(
    database: Path, audit: ReadAudit, dora: EmbeddedRegistry, statement: str
) -> None:
    for _ in range(2):
        audit.outcome(audit.intent(READ), 12, "complete")
    assert (4, ()) == (verdict(dora).events, verdict(dora).breaks)

    tamper(database, statement)

    assert verdict(dora).breaks


def test_attack_41_an_audit_cut_off_with_its_head_is_found_by_a_head_kept_elsewhere(
    database: Path, audit: ReadAudit, dora: EmbeddedRegistry
) -> None:
    audit.outcome(audit.intent(READ), 12, "complete")
    kept = dora.audit_head()

    tamper(database, "DELETE FROM audit WHERE sequence = 2")
    tamper(database, "UPDATE audit_head SET sequence = 1, hash = (SELECT hash FROM audit WHERE sequence = 1)")

    assert () == verdict(dora).breaks
    assert [2] == [found.sequence for found in verify(events(dora), [kept]).breaks]


def test_attack_41_nothing_is_written_behind_an_end_that_nobody_knows(database: Path, audit: ReadAudit) -> None:
    audit.intent(READ)
    tamper(database, "DELETE FROM audit_head")

    with pytest.raises(AuditCutOff, match="the row that names the audit's last event was deleted"):
        audit.intent(READ)


def test_attack_41_a_kill_between_intent_and_outcome_leaves_the_intent(database: Path, dora: EmbeddedRegistry) -> None:
    subprocess.run([sys.executable, "-c", KILLED, str(database)], check=False)

    found = verdict(dora)
    assert ((), [("sales.orders", "r-1")]) == (found.breaks, [(e.product, e.request) for e in found.no_outcome])


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from meshwright_catalog.audit.reads import ReadAudit
from meshwright_catalog.database import open_database
from meshwright_catalog.gateway.auditing import ReadFacts
audit = ReadAudit(open_database("sqlite:///" + sys.argv[1]), lambda: datetime.now(UTC))
audit.intent(ReadFacts("user:ana", "operations", "sales.orders", "1.0.0", 1, {}, "", "", (), "r-1"))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(
    ("pragma", "problem"), [("PRAGMA max_page_count = 1", "full"), ("PRAGMA query_only = ON", "readonly")]
)
def test_attack_41_what_cannot_be_written_down_is_an_error(
    database: Path, audit: ReadAudit, dora: EmbeddedRegistry, pragma: str, problem: str
) -> None:
    audit.intent(READ)
    engine = open_database(f"sqlite:///{database}", pool=False)

    def hinder(connection: sqlite3.Connection, _: object) -> None:
        connection.execute(pragma).fetchall()

    event.listen(engine, "connect", hinder)
    hindered = ReadAudit(engine, audit.clock)

    with pytest.raises(CatalogUnavailable, match=problem):
        fill(hindered)

    found = verdict(dora)
    assert () == found.breaks
    assert found.events == dora.audit_head().sequence


def fill(audit: ReadAudit) -> None:
    """Write until nothing more can be written; `max_page_count` is never less than the pages there are."""
    for _ in range(1000):
        audit.intent(READ)


RACER = """
import sys
from datetime import UTC, datetime
from meshwright_catalog.audit.reads import ReadAudit
from meshwright_catalog.database import open_database
from meshwright_catalog.gateway.auditing import ReadFacts
audit = ReadAudit(open_database("sqlite:///" + sys.argv[1]), lambda: datetime.now(UTC))
facts = ReadFacts("user:" + sys.argv[2], "operations", "sales.orders", "1.0.0", 1, {}, "", "", (), "")
sys.stdin.readline()
for _ in range(25):
    audit.outcome(audit.intent(facts), 1, "complete")
"""


def test_processes_that_write_at_once_make_one_chain(database: Path, dora: EmbeddedRegistry) -> None:
    racers = [
        subprocess.Popen([sys.executable, "-c", RACER, str(database), who], stdin=subprocess.PIPE, text=True)
        for who in ("ana", "ben")
    ]
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    codes = []
    for racer in racers:
        racer.communicate(timeout=60)
        codes.append(racer.returncode)

    found = verdict(dora)
    assert ([0, 0], 100, (), ()) == (codes, found.events, found.breaks, found.no_outcome)
