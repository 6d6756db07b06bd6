"""The API over HTTP: who may call, what is refused and how, and its description."""

import gzip
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import select

from meshwright.odcs import read as read_odcs
from meshwright.spec import Registration
from meshwright_catalog.database import reading
from meshwright_catalog.models import EventRow

Make = Callable[..., Registration]
Bearer = Callable[[str], dict[str, str]]
OPENAPI = Path(__file__).parents[2] / "catalog" / "openapi.json"
PROBLEM = "application/problem+json"


@pytest.fixture
def put(client: TestClient, bearer: Bearer) -> Callable[..., Response]:
    """Register over HTTP as somebody."""

    def send(registration: Registration, name: str = "sales.deploy") -> Any:
        body = registration.model_dump_json()
        return client.put(f"/api/v1/products/{registration.spec.id}", content=body, headers=bearer(name))

    return send


def test_a_product_is_registered_found_and_listed(
    client: TestClient, bearer: Bearer, put: Callable[..., Any], orders: Registration
) -> None:
    first, again = put(orders), put(orders)

    assert [(201, True, 1), (200, False, 1)] == [
        (r.status_code, r.json()["changed"], r.json()["sequence"]) for r in (first, again)
    ]
    got = client.get("/api/v1/products/sales.orders", headers=bearer("ana")).json()
    assert orders.spec.model_dump(mode="json") == got["spec"]
    listed = client.get("/api/v1/products", headers=bearer("ana")).json()
    assert (1, ["sales.orders"]) == (listed["total"], [e["spec"]["id"] for e in listed["entries"]])
    history = client.get("/api/v1/products/sales.orders/versions", headers=bearer("ana")).json()
    assert [orders.spec.digest()] == [r["contract_hash"] for r in history["releases"]]


def test_the_hash_of_a_contract_is_told_where_all_of_it_is(
    client: TestClient, bearer: Bearer, put: Callable[..., Any], make: Callable[..., Registration]
) -> None:
    orders = make("sales.orders", permits=["planning"])
    put(orders)

    told = {
        who: client.get("/api/v1/products/sales.orders/versions", headers=bearer(who)).json() for who in ("ana", "ben")
    }
    assert {"ana": orders.spec.digest(), "ben": ""} == {
        who: each["releases"][0]["contract_hash"] for who, each in told.items()
    }


def test_a_contract_is_given_as_odcs_that_reads_back(
    client: TestClient, bearer: Bearer, put: Callable[..., Any], orders: Registration
) -> None:
    put(orders)

    answer = client.get("/api/v1/products/sales.orders/contract", headers=bearer("ana"))
    assert "application/yaml" == answer.headers["content-type"]
    assert orders.spec.columns == read_odcs(answer.text).columns


def test_a_search_takes_words_filters_and_pages(
    client: TestClient, bearer: Bearer, put: Callable[..., Any], orders: Registration, make: Make
) -> None:
    put(orders)
    put(make("sales.customers"))

    asked = "/api/v1/search?q=order&tag=core&tag=none&class=commercial&limit=1&offset=0"
    found = client.get(asked, headers=bearer("ana")).json()
    assert (1, ["sales.orders"]) == (found["total"], [h["id"] for h in found["hits"]])
    assert {"domain", "owner", "tag", "class"} == set(found["facets"])


PATHS = [
    ("GET", "/api/v1/products"),
    ("GET", "/api/v1/products/sales.orders"),
    ("GET", "/api/v1/products/sales.orders/versions"),
    ("GET", "/api/v1/products/sales.orders/access?purpose=operations"),
    ("GET", "/api/v1/products/sales.orders/contract"),
    ("GET", "/api/v1/products/sales.orders/publisher"),
    ("PUT", "/api/v1/products/sales.orders"),
    ("GET", "/api/v1/search"),
    ("GET", "/api/v1/lineage?product=sales.orders"),
    ("GET", "/api/v1/lineage/impact?product=sales.orders"),
    ("GET", "/api/v1/lineage/path?product=sales.orders&to_product=sales.plan"),
    ("POST", "/api/v1/lineage"),
    ("POST", "/api/v1/lineage/batch"),
    ("POST", "/api/v1/products/sales.orders/read"),
    ("GET", "/api/v1/policies/pending"),
    ("GET", "/api/v1/products/sales.orders/policies"),
    ("POST", "/api/v1/products/sales.orders/policies/approval"),
    ("POST", "/api/v1/products/sales.orders/policies/refusal"),
    ("POST", "/api/v1/products/sales.orders/policies/rollback"),
    ("GET", "/api/v1/products/sales.orders/who-can"),
    ("POST", "/api/v1/access/requests"),
    ("GET", "/api/v1/access/requests"),
    ("GET", "/api/v1/access/grants"),
    ("GET", "/api/v1/access/held"),
    ("GET", "/api/v1/access/orphans"),
    ("POST", "/api/v1/access/break-glass"),
    ("POST", "/api/v1/access/requests/{grant}/approve"),
    ("POST", "/api/v1/access/requests/{grant}/refuse"),
    ("POST", "/api/v1/access/grants/{grant}/revoke"),
    ("POST", "/api/v1/access/grants/{grant}/recertify"),
    ("POST", "/api/v1/access/grants/{grant}/review"),
    ("GET", "/api/v1/audit"),
    ("GET", "/api/v1/audit/head"),
]


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_without_a_token_everything_but_health_is_refused_alike(client: TestClient, method: str, path: str) -> None:
    answer = client.request(method, path, json={})

    assert (401, PROBLEM, "Bearer") == (
        answer.status_code,
        answer.headers["content-type"],
        answer.headers["www-authenticate"],
    )
    assert {"type", "title", "status", "detail"} == set(answer.json())


def test_every_route_that_is_described_is_tested_for_tokens(app: FastAPI) -> None:
    described = {(m.upper(), p) for p, ways in app.openapi()["paths"].items() for m in ways}

    tested = {(m, p.partition("?")[0].replace("sales.orders", "{product}")) for m, p in PATHS}
    assert {("GET", "/health")} == {(m, p) for m, p in described - tested if not p.startswith("/marquez/")}


def test_forged_expired_unknown_and_misplaced_tokens_get_one_answer(
    client: TestClient, sign: Callable[[str], str], clock: Any
) -> None:
    good = sign("ana")
    head, body, mark = good.split(".")
    forged = f"{head}.{body}.{mark[:-4]}AAAA"
    nobody = sign("mallory")
    tries: list[dict[str, Any]] = [
        {"headers": {"Authorization": f"Bearer {forged}"}},
        {"headers": {"Authorization": f"Bearer {nobody}"}},
        {"headers": {"Authorization": good}},
        {"headers": {"Authorization": f"Basic {good}"}},
        {"headers": {"Authorization": "Bearer " + "x" * 9000}},
        {"params": {"token": good, "access_token": good}},
        {"headers": {"Cookie": f"mesh_token={good}"}},
    ]
    answers = [client.get("/api/v1/products", **each) for each in tries]
    clock.now += timedelta(hours=2)
    answers.append(client.get("/api/v1/products", headers={"Authorization": f"Bearer {good}"}))

    assert {401} == {a.status_code for a in answers}
    assert 1 == len({a.content for a in answers})


def test_two_tokens_at_once_are_none(client: TestClient, bearer: Bearer) -> None:
    ana, eve = bearer("ana")["Authorization"], bearer("eve")["Authorization"]

    answer = client.get("/api/v1/products", headers=[("Authorization", ana), ("Authorization", eve)])

    assert 401 == answer.status_code


def test_a_hidden_product_is_answered_as_an_unknown_one(
    client: TestClient, bearer: Bearer, put: Callable[..., Any], orders: Registration
) -> None:
    put(orders)

    for path in ("", "/versions", "/contract"):
        hidden, unknown, wrong = (
            client.get(f"/api/v1/products/{name}{path}", headers=bearer("ben"))
            for name in ("sales.orders", "sales.nothing", "%2e%2e")
        )
        assert (404, unknown.content, unknown.content) == (hidden.status_code, hidden.content, wrong.content)
    hidden, unknown = (
        client.get(f"/api/v1/lineage?product={name}", headers=bearer("ben")) for name in ("sales.orders", "sales.x")
    )
    assert (404, unknown.content) == (hidden.status_code, hidden.content)


def test_a_foreign_publisher_learns_nothing(
    client: TestClient, put: Callable[..., Any], orders: Registration, make: Make
) -> None:
    put(orders)

    known, unknown = put(orders, "ben"), put(make("sales.unheard_of"), "ben")
    assert (403, 403) == (known.status_code, unknown.status_code)
    assert known.content == unknown.content


SECRET = "jane.doe@example.com"


WRONG: list[tuple[tuple[str, str, dict[str, Any]], int]] = [
    (("GET", "/api/v1/nothing", {}), 404),
    (("DELETE", "/api/v1/products", {}), 405),
    (("PUT", "/api/v1/products/sales.orders", {"content": f'{{"spec": "{SECRET}'}), 422),
    (("PUT", "/api/v1/products/sales.orders", {"json": {"spec": SECRET, SECRET: 1}}), 422),
    (("GET", f"/api/v1/search?limit={SECRET}", {}), 422),
    (("GET", f"/api/v1/search?{SECRET}=1", {}), 422),
    (("GET", "/api/v1/search?limit=101", {}), 422),
    (("GET", "/api/v1/search?q=" + "x" * 201, {}), 422),
    (("GET", "/api/v1/lineage?product=a.b&depth=51", {}), 422),
    (("GET", "/api/v1/lineage?product=a.b&direction=sideways", {}), 422),
    (("POST", "/api/v1/lineage", {"json": {"eventTime": SECRET, "run": {"runId": SECRET}}}), 400),
    (("POST", "/api/v1/lineage", {"json": [SECRET]}), 422),
    (("POST", "/api/v1/lineage/batch", {"json": {"a": SECRET}}), 422),
    (("POST", "/api/v1/lineage", {"content": b"x", "headers": {"Content-Encoding": "gzip"}}), 400),
    (("POST", "/api/v1/lineage", {"content": b"x", "headers": {"Content-Encoding": "br"}}), 415),
    (("GET", "/api/v1/products", {"headers": {"Host": "evil.example"}}), 421),
]


@pytest.mark.parametrize(("request_of", "status"), WRONG)
def test_what_is_wrong_is_a_problem_that_repeats_nothing(
    client: TestClient, bearer: Bearer, request_of: tuple[str, str, dict[str, Any]], status: int
) -> None:
    method, path, sent = request_of
    headers = bearer("ana") | sent.get("headers", {})
    answer = client.request(method, path, json=sent.get("json"), content=sent.get("content"), headers=headers)

    assert (status, PROBLEM) == (answer.status_code, answer.headers["content-type"])
    assert status == answer.json()["status"]
    assert SECRET not in answer.text
    assert "Traceback" not in answer.text


def test_a_batch_says_which_events_failed_and_keeps_the_rest(client: TestClient, bearer: Bearer) -> None:
    good = {
        "eventTime": "2026-11-20T10:00:00Z",
        "producer": "urn:test",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/JobEvent",
        "job": {"namespace": "mesh://thenar/sales", "name": "load"},
    }
    foreign = good | {"job": {"namespace": "mesh://thenar/robotics", "name": "load"}}
    batches = [[good, {"eventTime": SECRET}, foreign], [good], [foreign], []]
    answers = [client.post("/api/v1/lineage/batch", json=b, headers=bearer("ana")).json() for b in batches]

    assert ["partial_success", "success", "failure", "success"] == [a["status"] for a in answers]
    assert {"received": 3, "successful": 1, "failed": 2, "retriable": 0, "non_retriable": 2} == answers[0]["summary"]
    assert [1, 2] == [f["index"] for f in answers[0]["failed_events"]]
    assert "producer: is missing" in answers[0]["failed_events"][0]["reason"]
    assert SECRET not in str(answers)


def test_a_packed_batch_is_taken_event_by_event_and_each_is_kept_as_it_came(
    client: TestClient, bearer: Bearer, app: FastAPI
) -> None:
    run = {
        "eventTime": "2026-11-20T10:00:00Z",
        "eventType": "COMPLETE",
        "producer": "urn:test",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": "5d9c8b0e-8a1c-4f0e-9c7e-4b6b3f0f1a20"},
        "job": {"namespace": "dbt/sales", "name": "load", "facets": {"dbt_model": {"_producer": "urn:dbt"}}},
    }
    packed = gzip.compress(json.dumps([run, run | {"eventTime": "yesterday"}]).encode())

    answer = client.post(
        "/api/v1/lineage/batch", content=packed, headers={**bearer("ana"), "Content-Encoding": "gzip"}
    ).json()

    [failed] = answer["failed_events"]
    assert (1, 1) == (answer["summary"]["successful"], answer["summary"]["failed"])
    assert (1, False) == (failed["index"], failed["retriable"])
    assert "eventTime" in failed["reason"]
    with reading(app.state.catalog.engine) as session:
        kept = session.scalars(select(EventRow.body)).all()
    assert [run] == [json.loads(body) for body in kept]


def test_attack_34_a_body_that_is_too_large_is_refused_packed_or_not(client: TestClient, bearer: Bearer) -> None:
    large = json.dumps({"a": "x" * (4 * 2**20)}).encode()

    plain = client.post("/api/v1/lineage", content=large, headers=bearer("ana"))
    packed = client.post(
        "/api/v1/lineage", content=gzip.compress(large), headers={**bearer("ana"), "Content-Encoding": "gzip"}
    )
    assert (413, 413) == (plain.status_code, packed.status_code)


def test_attack_13_a_failure_inside_shows_nothing_of_itself(
    app: FastAPI, bearer: Bearer, orders: Registration, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> list[bool]:
        raise RuntimeError(SECRET)

    with TestClient(app, base_url="http://127.0.0.1") as client:
        client.put("/api/v1/products/sales.orders", content=orders.model_dump_json(), headers=bearer("sales.orders"))
        app.state.catalog = app.state.catalog.__class__(
            app.state.catalog.engine, app.state.catalog.index, SimpleNamespace(each=broken), app.state.catalog.clock
        )
        answer = client.get(
            "/api/v1/products", headers={**bearer("ana"), "X-Request-ID": "9f0c4c1e-3b52-4f7d-8a61-0c2d5e7f1a34"}
        )

    assert (500, PROBLEM) == (answer.status_code, answer.headers["content-type"])
    assert "9f0c4c1e-3b52-4f7d-8a61-0c2d5e7f1a34" == answer.headers["x-request-id"]
    assert "request 9f0c4c1e-3b52-4f7d-8a61-0c2d5e7f1a34 failed: RuntimeError" in caplog.text
    assert SECRET not in answer.text + caplog.text


@pytest.mark.parametrize(
    ("given", "is_kept"),
    [
        ("9f0c4c1e-3b52-4f7d-8a61-0c2d5e7f1a34", True),
        ("9F0C4C1E3B524F7D8A610C2D5E7F1A34", True),
        ("ines-duarte", False),
        ("CUSTOMER-00017842", False),
        ("9f0c4c1e-3b52-4f7d-8a61-0c2d5e7f1a34-ines", False),
        ("9f0c4c1e3b524f7d8a610c2d5e7f1a3", False),
    ],
)
def test_a_clients_own_request_id_is_kept_if_it_can_be_nobodys_name(
    client: TestClient, given: str, is_kept: bool
) -> None:
    answer = client.get("/health", headers={"X-Request-ID": given})

    assert is_kept == (given == answer.headers["x-request-id"])
    assert 36 >= len(answer.headers["x-request-id"]) >= 32


def test_no_number_or_time_in_an_address_is_the_servers_fault(
    client: TestClient, bearer: Bearer, put: Callable[..., Any], orders: Registration
) -> None:
    put(orders)
    described = json.loads(OPENAPI.read_text(encoding="utf-8"))["paths"]
    extremes = [str(2**31), str(2**63), str(2**70), "-1", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]
    asked = [
        (path, parameter["name"], extreme)
        for path, ways in described.items()
        for parameter in ways.get("get", {}).get("parameters", ())
        if "integer" in str(parameter["schema"]) or "date-time" in str(parameter["schema"])
        for extreme in extremes
    ]
    needed = {"purpose": "operations", "node": "sales.orders", "source": "sales.orders", "target": "sales.orders"}
    codes = {
        (path, name, extreme): client.get(
            path.replace("{product}", "sales.orders"), params={**needed, name: extreme}, headers=bearer("ana")
        ).status_code
        for path, name, extreme in asked
    }

    assert len(codes) > 100
    assert {} == {question: code for question, code in codes.items() if code >= 500}


def test_every_answer_has_a_request_id_and_strict_headers(client: TestClient, bearer: Bearer) -> None:
    answers = [
        client.get("/api/v1/products", headers={**bearer("ana"), "X-Request-ID": "a b\tc"}),
        client.get("/health"),
        client.get("/login"),
        client.get("/api/v1/nothing"),
    ]

    assert 4 == len({a.headers["x-request-id"] for a in answers})
    for answer in answers:
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert ("nosniff", "no-store") == (
            answer.headers["x-content-type-options"],
            answer.headers["cache-control"],
        )


def test_health_needs_no_token_and_says_nothing_else(client: TestClient) -> None:
    assert {"status": "ok"} == client.get("/health").json()


def test_unknown_fields_of_a_contract_are_named_not_dropped(
    client: TestClient, bearer: Bearer, orders: Registration
) -> None:
    body = json.loads(orders.model_dump_json())
    body["spec"]["from_the_future"] = True

    answer = client.put("/api/v1/products/sales.orders", json=body, headers=bearer("ana"))
    assert 422 == answer.status_code
    expected = {"where": "body.spec.from_the_future", "problem": "is not known here; leave it out"}
    assert [expected] == answer.json()["errors"]


def test_an_address_that_contradicts_its_contract_is_refused(
    client: TestClient, bearer: Bearer, orders: Registration
) -> None:
    answer = client.put("/api/v1/products/sales.other", content=orders.model_dump_json(), headers=bearer("ana"))

    assert 422 == answer.status_code


def test_the_description_of_the_api_is_the_committed_one(app: FastAPI) -> None:
    expected = json.dumps(app.openapi(), indent=1, sort_keys=True) + "\n"

    assert expected == OPENAPI.read_text(encoding="utf-8"), "write it anew with `mesh catalog openapi`"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("api/v1/products/sales.orders%00", 404),
        ("api/v1/products/sales.orders%00/contract", 404),
        ("api/v1/lineage?product=%00", 422),
        ("api/v1/access/grants?before=a%00b", 422),
        ("products/sales.orders%00", 404),
    ],
)
def test_a_null_character_in_an_address_is_refused_whatever_the_database(
    client: TestClient, bearer: Bearer, path: str, expected: int
) -> None:
    assert expected == client.get(f"/{path}", headers=bearer("ana")).status_code
