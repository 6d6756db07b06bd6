"""Impacts, paths and history on a graph small enough to see: which of two ways, through which mask, until when."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from meshwright.access import Principal
from meshwright.errors import UnknownColumn, UnknownVersion
from meshwright.registry import ImpactQuery, LineageQuery, PathQuery
from meshwright.spec import Registration
from meshwright_catalog.embedded import EmbeddedRegistry

Make = Callable[..., Registration]
AT = datetime.fromisoformat("2026-11-20T06:00:00+00:00")


def place(product: str) -> dict[str, str]:
    return {"namespace": "file", "name": f"/lake/{product.replace('.', '/')}/v1"}


def told(product: str, *edges: str, hour: int = 0) -> dict[str, Any]:
    """Write the event of a run; edges as in `sales.a/x > y DIRECT:IDENTITY mask`."""
    fields: dict[str, Any] = {}
    inputs = set[str]()
    for edge in edges:
        origin, _, column, kind, *mask = edge.split()
        source, _, its = origin.partition("/")
        inputs.add(source)
        how = {"type": kind.partition(":")[0], "subtype": kind.partition(":")[2], "masking": bool(mask)}
        made = fields.setdefault(column, {"inputFields": []})["inputFields"]
        made.append({**place(source), "field": its, "transformations": [how]})
    output = place(product) | {
        "facets": {"columnLineage": {"fields": fields}, "version": {"datasetVersion": str(hour)}}
    }
    return {
        "eventType": "COMPLETE",
        "eventTime": (AT + timedelta(hours=hour)).isoformat(),
        "producer": "urn:test",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": str(UUID(int=hour))},
        "job": {"namespace": "mesh://thenar/sales", "name": f"{product}.build"},
        "inputs": [place(each) for each in sorted(inputs)],
        "outputs": [output],
    }


@pytest.fixture
def sales(ana: EmbeddedRegistry, make: Make) -> EmbeddedRegistry:
    """Give sales.a to sales.e, of which `e` is a model's and owned by another team."""
    service = ana.acting_as(Principal("service", "sales.a", "sales", (), ("operations",)))
    for name in "abcde":
        owner = "modellers" if name == "e" else "order-desk"
        service.register(make(f"sales.{name}", "x", "y", model=name == "e", owner=owner))
    return service


def way(registry: EmbeddedRegistry, start: str, end: str, **settings: Any) -> list[str]:
    (product, _, column), (other, _, its) = start.partition("/"), end.partition("/")
    query = PathQuery(product=product, column=column, to_product=other, to_column=its, **settings)
    return [f"{e.target}/{e.target_column} {e.kinds[0]}" for e in registry.path(query).steps]


def test_of_ways_as_short_the_one_that_carries_values_is_told_then_the_first_by_name(sales: EmbeddedRegistry) -> None:
    for middle in "cb":
        sales.record(told(f"sales.{middle}", "sales.a/x > y DIRECT:IDENTITY"))
    sales.record(told("sales.d", "sales.c/y > x DIRECT:IDENTITY", "sales.b/y > x INDIRECT:JOIN"))
    sales.record(told("sales.e", "sales.c/y > x DIRECT:IDENTITY", "sales.b/y > x DIRECT:IDENTITY"))

    assert ["sales.c/y DIRECT:IDENTITY", "sales.d/x DIRECT:IDENTITY"] == way(sales, "sales.a/x", "sales.d/x")
    assert ["sales.b/y DIRECT:IDENTITY", "sales.e/x DIRECT:IDENTITY"] == way(sales, "sales.a/x", "sales.e/x")
    assert [] == way(sales, "sales.b/y", "sales.d/x", direct=True)
    assert [] == way(sales, "sales.a/y", "sales.d/x")
    cut = PathQuery(product="sales.a", column="x", to_product="sales.d", to_column="x", depth=1)
    assert ((), True) == (sales.path(cut).steps, sales.path(cut).truncated)


def test_an_impact_tells_values_from_masked_ones_and_from_influence(sales: EmbeddedRegistry) -> None:
    sales.record(told("sales.b", "sales.a/x > x DIRECT:TRANSFORMATION mask", "sales.a/x > y INDIRECT:CONDITIONAL"))
    sales.record(told("sales.c", "sales.b/x > x DIRECT:IDENTITY", "sales.b/y > y DIRECT:IDENTITY"))
    sales.record(told("sales.e", "sales.c/x > x DIRECT:IDENTITY", "sales.a/x > y DIRECT:IDENTITY"))

    impact = sales.impact(ImpactQuery(product="sales.a", column="x"))
    assert {
        ("sales.b", "masked", (("x", "masked"), ("y", "indirect"))),
        ("sales.c", "masked", (("x", "masked"), ("y", "indirect"))),
        ("sales.e", "direct", (("x", "masked"), ("y", "direct"))),
    } == {(p.id, p.how, tuple((c.name, c.how) for c in p.columns)) for p in impact.products}
    assert {"order-desk": ("sales.b", "sales.c"), "modellers": ("sales.e",)} == impact.owners
    assert (("sales.e",), False, False) == (impact.models, impact.restricted, impact.truncated)


def test_what_held_at_a_version_holds_from_the_moment_it_was_written_until_the_next(
    sales: EmbeddedRegistry, make: Make
) -> None:
    for hour, column in enumerate("xyx"):
        sales.record(told("sales.b", f"sales.a/{column} > x DIRECT:IDENTITY", hour=hour))

    def origins(**when: Any) -> list[str | None]:
        query = LineageQuery(product="sales.b", column="x", direction="up", **when)
        return [e.source_column for e in sales.lineage(query).edges]

    assert [["x"], ["y"], ["x"], ["x"]] == [origins(version=0), origins(version=1), origins(version=2), origins()]
    at = [origins(at=AT + timedelta(hours=1, seconds=s)) for s in (-1, 0, 1)]
    assert [["x"], ["y"], ["y"]] == at
    sales.register(make("sales.b", "x", delta_version=1))
    with pytest.raises(UnknownVersion, match="no version 3; the live one is 1"):
        origins(version=3)


def test_a_column_that_is_gone_from_the_contract_is_asked_about_as_of_then(sales: EmbeddedRegistry, make: Make) -> None:
    sales.record(told("sales.b", "sales.a/x > y DIRECT:IDENTITY"))
    sales.register(make("sales.b", "x", version="1.1.0"))
    gone = LineageQuery(product="sales.b", column="y", direction="up")

    with pytest.raises(UnknownColumn):
        sales.lineage(gone)
    with pytest.raises(UnknownColumn):
        sales.lineage(gone.model_copy(update={"version": 0, "column": "z"}))
    assert 1 == len(sales.lineage(gone.model_copy(update={"version": 0})).edges)


def test_a_node_tells_what_a_drawing_needs(sales: EmbeddedRegistry) -> None:
    sales.record(told("sales.b", "sales.a/x > x DIRECT:IDENTITY"))
    sales.record(told("sales.e", "sales.b/x > y DIRECT:IDENTITY"))
    sales.record(told("sales.d", "sales.e/y > y DIRECT:IDENTITY"))

    nodes = {n.id: n for n in sales.lineage(LineageQuery(product="sales.b", depth=1, columns=True)).nodes}
    assert {"sales.a": -1, "sales.b": 0, "sales.e": 1} == {n.id: n.layer for n in nodes.values()}
    end = nodes["sales.e"]
    assert ("sales", "modellers", True, True) == (end.domain, end.owner, end.model, end.more)
    assert (["y"], ["x", "y"], False) == (
        [c.name for c in end.columns],
        [c.name for c in nodes["sales.b"].columns],
        nodes["sales.a"].more,
    )
