"""A product's table is read through a port: a source over its files would come without classes and past policies."""

import shutil
from pathlib import Path

import polars as pl
import pytest
from planning import add_module
from shop import Shop

PEEK = '''"""Peek."""

from typing import Annotated

import polars as pl

from meshwright import Contract, Delta, Frame, Key, Parquet, Source, product


class Row(Source, name="planning.rows", format=FORMAT()):
    """What lies there."""

    order_id: str
    email: str


class Line(Contract, id="planning.peek", version="1.0.0"):
    """One row per order."""

    order_id: Annotated[str, Key()]
    x: str


@product(owner="planning-team", purpose="analytics")
def peek(rows: Frame[Row]) -> Frame[Line]:
    """What lies there."""
    return Line.conform(rows.select("order_id", x=pl.col("email").cast(pl.Binary).bin.encode("hex")))
'''
SAID = "source 'planning.rows': lies in the table of sales.orders, which has classes and policies"
HINT = 'read it through a port: class ...(InputPort, of="sales.orders", version=1)'


def peeks(shop: Shop, place: str, kind: str = "Delta") -> None:
    shop.works("new", "domain", "planning")
    add_module(shop, "planning", "peek", PEEK.replace("FORMAT", kind))
    settings = shop.root / "mesh.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + f'"planning.rows" = "{place}"\n', encoding="utf-8")


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        ("Delta", "lake/sales/orders/v1"),
        ("Delta", "lake//sales/../sales/orders//v1/"),
        ("Delta", "beside"),
        ("Delta", "file://ROOT/lake/sales/orders/v1"),
        ("Delta", "copied"),
        ("Parquet", "lake/sales/orders/v1/*.parquet"),
        ("Parquet", "lake/*/orders/v1/*"),
        ("Parquet", "lake"),
        ("Parquet", "linked.parquet"),
    ],
)
def test_a_source_in_a_products_table_is_refused_by_check_and_build(shop: Shop, kind: str, place: str) -> None:
    shop.works("build", "sales.orders")
    table = shop.root / "lake/sales/orders/v1"
    (shop.root / "beside").symlink_to(table)
    (shop.root / "linked.parquet").symlink_to(next(table.glob("*.parquet")))
    shutil.copytree(table, shop.root / "copied")
    peeks(shop, place.replace("ROOT", shop.root.as_posix()), kind)

    checked = shop.run("check")
    built = shop.run("build", "planning.peek", "--only")

    assert f"planning.peek, {SAID}" in checked.out
    assert HINT in checked.out
    assert 1 == built.code
    assert f"{SAID}\n  hint: {HINT}" in built.out
    assert [] == list((shop.root / "lake/planning").rglob("*.parquet"))


def test_an_earlier_major_is_refused_too_even_when_nothing_of_its_log_is_left(shop: Shop) -> None:
    shop.works("build", "sales.orders")
    shop.rewrite(shop.module(), 'version="1.0.0"', 'version="2.0.0"')
    shutil.rmtree(shop.root / "lake/sales/orders/v1/_delta_log")
    peeks(shop, "lake/sales/orders/v1/*.parquet", "Parquet")

    said = shop.run("check")

    assert f"planning.peek, {SAID}" in said.out


def test_a_table_that_somebody_else_writes_stays_a_source(shop: Shop, tmp_path: Path) -> None:
    rows = pl.DataFrame({"order_id": ["1"], "email": ["none"]})
    rows.write_delta(tmp_path / "theirs")
    peeks(shop, (tmp_path / "theirs").as_posix())

    assert "lies in the table" not in shop.run("check").out
    shop.works("build", "planning.peek", "--only")


def test_verify_does_not_look_at_it_and_says_why(shop: Shop) -> None:
    shop.works("build", "sales.orders")
    peeks(shop, "lake/sales/orders/v1")

    said = shop.run("lineage", "verify", "planning.peek")

    assert "not looked at: source 'planning.rows': lies in the table of sales.orders" in said.out
    assert 0 == said.code
