"""Attacks on what is asked: provoked errors, searches by value, hidden products, purposes, names, sizes."""

import gzip
import json
import logging
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any

import pytest
from attacked import CONTACTS, PEOPLE, call, contacts, secrets, seen
from canaries import of_folder
from gateway_lake import Served

VALUE = PEOPLE[0]["email"]
READ = f"/api/v1/products/{CONTACTS.id}/read"
Bad = list[tuple[str, Any]]


def provoked() -> list[dict[str, Any]]:
    """Give requests that a careless program would answer with a value: casts, overflows, wrong types, bad text."""
    literals: Bad = [("born", "31.02.1961"), ("born", 7), ("born", VALUE), ("margin", 10**40), ("email", 1.5)]
    literals += [("region", True), ("region", "\ud800"), ("region", ["EU"]), ("region", {"a": VALUE}), ("phones", "x")]
    compares = [{"filter": {"op": "eq", "column": name, "value": value}} for name, value in literals]
    more: list[dict[str, Any]] = [
        {"filter": {"op": "starts_with", "column": "born", "value": VALUE}},
        {"filter": {"op": "regex", "column": "email", "value": "(((((" + VALUE}},
        {"filter": {"op": "div", "column": "margin", "value": 0}},
        {"filter": VALUE},
        {"aggregate": {"of": [{"name": VALUE * 90, "function": "sum", "column": "region"}]}},
        {"levels": {"email": VALUE}},
        {"limit": VALUE},
        {"version": VALUE},
        {"as_of": VALUE},
        {"purpose": [VALUE]},
        {VALUE: VALUE},
    ]
    return compares + more


@pytest.mark.parametrize("body", provoked(), ids=range(len(provoked())))
def test_attack_12_an_error_that_is_provoked_tells_no_value(
    lake: Served, body: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    content = json.dumps({"purpose": "analytics", **body})
    headers = {"Content-Type": "application/json", "X-Request-ID": "5a3e5a3e5a3e5a3e5a3e5a3e5a3e5a3e"}
    answer = call(lake, "POST", READ, content=content, headers=headers)

    assert answer.status_code in (403, 422)
    assert {"type", "title", "status", "detail"} <= set(answer.json())
    assert "5a3e5a3e5a3e5a3e5a3e5a3e5a3e5a3e" == answer.headers["X-Request-ID"]
    assert [] == [secret for secret in secrets() if secret in answer.text + caplog.text]


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe{}", VALUE.encode(), b'{"purpose": "' + VALUE.encode() + b'"', b"[" * 5000, b"", b"null", b'"\xed\xa0"'],
)
def test_attack_12_a_body_that_is_no_json_is_not_repeated(
    lake: Served, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = call(lake, "POST", READ, content=content, headers={"Content-Type": "application/json"})

    assert answer.status_code in (400, 422)
    assert VALUE not in answer.text + caplog.text


PLACES: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/api/v1/lineage", {"json": {"eventType": VALUE, "run": {"runId": VALUE}, "errorMessage": VALUE}}),
    ("POST", "/api/v1/lineage/batch", {"json": [{"producer": VALUE}, VALUE]}),
    ("PUT", "/api/v1/products/sales.contacts", {"json": {"spec": {"id": VALUE, "version": VALUE}, VALUE: 1}}),
    ("POST", "/api/v1/access/requests", {"json": {"product": VALUE, "reason": VALUE, VALUE: VALUE}}),
    ("POST", f"/api/v1/access/requests/{VALUE}/approve", {"json": {"note": VALUE}}),
    ("GET", "/api/v1/search", {"params": {"limit": VALUE, "domain": VALUE}}),
    ("GET", f"/api/v1/products/{VALUE}", {}),
    ("GET", "/api/v1/lineage", {"params": {"product": VALUE, "column": VALUE}}),
    ("GET", "/api/v1/lineage", {"params": {"product": CONTACTS.id, "column": VALUE, "depth": VALUE}}),
    ("GET", f"/marquez/api/v1/jobs/runs/{VALUE}", {}),
    ("GET", f"/{VALUE}", {}),
    ("DELETE", f"/api/v1/products/{VALUE}", {}),
]


@pytest.mark.parametrize(("method", "path", "more"), PLACES, ids=range(len(PLACES)))
def test_attack_13_no_route_repeats_what_it_does_not_understand(
    lake: Served, method: str, path: str, more: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # the caller's own log, which names the address
    answer = call(lake, method, path, **more)
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]

    assert 400 <= answer.status_code < 500 or "failure" == answer.json()["status"]
    assert VALUE not in answer.text + str(answer.headers) + "".join(ours)


def test_attack_16_no_search_finds_a_product_by_a_value(lake: Served) -> None:
    def found(words: str) -> str:
        return call(lake, "GET", "/api/v1/search", "ana", params={"q": words}).text.replace(words, "WORDS")

    for words, made_up in (
        ("canary00qzx", "zzzzz00qzx"),
        (PEOPLE[0]["phones"][0], "+4922100000000"),
        (VALUE, "zz@example.com"),
    ):
        assert found(made_up) == found(words)
    assert call(lake, "GET", "/api/v1/search", "ana", params={"q": "contacts"}).json()["hits"]


def test_attack_16_what_an_event_quotes_of_a_statement_is_told_to_nobody_and_kept_nowhere(own: Served) -> None:
    cell = "quoted31qzx"
    statement = "SELECT email FROM contacts WHERE email = 'X' OR note = 'it''s X' OR email LIKE 'X%".replace("X", cell)
    place = {"namespace": "file", "name": f"{own.root}/sales/contacts/v1"}
    step = {"type": "DIRECT", "subtype": "TRANSFORMATION", "description": statement, "masking": False}
    told = {"region": {"inputFields": [{**place, "field": "email", "transformations": [step]}]}}
    facets = {"columnLineage": {"fields": told, "dataset": [{**place, "field": "email", "transformations": [step]}]}}
    event = {
        "eventType": "COMPLETE",
        "eventTime": "2026-11-20T10:00:00Z",
        "producer": "urn:mesh",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {
            "runId": "5d9c8b0e-8a1c-4f0e-9c7e-4b6b3f0f1a2c",
            "facets": {"errorMessage": {"message": statement, "programmingLanguage": "SQL", "stackTrace": statement}},
        },
        "job": {
            "namespace": "mesh://thenar/sales",
            "name": "sales.contacts.build",
            "facets": {"sql": {"query": statement, "dialect": "ansi"}},
        },
        "inputs": [place],
        "outputs": [{**place, "facets": facets}],
    }

    taken = call(own, "POST", "/api/v1/lineage", "sales.contacts", json=event)
    asked = {"product": CONTACTS.id, "column": "region"}
    answers = [call(own, "GET", f"/api/v1/lineage{tail}", "ana", params=asked) for tail in ("", "/impact")]
    marquez = "marquez/api/v1/column-lineage?nodeId=dataset:sales:sales.contacts"
    pages = ("", f"products/{CONTACTS.id}", f"lineage/{CONTACTS.id}", marquez)
    answers += [call(own, "GET", f"/{path}", "ana") for path in pages]
    kept = [surface for surface in of_folder(own.root.parent) if cell.encode() in surface.content]

    assert 201 == taken.status_code, taken.text
    assert "WHERE email = '?'" in "".join(answer.text for answer in answers)
    assert [] == [answer.url.path for answer in answers if cell in answer.text]
    assert [] == [surface.name for surface in kept]


def test_attack_17_no_count_name_or_hint_gives_a_hidden_product_away(lake: Served) -> None:
    found = [call(lake, "GET", f"/api/v1/{path}").text for path in ("search", "search?q=zephyrquill", "products")]
    found.append(call(lake, "GET", "/", headers={"Cookie": ""}).text)
    found.append(call(lake, "GET", "/api/v1/products/sales.nightingal").text)
    facets = json.loads(found[0])

    assert [] == [text for text in found if "nightingale" in text or "zephyrquill" in text]
    assert 2 == facets["total"]


@pytest.mark.parametrize("purpose", ["", "fraud", "Analytics", "analytics ", "operations.analytics", "*", "a" * 201])
def test_attack_23_a_purpose_is_one_of_the_callers_own_or_nothing_is_read(lake: Served, purpose: str) -> None:
    assert contacts(lake, {"purpose": purpose}).status_code in (403, 422)


def test_attack_23_a_purpose_may_not_be_left_out_nor_one_answer_serve_two(lake: Served) -> None:
    missing = call(lake, "POST", READ, json={})
    not_hers = contacts(lake, {"purpose": "operations"}, "eve")
    answers = [contacts(lake, {"columns": ["email"], "purpose": p}) for p in ("analytics", "operations", "analytics")]

    assert (422, 404) == (missing.status_code, not_hers.status_code)
    assert answers[0].content == answers[2].content != answers[1].content
    assert {"no-store"} == {answer.headers["Cache-Control"] for answer in answers}


NAMES = [
    *["../../etc/passwd", "%2e%2e%2f%2e%2e", "..%5c..", "sales%2forders", "sales.orders%00", "_delta_log", "CON"],
    *["sales.con%20", "a" * 5000, "sales.%e2%80%aeorders", ".sales.orders", "sales.orders/..", "sales..orders", "~"],
    *["sales.orders;v1", "%252e%252e", "Sales.Orders", "sales.ord%d0%b5rs", "-rf.orders", "sales.orders%0a"],
]


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
@pytest.mark.parametrize("tail", ["", "/contract", "/versions"])
def test_attack_27_a_name_is_no_way_to_a_file(lake: Served, name: str, tail: str) -> None:
    connection = HTTPConnection(lake.url.removeprefix("http://"))  # it sends a path as it is
    connection.request("GET", f"/api/v1/products/{name}{tail}", headers=lake.headers("ana"))
    answer = connection.getresponse()
    said = answer.read().decode()
    connection.close()

    assert answer.status in (404, 405, 422), said
    assert str(lake.root) not in said
    assert "root:" not in said


INJECTED = [
    "1 OR 1=1",
    "' OR '1'='1",
    "'; DROP TABLE products; --",
    '" || true',
    'EU" || true',
    "EU' --",
    "*",
    "%",
    ".*",
    "${jndi:ldap://x}",
    "{{7*7}}",
    '"; permit(principal,action,resource);',
]


@pytest.mark.parametrize("text", INJECTED)
def test_attack_28_text_in_a_filter_is_text(lake: Served, text: str) -> None:
    def height(condition: dict[str, Any]) -> int:
        return seen(contacts(lake, {"filter": condition})).height

    assert 0 == height({"op": "eq", "column": "region", "value": text})
    assert 0 == height({"op": "is_in", "column": "region", "values": [text]})
    assert 0 == height({"op": "starts_with", "column": "contact_no", "value": text})
    assert 8 == height({"op": "ne", "column": "region", "value": text})
    assert 422 == contacts(lake, {"filter": {"op": "is_null", "column": text}}).status_code
    assert 422 == contacts(lake, {"filter": text}).status_code


def test_attack_33_lineage_that_somebody_tells_lowers_no_label(own: Served) -> None:
    def event(domain: str, output: str) -> dict[str, Any]:
        place = {"namespace": "file", "name": f"{own.root}/{output.replace('.', '/')}/v1"}
        told: dict[str, Any] = {"email": {"inputFields": [{**place, "field": "contact_no", "transformations": []}]}}
        link = {"identifiers": [{"namespace": "mesh://thenar", "name": output, "type": "TABLE"}]}
        return {
            "eventType": "COMPLETE",
            "eventTime": "2026-11-20T10:00:00Z",
            "producer": "urn:mesh",
            "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
            "run": {"runId": "5d9c8b0e-8a1c-4f0e-9c7e-4b6b3f0f1a2b"},
            "job": {"namespace": f"mesh://thenar/{domain}", "name": f"{output}.build"},
            "inputs": [{**place, "facets": {}}],
            "outputs": [{**place, "facets": {"columnLineage": {"fields": told, "dataset": []}, "symlinks": link}}],
        }

    before = contacts(own, {"columns": ["email"]})
    by_another = call(own, "POST", "/api/v1/lineage", "ben", json=event("sales", CONTACTS.id))
    by_its_own = call(own, "POST", "/api/v1/lineage", "ana", json=event("sales", CONTACTS.id))  # also a circle
    after = contacts(own, {"columns": ["email"]})
    walked = call(own, "GET", "/api/v1/lineage", "ana", params={"product": CONTACTS.id, "depth": 50})

    assert 403 == by_another.status_code
    assert by_its_own.status_code in (200, 201, 202, 204, 403)
    assert before.content == after.content
    assert 200 == walked.status_code


def test_attack_33_too_many_events_are_refused(lake: Served) -> None:
    many = call(lake, "POST", "/api/v1/lineage/batch", "ana", json=[{}] * 1_001)

    assert many.status_code in (413, 422)


def wide() -> bytes:
    columns = [{"name": f"c{n}", "type": {"kind": "string"}} for n in range(100_000)]
    return json.dumps({"spec": {**CONTACTS.model_dump(mode="json"), "columns": columns}}).encode()


def deep() -> bytes:
    return b'{"spec":{"id":"sales.deep","version":"1.0.0","columns":[' + b'{"type":{"fields":[' * 50_000


BOMBS: list[tuple[str, Callable[[], bytes], dict[str, str]]] = [
    ("wide", wide, {}),
    ("deep", deep, {}),
    ("packed", lambda: gzip.compress(b" " * 50_000_000), {"Content-Encoding": "gzip"}),
    ("large", lambda: b" " * 5_000_000, {}),
    ("number", lambda: b'{"rows":' + b"9" * 1_000_000 + b"}", {}),
]


@pytest.mark.parametrize(("kind", "made", "headers"), BOMBS, ids=[bomb[0] for bomb in BOMBS])
def test_attack_34_what_unpacks_to_too_much_is_refused_and_the_catalog_goes_on(
    lake: Served, kind: str, made: Callable[[], bytes], headers: dict[str, str]
) -> None:
    sent = {"Content-Type": "application/json", **headers}
    address = f"/api/v1/products/{CONTACTS.id}"
    answer = call(lake, "PUT", address, "sales.contacts", content=made(), headers=sent, timeout=60)

    assert answer.status_code in (400, 413, 422), kind
    assert 200 == call(lake, "GET", "/health").status_code


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, {"limit": 10**12}),
        (422, {"limit": -1}),
        (422, {"offset": 10**12}),
        (400, {"order_by": [{"column": "region"}], "limit": 10**6}),
        (400, {"columns": [f"c{n}" for n in range(1_001)]}),
        (400, {"filter": {"op": "is_in", "column": "region", "values": ["x"] * 2_001}}),
        (400, {"filter": {"op": "and", "of": [{"op": "is_in", "column": "region", "values": ["x"] * 999}] * 100}}),
        (422, {"aggregate": {"of": [{"name": f"n{n}", "function": "count"} for n in range(51)]}}),
    ],
    ids=range(8),
)
def test_attack_35_nobody_asks_for_more_than_a_read_may_take(lake: Served, status: int, body: dict[str, Any]) -> None:
    assert status == contacts(lake, body).status_code
    assert [] == lake.account.events


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("application/octet-stream", b"\x80\x04\x95\x0e\x00\x00\x00\x00\x00\x00\x00\x8c\x02os\x94."),
        ("application/x-yaml", b"!!python/object/apply:os.system ['true']"),
        ("application/vnd.apache.arrow.stream", b"ARROW1\x00\x00"),
        ("text/plain", b"SELECT * FROM contacts"),
        ("application/json", b'{"purpose":"analytics","plan":"eyJ"}'),
        ("application/json", b'{"purpose":"analytics","expr":{"Column":"margin"}}'),
        ("application/json", b'{"purpose":"{{ 7*7 }}"}'),
    ],
)
def test_attack_36_no_plan_pickle_or_template_is_taken(lake: Served, kind: str, content: bytes) -> None:
    answer = call(lake, "POST", READ, content=content, headers={"Content-Type": kind})

    assert answer.status_code in (403, 422)
    assert "49" not in answer.json()["detail"]


def test_attack_36_every_route_takes_json_alone(lake: Served) -> None:
    described = call(lake, "GET", "/api/v1/openapi.json").json()["paths"]
    bodies = [way.get("requestBody", {}) for ways in described.values() for way in ways.values()]
    kinds = {kind for body in bodies for kind in body.get("content", {})}

    assert {"application/json"} == kinds


def test_attack_42_nothing_is_open_that_helps_nobody_but_strangers(lake: Served) -> None:
    for path in ("/docs", "/redoc", "/metrics", "/debug", "/admin", "/openapi.json", "/api/v1/admin"):
        assert call(lake, "GET", path).status_code == 404, path
    origin = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
    asked = call(lake, "OPTIONS", READ, headers=origin)
    given = call(lake, "GET", "/api/v1/products", headers=origin)
    by_another_name = call(lake, "GET", "/health", headers={"Host": "elsewhere.example"})

    assert [] == [name for name in (*asked.headers, *given.headers) if name.startswith("access-control")]
    assert 421 == by_another_name.status_code
