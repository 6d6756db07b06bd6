"""What producers may say: under which names, for whom, and what none of it changes."""

import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, select

import meshwright_catalog
from meshwright.access import Principal
from meshwright.errors import ForeignDomain, InvalidEvent
from meshwright.registry import LineageQuery
from meshwright.spec import Registration
from meshwright_catalog.embedded import EmbeddedRegistry, open_catalog
from meshwright_catalog.gate import PolicyGate
from meshwright_catalog.models import EventRow

Make = Callable[..., Registration]
AT = datetime.fromisoformat("2026-11-20T10:00:00+00:00")
GLUE = {"namespace": "arn:aws:glue:eu:1", "name": "table/shop/orders"}


def place(product: str) -> dict[str, str]:
    return {"namespace": "file", "name": f"/lake/{product.replace('.', '/')}/v1"}


def links(*names: dict[str, str]) -> dict[str, Any]:
    return {"symlinks": {"identifiers": [name | {"type": "TABLE"} for name in names]}}


def event(job: str, inputs: list[dict[str, Any]], output: dict[str, Any], hour: int = 0) -> dict[str, Any]:
    """Write a COMPLETE event of a job such as `mesh://thenar/sales load`."""
    namespace, _, name = job.partition(" ")
    return {
        "eventType": "COMPLETE",
        "eventTime": (AT + timedelta(hours=hour)).isoformat(),
        "producer": "urn:test",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": str(UUID(int=hash((job, hour)) % 2**120))},
        "job": {"namespace": namespace, "name": name},
        "inputs": inputs,
        "outputs": [output],
    }


def service(registry: EmbeddedRegistry, product: str) -> EmbeddedRegistry:
    return registry.acting_as(Principal("service", product, product.partition(".")[0], (), ("operations",)))


def above(registry: EmbeddedRegistry, product: str) -> set[str]:
    graph = registry.lineage(LineageQuery(product=product, direction="up"))
    return {n.name for n in graph.nodes if n.id != product}


@pytest.fixture
def sales(ana: EmbeddedRegistry, make: Make) -> EmbeddedRegistry:
    """Give a service of sales, where sales.orders and sales.plan are published."""
    for product in ("sales.orders", "sales.plan"):
        service(ana, product).register(make(product, "id"))
    return service(ana, "sales.orders")


@pytest.mark.parametrize("first", ["the name", "the dataset"])
def test_a_dataset_is_one_under_every_name_that_its_writer_gave_it(sales: EmbeddedRegistry, first: str) -> None:
    staged = {"namespace": "s3://lake", "name": "staging/orders"}
    written = event("mesh://thenar/sales stage", [{"namespace": "erp", "name": "t"}], staged | {"facets": links(GLUE)})
    read = event("mesh://thenar/sales sales.plan.build", [GLUE], place("sales.plan"))
    for each in (read, written) if first == "the name" else (written, read):
        sales.record(each)

    assert {"staging/orders", "t"} == above(sales, "sales.plan")


def test_a_products_table_is_the_product_under_every_name(sales: EmbeddedRegistry) -> None:
    sales.record(event("mesh://thenar/sales load", [], place("sales.orders") | {"facets": links(GLUE)}))
    sales.record(event("mesh://thenar/sales sales.plan.build", [GLUE], place("sales.plan")))

    assert {"sales.orders"} == above(sales, "sales.plan")


def test_a_readers_other_name_counts_where_nobody_owns_the_one_it_uses(sales: EmbeddedRegistry) -> None:
    sales.record(event("mesh://thenar/sales load", [], place("sales.orders") | {"facets": links(GLUE)}))
    cached = {"namespace": "cache", "name": "orders", "facets": links({"namespace": "x", "name": "y"}, GLUE)}
    sales.record(event("mesh://thenar/sales sales.plan.build", [cached], place("sales.plan")))

    assert {"sales.orders"} == above(sales, "sales.plan")


def test_a_name_that_another_domain_owns_cannot_be_taken(ana: EmbeddedRegistry, sales: EmbeddedRegistry) -> None:
    sales.record(event("mesh://thenar/sales load", [], place("sales.orders") | {"facets": links(GLUE)}))
    other = service(ana, "supply_chain.x")
    mine = {"namespace": "s3://lake", "name": "mine"}

    for name in (GLUE, place("sales.orders")):
        with pytest.raises(ForeignDomain):
            other.record(event("mesh://thenar/supply_chain x", [], mine | {"facets": links(name)}))
        with pytest.raises(ForeignDomain):
            other.record(event("mesh://thenar/supply_chain x", [], name))


def test_a_name_cannot_join_two_products(sales: EmbeddedRegistry) -> None:
    both = place("sales.orders") | {"facets": links(place("sales.plan"))}

    with pytest.raises(InvalidEvent, match="named as two products"):
        sales.record(event("mesh://thenar/sales load", [], both))


def test_where_a_table_would_lie_is_its_domains_before_it_is_built(ana: EmbeddedRegistry, make: Make) -> None:
    thief = service(ana, "supply_chain.x")
    mine = {"namespace": "s3://lake", "name": "mine"}
    for claimed in (place("sales.orders"), mine | {"facets": links(place("sales.orders"))}):
        with pytest.raises(ForeignDomain):
            thief.record(event("mesh://thenar/supply_chain x", [], claimed))
    thief.record(event("mesh://thenar/supply_chain x", [], {"namespace": "s3://lake", "name": "nobody/orders/v1"}))
    owner = service(ana, "sales.orders")
    owner.register(make("sales.orders", "id"))
    owner.record(event("mesh://thenar/sales b", [{"namespace": "erp", "name": "t"}], place("sales.orders")))

    assert {"t"} == above(owner, "sales.orders")


def test_a_job_is_its_namespaces_and_the_first_domain_keeps_it(ana: EmbeddedRegistry, sales: EmbeddedRegistry) -> None:
    other = service(ana, "supply_chain.x")
    mine = {"namespace": "s3://lake", "name": "mine"}
    sales.record(event("airflow/sales supply_chain.load", [], place("sales.orders")))

    for job in ("mesh://thenar/sales supply_chain.load", "airflow/sales supply_chain.load", "airflow/sales x"):
        with pytest.raises(ForeignDomain):
            other.record(event(job, [], mine))


def test_what_an_event_says_of_classes_changes_no_label(ana: EmbeddedRegistry, orders: Registration) -> None:
    owner = service(ana, "sales.orders")
    owner.register(orders)
    clean: dict[str, Any] = {
        "tags": {"tags": [{"key": "class", "value": "none", "field": "customer_email"}]},
        "schema": {"fields": []},
    }
    owner.record(event("mesh://thenar/sales b", [], place("sales.orders") | {"facets": clean}))

    graph = owner.lineage(LineageQuery(product="sales.orders", columns=True))
    assert ("commercial", "pii.contact.email") == graph.nodes[0].classes
    entry = owner.find("sales.orders")
    assert entry is not None
    assert orders.spec == entry.spec


def stated(job: str, inputs: list[dict[str, Any]], *outputs: dict[str, Any], hour: int = 0) -> dict[str, Any]:
    """Write an event of a job that knows no run."""
    told = event(job, inputs, {}, hour) | {"outputs": list(outputs)}
    return {key: value for key, value in told.items() if key not in ("run", "eventType")}


def test_what_a_job_states_replaces_what_it_stated_before_and_runs_add_up(sales: EmbeddedRegistry) -> None:
    job, erp = "mesh://thenar/sales load", {"namespace": "erp", "name": "old"}
    sales.record(stated(job, [erp], place("sales.orders"), place("sales.plan")))
    before = above(sales, "sales.orders"), above(sales, "sales.plan")
    sales.record(stated(job, [{"namespace": "erp", "name": "new"}], place("sales.orders"), hour=1))

    assert ({"old"}, {"old"}) == before
    assert ({"new"}, set[str]()) == (above(sales, "sales.orders"), above(sales, "sales.plan"))
    then = LineageQuery(product="sales.plan", direction="up", at=AT)
    assert {"old"} == {n.name for n in sales.lineage(then).nodes if n.kind == "dataset"}


def test_what_a_run_told_stays_when_the_job_is_stated_without_it(sales: EmbeddedRegistry) -> None:
    job, erp = "mesh://thenar/sales load", {"namespace": "erp", "name": "old"}
    sales.record(event(job, [erp], place("sales.plan")))
    sales.record(stated(job, [erp], place("sales.orders"), hour=1))

    assert {"old"} == above(sales, "sales.plan")


def test_a_dataset_that_is_stated_anew_is_made_of_what_was_said_last(sales: EmbeddedRegistry) -> None:
    for hour, column in enumerate(("a", "b")):
        origin = {"namespace": "erp", "name": "t", "field": column}
        lineage = {"columnLineage": {"fields": {"id": {"inputFields": [origin]}}}}
        told = event("mesh://thenar/sales load", [], {}, hour)
        common = {key: told[key] for key in ("eventTime", "producer", "schemaURL")}
        sales.record(common | {"dataset": place("sales.orders") | {"facets": lineage}})

    graph = sales.lineage(LineageQuery(product="sales.orders", column="id", direction="up"))
    assert ["b"] == [edge.source_column for edge in graph.edges]


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("tokenise", "tokenise"),
        ("coarse\nyear\t of birth", "coarse year of birth"),
        ("\x1b[31mred", "\N{REPLACEMENT CHARACTER}[31mred"),
        ("x" * 300, "x" * 197 + "..."),
        ("case when mail = 'ana@x.de' then 'O''Hara' end", "case when mail = '?' then '?' end"),
        ("cut off in 'ana@x.de", "cut off in '?'"),
        (None, ""),
        (7, ""),
    ],
)
def test_the_words_of_a_transformation_are_kept_on_one_short_line(
    sales: EmbeddedRegistry, told: object, kept: str
) -> None:
    how = {"type": "DIRECT", "subtype": "TRANSFORMATION", "masking": True, "description": told}
    origin = {"namespace": "erp", "name": "t", "field": "mail", "transformations": [how]}
    lineage = {"columnLineage": {"fields": {"id": {"inputFields": [origin]}}}}
    sales.record(event("mesh://thenar/sales load", [], place("sales.orders") | {"facets": lineage}))

    graph = sales.lineage(LineageQuery(product="sales.orders", column="id", direction="up"))
    assert [kept] == [edge.description for edge in graph.edges]


def test_a_clock_that_runs_ahead_shuts_out_no_later_run(sales: EmbeddedRegistry) -> None:
    sales.record(event("mesh://thenar/sales b", [{"namespace": "erp", "name": "old"}], place("sales.orders"), 90_000))
    sales.record(event("mesh://thenar/sales b", [{"namespace": "erp", "name": "new"}], place("sales.orders"), 90_001))

    assert {"new"} == above(sales, "sales.orders")


def test_every_event_is_kept_as_it_came(sales: EmbeddedRegistry) -> None:
    strange = event("mesh://thenar/sales b", [], place("sales.orders")) | {"unheard_of": [1, {"ä": None}]}
    sales.record(strange)

    with sales.catalog.visit(sales.principal) as visit:
        bodies = visit.session.scalars(select(EventRow.body)).all()
    assert '"unheard_of":[1,{"\\u00e4":null}]' in bodies[0]


def test_lineage_of_before_its_history_was_kept_is_still_there(
    tmp_path: Path, gate: PolicyGate, clock: Any, make: Make
) -> None:
    path = tmp_path / "old.db"
    old = Config()
    old.set_main_option("script_location", str(Path(meshwright_catalog.__file__).parent / "migrations"))
    old.set_main_option("path_separator", "os")
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        old.attributes["connection"] = connection
        command.upgrade(old, "0002")
    engine.dispose()
    with sqlite3.connect(path) as database:
        database.execute("INSERT INTO datasets VALUES (1, 'erp', 't', NULL, NULL)")
        database.execute("INSERT INTO datasets VALUES (2, 'file', '/lake/sales/orders/v1', 'sales.orders', 'sales')")
        database.execute("INSERT INTO flows VALUES (1, 'mesh://t/sales', 'b', 2, 'r', '2026-11-19 10:00:00.000000', 1)")
        database.execute("INSERT INTO edges VALUES (1, 1, 1, NULL, 2, NULL, '', 0)")
        database.execute("INSERT INTO edges VALUES (2, 1, 1, 'x', 2, 'id', 'DIRECT:IDENTITY', 0)")
    database.close()

    opened = open_catalog(
        path, principal=Principal("user", "ana", "sales", ("order-desk",), ()), gate=gate, clock=clock
    )
    registry = service(opened, "sales.orders")
    registry.register(make("sales.orders", "id"))
    asked = LineageQuery(product="sales.orders", column="id", direction="up")
    assert [("x", "id")] == [(e.source_column, e.target_column) for e in registry.lineage(asked).edges]
    before = asked.model_copy(update={"at": datetime.fromisoformat("2026-11-19T09:00:00+00:00")})
    assert () == registry.lineage(before).edges
    registry.record(event("mesh://t/sales b", [{"namespace": "erp", "name": "new"}], place("sales.orders")))
    assert {"new"} == above(registry, "sales.orders")
    then = before.model_copy(update={"at": datetime.fromisoformat("2026-11-19T11:00:00+00:00")})
    assert [("x", "id")] == [(e.source_column, e.target_column) for e in registry.lineage(then).edges]
    opened.close()
