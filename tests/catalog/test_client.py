"""The library's client against a real server: it answers like the embedded catalog, and fails in one line."""

import http.server
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from openlineage.client import OpenLineageClient
from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.transport.http import ApiKeyTokenProvider, HttpCompression, HttpConfig, HttpTransport

from meshwright.errors import (
    CatalogRefused,
    CatalogUnavailable,
    ForeignDomain,
    InvalidName,
    MeshError,
    NotSignedIn,
    UnknownColumn,
    UnknownProduct,
    UnknownVersion,
)
from meshwright.io.catalog import HttpRegistry
from meshwright.ports import Registry
from meshwright.registry import ImpactQuery, LineageQuery, PathQuery, SearchQuery
from meshwright.spec import Registration
from meshwright_catalog.embedded import EmbeddedRegistry

Make = Callable[..., Registration]


@pytest.fixture
def remote(served: str, sign: Callable[[str], str]) -> Callable[[str], HttpRegistry]:
    """Give the client of somebody."""
    return lambda name: HttpRegistry(served, token=sign(name))


def told(product: str, origin: str) -> dict[str, Any]:
    domain, _, name = product.partition(".")
    made_of = {"inputFields": [{"namespace": "file", "name": f"/data/{origin}", "field": "id"}]}
    return {
        "eventType": "COMPLETE",
        "eventTime": "2026-11-20T10:00:00Z",
        "producer": "urn:test",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": "5d9c8b0e-8a1c-4f0e-9c7e-4b6b3f0f1a2b"},
        "job": {"namespace": f"mesh://thenar/{domain}", "name": f"{product}.build"},
        "inputs": [{"namespace": "file", "name": f"/data/{origin}"}],
        "outputs": [
            {
                "namespace": "file",
                "name": f"/lake/{domain}/{name}/v1",
                "facets": {"columnLineage": {"fields": {"id": made_of}}},
            }
        ],
    }


def test_a_client_answers_as_the_embedded_catalog_does(
    remote: Callable[[str], HttpRegistry], ana: EmbeddedRegistry, orders: Registration, make: Make
) -> None:
    client: Registry = remote("ana")
    deploys = remote("sales.deploy")
    deploys.register(orders)
    deploys.register(make("sales.customers", version="2.0.0"))
    deploys.register(make("sales.customers", version="1.0.0"))
    client.record(told("sales.customers", "crm"))

    for name, major in (("sales.orders", None), ("sales.customers", None), ("sales.customers", 1), ("sales.x", None)):
        assert ana.find(name, major) == client.find(name, major)
    assert list(ana.products()) == list(client.products())
    assert list(ana.releases("sales.customers")) == list(client.releases("sales.customers"))
    assert [] == list(client.releases("sales.x"))
    for query in (SearchQuery(), SearchQuery(text="order", tag=("core", "x"), classification=("commercial",), limit=1)):
        assert ana.search(query) == client.search(query)
    for asked in (LineageQuery(product="sales.customers", column="id"), LineageQuery(product="sales.orders", depth=3)):
        assert ana.lineage(asked) == client.lineage(asked)
    at = datetime(2026, 11, 20, 11, tzinfo=timezone(timedelta(hours=1)))
    reached, way = (
        ImpactQuery(product="sales.customers", at=at),
        PathQuery(product="sales.customers", to_product="sales.orders"),
    )
    assert (ana.impact(reached), ana.path(way)) == (client.impact(reached), client.path(way))
    assert 2 == len(client.lineage(LineageQuery(product="sales.customers")).nodes)


def test_more_products_than_a_page_are_all_listed(
    remote: Callable[[str], HttpRegistry], ana: EmbeddedRegistry, make: Make
) -> None:
    for number in range(203):
        ana.register(make(f"sales.p{number:03}"))

    assert [f"sales.p{number:03}" for number in range(203)] == [e.spec.id for e in remote("ana").products()]


def test_a_services_token_registers_its_domains_product_alone(
    remote: Callable[[str], HttpRegistry], make: Make
) -> None:
    service = remote("sales.orders")
    service.register(make("sales.orders"))

    assert service.find("sales.orders") is not None
    with pytest.raises(ForeignDomain):
        service.register(make("supply_chain.parts"))
    with pytest.raises(ForeignDomain):
        service.record(told("supply_chain.parts", "x"))


def test_refusals_are_the_same_errors_as_without_a_network(
    remote: Callable[[str], HttpRegistry], served: str, make: Make, clock: Any
) -> None:
    client = remote("sales.deploy")
    client.register(make("sales.orders"))

    with pytest.raises(UnknownProduct):
        client.lineage(LineageQuery(product="sales.x"))
    with pytest.raises(UnknownProduct, match=r"sales\.x"):
        client.path(PathQuery(product="sales.orders", to_product="sales.x"))
    with pytest.raises(UnknownVersion, match="no version 7"):
        client.impact(ImpactQuery(product="sales.orders", version=7))
    with pytest.raises(UnknownColumn, match="known: id"):
        client.lineage(LineageQuery(product="sales.orders", column="zzz"))
    with pytest.raises(CatalogRefused, match=r"400\): eventTime: is missing"):
        client.record({"job": {"namespace": "a", "name": "b"}})
    with pytest.raises(CatalogRefused, match="422"):
        client.register(make("sales.orders", version="one", table="/x"))
    with pytest.raises(NotSignedIn):
        HttpRegistry(served, token="no.such.token").products()
    clock.now += timedelta(hours=2)
    with pytest.raises(NotSignedIn, match="mesh token"):
        client.products()


def test_a_name_with_a_slash_or_question_mark_reaches_no_other_address(
    remote: Callable[[str], HttpRegistry], make: Make
) -> None:
    client = remote("ana")

    assert [None, None] == [client.find(name) for name in ("../search?q=", "a/b?c=d#e")]
    with pytest.raises((InvalidName, CatalogRefused)):
        client.register(make("sales.orders/../x"))


def test_a_catalog_that_is_not_there_is_one_line(sign: Callable[[str], str], orders: Registration) -> None:
    client = HttpRegistry("http://127.0.0.1:9", token=sign("ana"))

    for call in (lambda: client.register(orders), client.products, lambda: client.find("sales.orders")):
        with pytest.raises(CatalogUnavailable) as failed:
            call()
        assert "catalog at 127.0.0.1:9: does not answer" in str(failed.value)
        assert "\n" not in str(failed.value)


@pytest.mark.parametrize("url", ["http://catalog.example", "ftp://127.0.0.1", "file:///etc", "//127.0.0.1", ""])
def test_a_token_is_never_sent_in_the_clear(url: str) -> None:
    with pytest.raises(CatalogRefused, match="neither https nor on this machine"):
        HttpRegistry(url, token="t")


class Strange(http.server.BaseHTTPRequestHandler):
    """Answers what no catalog answers."""

    def do_GET(self) -> None:
        status, body = (200, b"<html>hello</html>") if "search" in self.path else (418, b'{"detail": 1, "errors": 7}')
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def stranger() -> Iterator[str]:
    server = http.server.HTTPServer(("127.0.0.1", 0), Strange)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_server_that_is_no_catalog_is_one_line(stranger: str) -> None:
    client = HttpRegistry(stranger, token="t")
    failures = []
    for call in (lambda: client.search(SearchQuery()), client.products):
        with pytest.raises(MeshError) as failed:
            call()
        failures.append(failed.value.problem)

    assert ["answered what this version does not understand", "refused (418): no reason that can be read"] == failures


def test_the_openlineage_client_is_served_packed_and_plain(
    served: str, sign: Callable[[str], str], remote: Callable[[str], HttpRegistry], make: Make
) -> None:
    remote("sales.deploy").register(make("sales.orders", table="/lake/sales/orders/v1"))
    for number, compression in enumerate((None, HttpCompression.GZIP)):
        config = HttpConfig(
            url=served, auth=ApiKeyTokenProvider({"apiKey": sign("ana")}), compression=compression, retry={"total": 0}
        )
        event = RunEvent(
            eventType=RunState.COMPLETE,
            eventTime=f"2026-11-20T1{number}:00:00Z",
            run=Run(runId=f"5d9c8b0e-8a1c-4f0e-9c7e-4b6b3f0f1a2{number}"),
            job=Job(namespace="airflow/sales", name=f"load_{number}"),
            inputs=[InputDataset(namespace="postgres://erp:5432", name=f"public.orders_{number}")],
            outputs=[OutputDataset(namespace="file", name="/lake/sales/orders/v1")],
            producer="urn:test",
        )
        client = OpenLineageClient(transport=HttpTransport(config))
        client.emit(event)
        client.close()

    graph = remote("ana").lineage(LineageQuery(product="sales.orders", direction="up"))
    assert {"public.orders_0", "public.orders_1"} == {n.name for n in graph.nodes if n.kind == "dataset"}
