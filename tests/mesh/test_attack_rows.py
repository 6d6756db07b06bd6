"""What is tried to learn about rows that a policy hides: counts, old versions, rejected rows, builds."""

import json

import polars as pl
import pytest
from planning import plan_demand
from shop import Shop, Stage

ANALYSTS = '\n[teams.analysts]\ndomain = "other"\npurposes = ["analytics"]\n[users.eve]\nteams = ["analysts"]\n'
LARGE_ONLY = """
@id("sales.orders.rows") @why("small orders are nobody's business")
permit(principal, action == Mesh::Action::"see_row", resource in Mesh::Product::"sales.orders")
when { resource.quantity >= 3 || principal in Mesh::Team::"sales-team" };
"""


@pytest.fixture
def limited(shop: Shop, stage: Stage) -> Shop:
    """A shop whose orders were published before there was a row policy, and eve, who sees large orders only."""

    def make() -> None:
        principals = shop.root / "policies" / "principals.toml"
        principals.write_text(principals.read_text(encoding="utf-8") + ANALYSTS, encoding="utf-8")
        shop.works("build", "--force")
        own = shop.root / "domains/sales/policies/orders.cedar"
        own.write_text(own.read_text(encoding="utf-8") + LARGE_ONLY, encoding="utf-8")

    stage.set("limited", make)
    return shop


def quantities(shop: Shop, who: str, *arguments: str) -> list[int]:
    said = shop.works("read", "sales.orders", "--as", who, "--purpose", "analytics", *arguments, "--json")
    return sorted(row["quantity"] for row in json.loads(said)["rows"])


def test_attack_06_counts_with_and_without_a_predicate_know_only_rows_that_are_shown(limited: Shop) -> None:
    everything = quantities(limited, "ana")
    seen = quantities(limited, "eve")

    assert [each for each in everything if each >= 3] == seen
    assert len(seen) < len(everything)
    for each in set(everything):
        assert [each] * seen.count(each) == quantities(limited, "eve", "--where", f"quantity={each}")


def test_attack_18_a_row_policy_holds_for_versions_from_before_it(limited: Shop) -> None:
    versions = [quantities(limited, "eve", "--version", version) for version in ("0", "1")]

    assert [quantities(limited, "eve")] * 2 == versions
    assert all(each >= 3 for version in versions for each in version)


def test_a_written_file_holds_only_rows_that_are_shown(limited: Shop) -> None:
    limited.works(
        "read", "sales.orders", "--as", "eve", "--purpose", "analytics", "-c", "quantity", "--out", "mine.csv"
    )

    lines = (limited.root / "mine.csv").read_text(encoding="utf-8").splitlines()
    assert quantities(limited, "eve") == sorted(int(each) for each in lines[1:])


def test_a_build_reads_only_the_rows_that_its_service_may_see(limited: Shop) -> None:
    plan_demand(limited)
    said = limited.works("build")

    assert "  of sales.orders a row policy lets it read only some rows\n" in said
    published = pl.read_delta(str(limited.root / "lake/planning/demand/v1"))["quantity"].to_list()
    assert quantities(limited, "eve") == sorted(published)


def test_another_row_policy_builds_anew_what_was_read_under_the_one_before(limited: Shop) -> None:
    plan_demand(limited)
    limited.works("build")
    small = LARGE_ONLY.replace(">= 3", "< 3")
    limited.rewrite(limited.root / "domains/sales/policies/orders.cedar", LARGE_ONLY, small)

    planned, built, again = limited.works("plan"), limited.works("build"), limited.works("build")

    assert "changed: rights to orders" in planned
    assert "planning.demand: version 1" in built
    assert "planning.demand: up to date" in again
    assert "  of sales.orders a row policy lets it read only some rows\n" in again
    published = pl.read_delta(str(limited.root / "lake/planning/demand/v1"))["quantity"].to_list()
    assert published
    assert max(published) < 3


def test_a_build_that_may_see_no_row_says_so(limited: Shop) -> None:
    plan_demand(limited)
    only = """principal in Mesh::Team::"sales-team" };"""
    limited.rewrite(
        limited.root / "domains/sales/policies/orders.cedar", f"resource.quantity >= 3 || {only}", f"{only}"
    )

    assert "  of sales.orders no row policy lets it read any row\n" in limited.works("build")


def test_everybody_is_told_whether_rows_are_kept_from_them(limited: Shop) -> None:
    limited.works("build")  # the catalog answers by what was handed in
    who = json.loads(limited.works("access", "who-can", "sales.orders", "--json"))["sights"]
    read = limited.works("read", "sales.orders", "--as", "eve", "--purpose", "analytics")
    told = json.loads(limited.works("read", "sales.orders", "--as", "eve", "--purpose", "analytics", "--json"))
    shown = limited.works("show", "sales.orders", "--as", "eve", "--purpose", "analytics")

    assert ("user:eve", "limited") in {(each["principal"], each["rows"]) for each in who}
    assert "a row policy limits which rows are shown" in read
    assert "limited" == told["rows_shown"]
    assert "of which a row policy limits what you see" in shown


def test_who_may_not_read_is_told_why_on_the_page_of_the_product(limited: Shop) -> None:
    limited.works("build")
    shown = limited.works("show", "sales.orders", "--as", "eve", "--purpose", "operations")

    assert "  you: eve may not read for 'operations'\n" in shown
