"""What a build counts: rows read, accepted and rejected; returned, published and quarantined; keys that were lost."""

import csv
import sqlite3
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from company import Company
from planning import plan_demand
from shop import Shop

Rebuilt = tuple[Company, list[dict[str, Any]]]


def test_every_row_of_every_source_is_accepted_or_rejected(rebuilt: Rebuilt) -> None:
    company, reports = rebuilt
    places = tomllib.loads((company.root / "mesh.toml").read_text(encoding="utf-8"))["env"]["dev"]["sources"]
    counts = {name: handed_over(company.root, name, where) for name, where in places.items()}

    for report in reports:
        rejected = of_run(company, report).filter(pl.col("_stage") == "source")
        for source in report["sources"]:
            held = rejected.filter(pl.col("_source") == source["source"]).height
            assert counts[source["source"]] == source["read"], (report["product"], source)
            assert source["read"] == source["accepted"] + source["rejected"], (report["product"], source)
            assert held == source["rejected"], (report["product"], source)
    assert {*places} == {s["source"] for report in reports for s in report["sources"]}
    assert sum(s["rejected"] for report in reports for s in report["sources"]) > 0


def handed_over(root: Path, source: str, where: str) -> int:
    """Count the rows of a source without the framework."""
    files = sorted(root.glob(where)) if "*" in where else [root / where]
    if files[0].is_dir():
        return sum(pl.scan_parquet(file).select(pl.len()).collect().item() for file in files[0].iterdir())
    if files[0].suffix == ".sqlite":
        (table,) = (source.partition(".")[2],)
        connection = sqlite3.connect(files[0])
        rows = connection.execute(f'select count(*) from "{table}"').fetchone()[0]  # noqa: S608 - a name of mesh.toml
        connection.close()
        return int(rows)
    return sum(1 for file in files for line in _lines(file) if any(line)) - (
        0 if files[0].suffix == ".jsonl" else len(files)
    )


def _lines(file: Path) -> Iterator[list[str]]:
    with file.open(encoding="latin-1", newline="") as handle:
        yield from ([line.strip()] for line in handle) if file.suffix == ".jsonl" else csv.reader(handle)


def of_run(company: Company, report: dict[str, Any]) -> pl.DataFrame:
    """Give the rejected rows of one build."""
    return company.rejected(report["product"]).filter(pl.col("_run_id") == report["run_id"])


def test_every_row_that_a_transform_returned_is_published_or_quarantined(rebuilt: Rebuilt) -> None:
    company, reports = rebuilt

    for report in reports:
        published = company.table(report["product"]).select(pl.len()).collect().item()
        held = of_run(company, report).filter(pl.col("_stage") == "contract").height
        assert report["returned"] == report["published"] + report["quarantined"], report["product"]
        assert published == report["published"], report["product"]
        assert held == report["quarantined"], report["product"]
    assert set(company.products) == {report["product"] for report in reports}
    assert sum(report["quarantined"] for report in reports) > 0


def test_a_transform_that_keeps_its_rows_returns_what_the_sources_gave(rebuilt: Rebuilt) -> None:
    _, reports = rebuilt
    kept = {r["product"]: r for r in reports if r["product"] in ("sales.orders", "supply_chain.lots", "sales.returns")}

    assert 3 == len(kept)
    for report in kept.values():
        (source,) = report["sources"]
        assert source["accepted"] == report["returned"]


def test_keys_that_did_not_arrive_are_those_that_plain_joins_miss(rebuilt: Rebuilt) -> None:
    company, reports = rebuilt
    (lots,) = (k for r in reports if r["product"] == "supply_chain.lead_times" for k in r["keys"])
    given = company.table("supply_chain.lots").select("lot_number").unique()
    lost = given.join(company.table("supply_chain.lead_times"), on="lot_number", how="anti").collect().height

    assert ("supply_chain.lots", ["lot_number"]) == (lots["input"], lots["key"])
    assert (given.collect().height, lost) == (lots["total"], lots["missing"])
    assert lost > 0


INNER = 'orders.join(pl.LazyFrame({"order_id": ["O-1", "O-2", "O-4"]}), on="order_id", how="inner")'


def test_an_inner_join_that_drops_a_key_stands_in_the_report(shop: Shop) -> None:
    plan_demand(shop, transform=INNER)

    built = shop.works("build", "planning.demand")

    assert "  returned 3 rows = 3 published + 0 quarantined" in built
    assert "  input sales.orders: 1 of 4 keys did not arrive (25.0%)" in built


def test_rows_that_were_quarantined_have_arrived(shop: Shop) -> None:
    module = plan_demand(shop, contract="quantity: Annotated[int, Gt(2)]", transform=INNER)
    shop.rewrite(module, "import polars as pl\n", "import polars as pl\nfrom annotated_types import Gt\n")

    built = shop.works("build", "planning.demand")

    assert "  returned 3 rows = 1 published + 2 quarantined" in built
    assert "  quarantine quantity.gt: 2 rows" in built
    assert "  input sales.orders: 1 of 4 keys did not arrive (25.0%)" in built


def test_nothing_is_said_of_keys_that_all_arrived(shop: Shop) -> None:
    plan_demand(shop)

    assert "did not arrive" not in shop.works("build", "planning.demand")


def test_a_key_that_no_output_column_carries_is_counted_without_a_guess(shop: Shop) -> None:
    plan_demand(shop, transform='orders.with_columns(order_id=pl.lit("O-") + pl.col("order_id"))')

    (report,) = [r for r in shop.mesh().build_all(["planning.demand"], force=True) if r.product == "planning.demand"]

    assert report.status == "built"
    assert [("sales.orders", 4, None)] == [(k.input, k.total, k.missing) for k in report.keys]


@pytest.mark.parametrize("port", ["order_id: Annotated[str, Key()]", "order_id: str"])
def test_the_key_is_the_port_s_own_or_the_published_one(shop: Shop, port: str) -> None:
    module = plan_demand(shop, transform=INNER)
    shop.rewrite(module, "    order_id: str\n", f"    {port}\n")

    assert "1 of 4 keys did not arrive" in shop.works("build", "planning.demand")


def test_a_sources_unreadable_rows_and_the_quarantined_are_both_printed(shop: Shop) -> None:
    text = (shop.root / "orders.csv").read_text(encoding="utf-8")
    (shop.root / "orders.csv").write_text(
        text + "O-5,e@example.com,many,1.00,2026-01-04T00:00:00Z\nO-1,f@example.com,1,1.00,2026-01-04T00:00:00Z\n",
        encoding="utf-8",
    )

    built = shop.works("build")

    assert "  read sales.orders_file: 6 rows = 5 accepted + 1 rejected\n" in built
    assert "  returned 5 rows = 3 published + 2 quarantined\n" in built
    assert "  quarantine key: 2 rows\n" in built
    table = pl.read_delta(str(shop.root / "lake/sales/orders__rejected/v1"))
    assert {"source": 1, "contract": 2} == dict(table["_stage"].value_counts().iter_rows())
