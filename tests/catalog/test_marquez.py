"""What interfaces made for Marquez read: the shape that they expect, and nothing that the caller may not discover."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from meshwright.access import Principal
from meshwright.spec import Registration
from meshwright_catalog.embedded import EmbeddedRegistry

Make = Callable[..., Registration]
Get = Callable[..., Any]
AT = datetime.fromisoformat("2026-11-20T10:00:00+00:00")
ROOT = "/marquez/api/v1"


def told(product: str, origin: Mapping[str, str], column: tuple[str, str], state: str = "COMPLETE") -> dict[str, Any]:
    """Write an event of a build; runs are told apart by how they ended."""
    domain, _, name = product.partition(".")
    made = {column[1]: {"inputFields": [{**origin, "field": column[0]}]}}
    table = {"namespace": "file", "name": f"/lake/{domain}/{name}/v1"}
    return {
        "eventType": state,
        "eventTime": (AT + timedelta(minutes=len(state))).isoformat(),
        "producer": "urn:test",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": str(UUID(int=len(state)))},
        "job": {"namespace": f"mesh://thenar/{domain}", "name": f"{product}.build"},
        "inputs": [dict(origin)],
        "outputs": [
            {**table, "facets": {"columnLineage": {"fields": made}, "version": {"datasetVersion": str(len(state))}}}
        ],
    }


@pytest.fixture
def get(client: TestClient, bearer: Callable[[str], dict[str, str]], ana: EmbeddedRegistry, make: Make) -> Get:
    """Give a caller's view of erp > sales.orders > supply_chain.demand, of which eve may discover nothing."""

    def publish(registration: Registration, *events: dict[str, Any]) -> None:
        spec = registration.spec
        service = ana.acting_as(Principal("service", spec.id, spec.domain, (), ("operations",)))
        service.register(registration)
        for event in events:
            service.record(event)

    erp = {"namespace": "postgres://erp:5432", "name": "public.orders"}
    orders = {"namespace": "file", "name": "/lake/sales/orders/v1"}
    sales = make("sales.orders", "order_id")
    publish(sales, told(sales.spec.id, erp, ("id", "order_id")), told(sales.spec.id, erp, ("id", "order_id"), "FAIL"))
    demand = make("supply_chain.demand", "key", permits=["order-desk"])
    publish(demand, told(demand.spec.id, orders, ("order_id", "key")))

    def ask(path: str, name: str = "ana", status: int = 200, **query: str | int | bool) -> Any:
        answer = client.get(ROOT + path, headers=bearer(name), params=query)
        assert status == answer.status_code, answer.text
        return answer.json()

    return ask


def test_namespaces_datasets_and_jobs_are_listed_as_far_as_the_caller_sees(get: Get) -> None:
    def names(path: str, kind: str, name: str = "ana") -> list[str]:
        return [each["name"] for each in get(path, name)[kind]]

    assert [
        "mesh://thenar/sales",
        "mesh://thenar/supply_chain",
        "postgres://erp:5432",
        "sales",
        "supply_chain",
    ] == names("/namespaces", "namespaces")
    assert ["mesh://thenar/supply_chain", "supply_chain"] == names("/namespaces", "namespaces", "ben")
    assert [] == names("/namespaces", "namespaces", "eve")
    assert ["sales.orders"] == names("/namespaces/sales/datasets", "datasets")
    assert ["public.orders"] == names("/namespaces/postgres%3A%2F%2Ferp%3A5432/datasets", "datasets")
    assert ["sales.orders.build"] == names("/namespaces/mesh%3A%2F%2Fthenar%2Fsales/jobs", "jobs")
    assert ["supply_chain.demand.build"] == names("/jobs", "jobs", "ben")


def test_a_dataset_has_its_columns_and_versions_and_not_the_place_of_its_table(get: Get) -> None:
    by_name = get("/namespaces/supply_chain/datasets/supply_chain.demand")
    by_place = get("/namespaces/file/datasets/%2Flake%2Fsupply_chain%2Fdemand%2Fv1")

    assert by_name == by_place
    assert ["key"] == [field["name"] for field in by_name["fields"]]
    assert "/lake" not in str(by_name)
    versions = get("/namespaces/sales/datasets/sales.orders/versions")
    assert (["8"], 1) == ([v["version"] for v in versions["versions"]], versions["totalCount"])


def test_a_job_has_its_runs_newest_first_and_how_they_stand(get: Get) -> None:
    path = "/namespaces/mesh%3A%2F%2Fthenar%2Fsales/jobs/sales.orders.build"
    job, runs = get(path), get(f"{path}/runs", limit=1)

    assert ("COMPLETED", ["sales.orders"]) == (job["latestRun"]["state"], [o["name"] for o in job["outputs"]])
    assert [{"namespace": "postgres://erp:5432", "name": "public.orders"}] == job["inputs"]
    assert (2, ["COMPLETED"]) == (runs["totalCount"], [run["state"] for run in runs["runs"]])
    assert "FAILED" == get(f"/jobs/runs/{UUID(int=4)}")["state"]


def test_a_graph_goes_from_datasets_through_jobs_in_both_directions(get: Get) -> None:
    graph = get("/lineage", nodeId="dataset:sales:sales.orders", depth=20)["graph"]
    links = {(edge["origin"], edge["destination"]) for node in graph for edge in (*node["inEdges"], *node["outEdges"])}

    assert {
        ("dataset:postgres://erp:5432:public.orders", "job:mesh://thenar/sales:sales.orders.build"),
        ("job:mesh://thenar/sales:sales.orders.build", "dataset:sales:sales.orders"),
        ("dataset:sales:sales.orders", "job:mesh://thenar/supply_chain:supply_chain.demand.build"),
        ("job:mesh://thenar/supply_chain:supply_chain.demand.build", "dataset:supply_chain:supply_chain.demand"),
    } == links
    ids = {node["id"] for node in graph}
    for start in ("job:mesh://thenar/sales:sales.orders.build", "dataset:postgres://erp:5432:public.orders"):
        assert ids == {node["id"] for node in get("/lineage", nodeId=start)["graph"]}


def test_columns_are_drawn_up_and_on_request_down(get: Get) -> None:
    start = "datasetField:sales:sales.orders:order_id"
    above = {node["id"] for node in get("/column-lineage", nodeId=start)["graph"]}
    both = get("/column-lineage", nodeId=start, withDownstream=True)["graph"]

    assert {start, "datasetField:postgres://erp:5432:public.orders:id"} == above
    key = next(n for n in both if n["id"] == "datasetField:supply_chain:supply_chain.demand:key")
    assert [{"origin": start, "destination": key["id"]}] == key["inEdges"]
    assert "order_id" == key["data"]["inputFields"][0]["field"]


def test_what_may_not_be_discovered_is_nowhere(get: Get) -> None:
    seen = str(get("/lineage", "ben", nodeId="dataset:supply_chain:supply_chain.demand"))
    seen += str(get("/namespaces/mesh%3A%2F%2Fthenar%2Fsupply_chain/jobs", "ben")) + str(get("/search", "ben", q="o"))

    assert not [word for word in ("sales", "orders", "erp") if word in seen]
    job = "/namespaces/mesh%3A%2F%2Fthenar%2Fsales/jobs/sales.orders.build"
    hidden = [
        "/namespaces/sales/datasets/sales.orders",
        "/namespaces/file/datasets/%2Flake%2Fsales%2Forders%2Fv1",
        "/namespaces/postgres%3A%2F%2Ferp%3A5432/datasets/public.orders",
        job,
        f"{job}/runs",
        f"/jobs/runs/{UUID(int=4)}",
    ]
    for path in hidden:
        get(path, "ben", 404)
    for node in ("dataset:sales:sales.orders", "datasetField:sales:sales.orders:order_id", "job:a:b", "x", ""):
        get("/lineage", "ben", 404, nodeId=node)
        get("/column-lineage", "ben", 404, nodeId=node)


def test_a_search_finds_datasets_and_jobs_by_a_part_of_their_name(get: Get) -> None:
    found, jobs = get("/search", q="DEMAND"), get("/search", q="demand", filter="JOB", sort="NAME", limit=100)

    assert {"dataset:supply_chain:supply_chain.demand", "job:mesh://thenar/supply_chain:supply_chain.demand.build"} == {
        each["nodeId"] for each in found["results"]
    }
    assert (1, ["JOB"]) == (jobs["totalCount"], [each["type"] for each in jobs["results"]])


def test_every_reader_needs_a_token(app: FastAPI, client: TestClient) -> None:
    paths = [path for path in app.openapi()["paths"] if path.startswith(ROOT)]
    plain = [path.replace("{", "").replace("}", "") for path in paths]

    assert 13 == len(paths)
    assert {401} == {client.get(path, params={"nodeId": "x", "q": "x"}).status_code for path in plain}
