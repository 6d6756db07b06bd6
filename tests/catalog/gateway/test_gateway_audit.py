"""The gateway with the catalog's own audit: what is read stands in it, and what cannot be written down is not shown."""

import sqlite3
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from gateway_lake import CENTRAL, CLASSES, PRINCIPALS, PURPOSES, Served
from sqlalchemy import Engine, delete, event

from meshwright.access import policies_of
from meshwright.audit import AuditRecord, verify
from meshwright.ports import PolicyTexts
from meshwright_catalog.audit import AuditHeadRow, head, records
from meshwright_catalog.audit.central import CentralRules
from meshwright_catalog.audit.reads import ReadAudit
from meshwright_catalog.database import open_database, reading, writing
from meshwright_catalog.gateway.auditing import ReadFacts, Unaudited
from meshwright_catalog.settings import Settings

CLEAR = {"columns": ["email"], "limit": 2, "purpose": "operations"}


@pytest.fixture
def audited(lake: Served, settings: Settings) -> Iterator[Served]:
    """Serve twelve orders, and keep an account as `mesh catalog serve` does."""
    engine = keep_in(lake, settings.database)
    yield lake
    engine.dispose()


def keep_in(served: Served, database: str, pragma: str = "") -> Engine:
    def hinder(connection: sqlite3.Connection, _: object) -> None:
        connection.execute(pragma).fetchall()

    engine = open_database(database, pool=not pragma)
    if pragma:
        event.listen(engine, "connect", hinder)
    served.app.state.gateway = replace(served.gateway, audit=ReadAudit(engine, served.clock))
    return engine


def kept(served: Served) -> list[AuditRecord]:
    with reading(served.app.state.catalog.engine) as session:
        found = list(records(session))
        verdict = verify(found, [head(session, served.clock())])
    assert ((), ()) == (verdict.breaks, verdict.no_outcome)
    return [each for each in found if not each.kind.startswith("policy.")]


def test_reads_and_denials_stand_in_the_audit(audited: Served) -> None:
    asked = {**CLEAR, "filter": {"op": "eq", "column": "email", "value": "ana@x.example"}}

    answers = [audited.ask(asked, "ana"), audited.ask({"columns": ["email"], "levels": {"email": "clear"}})]

    assert [200, 403] == [answer.status_code for answer in answers]
    intent, outcome, denied = kept(audited)
    assert ["intent", "outcome", "denied"] == [intent.kind, outcome.kind, denied.kind]
    assert ("user:ana", "sales.orders", "operations") == (intent.principal, intent.product, intent.facts["purpose"])
    assert {"email": "clear"} == intent.facts["levels"]
    assert (intent.sequence, "complete") == (outcome.facts["intent"], outcome.facts["status"])
    assert answers[0].headers["X-Request-ID"] == intent.request
    assert "ana@x.example" not in "".join(each.model_dump_json() for each in kept(audited))


def test_who_asks_for_no_row_learns_the_schema_and_stands_in_the_audit_only_when_denied(audited: Served) -> None:
    asked = {"columns": ["email"], "limit": 0}

    answers = [audited.ask(asked), audited.ask({**asked, "levels": {"email": "clear"}})]

    assert [200, 403] == [answer.status_code for answer in answers]
    assert ["denied"] == [each.kind for each in kept(audited)]


@pytest.mark.parametrize("pragma", ["PRAGMA query_only = ON", "PRAGMA max_page_count = 1"])
def test_attack_41_clear_reads_fail_while_the_audit_cannot_be_written(
    audited: Served, database: Path, pragma: str
) -> None:
    keep_in(audited, f"sqlite:///{database}", pragma)
    codes = [audited.ask(CLEAR, "ana").status_code]
    while codes[-1] == 200 and len(codes) < 200:  # `max_page_count` is never less than the pages there are
        codes.append(audited.ask(CLEAR, "ana").status_code)

    assert 503 == codes[-1]
    assert 200 == audited.ask({"limit": 1}).status_code


TYPED = "ines.duarte"
FILTERS = [
    {"op": "is_null", "column": TYPED},
    {"op": "eq", "column": f"place.{TYPED}", "value": "x"},
    {"op": "not", "of": {"op": "or", "of": [{"op": "is_in", "column": TYPED, "values": [TYPED]}]}},
    {"op": "starts_with", "column": "ines@example.com", "value": "x"},
]


@pytest.mark.parametrize("condition", FILTERS)
def test_a_denial_keeps_no_name_that_is_no_columns(audited: Served, condition: dict[str, object]) -> None:
    both = {"op": "and", "of": [{"op": "is_null", "column": "place.city"}, condition]}
    bodies = [
        {"purpose": "operations", "columns": ["margin"], "filter": both},
        {"purpose": TYPED, "filter": both},
        {"product": "sales.nothing", "filter": both},
        {"product": "ines@example.com", "filter": both},
    ]

    answers = [audited.ask(body, X_Request_ID=TYPED) for body in bodies]

    assert {403, 404, 422} >= {answer.status_code for answer in answers}
    found = kept(audited)
    assert len(found) >= 3
    assert {"denied"} == {each.kind for each in found}
    text = "".join(each.model_dump_json() for each in found)
    assert [] == [typed for typed in (TYPED, "duarte", "ines@", "example.com") if typed in text]
    assert "place.city" in str(found[0].facts["filter"])


@pytest.mark.parametrize("name", [field.name for field in fields(ReadFacts)])
def test_each_fact_of_a_read_is_written_down(lake: Served, settings: Settings, name: str) -> None:
    blank: dict[str, Any] = {"version": None, "levels": {}, "grants": ()}
    facts = ReadFacts("user:ana", "analytics", "sales.orders", "1.2.0", 1, {"email": "clear"}, "{}", "p", ("g1",), "r")
    engine = open_database(settings.database)
    audit = ReadAudit(engine, lake.clock)

    audit.intent(facts)
    audit.intent(replace(facts, **{name: blank.get(name, "")}))

    with reading(engine) as session:
        first, second = (each.model_dump(exclude={"sequence", "hash"}) for each in list(records(session))[-2:])
    engine.dispose()
    assert first != second


def test_attack_41_clear_reads_fail_while_a_change_of_the_mesh_s_rules_cannot_be_noted(audited: Served) -> None:
    rules = CentralRules(lambda: audited.policies[0], lambda: ("k1", ("k1",)), audited.clock)
    catalog = replace(audited.gateway.catalog, rules=rules)
    audited.app.state.gateway = replace(audited.gateway, catalog=catalog, audit=Unaudited())
    before = audited.ask(CLEAR, "ana").status_code
    with writing(catalog.engine) as session:
        session.execute(delete(AuditHeadRow))
    texts = PolicyTexts(CLASSES, PURPOSES, PRINCIPALS, CENTRAL.replace("calls its customers", "calls"))
    audited.policies[0] = policies_of(texts)

    clear, masked = audited.ask(CLEAR, "ana"), audited.ask({"columns": ["email"], "limit": 2})

    assert (200, 503, 200) == (before, clear.status_code, masked.status_code)
