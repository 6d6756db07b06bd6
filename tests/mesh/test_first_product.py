"""Five commands from an empty folder to a masked read."""

import json

import polars as pl
import pytest
from shop import Shop


def test_five_commands_lead_from_a_file_to_a_masked_read(empty: Shop) -> None:
    (empty.root / "orders.csv").write_text("order_id,email\n1,ana@example.com\n2,ben@example.com\n", encoding="utf-8")

    made = empty.run("new", "product", "sales.orders", "--from", "orders.csv")
    built = empty.run("build")
    found = empty.run("search", "order")
    read = empty.run("read", "sales.orders")

    assert [0, 0, 0, 0] == [made.code, built.code, found.code, read.code]
    assert "read sales.orders_file: 2 rows = 2 accepted + 0 rejected" in built.out
    assert "returned 2 rows = 2 published + 0 quarantined" in built.out
    assert "sales.orders" in found.out
    assert "email (token)" in read.out
    assert "example.com" not in read.out


def test_what_was_built_is_up_to_date(shop: Shop) -> None:
    assert "sales.orders: up to date at version 0\n" == shop.run("build").out


def test_the_same_table_opens_in_plain_polars(shop: Shop) -> None:
    rows = pl.scan_delta(str(shop.root / "lake/sales/orders/v1")).collect()

    assert ["O-1", "O-2", "O-3", "O-4"] == rows["order_id"].to_list()
    assert 10 == rows["quantity"].sum()


def test_a_scaffolded_policy_that_is_removed_turns_its_test_red(shop: Shop) -> None:
    policy = shop.root / "domains/sales/policies/orders.cedar"
    before = shop.run("access", "test")
    kept = policy.read_text().partition('@id("sales.orders.pii')[0]
    policy.write_text(kept)

    after = shop.run("access", "test")

    assert 0 == before.code
    assert 1 == after.code
    assert "failed" in after.out


def test_json_is_one_document(shop: Shop) -> None:
    for arguments in (["build"], ["plan"], ["search", "order"], ["show", "sales.orders"], ["read", "sales.orders"]):
        answer = shop.run(*arguments, "--json")

        assert json.loads(answer.out)


def test_a_permit_shows_what_was_hidden_and_the_diff_shows_the_permit(shop: Shop) -> None:
    before = shop.run("read", "sales.orders", "--purpose", "operations", "-c", "email")
    allowed = shop.run(
        "access", "allow", "founders", "sales.orders", "--class", "pii.contact.email", "--level", "clear",
        "--purpose", "operations",
    )  # fmt: skip
    after = shop.run("read", "sales.orders", "--purpose", "operations", "-c", "email")

    assert "tok1_" in before.out
    assert "+++ b/domains/sales/policies/orders.cedar" in allowed.out
    assert "ana@example.com" in after.out
    assert 0 == shop.run("access", "test").code


@pytest.mark.parametrize("part", ["contract", "source", "code", "mode"])
def test_a_change_of_any_part_builds_again(shop: Shop, part: str) -> None:
    module = shop.module()
    text = module.read_text()
    if part == "source":
        (shop.root / "orders.csv").write_text(
            (shop.root / "orders.csv").read_text() + "O-5,e@example.com,5,1.00,2026-01-04T00:00:00Z\n"
        )
    else:
        old, new = {
            "contract": ('version="1.0.0"', 'version="1.0.1"'),
            "code": ("from datetime", "# another line\nfrom datetime"),
            "mode": ('purpose="operations"', 'purpose="operations", mode="append"'),
        }[part]
        module.write_text(text.replace(old, new))

    assert ["build"] == [step.action for step in shop.mesh().plan()]


def test_who_is_in_teams_of_two_domains_reads_the_products_of_both(shop: Shop) -> None:
    shop.works("new", "product", "finance.revenue", "--from", "orders.csv")
    shop.works("build")

    assert "O-1" in shop.works("read", "finance.revenue", "--purpose", "operations", "-c", "order_id")
    assert "O-1" in shop.works("read", "sales.orders", "--purpose", "operations", "-c", "order_id")


@pytest.mark.parametrize("titles", ["id,email,,note", "id,email,note,note"])
def test_columns_that_move_under_titles_that_name_no_columns_are_an_error(empty: Shop, titles: str) -> None:
    file = empty.root / "f.csv"
    file.write_text(f"{titles}\nA,ann@x.example,,hello\nB,bob@x.example,,hi\n", encoding="utf-8")
    empty.works("new", "product", "sales.orders", "--from", "f.csv")
    empty.works("build")
    moved = ",".join([*titles.split(",")[:1], *reversed(titles.split(",")[1:])])
    file.write_text(f"{moved}\nA,hello,,ann@x.example\nB,hi,,bob@x.example\n", encoding="utf-8")

    answer = empty.run("build")

    assert 1 == answer.code
    assert "row 1 has other titles than the class states, in field 2" in answer.out
    assert "example" not in answer.out
