"""Training sets of a real workspace: pinned, made again byte for byte, and refused when they cannot be."""

import json
import shutil
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import pytest
from shop import Shop

from meshwright import Consumer, EventTime, Frame, InputPort, Key, Mesh, Pii, consumer
from meshwright.errors import AccessDenied, PinGone, SpineBroken, TrainingSetDiffers, UnknownParameter
from meshwright.features import manifest_of
from meshwright.registry import LineageQuery


class Order(InputPort, of="sales.orders", version=1):
    order_id: Annotated[str, Key()]
    quantity: int
    placed_at: Annotated[datetime, EventTime()]


class Contact(InputPort, of="sales.orders", version=1):
    order_id: str
    email: Annotated[str, Pii("contact.email")]


SHIFT = {"by": 1}
"""What makes `shifted` another function from one run to the next."""


@consumer(owner="planners", purpose="operations", spine="orders")
def features(orders: Frame[Order], least: int = 0) -> pl.LazyFrame:
    """One row an order."""
    return orders.with_columns(large=pl.col("quantity") >= least)


@consumer(owner="planners", purpose="operations")
def shifted(orders: Frame[Order]) -> pl.LazyFrame:
    """Rows that depend on more than the inputs."""
    return orders.with_columns(pl.col("quantity") + SHIFT["by"])


@consumer(owner="planners", purpose="operations", spine="orders")
def losing(orders: Frame[Order]) -> pl.LazyFrame:
    """A join that drops a row."""
    return orders.filter(pl.col("quantity") > 1)


@consumer(owner="planners", purpose="operations")
def contacts(orders: Frame[Contact]) -> pl.LazyFrame:
    """What nobody granted."""
    return orders


def order_more(shop: Shop) -> None:
    text = (shop.root / "orders.csv").read_text(encoding="utf-8")
    (shop.root / "orders.csv").write_text(text + "O-5,eve@example.com,9,12.50,2026-01-04T00:00:00Z\n", encoding="utf-8")
    shop.works("build")


def opened(shop: Shop) -> Mesh:
    return shop.mesh("ana", "operations")


def listed(shop: Shop, *consumers: Consumer[...]) -> Mesh:
    """Open the shop as if its domain listed these consumers."""
    mesh = opened(shop)
    mesh.world.__dict__["consumers"] = {f"sales.{each.name}": each for each in consumers}
    return mesh


def table(shop: Shop) -> Path:
    return shop.root / "lake" / "sales" / "orders" / "v1"


def test_a_training_set_is_made_again_from_version_zero_after_the_table_moved_on(shop: Shop) -> None:
    first = opened(shop).training_set(features, least=3)
    order_more(shop)

    again = opened(shop).rebuild(manifest_of(first.manifest.text), features)
    newest = opened(shop).training_set(features, least=3)

    assert 0 == first.manifest.pins[0].delta_version
    assert 4 == first.manifest.rows
    assert first.manifest == again.manifest
    assert first.rows.equals(again.rows)
    assert [False, False, True, True] == again.rows["large"].to_list()
    assert (1, 5) == (newest.manifest.pins[0].delta_version, newest.manifest.rows)
    assert first.manifest.id != newest.manifest.id


def test_the_same_training_set_twice_is_one_manifest(shop: Shop) -> None:
    assert opened(shop).training_set(features).manifest.text == opened(shop).training_set(features).manifest.text


def test_a_pinned_version_whose_files_are_gone_is_one_clear_error(shop: Shop) -> None:
    first = opened(shop).training_set(features)
    old = set(table(shop).glob("*.parquet"))
    order_more(shop)
    for file in old:
        file.unlink()

    with pytest.raises(PinGone, match=r"sales.orders: version 0 is gone: 1 of its files are missing"):
        opened(shop).rebuild(first.manifest, features)


def test_a_pinned_version_whose_log_is_gone_is_one_clear_error(shop: Shop) -> None:
    order_more(shop)
    later = opened(shop).training_set(features)
    shutil.rmtree(table(shop))
    shop.works("build", "--force")

    with pytest.raises(PinGone, match="version 1 is gone"):
        opened(shop).rebuild(later.manifest, features)


def test_rows_that_come_out_otherwise_differ_by_counts_and_no_value(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = opened(shop).training_set(shifted)
    monkeypatch.setitem(SHIFT, "by", 70_000)

    with pytest.raises(TrainingSetDiffers, match="4 rows then, 4 now, 1 columns differ: 'quantity'") as caught:
        opened(shop).rebuild(first.manifest, shifted)

    assert "7000" not in str(caught.value)


def test_a_consumer_that_loses_rows_of_its_spine_is_refused(shop: Shop) -> None:
    with pytest.raises(SpineBroken, match="of 4 rows of the spine 1 are lost"):
        opened(shop).training_set(losing)


def test_what_the_policy_hides_stops_a_training_set_before_a_row_is_read(shop: Shop) -> None:
    with pytest.raises(AccessDenied, match="email"):
        opened(shop).training_set(contacts)


def test_a_parameter_that_the_consumer_does_not_take_is_named(shop: Shop) -> None:
    with pytest.raises(UnknownParameter, match="'lest'; did you mean 'least'"):
        opened(shop).training_set(features, lest=1)


def test_a_consumer_that_no_domain_lists_is_made_again_by_handing_it_over(shop: Shop) -> None:
    made: Consumer[...] = features

    assert opened(shop).training_set(made).manifest.consumer.endswith("test_training_set.features")


def told(shop: Shop) -> list[Any]:
    lines = (shop.root / ".mesh" / "events.ndjson").read_text(encoding="utf-8").splitlines()
    return [e for e in map(json.loads, lines) if e["job"]["name"].endswith(".training_set")]


def test_a_listed_consumers_training_set_is_told_with_its_pins_and_its_manifest(shop: Shop) -> None:
    mesh = listed(shop, features)
    made = mesh.training_set("sales.features", least=3)
    mesh.rebuild(made.manifest)

    first, last, *again = told(shop)
    (given,), (output,) = last["inputs"], last["outputs"]
    assert ["START", "COMPLETE"] * 2 == [e["eventType"] for e in told(shop)]
    assert first["run"]["runId"] == last["run"]["runId"] != again[0]["run"]["runId"]
    assert "0" == given["facets"]["version"]["datasetVersion"]
    assert {made.manifest.id} == {
        e["outputs"][0]["facets"]["version"]["datasetVersion"] for e in told(shop) if e["eventType"] == "COMPLETE"
    }
    assert 4 == output["outputFacets"]["outputStatistics"]["rowCount"]
    (origin,) = output["facets"]["columnLineage"]["fields"]["large"]["inputFields"]
    assert (given["name"], "quantity") == (origin["name"], origin["field"])
    owner = shop.mesh("sales.orders", "operations")
    graph = owner.catalog().lineage(LineageQuery(product="sales.orders", direction="down"))
    assert "sales.features" in {node.name for node in graph.nodes}


def test_a_training_set_that_is_refused_is_told_as_failed(shop: Shop) -> None:
    with pytest.raises(AccessDenied):
        listed(shop, contacts).training_set(contacts)

    assert ["START", "FAIL"] == [e["eventType"] for e in told(shop)]


def test_a_consumer_that_no_domain_lists_is_nobodys_job(shop: Shop) -> None:
    opened(shop).training_set(features)

    assert [] == told(shop)
