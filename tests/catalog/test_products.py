"""Registering products and finding them again, by the services that every surface calls."""

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from meshwright.access import Principal
from meshwright.errors import DefinitionError, ForeignDomain, InvalidName, MeshError, PolicyRejected
from meshwright.registry import SearchQuery
from meshwright.spec import ColumnSpec, ListType, PortSpec, Reference, Registration, ScalarType, StructType
from meshwright_catalog.embedded import EmbeddedRegistry, open_catalog
from meshwright_catalog.gate import PolicyGate

Make = Callable[..., Registration]


def test_an_entry_is_what_was_registered(ana: EmbeddedRegistry, orders: Registration) -> None:
    ana.register(orders)

    entry = ana.find("sales.orders")
    assert entry is not None
    assert orders == Registration.model_validate(entry.model_dump(include=set(Registration.model_fields)))
    assert ("sales.deploy", datetime(2026, 11, 20, 12, tzinfo=UTC), 1) == (
        entry.registered_by,
        entry.registered_at,
        entry.sequence,
    )


def test_the_same_registration_twice_is_one(ana: EmbeddedRegistry, orders: Registration) -> None:
    ana.register(orders)
    ana.register(orders)

    assert 1 == len(ana.releases("sales.orders"))


def test_a_new_build_is_live_and_the_old_one_history(ana: EmbeddedRegistry, make: Make) -> None:
    ana.register(make("sales.orders", delta_version=0))
    ana.register(make("sales.orders", delta_version=1, version="1.1.0"))

    entry = ana.find("sales.orders")
    assert entry is not None
    assert ("1.1.0", 1) == (entry.spec.version, entry.delta_version)
    assert [("1.1.0", 1), ("1.0.0", 0)] == [(r.version, r.delta_version) for r in ana.releases("sales.orders")]


def test_major_versions_live_beside_each_other(ana: EmbeddedRegistry, make: Make) -> None:
    ana.register(make("sales.orders", version="1.0.0"))
    ana.register(make("sales.orders", version="2.0.0"))
    ana.register(make("sales.orders", version="1.0.1"))

    found = [ana.find("sales.orders", major) for major in (None, 1, 2, 3)]
    assert ["2.0.0", "1.0.1", "2.0.0", None] == [e and e.spec.version for e in found]
    assert ["2.0.0"] == [e.spec.version for e in ana.products()]
    assert ["2.0.0"] == [h.version for h in ana.search(SearchQuery()).hits]


def test_who_may_register_a_product_is_told_before_by_the_same_rule(
    ana: EmbeddedRegistry, orders: Registration
) -> None:
    callers = [
        Principal("service", "sales.deploy", "sales"),
        Principal("service", "sales.orders", "sales"),
        Principal("service", "supply_chain.deploy", "supply_chain"),
        Principal("user", "ana", "sales", ("order-desk",), ("operations",)),
    ]

    for caller in callers:
        registry = ana.acting_as(caller)
        if caller.kind == "service" and caller.domain == "sales":
            assert f"service:{caller.name}" == registry.publisher("sales.orders").principal
            registry.register(orders)
        else:
            with pytest.raises(ForeignDomain):
                registry.publisher("sales.orders")
            with pytest.raises(ForeignDomain):
                EmbeddedRegistry.register(registry, orders)


def test_a_publisher_writes_only_its_own_domain(ben: EmbeddedRegistry, orders: Registration) -> None:
    with pytest.raises(ForeignDomain) as refused:
        ben.register(orders)

    assert "orders" not in str(refused.value)
    assert [] == list(ben.products())


@pytest.mark.parametrize(
    "table",
    [
        "/lake/sales/customers/v1",
        "//lake/./sales/customers/v1/",
        "/lake/supply_chain/parts/v1/../../../sales/customers/v1",
        "/lake/sales/customers__rejected/v1",
        "/lake/supply_chain/parts/v2",
        "/lake/notsupply_chain/parts/v1",
        "s3://lake/sales/customers/v1?at=/supply_chain/parts/v1",
        "http://169.254.169.254/supply_chain/parts/v1",
        "",
    ],
)
def test_a_table_is_registered_at_its_products_own_place_alone(
    ana: EmbeddedRegistry, ben: EmbeddedRegistry, make: Make, table: str
) -> None:
    ana.register(make("sales.customers"))

    with pytest.raises(DefinitionError, match="supply_chain/parts/v1"):
        ben.register(make("supply_chain.parts", table=table))

    assert ben.find("supply_chain.parts") is None


def test_lineage_that_claimed_a_place_before_its_domain_joined_does_not_keep_the_owner_out(
    ana: EmbeddedRegistry, ben: EmbeddedRegistry, make: Make
) -> None:
    ben.register(make("supply_chain.parts"))
    squat = {
        "eventTime": "2026-11-20T12:00:00Z",
        "producer": "https://example.org",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json",
        "job": {"namespace": "mesh://thenar/supply_chain", "name": "squat"},
        "outputs": [
            {
                "namespace": "file",
                "name": "/lake/robotics/arms/v1",
                "facets": {
                    "symlinks": {
                        "identifiers": [{"namespace": "mesh://thenar", "name": "supply_chain.parts", "type": "TABLE"}]
                    }
                },
            }
        ],
    }
    ben.record(squat)
    joiner = ana.acting_as(Principal("service", "robotics.arms", "robotics"))

    joiner.register(make("robotics.arms"))

    assert joiner.find("robotics.arms") is not None


def test_who_may_not_discover_a_product_finds_nothing(
    ana: EmbeddedRegistry, ben: EmbeddedRegistry, eve: EmbeddedRegistry, make: Make
) -> None:
    ana.register(make("sales.orders", permits=["planning"]))
    ana.register(make("sales.customers"))

    assert ["sales.customers", "sales.orders"] == [e.spec.id for e in ana.products()]
    assert ["sales.orders"] == [e.spec.id for e in ben.products()]
    assert [] == list(eve.products())
    assert (None, []) == (ben.find("sales.customers"), list(ben.releases("sales.customers")))


def test_an_entry_names_no_product_that_the_reader_may_not_discover(
    ana: EmbeddedRegistry, ben: EmbeddedRegistry, make: Make
) -> None:
    ana.register(make("sales.customers"))
    ana.register(make("sales.regions", permits=["planning"]))
    refers = [
        ColumnSpec(
            name=name,
            type=ScalarType(kind="string"),
            references=Reference(product=f"sales.{name}", column="id"),
        )
        for name in ("customers", "regions")
    ]
    nested = ColumnSpec(
        name="inside", type=ListType(items=ColumnSpec(name="item", type=StructType(fields=(refers[0],))))
    )
    ports = tuple(PortSpec(product=f"sales.{name}", major=1, columns=()) for name in ("customers", "regions"))
    ana.register(make("sales.orders", *refers, nested, ports=ports, permits=["planning"]))

    own, theirs = ana.find("sales.orders"), ben.find("sales.orders")
    listed = [entry for entry in ben.products() if entry.spec.id == "sales.orders"]

    assert own is not None
    assert ports == own.spec.ports
    assert theirs is not None
    assert ("sales.regions",) == tuple(port.product for port in theirs.spec.ports)
    assert "sales.customers" not in theirs.spec.canonical()
    assert [theirs] == listed


def test_a_permit_that_is_taken_back_hides_the_product_at_once(
    ana: EmbeddedRegistry, ben: EmbeddedRegistry, make: Make
) -> None:
    ana.register(make("sales.orders", permits=["planning"]))
    before = ben.search(SearchQuery()).total
    ana.register(make("sales.orders"))

    assert (1, 0) == (before, ben.search(SearchQuery()).total)
    assert ben.find("sales.orders") is None


def takes_all(*_: object) -> tuple[()]:
    """Reject nothing, as catalogs did before."""
    return ()


def test_policies_that_cannot_be_read_are_refused_and_of_an_older_catalog_hide_the_product_from_everybody(
    ana: EmbeddedRegistry, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = make("sales.orders", policies="permit(principal, action")
    with pytest.raises(PolicyRejected, match=r"orders\.cedar:1: is no Cedar policy"):
        ana.register(broken)
    monkeypatch.setattr("meshwright_catalog.products.rejected", takes_all)
    ana.register(broken)

    assert ana.find("sales.orders") is None


def test_an_id_of_the_catalog_s_own_policies_is_refused_and_the_product_stays(
    ana: EmbeddedRegistry, make: Make
) -> None:
    ana.register(make("sales.orders"))
    taken = '@id("catalog.waiting") @why("x") forbid(principal, action == Mesh::Action::"discover", resource);'
    with pytest.raises(PolicyRejected, match=r"'catalog\.' is of the catalog"):
        ana.register(make("sales.orders", policies=taken))

    assert ana.find("sales.orders") is not None


@pytest.mark.parametrize("nested", ["(" * 5000 + "true" + ")" * 5000, " && ".join(["true"] * 3000)])
def test_policies_that_nest_without_end_are_refused_and_of_an_older_catalog_hide_their_product_alone(
    ana: EmbeddedRegistry, ben: EmbeddedRegistry, make: Make, nested: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile = f'@id("x") @why("x") permit(principal, action == Mesh::Action::"discover", resource) when {{ {nested} }};'
    ana.register(make("sales.orders"))
    with pytest.raises(PolicyRejected):
        ben.register(make("supply_chain.parts", policies=hostile))
    monkeypatch.setattr("meshwright_catalog.products.rejected", takes_all)

    ben.register(make("supply_chain.parts", policies=hostile))

    assert ["sales.orders"] == [entry.spec.id for entry in ana.products()]
    assert ben.find("supply_chain.parts") is None


@pytest.mark.parametrize("name", ["orders", "sales.Orders", "sales.orders.more", "sales/../orders", "s" * 64 + ".a"])
def test_a_name_that_is_no_product_is_refused(ana: EmbeddedRegistry, make: Make, name: str) -> None:
    with pytest.raises(InvalidName):
        ana.register(make(name))


@pytest.mark.parametrize("version", ["1", "1.0", "v1.0.0", "01.0.0", "1.0.0-rc1", "9999999999.0.0"])
def test_a_version_that_is_none_is_refused(ana: EmbeddedRegistry, make: Make, version: str) -> None:
    with pytest.raises(DefinitionError, match=r"MAJOR\.MINOR\.PATCH"):
        ana.register(make("sales.orders", version=version))


def test_a_service_of_a_product_registers_and_finds_its_own_domain(ana: EmbeddedRegistry, make: Make) -> None:
    service = ana.acting_as(Principal("service", "sales.orders", "sales", (), ("operations",)))

    service.register(make("sales.orders"))
    service.register(make("sales.customers"))

    assert ["sales.customers", "sales.orders"] == [e.spec.id for e in service.products()]


def test_threads_that_register_at_once_lose_nothing(ana: EmbeddedRegistry, make: Make) -> None:
    failures: list[MeshError] = []

    def publish(number: int) -> None:
        try:
            for build in range(5):
                ana.register(make(f"sales.p{number}", delta_version=build))
        except MeshError as error:
            failures.append(error)

    threads = [threading.Thread(target=publish, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [] == failures
    assert [4] * 8 == [e.delta_version for e in ana.products()]
    sequences = sorted(r.sequence for n in range(8) for r in ana.releases(f"sales.p{n}"))
    assert list(range(1, 41)) == sequences


def test_two_catalogs_on_one_file_see_each_others_changes(
    database: Path, gate: PolicyGate, people: Mapping[str, Principal], ana: EmbeddedRegistry, make: Make
) -> None:
    deploys = Principal("service", "sales.deploy", "sales")
    other = open_catalog(database, principal=deploys, gate=gate, clock=ana.catalog.clock)
    seen = []
    for number in range(5):
        (ana, other)[number % 2].register(make(f"sales.p{number}"))
        seen.append((ana.search(SearchQuery()).total, other.search(SearchQuery()).total))

    assert [(n, n) for n in range(1, 6)] == seen
