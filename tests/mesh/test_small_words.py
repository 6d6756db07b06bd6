"""What commands say where there is nothing to do, or nothing there."""

import base64
import json
import sqlite3
from contextlib import closing

import polars as pl
import pytest
from shop import Shop


@pytest.mark.parametrize("word", ["build", "plan"])
def test_where_there_are_no_products_it_is_said_and_how_to_make_one(empty: Shop, word: str) -> None:
    said = empty.run(word)

    assert (0, True) == (said.code, "no products here yet; `mesh new product" in said.out)
    assert [] == json.loads(empty.works(word, "--json"))


def test_a_file_to_infer_from_that_is_not_there_is_no_matter_of_mesh_toml(empty: Shop) -> None:
    said = empty.run("new", "product", "sales.orders", "--from", "missing.parquet")

    assert (1, 1) == (said.code, said.err.count("missing.parquet"))
    assert "no file there" in said.err
    assert ("look at the path" in said.err, "mesh.toml" in said.err) == (True, False)


def test_a_table_to_infer_from_that_is_not_there_is_no_matter_of_mesh_toml(empty: Shop) -> None:
    with closing(sqlite3.connect(empty.root / "erp.db")) as connection:
        connection.executescript("create table orders (a); create table parts (a);")
    said = [
        empty.run("new", "product", "sales.orders", "--from", "erp.db", *table) for table in ((), ("--table", "order"))
    ]

    assert ["orders, parts" in said[0].err, "did you mean 'orders'" in said[1].err] == [True, True]
    assert [True, True] == ["--table" in each.err and "mesh.toml" not in each.err for each in said]


def test_a_column_that_the_reader_left_out_is_not_said_to_be_hidden_from_them(shop: Shop) -> None:
    asked = ("read", "sales.orders", "--purpose", "operations", "--level", "quantity=hidden")
    said, told = shop.works(*asked), json.loads(shop.works(*asked, "--json"))

    assert ("hidden from you" in said, "quantity" in said, told["hidden"]) == (False, False, [])


def test_a_file_in_a_folder_that_is_not_there_is_one_clear_error(shop: Shop) -> None:
    said = shop.run("read", "sales.orders", "--purpose", "operations", "-o", "nowhere/orders.csv")

    assert 1 == said.code
    assert "nowhere/orders.csv: cannot be written or read: there is no such folder" in said.err
    assert "unexpected" not in said.err


def test_binary_values_are_base64_wherever_json_is_written(empty: Shop) -> None:
    photos = [bytes([n, 255]) for n in range(4)]
    numbers = [f"P-{n}" for n in range(4)]
    pl.DataFrame({"part_no": numbers, "photo": photos, "tags": [["a"]] * 4}).write_parquet(empty.root / "p.parquet")
    empty.works("new", "product", "parts.photos", "--from", "p.parquet")
    empty.works("build")
    asked = ("read", "parts.photos", "--purpose", "operations")
    told = json.loads(empty.works(*asked, "--json"))
    empty.works(*asked, "-o", "photos.csv")

    expected = [base64.b64encode(photo).decode() for photo in photos]
    assert expected == [row["photo"] for row in told["rows"]]
    written = pl.read_csv(empty.root / "photos.csv")
    assert (expected, ['["a"]'] * 4) == (written["photo"].to_list(), written["tags"].to_list())
