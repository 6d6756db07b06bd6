"""A delivery without rows does not empty a product unless somebody says that it may."""

import json
from pathlib import Path

import pytest
from shop import ORDERS, Shop

HEAD = ORDERS.partition("\n")[0] + "\n"


def rows(shop: Shop) -> int:
    return len(json.loads(shop.works("read", "sales.orders", "--json"))["rows"])


def deliver(shop: Shop, text: str) -> None:
    (shop.root / "orders.csv").write_text(text, encoding="utf-8")


def files(shop: Shop) -> list[Path]:
    return sorted((shop.root / "lake").rglob("*"))


def test_a_header_without_rows_leaves_the_live_version_and_says_what_to_do(shop: Shop) -> None:
    before = files(shop)
    deliver(shop, HEAD)

    said = shop.run("build")

    assert 1 == said.code
    assert "sales.orders: failed: nothing published: no row is left, and 4 rows would go" in said.out
    assert "mesh build sales.orders --allow-empty, once, or @product(may_be_empty=True), for good" in said.out
    assert (4, before) == (rows(shop), files(shop))


def test_rows_that_are_all_kept_apart_leave_the_live_version_and_no_rejected_row(shop: Shop) -> None:
    source, contract, rest = shop.module().read_text(encoding="utf-8").partition("(Contract")
    limited = rest.replace("quantity: int", "quantity: Annotated[int, Ge(100)]")
    text = f"from annotated_types import Ge\n{source}{contract}{limited}"
    shop.module().write_text(text, encoding="utf-8")
    before = files(shop)

    said = shop.run("build")

    assert 1 == said.code
    assert "no row is left (quantity.ge: 4 rows), and 4 rows would go" in said.out
    assert (4, before) == (rows(shop), files(shop))


@pytest.mark.parametrize("way", ["this once", "for good"])
def test_what_may_be_empty_is_emptied_and_filled_again(shop: Shop, way: str) -> None:
    if way == "for good":
        shop.rewrite(shop.module(), 'purpose="operations"', 'purpose="operations", may_be_empty=True')
    deliver(shop, HEAD)

    said = shop.works("build", *(["--allow-empty"] if way == "this once" else []))

    assert "returned 0 rows = 0 published + 0 quarantined" in said
    assert 0 == rows(shop)
    deliver(shop, ORDERS)
    shop.works("build")
    assert 4 == rows(shop)


def test_a_first_delivery_may_be_empty_and_an_append_of_nothing_loses_nothing(empty: Shop) -> None:
    (empty.root / "orders.csv").write_text(ORDERS, encoding="utf-8")
    empty.works("new", "product", "sales.orders", "--from", "orders.csv")
    deliver(empty, HEAD)
    first = empty.works("build")
    empty.rewrite(empty.module(), 'purpose="operations"', 'purpose="operations", mode="append"')
    deliver(empty, ORDERS)
    empty.works("build")
    deliver(empty, HEAD)

    empty.works("build")

    assert "version 0" in first
    assert 4 == rows(empty)
