"""Recording OpenLineage events and following what they say, as far as the caller may see."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pytest

from meshwright.errors import ForeignDomain, InvalidEvent, UnknownColumn, UnknownProduct
from meshwright.registry import LineageEdge, LineageGraph, LineageQuery
from meshwright.spec import Registration
from meshwright_catalog.embedded import EmbeddedRegistry
from meshwright_catalog.events import parse

Make = Callable[..., Registration]
Event = dict[str, Any]
Columns = Mapping[str, list[str]]

SPECIFICATION = Path(__file__).parents[3] / "shared" / "spec" / "openlineage" / "tests"
SPACE = UUID("5d9c8b0e-8a1c-4f0e-9c7e-4b6b3f0f1a2b")
AT = datetime.fromisoformat("2026-11-20T10:00:00+00:00")


def place(product: str) -> dict[str, str]:
    domain, _, name = product.partition(".")
    return {"namespace": "file", "name": f"/lake/{domain}/{name}/v1"}


def link(namespace: str, name: str) -> dict[str, Any]:
    return {"symlinks": {"identifiers": [{"namespace": namespace, "name": name, "type": "TABLE"}]}}


def source(name: str) -> dict[str, Any]:
    return {"namespace": "file", "name": f"/data/{name}.csv", "facets": link("mesh://thenar/sources", name)}


def field(origin: str, kind: str = "DIRECT:IDENTITY", *, masking: bool = False) -> dict[str, Any]:
    """Write an input field from `sales.orders/order_id`, or `erp.orders/id` for a source."""
    product, _, column = origin.partition("/")
    kinds = [{"type": k.partition(":")[0], "subtype": k.partition(":")[2], "masking": masking} for k in kind.split()]
    where = source(product) if product.startswith("erp.") else place(product)
    return {"namespace": where["namespace"], "name": where["name"], "field": column, "transformations": kinds}


def event(product: str, inputs: list[str], columns: Columns | None = None, **settings: Any) -> Event:
    """Write one event of a build; columns map an output to its origins, `*` to what shapes the rows."""
    domain = product.partition(".")[0]
    run = settings.get("run", "1")
    output: dict[str, Any] = {**place(product), "facets": link("mesh://thenar", product)}
    if columns is not None:
        told = {name: {"inputFields": [_field(o) for o in origins]} for name, origins in columns.items() if name != "*"}
        output["facets"]["columnLineage"] = {"fields": told, "dataset": [_field(o) for o in columns.get("*", [])]}
    read = [source(i) if i.startswith("erp.") else {**place(i), "facets": link("mesh://thenar", i)} for i in inputs]
    return {
        "eventType": settings.get("state", "COMPLETE"),
        "eventTime": settings.get("at", AT).isoformat(),
        "producer": "urn:test",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": str(uuid5(SPACE, f"{product}{run}"))},
        "job": {"namespace": f"mesh://thenar/{domain}", "name": f"{product}.build"},
        "inputs": read,
        "outputs": [output],
    }


def _field(origin: str) -> dict[str, Any]:
    name, _, kind = origin.partition(" ")
    return field(name, kind or "DIRECT:IDENTITY")


def ask(registry: EmbeddedRegistry, product: str, column: str | None = None, **settings: Any) -> LineageGraph:
    return registry.lineage(LineageQuery(product=product, column=column, **settings))


def flows(graph: LineageGraph) -> set[str]:
    """Write each edge as `source.column > target.column`."""
    names = {node.id: node.name for node in graph.nodes}
    return {f"{_end(e, names, source=True)} > {_end(e, names, source=False)}" for e in graph.edges}


def _end(edge: LineageEdge, names: Mapping[str, str], *, source: bool) -> str:
    node, column = (edge.source, edge.source_column) if source else (edge.target, edge.target_column)
    return names[node] + (f".{column}" if column else "")


@pytest.fixture
def chain(ana: EmbeddedRegistry, ben: EmbeddedRegistry, make: Make) -> EmbeddedRegistry:
    """Give ana's catalog with erp.orders > sales.orders > supply_chain.demand > sales.plan."""
    ana.register(make("sales.orders", "order_id", "email", permits=["planning"]))
    ben.register(make("supply_chain.demand", "key", "week", permits=["order-desk"], owner="makers"))
    ana.register(make("sales.plan", "key", "amount"))
    ana.record(event("sales.orders", ["erp.orders"], {"order_id": ["erp.orders/id"], "email": ["erp.orders/mail"]}))
    ben.record(
        event(
            "supply_chain.demand",
            ["sales.orders"],
            {"key": ["sales.orders/order_id"], "week": ["sales.orders/email DIRECT:AGGREGATION"]},
        )
    )
    shaped = {"key": ["supply_chain.demand/key"], "*": ["supply_chain.demand/week INDIRECT:FILTER"]}
    ana.record(event("sales.plan", ["supply_chain.demand"], shaped))
    return ana


def test_a_column_is_followed_up_across_domains_to_its_source(chain: EmbeddedRegistry) -> None:
    graph = ask(chain, "sales.plan", "key", direction="up", direct=True)

    assert {
        "supply_chain.demand.key > sales.plan.key",
        "sales.orders.order_id > supply_chain.demand.key",
        "erp.orders.id > sales.orders.order_id",
    } == flows(graph)
    assert [("sales.plan", 0), ("supply_chain.demand", 1), ("sales.orders", 2), ("erp.orders", 3)] == sorted(
        ((n.name, n.hops) for n in graph.nodes), key=lambda pair: pair[1]
    )
    assert {"product", "source"} == {n.kind for n in graph.nodes}
    assert not graph.truncated


def test_what_shapes_the_rows_reaches_every_column(chain: EmbeddedRegistry) -> None:
    up, down = ask(chain, "sales.plan", "key", direction="up"), ask(chain, "sales.orders", "email", direction="down")

    assert "supply_chain.demand.week > sales.plan" in flows(up)
    assert {"sales.orders.email > supply_chain.demand.week", "supply_chain.demand.week > sales.plan"} == flows(down)
    assert {("INDIRECT:FILTER",), ("DIRECT:AGGREGATION",)} == {e.kinds for e in down.edges}


def test_a_product_is_followed_by_products_and_on_request_by_columns(chain: EmbeddedRegistry) -> None:
    whole = ask(chain, "supply_chain.demand")
    columns = ask(chain, "supply_chain.demand", depth=1, columns=True)

    assert {
        "erp.orders > sales.orders",
        "sales.orders > supply_chain.demand",
        "supply_chain.demand > sales.plan",
    } == flows(whole)
    assert "sales.orders.order_id > supply_chain.demand.key" in flows(columns)
    assert "supply_chain.demand.week > sales.plan" in flows(columns)


def test_depth_ends_a_walk_and_the_answer_says_so(chain: EmbeddedRegistry) -> None:
    near, far = ask(chain, "sales.plan", direction="up", depth=1), ask(chain, "sales.plan", direction="up", depth=3)

    assert ({"supply_chain.demand > sales.plan"}, True) == (flows(near), near.truncated)
    assert (3, False) == (len(far.edges), far.truncated)


def test_what_may_not_be_discovered_has_no_name_and_ends_the_walk(chain: EmbeddedRegistry, make: Make) -> None:
    chain.register(make("sales.orders", "order_id", "email"))  # planning is shut out
    ben_sees = chain.acting_as(
        chain.principal.__class__("user", "ben", "supply_chain", ("planning",), ("analytics", "operations"))
    )
    graph = ask(ben_sees, "supply_chain.demand", columns=True)

    assert {"restricted > supply_chain.demand", "supply_chain.demand > restricted"} == flows(graph)
    assert ["restricted"] == [n.name for n in graph.nodes if n.kind == "restricted"]
    said = graph.model_dump_json()
    assert not [word for word in ("sales", "order", "email", "erp", "plan", "lake") if f'"{word}' in said]


def test_a_product_or_column_that_is_not_there_is_an_error(chain: EmbeddedRegistry, eve: EmbeddedRegistry) -> None:
    with pytest.raises(UnknownProduct):
        ask(chain, "sales.nothing")
    with pytest.raises(UnknownProduct):
        ask(eve, "sales.orders")
    with pytest.raises(UnknownColumn, match="did you mean 'order_id'"):
        ask(chain, "sales.orders", "order_ids")


def test_a_later_run_replaces_the_edges_of_an_earlier_one_and_not_the_other_way_round(
    ana: EmbeddedRegistry, make: Make
) -> None:
    ana.register(make("sales.orders", "order_id"))
    ana.record(event("sales.orders", ["erp.new"], {"order_id": ["erp.new/id"]}, run="2", at=AT + timedelta(hours=1)))
    ana.record(event("sales.orders", ["erp.old"], {"order_id": ["erp.old/id"]}, run="1", at=AT))

    assert {"erp.new.id > sales.orders.order_id"} == flows(ask(ana, "sales.orders", "order_id"))


def test_a_run_counts_when_it_is_complete_with_all_its_events(ana: EmbeddedRegistry, make: Make) -> None:
    ana.register(make("sales.orders", "order_id"))
    ana.record(event("sales.orders", ["erp.orders"], {"order_id": ["erp.orders/id"]}, state="START"))
    planned = ask(ana, "sales.orders").edges
    done = event("sales.orders", [], None)
    ana.record(done)

    assert () == planned
    assert {"erp.orders.id > sales.orders.order_id"} == flows(ask(ana, "sales.orders", "order_id"))


@pytest.mark.parametrize("state", ["FAIL", "ABORT"])
def test_a_run_that_failed_draws_nothing(ana: EmbeddedRegistry, make: Make, state: str) -> None:
    ana.register(make("sales.orders", "order_id"))
    ana.record(event("sales.orders", ["erp.orders"], {"order_id": ["erp.orders/id"]}, state="START"))
    ana.record(event("sales.orders", ["erp.orders"], {"order_id": ["erp.orders/id"]}, state=state))

    assert () == ask(ana, "sales.orders").edges


def test_the_same_event_twice_changes_nothing(chain: EmbeddedRegistry) -> None:
    before = ask(chain, "sales.orders", columns=True)
    chain.record(event("sales.orders", ["erp.orders"], {"order_id": ["erp.orders/id"], "email": ["erp.orders/mail"]}))

    assert flows(before) == flows(ask(chain, "sales.orders", columns=True))


def test_lineage_that_came_before_its_products_is_theirs(ana: EmbeddedRegistry, make: Make) -> None:
    ana.record(event("sales.orders", ["erp.orders"], {"order_id": ["erp.orders/id"]}))
    ana.register(make("sales.orders", "order_id"))

    assert {"erp.orders.id > sales.orders.order_id"} == flows(ask(ana, "sales.orders", "order_id"))


def test_another_spelling_of_a_place_is_the_same_place(ana: EmbeddedRegistry, make: Make) -> None:
    ana.register(make("sales.orders", "order_id", table="s3a://lake/sales/orders/v1/"))
    told = event("sales.orders", ["erp.orders"], {"order_id": ["erp.orders/id"]})
    told["outputs"][0] |= {"namespace": "s3://lake", "name": "sales/orders/v1"}
    del told["outputs"][0]["facets"]["symlinks"]
    ana.record(told)

    assert {"erp.orders.id > sales.orders.order_id"} == flows(ask(ana, "sales.orders", "order_id"))


def test_columns_that_nobody_told_are_assumed_to_come_from_every_input(ana: EmbeddedRegistry, make: Make) -> None:
    ana.register(make("sales.orders", "order_id"))
    ana.record(event("sales.orders", ["erp.orders", "erp.lines"]))

    assert {"erp.orders > sales.orders", "erp.lines > sales.orders"} == flows(ask(ana, "sales.orders", "order_id"))


def test_an_edge_masks_only_when_nothing_passes_unmasked(ana: EmbeddedRegistry, make: Make) -> None:
    ana.register(make("sales.orders", "token", "copy"))
    told = event("sales.orders", ["erp.orders"], {"token": [], "copy": []})
    fields = told["outputs"][0]["facets"]["columnLineage"]["fields"]
    fields["token"]["inputFields"] = [field("erp.orders/mail", "DIRECT:TRANSFORMATION", masking=True)]
    plain = field("erp.orders/mail")
    fields["copy"]["inputFields"] = [field("erp.orders/mail", "DIRECT:TRANSFORMATION", masking=True), plain]
    ana.record(told)

    masked = {e.target_column: e.masking for e in ask(ana, "sales.orders", columns=True).edges if e.target_column}
    assert {"token": True, "copy": False} == masked


def test_attack_33_a_circle_is_walked_once(ana: EmbeddedRegistry, make: Make) -> None:
    ana.register(make("sales.state", "x"))
    ana.record(event("sales.state", ["sales.state"], {"x": ["sales.state/x"]}))

    graph = ask(ana, "sales.state", "x")
    assert ({"sales.state.x > sales.state.x"}, False) == (flows(graph), graph.truncated)


def test_attack_33_a_graph_that_is_too_large_is_cut_and_says_so(ana: EmbeddedRegistry, make: Make) -> None:
    ana.register(make("sales.wide", "x"))
    ana.record(event("sales.wide", [f"erp.s{n}" for n in range(700)]))

    graph = ask(ana, "sales.wide")
    assert (True, 501) == (graph.truncated, len(graph.nodes))


FOREIGN: dict[str, Callable[[Event], Any]] = {
    "job": lambda e: e.update(job={"namespace": "mesh://thenar/supply_chain", "name": "x"}),
    "job by its end": lambda e: e.update(job={"namespace": "mesh://thenar/notsales", "name": "build"}),
    "output by its place": lambda e: e.update(outputs=[place("supply_chain.demand")]),
    "output by its link": lambda e: e["outputs"][0].update(
        {"name": "/else", "facets": link("mesh://thenar", "supply_chain.demand")}
    ),
    "output by its own name": lambda e: e.update(
        outputs=[{"namespace": "mesh://thenar", "name": "supply_chain.parts"}]
    ),
}


@pytest.mark.parametrize("what", FOREIGN)
def test_attack_33_a_producer_writes_only_of_its_own_domain(chain: EmbeddedRegistry, what: str) -> None:
    told = event("sales.orders", ["erp.orders"])
    FOREIGN[what](told)
    before = flows(ask(chain, "supply_chain.demand", columns=True))

    with pytest.raises(ForeignDomain):
        chain.record(told)
    assert before == flows(ask(chain, "supply_chain.demand", columns=True))


def test_another_names_its_inputs_without_owning_them(chain: EmbeddedRegistry) -> None:
    told = event("sales.plan", [], {"key": []}, run="9", at=AT + timedelta(hours=1))
    told["inputs"] = [{**place("supply_chain.demand"), "facets": link("mesh://thenar", "sales.orders")}]
    chain.record(told)

    assert "supply_chain.demand > sales.plan" in flows(ask(chain, "sales.plan", direction="up", depth=1))


def test_a_run_of_another_producer_with_the_same_id_has_no_part_in_it(
    ana: EmbeddedRegistry, ben: EmbeddedRegistry, make: Make
) -> None:
    ana.register(make("sales.orders", "order_id"))
    stolen = event("supply_chain.demand", ["erp.secret"], state="START")
    mine = event("sales.orders", ["erp.orders"])
    stolen["run"] = mine["run"]
    ben.record(stolen)
    ana.record(mine)

    assert {"erp.orders > sales.orders"} == flows(ask(ana, "sales.orders"))


def test_another_job_with_the_same_run_id_has_no_part_in_it(ana: EmbeddedRegistry, make: Make) -> None:
    ana.register(make("sales.orders", "order_id"))
    ana.register(make("sales.plan", "key"))
    first, second = event("sales.orders", ["erp.orders"]), event("sales.plan", ["sales.orders"])
    second["run"] = first["run"]
    ana.record(first)
    ana.record(second)

    assert {"sales.orders > sales.plan"} == flows(ask(ana, "sales.plan", depth=1))


BROKEN: dict[str, tuple[Callable[[Event], Any], str]] = {
    "no time": (lambda e: e.pop("eventTime"), "eventTime: is missing"),
    "a time without a zone": (
        lambda e: e.update(eventTime="2026-11-20T10:00:00"),
        "eventTime: has no time zone",
    ),
    "no producer": (lambda e: e.pop("producer"), "producer: is missing"),
    "a bad run": (lambda e: e.update(run={"runId": "secret-value"}), "run.runId: is no UUID"),
    "a bad state": (lambda e: e.update(eventType="DONE"), "eventType: is none of START, RUNNING"),
    "no job": (lambda e: e.pop("job"), "neither a job nor a dataset"),
    "a null character": (lambda e: e["inputs"][0].update(name="/secret-value\0"), "a null character"),
    "half of a character": (
        lambda e: e["outputs"][0]["facets"]["columnLineage"]["fields"].update({"\ud800": {"inputFields": []}}),
        "half of a character",
    ),
    "a field without a name": (
        lambda e: e["outputs"][0]["facets"]["columnLineage"]["fields"]["a"]["inputFields"][0].pop("field"),
        "outputs.0.facets.columnLineage.fields.a.inputFields.0.field: is missing",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_an_event_that_is_wrong_is_answered_with_what_is_wrong(ana: EmbeddedRegistry, what: str) -> None:
    told = event("sales.orders", ["erp.orders"], {"a": ["erp.orders/a"]})
    breaks, sentence = BROKEN[what]
    breaks(told)

    with pytest.raises(InvalidEvent) as refused:
        ana.record(told)
    assert sentence in str(refused.value)
    assert "secret-value" not in str(refused.value)


def test_job_and_dataset_events_draw_what_they_state(ana: EmbeddedRegistry, make: Make) -> None:
    ana.register(make("sales.orders", "order_id"))
    stated = event("sales.orders", ["erp.orders"], {"order_id": ["erp.orders/id"]})
    for key in ("run", "eventType"):
        del stated[key]
    alone = {key: stated[key] for key in ("eventTime", "producer", "schemaURL")} | {"dataset": stated["outputs"][0]}
    ana.record(alone)
    first = flows(ask(ana, "sales.orders", "order_id"))
    ana.record(stated)

    assert 1 == len(first)
    assert "erp.orders.id > sales.orders.order_id" in flows(ask(ana, "sales.orders", "order_id"))


@pytest.mark.skipif(not SPECIFICATION.is_dir(), reason="../shared/data is absent, and ../shared/spec with it")
def test_the_examples_of_the_specification_are_understood(ana: EmbeddedRegistry) -> None:
    whole = json.loads((SPECIFICATION / "example_full_event.json").read_text())
    facets = [json.loads(file.read_text()) for file in sorted(SPECIFICATION.glob("*DatasetFacet/*.json"))]
    for facet in facets:
        told = event("sales.orders", ["erp.orders"])
        told["outputs"][0]["facets"] |= facet
        told["inputs"][0]["facets"] |= facet
        parse(told)

    assert len(facets) > 20
    assert "COMPLETE" == parse(whole).event_type
    with pytest.raises(ForeignDomain):
        ana.record(whole)
