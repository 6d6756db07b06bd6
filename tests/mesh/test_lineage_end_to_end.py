"""Lineage of real builds: events by the standard, columns across domains, labels that must not be lost."""

import json
import re
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from planning import plan_demand
from shop import Shop, Stage
from specification import facets_of, faults, needs_specification

NOWHERE = "http://127.0.0.1:9"
PERMIT = (
    "access", "allow", "planning.demand", "sales.orders", "--class", "pii.contact.email", "--level", "clear",
    "--purpose", "analytics",
)  # fmt: skip
EMAIL_PORT = 'email: Annotated[str, Pii("contact.email")]'


def events(shop: Shop) -> list[dict[str, Any]]:
    text = (shop.root / ".mesh" / "events.ndjson").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def identity(event: dict[str, Any]) -> tuple[str, str, str]:
    return event["job"]["name"], event["run"]["runId"], event["eventType"]


def builds(shop: Shop, product: str) -> list[dict[str, Any]]:
    return [e for e in events(shop) if e["job"]["name"] == f"{product}.build"]


@pytest.fixture
def told(shop: Shop, stage: Stage) -> Shop:
    """A shop with builds that went well in two domains, one that was stopped, and one that was never begun."""
    stage.set("told", lambda: tell(shop))
    return shop


def tell(shop: Shop) -> None:
    module = plan_demand(shop)
    shop.works("build")
    shop.rewrite(module, 'of="sales.orders", version=1', 'of="sales.orders", version=2')
    assert shop.run("build").code == 1
    shop.rewrite(module, 'of="sales.orders", version=2', 'of="sales.orders", version=1')
    shop.rewrite(module, "conform(orders)", "conform(orders.collect().lazy())")
    assert shop.run("build").code == 1


def test_every_build_that_began_ended_and_every_refusal_is_told(told: Shop) -> None:
    assert ["START", "COMPLETE"] == [e["eventType"] for e in builds(told, "sales.orders")]
    assert ["START", "COMPLETE", "FAIL", "FAIL"] == [e["eventType"] for e in builds(told, "planning.demand")]
    runs = [e["run"]["runId"] for e in builds(told, "planning.demand")]
    assert runs[0] == runs[1]
    assert 3 == len(set(runs))
    messages = [e["run"]["facets"]["errorMessage"]["message"] for e in builds(told, "planning.demand")[2:]]
    assert "version 2 is asked for" in messages[0]
    assert "reads orders itself" in messages[1]


def test_a_build_that_is_up_to_date_tells_nothing(shop: Shop) -> None:
    before = len(events(shop))

    shop.works("build")

    assert before == len(events(shop))


def test_a_build_that_breaks_an_error_rule_tells_the_counts_and_no_value(shop: Shop) -> None:
    module = shop.module()
    text = module.read_text(encoding="utf-8")
    head, contract = text[: text.index("(Contract")], text[text.index("(Contract") :]
    contract = contract.replace("quantity: int", 'quantity: Annotated[int, Lt(4), OnFail("error")]', 1)
    imports = "from annotated_types import Lt\n\nfrom meshwright import OnFail\n"
    module.write_text(imports + head + contract, encoding="utf-8")

    shop.run("build")

    last = builds(shop, "sales.orders")[-1]
    assert "FAIL" == last["eventType"]
    assert "quantity.lt (error): 1 row" in last["run"]["facets"]["errorMessage"]["message"]
    assert "example.com" not in json.dumps(last)


def test_every_event_is_one_that_openlineage_python_takes(told: Shop) -> None:
    for event in events(told):
        RunEvent(
            eventTime=event["eventTime"],
            eventType=RunState(event["eventType"]),
            producer=event["producer"],
            run=Run(event["run"]["runId"], event["run"]["facets"]),
            job=Job(event["job"]["namespace"], event["job"]["name"], event["job"]["facets"]),
            inputs=[
                InputDataset(d["namespace"], d["name"], d["inputFacets"], facets=d["facets"]) for d in event["inputs"]
            ],
            outputs=[
                OutputDataset(d["namespace"], d["name"], d["outputFacets"], facets=d["facets"])
                for d in event["outputs"]
            ],
        )
    assert {"START", "COMPLETE", "FAIL"} == {e["eventType"] for e in events(told)}


@needs_specification
def test_every_event_is_valid_by_the_specification(told: Shop) -> None:
    assert faults({**events(told)[0], "eventTime": 3})
    for event in events(told):
        assert [] == faults(event)
    assert sum(len(list(facets_of(event))) for event in events(told)) > 50


def test_a_complete_event_carries_what_the_table_holds(told: Shop) -> None:
    (_, complete, *_) = builds(told, "planning.demand")
    (output,), (given,) = complete["outputs"], complete["inputs"]

    assert "0" == output["facets"]["version"]["datasetVersion"]
    assert 4 == output["outputFacets"]["outputStatistics"]["rowCount"]
    assert ["order_id", "quantity"] == [f["name"] for f in output["facets"]["schema"]["fields"]]
    assert "0" == given["facets"]["version"]["datasetVersion"]
    assert "team:planning-team" == complete["job"]["facets"]["ownership"]["owners"][0]["name"]
    (field,) = output["facets"]["columnLineage"]["fields"]["quantity"]["inputFields"]
    assert (given["name"], "quantity") == (field["name"], field["field"])


def graph(shop: Shop, *arguments: str) -> set[str]:
    document = json.loads(shop.works("lineage", *arguments, "--as", "planning.demand", "--json"))
    return {node["name"] for node in document["nodes"]}


def test_lineage_goes_up_and_down_across_domains(told: Shop) -> None:
    assert {"sales.orders", "sales.orders_file"} <= graph(told, "planning.demand")
    assert {"sales.orders", "sales.orders_file"} <= graph(told, "planning.demand.quantity")
    assert "planning.demand" in graph(told, "sales.orders", "--down")
    assert "planning.demand" in graph(told, "sales.orders.quantity", "--down")
    assert "planning.demand" not in graph(told, "sales.orders.email", "--down")


def test_lineage_is_drawn_for_people(told: Shop) -> None:
    said = told.works("lineage", "planning.demand.quantity", "--as", "planning.demand")

    assert "planning.demand.quantity\n└─ sales.orders.quantity  [direct identity]\n" in said
    assert "   └─ sales.orders_file.quantity" in said


def test_an_unknown_product_has_no_lineage_and_the_nearest_is_named(told: Shop) -> None:
    said = told.run("lineage", "sales.order")

    assert said.code in (1, 2)
    assert "did you mean 'sales.orders'" in said.err


def test_a_label_lost_by_a_rename_stops_the_build_with_the_path(shop: Shop) -> None:
    plan_demand(shop, port=EMAIL_PORT, contract="contact: str", transform='orders.select("order_id", contact="email")')
    shop.works(*PERMIT)

    said = shop.run("build", "planning.demand", "--only")

    assert 1 == said.code
    assert (
        "pii.contact.email reaches columns that do not declare it: planning.demand.contact <- sales.orders" in said.out
    )
    assert not (shop.root / "lake/planning").exists()
    assert "example.com" not in said.out + said.err
    assert "FAIL" == builds(shop, "planning.demand")[-1]["eventType"]


def test_a_label_that_is_declared_builds(shop: Shop) -> None:
    contract = 'contact: Annotated[str, Pii("contact.email")]'
    plan_demand(shop, port=EMAIL_PORT, contract=contract, transform='orders.select("order_id", contact="email")')
    shop.works(*PERMIT)

    assert "planning.demand: version 0" in shop.works("build", "planning.demand", "--only")


def test_a_label_lost_on_the_way_stops_check_and_build_with_the_path_and_the_ways_out(shop: Shop) -> None:
    transform = 'orders.select("order_id", contact=pl.col("email").str.to_uppercase())'
    plan_demand(shop, port=EMAIL_PORT, contract="contact: str", transform=transform)
    shop.works(*PERMIT)
    shop.works("contracts", "write")

    checked, built = shop.run("check"), shop.run("build", "planning.demand", "--only")

    path = "planning.demand.contact <- sales.orders.email via uppercase in demand"
    assert (1, 1) == (checked.code, built.code)
    assert f"pii.contact.email flows here undeclared: {path}" in checked.out
    assert re.search(r'declare Pii\("contact.email"\) on contact, use a declassifier of .*, or waive it', checked.out)
    assert path in built.out
    assert not (shop.root / "lake/planning").exists()


def test_a_count_of_people_needs_no_label(shop: Shop) -> None:
    transform = 'orders.group_by("order_id").agg(contacts=pl.col("email").n_unique().cast(pl.Int64))'
    plan_demand(shop, port=EMAIL_PORT, contract="contacts: int", transform=transform)
    shop.works(*PERMIT)

    assert "undeclared" not in shop.run("check").out


class Receiver(ThreadingHTTPServer):
    """A receiver of lineage events on loopback."""

    def __init__(self, port: int = 0) -> None:
        self.events: list[dict[str, Any]] = []
        super().__init__(("127.0.0.1", port), Answer)


class Answer(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Receiver)
        self.server.events.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(201)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_an_unreachable_receiver_neither_fails_nor_slows_a_build_and_gets_everything_later(
    shop: Shop, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENLINEAGE_URL", NOWHERE)
    started = time.monotonic()
    built = shop.run("build", "--force")
    seconds = time.monotonic() - started
    waiting = list((shop.root / ".mesh" / "outbox" / "dev" / "openlineage").glob("*.json"))

    monkeypatch.setenv("OPENLINEAGE_URL", f"http://127.0.0.1:{receiver.server_port}")
    shop.works("build")

    assert 0 == built.code
    assert "sales.orders: version 1" in built.out
    assert "Traceback" not in built.err
    assert seconds < 5
    assert 6 == len(waiting)
    assert [] == list((shop.root / ".mesh" / "outbox" / "dev" / "openlineage").glob("*.json"))
    assert [identity(e) for e in events(shop)[-6:]] == [identity(e) for e in receiver.events]


def test_a_transport_of_mesh_toml_gets_the_events(shop: Shop, receiver: Receiver) -> None:
    transport = f'\n[env.dev.lineage.transport]\ntype = "http"\nurl = "http://127.0.0.1:{receiver.server_port}"\n'
    settings = shop.root / "mesh.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + transport, encoding="utf-8")

    shop.works("build", "--force")

    assert [identity(e) for e in events(shop)[-6:]] == [identity(e) for e in receiver.events]
