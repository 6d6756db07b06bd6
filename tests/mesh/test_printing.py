"""What a transform prints: beside the answer of a command, and nowhere where it works on classified values."""

import json

import pytest
from planning import plan_demand
from shop import Shop

NOTE = 'print("a note of the transform") or orders.inspect("looked at: {}")'


def test_what_a_transform_prints_goes_to_stderr_and_json_stays_json(shop: Shop) -> None:
    plan_demand(shop, transform=NOTE)

    said = shop.run("build", "planning.demand", "--json")

    (report,) = [r for r in json.loads(said.out) if r["product"] == "planning.demand"]
    assert ("built", 0) == (report["status"], report["withheld"])
    assert 1 == said.err.count("a note of the transform")
    assert "looked at: shape: (4, 2)" in said.err


OF_A_COLUMN = 'rows.with_columns(pl.col("email").inspect("looked at: {}"))'


@pytest.mark.parametrize("shown", ['rows.inspect("looked at: {}")', OF_A_COLUMN])
def test_what_is_printed_beside_classified_values_is_counted_and_shown_nowhere(shop: Shop, shown: str) -> None:
    module = shop.module()
    text = module.read_text(encoding="utf-8").replace("conform(rows)", f"conform({shown})")
    text = text.replace("from meshwright import", "import polars as pl\nfrom meshwright import", 1)
    module.write_text(f"{text}\nprint('imported')\n", encoding="utf-8")

    said = shop.run("build")

    assert (0, "imported\n") == (said.code, said.err), said.out
    assert "its transform prints beside classified values: " in said.out
    assert "looked at" not in said.out + said.err
    assert "ana@example.com" not in said.out + said.err


def test_looking_for_lineage_prints_no_row(shop: Shop) -> None:
    shop.rewrite(shop.module(), "conform(rows)", 'conform(rows.inspect("looked at: {}"))')

    said = shop.run("lineage", "verify", "sales.orders")

    assert "looked at" not in said.out + said.err
