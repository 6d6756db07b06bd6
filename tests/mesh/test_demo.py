"""Every figure of the demo is recomputed from the tables with plain Polars, and given again by its command."""

import json
import math
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from company import Company, copy_company, demonstrate, entered

QUARANTINED = ("sales.orders", "supply_chain.lots", "robotics.joint_fatigue")
READERS = {
    "ana": ("order-fulfilment", {"company_name": "clear", "contact_name": "clear", "email": "clear"}),
    "ben": ("service-level", {"company_name": "clear", "contact_name": "token", "email": "token"}),
    "eve": ("marketing", {"company_name": "clear", "contact_name": "hidden", "email": "hidden"}),
}


def test_the_products_published_are_the_tables_in_the_lake(company: Company) -> None:
    published = sum(company.table(name).select(pl.len()).collect().item() for name in company.products)

    assert len(company.products) == company.figure("built.products")
    assert published == company.figure("built.published")
    assert [] == company.figure("built.failed")


def test_the_rows_held_back_are_those_in_the_rejected_tables(company: Company) -> None:
    held = sum(company.rejected(name).height for name in company.products)

    assert 0 < held == company.figure("built.held_back")


@pytest.mark.parametrize("product", QUARANTINED)
def test_the_reasons_counted_are_those_in_the_rejected_table(company: Company, product: str) -> None:
    rejected = company.rejected(product)
    reasons = rejected.filter(pl.col("_stage") == "contract")["_failed"].explode().value_counts()
    cells = rejected.filter(pl.col("_stage") == "source")["_column"].value_counts()

    assert dict(reasons.iter_rows()) == company.figure(f"quarantined.{product}")
    assert dict(cells.iter_rows()) == company.figure(f"unreadable.{product}")
    assert company.figure(f"quarantined.{product}")


def test_the_rows_of_the_page_are_those_of_the_table(company: Company) -> None:
    rows = company.table("supply_chain.incoming_quality").select(pl.len()).collect().item()

    assert f"{rows:,}" == company.figure("page.rows")


def test_the_worst_lots_are_those_of_the_table(company: Company) -> None:
    lots = company.table("supply_chain.incoming_quality").collect()
    worst = sorted(lots.iter_rows(named=True), key=lambda lot: (-lot["at_least_per_1000"], lot["lot_number"]))[:5]
    suppliers = [lot["supplier_id"] for lot in worst]

    assert [lot["lot_number"] for lot in worst] == company.figure("lots.worst")
    assert max(sorted(set(suppliers)), key=suppliers.count) == company.figure("lots.supplier")
    assert worst[0]["failed_early"] == company.figure("lots.failed_early")


def test_the_worst_firmware_has_the_most_stops_per_hour(company: Company) -> None:
    rows = company.table("robotics.firmware_reliability").collect().to_dicts()
    worst = max(rows, key=lambda row: row["stops"] / row["operating_hours"])
    rate = 1000 * worst["stops"] / worst["operating_hours"]

    assert worst["firmware_version"] == company.figure("firmware.worst")
    assert math.isclose(rate, company.figure("firmware.stops_per_1000_h"), rel_tol=1e-6)
    assert worst["customers_running"] == company.figure("firmware.customers")


@pytest.mark.parametrize("who", READERS)
def test_a_reader_sees_what_the_level_says_of_what_the_table_holds(company: Company, who: str) -> None:
    purpose, levels = READERS[who]
    plain = company.table("sales.customers").sort("company_name", maintain_order=True).head(1).collect().to_dicts()[0]

    arguments = ("--as", who, "--purpose", purpose, "--sort", "company_name", "-n", "1", "--json")
    (seen,) = company.json("read", "sales.customers", *arguments)["rows"]

    assert levels == company.figure(f"readers.{who}")
    for column, level in levels.items():
        if level == "clear":
            assert plain[column] == seen[column]
        elif level == "token":
            assert seen[column].startswith("tok1_")
            assert plain[column].casefold() not in seen[column].casefold()
        else:
            assert column not in seen


def test_the_domains_of_a_column_are_those_that_the_events_name(company: Company) -> None:
    found = {name.partition(".")[0] for name in upstream(company, "supply_chain.incoming_quality", "failures_per_1000")}

    assert sorted(found) == company.figure("lineage.domains")
    assert ["robotics", "sales", "supply_chain"] == sorted(found)


def upstream(company: Company, product: str, column: str) -> set[str]:
    """Follow the columnLineage facets of the events upwards; name the products met."""
    facets: dict[str, Any] = {}
    names: dict[str, str] = {}
    for line in (company.root / ".mesh" / "events.ndjson").read_text(encoding="utf-8").splitlines():
        event = json.loads(line)
        if event.get("eventType") == "COMPLETE" and event["job"]["name"].endswith(".build") and event["outputs"]:
            (out,) = event["outputs"]
            (symlink,) = out["facets"]["symlinks"]["identifiers"]
            names[out["name"]] = symlink["name"]
            facets[symlink["name"]] = out["facets"]["columnLineage"]
    met: set[tuple[str, str]] = set()
    waiting = [(product, column)]
    while waiting:
        here = waiting.pop()
        if here in met:
            continue
        met.add(here)
        facet = facets[here[0]]
        inputs = [*facet["fields"].get(here[1], {}).get("inputFields", []), *facet.get("dataset", [])]
        waiting += [(names[i["name"]], i["field"]) for i in inputs if i["name"] in names]
    return {name for name, _ in met}


def test_a_search_finds_the_product_whose_description_says_the_words(company: Company) -> None:
    hits = company.figure("search.hits")

    assert "supply_chain.incoming_quality" == hits[0]
    assert set(hits) <= set(company.products)
    assert len(hits) == min(3, company.figure("search.total"))


def again(company: Company, command: str) -> Any:
    words = shlex.split(command)
    assert words[0] == "mesh"
    return company.json(*words[1:])


def _failures(document: Any, stage: str, column: str) -> dict[str, int]:
    values: list[Any] = [row[column] for row in document["rows"] if row["_stage"] == stage]
    flat: list[str] = [name for value in values for name in (value if stage == "contract" else [value])]
    return {name: flat.count(name) for name in flat}


def _levels(document: Any, names: Mapping[str, str]) -> dict[str, str]:
    return {name: document["levels"].get(name, "hidden") for name in names}


def _held(reports: Any) -> int:
    return sum(r["quarantined"] + sum(s["rejected"] for s in r["sources"]) for r in reports)


def _mode(values: list[str]) -> str:
    return max(sorted(set(values)), key=values.count)


READ_BACK: dict[str, Callable[[Any], Any]] = {
    "policies.waiting": lambda d: [policy["product"] for policy in d],
    "search.total": lambda d: d["total"],
    "search.hits": lambda d: [hit["id"] for hit in d["hits"]],
    "page.rows": lambda d: d["facts"]["rows"],
    **{
        f"readers.{who}": lambda d: _levels(d, {"company_name": "", "contact_name": "", "email": ""}) for who in READERS
    },
    "lineage.domains": lambda d: sorted(
        {n["id"].split(".")[0] for n in d["nodes"] if n["kind"] == "product"} | {d["product"].split(".")[0]}
    ),
    **{f"quarantined.{p}": lambda d: _failures(d, "contract", "_failed") for p in QUARANTINED},
    **{f"unreadable.{p}": lambda d: _failures(d, "source", "_column") for p in QUARANTINED},
    "lots.worst": lambda d: [row["lot_number"] for row in d["rows"]],
    "lots.supplier": lambda d: _mode([row["supplier_id"] for row in d["rows"]]),
    "lots.failed_early": lambda d: d["rows"][0]["failed_early"],
    "firmware.worst": lambda d: d["rows"][0]["firmware_version"],
    "firmware.stops_per_1000_h": lambda d: round(d["rows"][0]["stops_per_1000_h"], 6),
    "firmware.customers": lambda d: d["rows"][0]["customers_running"],
    "forecast.methods": lambda d: {m["method"]: round(m["cost_eur"], 2) for m in d["methods"]},
    "forecast.fill_rates": lambda d: {m["method"]: round(m["fill_rate"], 6) for m in d["methods"]},
    "forecast.verdict": lambda d: d["verdict"]["decision"],
}
REBUILT: dict[str, Callable[[Any], Any]] = {
    "built.products": lambda d: sum(r["status"] == "built" for r in d),
    "built.published": lambda d: sum(r["published"] for r in d),
    "built.held_back": _held,
    "built.failed": lambda d: [r for r in d if r["status"] in ("failed", "skipped")],
}


@pytest.mark.slow
def test_every_figure_is_read_back_by_its_command(company: Company) -> None:
    figures = [figure for figure in company.document["figures"] if figure["name"] not in REBUILT]
    documents = {command: again(company, command) for command in {figure["command"] for figure in figures}}

    assert set(READ_BACK) == {figure["name"] for figure in figures}
    for figure in figures:
        assert figure["value"] == READ_BACK[figure["name"]](documents[figure["command"]]), figure["name"]


def test_building_again_gives_the_figures_of_the_build(
    company: Company, rebuilt: tuple[Company, list[dict[str, Any]]]
) -> None:
    figures = {f["name"]: f for f in company.document["figures"] if f["name"].startswith("built.")}

    assert set(REBUILT) == set(figures)
    for name, read_back in REBUILT.items():
        assert "mesh build --force --json" == figures[name]["command"]
        assert figures[name]["value"] == read_back(rebuilt[1]), name


def test_what_the_demo_finds_is_what_the_simulation_planted(company: Company, tmp_path: Path) -> None:
    assert_planted(company, tmp_path)


@pytest.mark.slow
def test_another_seed_is_another_company(company: Company, tmp_path: Path) -> None:
    other = demonstrate(tmp_path, seed=8, scale=company.scale)

    changed = {f["name"] for f in other.document["figures"] if f["value"] != company.figure(f["name"])}
    assert {"built.published", "built.held_back", "lots.worst", "firmware.stops_per_1000_h"} <= changed


@pytest.mark.slow
def test_the_lines_for_people_hold_the_figures(tmp_path: Path) -> None:
    small = Company(copy_company(tmp_path), 7, 0.05, {})

    code, said = small.run("demo", "--seed", "7", "--scale", "0.05")

    lots = small.table("supply_chain.incoming_quality").collect()
    worst = min(lots.iter_rows(named=True), key=lambda lot: (-lot["at_least_per_1000"], lot["lot_number"]))
    published = sum(small.table(name).select(pl.len()).collect().item() for name in small.products)
    assert 0 == code
    assert f"{len(small.products)} products, {published:,} rows published" in said
    assert f"supplier {worst['supplier_id']}: of lot {worst['lot_number']} ({worst['part_number']})" in said
    assert "not shown" not in said


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", [42, 1, 7])
def test_the_planted_causes_are_found_at_full_size_for_any_seed(seed: int, tmp_path: Path) -> None:
    (tmp_path / "ws").mkdir()
    company = demonstrate(tmp_path / "ws", seed=seed, scale=1.0)

    assert_planted(company, tmp_path)


def assert_planted(company: Company, scratch: Path) -> None:
    from thenar_operations import simulate

    with entered(company.root):
        truths = simulate(scratch / "landing", seed=company.seed, scale=company.scale).truths

    assert truths.bad_supplier == company.figure("lots.supplier")
    assert set(truths.bad_lots) & set(company.figure("lots.worst")[:1])
    assert truths.bad_firmware == company.figure("firmware.worst")
