"""Lineage of before the first build, and what the runs of one command say of each other."""

import json
import subprocess
from typing import Any

import pytest
from planning import plan_demand
from shop import Shop
from specification import faults, needs_specification

AIRFLOW = "0190b0a8-9a2c-7bb1-8f4e-3c2f4a1e6d12"
EMAIL_PORT = 'email: Annotated[str, Pii("contact.email")]'


def events(shop: Shop) -> list[dict[str, Any]]:
    text = (shop.root / ".mesh" / "events.ndjson").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def designs(shop: Shop) -> list[dict[str, Any]]:
    return [event for event in events(shop) if "run" not in event]


def graph(shop: Shop, *arguments: str) -> Any:
    return json.loads(shop.works("lineage", *arguments, "--as", "planning.demand", "--json"))


def test_what_is_designed_has_lineage_before_it_is_built(shop: Shop) -> None:
    plan_demand(shop)

    said = shop.works("contracts", "write")

    assert "told the catalog what 2 products are made from" in said
    above = graph(shop, "planning.demand.quantity")
    assert {"sales.orders", "sales.orders_file"} < {node["name"] for node in above["nodes"]}
    edges = {(e["source_column"], e["target"], e["target_column"]) for e in above["edges"]}
    assert ("quantity", "planning.demand", "quantity") in edges
    assert "planning.demand" in {n["name"] for n in graph(shop, "sales.orders.quantity", "--down")["nodes"]}
    assert not (shop.root / "lake" / "planning").exists()
    read = shop.run("read", "planning.demand", "--as", "planning.demand", "--purpose", "analytics")
    assert "planning.demand: has not been published here" in read.err


@needs_specification
def test_a_design_is_valid_by_the_specification_and_told_when_it_changes(shop: Shop) -> None:
    module = plan_demand(shop)
    shop.works("contracts", "write")
    shop.works("contracts", "write")
    once = designs(shop)
    shop.rewrite(module, "conform(orders)", "conform(orders.filter(pl.col('quantity') > 1))")
    shop.works("contracts", "write")

    assert ["planning.demand.build", "sales.orders.build"] == sorted(e["job"]["name"] for e in once)
    assert ["planning.demand.build"] == [e["job"]["name"] for e in designs(shop)[2:]]
    assert [] == [fault for event in designs(shop) for fault in faults(event)]
    above = graph(shop, "planning.demand.order_id")
    assert "INDIRECT:FILTER" in {kind for edge in above["edges"] for kind in edge["kinds"]}


def test_a_check_tells_nobody_of_anything(shop: Shop) -> None:
    plan_demand(shop)
    before = events(shop)

    shop.run("check")

    assert before == events(shop)


def test_a_build_takes_the_place_of_its_design(shop: Shop) -> None:
    plan_demand(shop)
    shop.works("contracts", "write")
    before = shop.mesh("planning.demand").catalog().find("planning.demand")
    shop.works("build", "planning.demand")
    after = shop.mesh("planning.demand").catalog().find("planning.demand")

    assert before is not None
    assert after is not None
    assert (None, 0) == (before.delta_version, after.delta_version)
    assert {"sales.orders", "sales.orders_file", "planning.demand"} == {
        node["name"] for node in graph(shop, "planning.demand")["nodes"]
    }


def test_how_a_class_was_taken_is_told(shop: Shop) -> None:
    transform = 'orders.select("order_id", contact=declassify.coarse("email", "domain"))'
    module = plan_demand(shop, port=EMAIL_PORT, contract="contact: str", transform=transform)
    shop.rewrite(module, "import polars as pl\n", "import polars as pl\n\nfrom meshwright import declassify\n")

    shop.works("contracts", "write")

    hop = [e for e in graph(shop, "planning.demand.contact")["edges"] if e["target_column"] == "contact"]
    assert ["coarse domain"] == [edge["description"] for edge in hop]
    assert "coarse domain" in shop.works("lineage", "planning.demand.contact", "--as", "planning.demand")


def test_a_build_is_part_of_what_started_the_process_and_planned_for_the_time_it_says(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENLINEAGE_PARENT_ID", f"airflow/nightly.sales/{AIRFLOW}")
    before = len(events(shop))

    shop.works("build", "--force", "--at", "2026-11-20T06:00:00")

    told = {e["job"]["name"]: e["run"]["facets"] for e in events(shop)[before:]}
    whole, product, check = (told[f"sales.{name}"]["parent"] for name in ("build", "orders.build", "orders.check"))
    assert ["nightly.sales", "sales.build", "sales.orders.build"] == [
        each["job"]["name"] for each in (whole, product, check)
    ]
    assert {AIRFLOW} == {each["root"]["run"]["runId"] for each in (whole, product, check)}
    times = [told[f"sales.{name}"]["nominalTime"]["nominalStartTime"] for name in ("build", "orders.build")]
    assert ["2026-11-20T06:00:00Z"] * 2 == times


def test_the_run_of_a_command_says_which_products_were_not_built(shop: Shop) -> None:
    module = plan_demand(shop)
    shop.rewrite(module, 'of="sales.orders", version=1', 'of="sales.orders", version=2')

    assert 1 == shop.run("build").code

    last = events(shop)[-1]
    assert ("planning.build", "FAIL") == (last["job"]["name"], last["eventType"])
    assert "not built: planning.demand (failed)" == last["run"]["facets"]["errorMessage"]["message"]


def test_the_code_is_told_by_the_address_of_its_repository(shop: Shop) -> None:
    who = ["-c", "user.name=ana", "-c", "user.email=ana@example.org"]
    remote = "https://ana:secret@git.example.org/thenar/shop.git"
    for command in (
        ["init", "-q"],
        ["remote", "add", "origin", remote],
        ["add", "."],
        [*who, "commit", "-q", "-m", "x"],
    ):
        subprocess.run(["git", *command], check=True, cwd=shop.root)

    shop.works("build", "--force")

    code = next(e for e in events(shop)[::-1] if e["job"]["name"] == "sales.orders.build")["job"]["facets"]
    place = code["sourceCodeLocation"]
    path = shop.module().relative_to(shop.root).as_posix()
    assert ("https://git.example.org/thenar/shop", path) == (place["repoUrl"], place["path"])
    assert f"https://git.example.org/thenar/shop/blob/{place['version']}/{path}" == place["url"]
    assert "secret" not in json.dumps(events(shop))
