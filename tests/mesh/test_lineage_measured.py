"""The lineage of every product in domains/, counted: how much is exact, what is spurious, and whom a label stops."""

from typing import Any

import pytest
from company import Company

MOST_SPURIOUS = 0.01
"""Of the direct edges at most so many may be ones that no change of rows shows to be real."""


@pytest.fixture(scope="module")
def verified(company: Company) -> list[dict[str, Any]]:
    """What `mesh lineage verify` says of each product."""
    found: list[dict[str, Any]] = company.json("lineage", "verify", "--json")
    return found


@pytest.mark.slow
def test_the_lineage_of_every_product_is_exact_and_sound(company: Company, verified: list[dict[str, Any]]) -> None:
    assert set(company.products) == {each["product"] for each in verified}
    assert [] == [each["product"] for each in verified if each["opaque"] or not each["rows"]]
    assert {} == {each["product"]: each["problems"] for each in verified if each["problems"]}


@pytest.mark.slow
def test_hardly_a_direct_edge_of_the_products_is_spurious(verified: list[dict[str, Any]]) -> None:
    edges = sum(each["direct"] for each in verified)
    not_seen = sum(each["spurious"] for each in verified)

    assert edges >= 300
    assert not_seen <= edges * MOST_SPURIOUS


def test_no_label_stops_a_build_of_the_company(company: Company) -> None:
    assert [] == company.json("check", "--json")
    assert [] == list((company.root / "domains").glob("*/policies/waivers/*.toml"))
