"""Ten rows are shown to somebody who does not say how many, and that there are more."""

import json

import pytest
from shop import ORDERS, Shop


@pytest.fixture
def eleven(shop: Shop) -> Shop:
    """A shop with eleven orders."""
    more = "".join(f"O-{n},x{n}@example.com,{n},1.00,2026-01-04T00:00:00Z\n" for n in range(5, 12))
    (shop.root / "orders.csv").write_text(ORDERS + more, encoding="utf-8")
    shop.works("build")
    return shop


def test_rows_that_are_not_shown_are_told_of(eleven: Shop) -> None:
    said = eleven.works("read", "sales.orders")
    document = json.loads(eleven.works("read", "sales.orders", "--json"))

    assert "... and more rows than these 10: -n NUMBER shows so many, --out FILE.parquet writes all" in said
    assert 10 == sum(line.startswith("  O-") for line in said.splitlines())
    assert (10, True) == (len(document["rows"]), document["more"])


def test_nothing_is_said_where_all_is_shown_or_a_number_was_asked_for(eleven: Shop) -> None:
    asked = eleven.works("read", "sales.orders", "-n", "10")
    few = json.loads(eleven.works("read", "sales.orders", "--where", "order_id=O-3", "--json"))
    written = eleven.works("read", "sales.orders", "--out", "orders.csv")

    assert "more rows" not in asked
    assert ([3], False) == ([row["quantity"] for row in few["rows"]], few["more"])
    assert "11 rows written to orders.csv\n" == written
