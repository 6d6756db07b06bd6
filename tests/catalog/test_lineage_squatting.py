"""Names and places of a domain are its own, however they are spelled and whoever comes first."""

from collections.abc import Callable

import pytest
from lineage_cases import run_of

from meshwright.access import Principal
from meshwright.errors import ForeignDomain
from meshwright.registry import LineageQuery
from meshwright.spec import Registration
from meshwright_catalog.embedded import EmbeddedRegistry
from meshwright_catalog.owners import domain_of_place, owner_of
from meshwright_catalog.spelling import normalised

Make = Callable[..., Registration]
DOMAINS = frozenset({"sales", "supply_chain"})
PLACES = [
    ("file", "/lake/sales/orders/v1"),
    ("file", "//tmp//lake///sales//orders/v1//"),
    ("file:", "/lake/./sales/x/../orders/v1"),
    ("file://", "/lake/sales/orders/v1/."),
    ("FILE://localhost/", "lake/sales/orders/v1"),
    ("file://host", "/lake/sales/orders/v1"),
    ("file:///lake/sales", "orders/v1"),
    ("file", "file:///lake/sales/orders/v1"),
    ("file", "C:\\lake\\sales\\orders\\v1"),
    ("s3://lake", "sales/orders/v1"),
    ("S3A://LAKE", "/sales//orders/v1/"),
    ("s3://lake", "%73ales/orders%2Fv1"),
    ("s3://lake", "sales%252Forders/v1"),
    ("s3://lake", "x/%2e%2e/sales/orders/v1"),
    ("s3://lake", "Sales/ORDERS/V1"),
    ("s3://lake", "\N{FULLWIDTH LATIN SMALL LETTER S}ales/orders/v1"),
    ("s3://lake", "sales/orders/v1/part-0.parquet"),
    ("s3://lake", "sales/orders/v1#part"),
    ("s3://lake", "sales/orders/v1?versionId=3"),
]
NAMES = [
    ("mesh://thenar", "sales.orders"),
    ("MESH://thenar/", "sales.orders"),
    ("mesh://thenar/sources", "sales.customer_file"),
    ("mesh://thenar//sources/", "sales.customer_file"),
    ("mesh://other/training-sets", "sales.demand"),
    ("mesh://thenar/anything", "sales.x"),
]


def service(registry: EmbeddedRegistry, product: str) -> EmbeddedRegistry:
    return registry.acting_as(Principal("service", product, product.partition(".")[0]))


def above(registry: EmbeddedRegistry, product: str) -> set[str]:
    graph = registry.lineage(LineageQuery(product=product, direction="up"))
    return {n.name for n in graph.nodes if n.id != product}


@pytest.mark.parametrize("place", [*PLACES, *NAMES], ids=str)
def test_a_domains_name_or_place_is_taken_by_no_other_in_any_spelling(
    ana: EmbeddedRegistry, place: tuple[str, str]
) -> None:
    thief, owner = service(ana, "supply_chain.x"), service(ana, "sales.orders")
    named = {"namespace": place[0], "name": place[1]}
    linked = {"namespace": "s3://mine", "name": "x", "facets": {"symlinks": {"identifiers": [named]}}}

    for output in (named, linked):
        with pytest.raises(ForeignDomain):
            thief.record(run_of("supply_chain", [], [output]))
    owner.record(run_of("sales", [], [named]))


def test_a_meshs_name_that_names_no_domain_is_written_by_nobody(ana: EmbeddedRegistry) -> None:
    for name in ("orders", "erp.orders", "Sales.orders"):
        with pytest.raises(ForeignDomain):
            service(ana, "sales.orders").record(
                run_of("sales", [], [{"namespace": "mesh://thenar/sources", "name": name}])
            )


@pytest.mark.parametrize(
    ("namespace", "name"),
    [
        ("s3://lake", "nobody/orders/v1"),
        ("s3://lake", "sales/orders"),
        ("s3://lake", "sales/orders/v1x"),
        ("s3://lake", "sales/orders/version1"),
        ("dbt", "sales.orders"),
        ("postgres://sales:5432", "orders.public.v1"),
        ("file", "/sales/../supply_chain_/orders/v1"),
    ],
)
def test_a_place_where_no_table_of_a_domain_would_lie_is_nobodys_by_right(namespace: str, name: str) -> None:
    assert owner_of(namespace, name, DOMAINS) is None


def test_of_tables_within_one_another_the_innermost_counts() -> None:
    assert "sales" == domain_of_place("file//data/supply_chain/lake/v2/sales/orders/v1")


@pytest.mark.parametrize(
    ("namespace", "name", "expected"),
    [
        ("file:///", "//lake//a/../b/", ("file", "/lake/b")),
        ("file", "/C:\\lake\\b", ("file", "C:/lake/b")),
        ("file", "/lake/with\\backslash", ("file", "/lake/with\\backslash")),
        ("file://host/", "/lake/b", ("file://host", "lake/b")),
        ("S3N://Lake/", "/a//b/", ("s3://lake", "a//b")),
        ("snowflake://ORG-Account", "DB.S.T", ("snowflake://ORG-Account", "DB.S.T")),
        ("localhost", "x", ("localhost", "x")),
    ],
)
def test_only_spellings_that_certainly_mean_the_same_become_one(
    namespace: str, name: str, expected: tuple[str, str]
) -> None:
    assert expected == normalised(namespace, name)


def test_nobody_is_shut_out_of_reading_its_own_source_by_who_wrote_its_file_first(
    ana: EmbeddedRegistry, orders: Registration
) -> None:
    owner, other = service(ana, "sales.orders"), service(ana, "supply_chain.x")
    file = {"namespace": "file", "name": "/data/customers.csv"}
    source = {"symlinks": {"identifiers": [{"namespace": "mesh://thenar/sources", "name": "sales.customer_file"}]}}
    other.record(run_of("supply_chain", [{"namespace": "x", "name": "said by supply_chain"}], [file]))
    owner.register(orders)

    owner.record(run_of("sales", [file | {"facets": source}], [{"namespace": "mesh://thenar", "name": "sales.orders"}]))

    assert {"/data/customers.csv", "said by supply_chain"} == above(owner, "sales.orders")


def test_what_a_reader_calls_its_input_joins_nothing_for_others(
    ana: EmbeddedRegistry, ben: EmbeddedRegistry, make: Make
) -> None:
    owner, reader = service(ana, "sales.orders"), service(ana, "supply_chain.x")
    owner.register(make("sales.orders", "id", permits=("planning",)))
    reader.register(make("supply_chain.x", "id"))
    reader.register(make("supply_chain.y", "id"))
    file = {"namespace": "file", "name": "/data/mine.csv"}
    link = {"symlinks": {"identifiers": [{"namespace": "mesh://wherever", "name": "sales.orders"}]}}

    reader.record(
        run_of("supply_chain", [file | {"facets": link}], [{"namespace": "mesh://t", "name": "supply_chain.x"}])
    )
    reader.record(run_of("supply_chain", [file], [{"namespace": "mesh://t", "name": "supply_chain.y"}], job="other"))

    assert {"sales.orders"} == above(ben, "supply_chain.x")
    assert {"/data/mine.csv"} == above(ben, "supply_chain.y")
    assert set() == above(owner, "sales.orders")


def test_what_was_said_of_a_place_before_it_became_a_domains_counts_no_more(ana: EmbeddedRegistry, make: Make) -> None:
    thief, owner = service(ana, "robotics.x"), service(ana, "robotics_lab.arms")
    table = {"namespace": "file", "name": "/lake/robotics_lab/arms/v1"}
    thief.record(run_of("robotics", [{"namespace": "x", "name": "forged"}], [table]))

    owner.register(make("robotics_lab.arms", "id"))
    owner.record(run_of("robotics_lab", [{"namespace": "x", "name": "true"}], [table]))

    assert {"true"} == above(owner, "robotics_lab.arms")
