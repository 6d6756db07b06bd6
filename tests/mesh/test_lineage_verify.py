"""`mesh lineage verify`: what changes with an input, held against the lineage that the catalog holds."""

import json

from planning import plan_demand
from shop import Shop


def test_built_products_verify_and_no_value_is_printed(shop: Shop) -> None:
    plan_demand(shop, transform="orders.filter(pl.col('quantity') > 1)")
    shop.works("build")

    said = shop.works("lineage", "verify")

    assert "sales.orders: " in said
    assert "planning.demand: " in said
    assert "error" not in said
    assert "@example.com" not in said


def test_a_catalog_that_lacks_what_the_code_now_reads_is_an_error_that_names_columns(shop: Shop) -> None:
    module = plan_demand(shop)
    shop.works("build")
    shop.rewrite(module, "conform(orders)", "conform(orders.filter(pl.col('quantity') > 1))")

    answer = shop.run("lineage", "verify", "planning.demand")

    assert 1 == answer.code
    assert "order_id changes with sales.orders.quantity, and the catalog's lineage does not say so" in answer.out


def test_a_product_whose_input_is_not_there_is_said_not_to_be_looked_at(shop: Shop) -> None:
    (shop.root / "orders.csv").unlink()

    (found,) = json.loads(shop.works("lineage", "verify", "sales.orders", "--json"))

    assert 0 == found["runs"]
    assert "not looked at" in found["notes"][0]


def test_a_product_in_a_commands_place_is_shown(shop: Shop) -> None:
    shop.works("build")

    short = shop.works("lineage", "sales.orders", "--as", "ana")

    assert shop.works("lineage", "show", "sales.orders", "--as", "ana") == short
