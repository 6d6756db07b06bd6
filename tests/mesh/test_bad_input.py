"""Bad input has one clear line: where, what, hint; no traceback, no value, and nothing is lost."""

import gzip
import sqlite3
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import polars as pl
import pytest
from deltalake import write_deltalake
from shop import Answer, Shop


def said(answer: Answer) -> str:
    """Give what a refused command said, having made sure that it is no traceback and no value of the data."""
    text = answer.out + answer.err
    assert answer.code in (1, 2), text
    assert "Traceback" not in text
    assert "example.com" not in text
    assert "mesh: unexpected" not in text
    return text


def test_an_unknown_product_is_named_with_the_nearest(shop: Shop) -> None:
    answer = shop.run("read", "sales.order")

    assert 2 == answer.code
    assert "no product 'sales.order'; did you mean 'sales.orders'?" in said(answer)


def test_an_unknown_column_is_named_with_the_nearest(shop: Shop) -> None:
    assert "sales.orders: no column 'quantty'; did you mean 'quantity'?" in said(
        shop.run("read", "sales.orders", "-c", "quantty")
    )


def test_nobody_reads(shop: Shop) -> None:
    shop.rewrite(shop.root / "mesh.toml", 'principal = "ana"', "")

    assert "nobody asks" in said(shop.run("read", "sales.orders"))


def test_a_transform_that_collects_is_refused_where_it_does(shop: Shop) -> None:
    shop.rewrite(shop.module(), ".conform(rows", ".conform(rows.collect().lazy()")

    answer = said(shop.run("build"))

    assert "sales.orders: failed: " in answer
    assert "orders.py:" in answer
    assert "lazy" in answer


def test_a_rule_that_names_an_unknown_column_is_refused_at_import(shop: Shop) -> None:
    module = shop.module()
    shop.rewrite(module, "\n\n\n@product", _RULE.replace("COLUMN", "quantty") + "\n\n\n@product")
    shop.rewrite(
        module,
        "    product,\n" if "    product,\n" in module.read_text() else "product\n",
        "    product,\n    rule,\n" if "    product,\n" in module.read_text() else "product, rule\n",
    )
    module.write_text("import polars as pl\n" + module.read_text())

    assert "no column 'quantty'; did you mean 'quantity'?" in said(shop.run("build"))


_RULE = '''

    @rule
    def some() -> pl.Expr:
        """Some."""
        return pl.col("COLUMN") > 0'''


def consumer(shop: Shop, column: str = "quantity: int", major: int = 1) -> Path:
    """Add a second domain whose product reads the first."""
    shop.works("new", "domain", "planning")
    package = next((shop.root / "domains/planning").glob("shop_*"))
    module = package / "demand.py"
    module.write_text(
        f'''"""Demand."""

from typing import Annotated

from meshwright import Contract, Frame, InputPort, Key, product


class Ordered(InputPort, of="sales.orders", version={major}):
    """What was ordered."""

    order_id: str
    {column}


class Line(Contract, id="planning.demand", version="1.0.0"):
    """One row per order."""

    order_id: Annotated[str, Key()]
    quantity: int


@product(owner="planning-team", purpose="analytics")
def demand(orders: Frame[Ordered]) -> Frame[Line]:
    """Demand by order."""
    return Line.conform(orders)
''',
        encoding="utf-8",
    )
    init = package / "__init__.py"
    text = init.read_text(encoding="utf-8").replace("products=()", "products=(demand,)")
    init.write_text(
        text.replace(
            "from meshwright import Domain",
            f"from {package.name}.demand import demand\n\nfrom meshwright import Domain",
        )
    )
    return module


def test_a_port_that_does_not_fit_the_published_contract_is_refused(shop: Shop) -> None:
    consumer(shop, column="quantity: str")

    assert "port sales.orders: column 'quantity' is Int64, not String" in said(shop.run("check"))
    assert "column 'quantity' is Int64, not String" in said(shop.run("build"))


def test_a_port_bound_to_another_major_is_refused(shop: Shop) -> None:
    consumer(shop, major=2)

    assert "version 2 is asked" in said(shop.run("build"))


def test_a_cycle_is_drawn(shop: Shop) -> None:
    consumer(shop)
    module = shop.module()
    text = module.read_text(encoding="utf-8")
    port = '''

class Demand(InputPort, of="planning.demand", version=1):
    """Back again."""

    order_id: str
'''
    text = text.replace("\n\n\n@product", f"{port}\n\n@product", 1)
    text = text.replace("(rows: Frame[OrderRow])", "(rows: Frame[OrderRow], back: Frame[Demand])")
    module.write_text("from meshwright import InputPort\n" + text, encoding="utf-8")

    assert "planning.demand -> sales.orders -> planning.demand" in said(shop.run("build"))


def test_a_product_that_nobody_publishes_is_named(shop: Shop) -> None:
    shop.rewrite(consumer(shop), 'of="sales.orders"', 'of="sales.order"')

    assert "no product 'sales.order'; did you mean 'sales.orders'?" in said(shop.run("build"))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x1f\x8b\x08\x00broken",
        b"order_id;email;quantity;unit_price_eur;placed_at\nO-1;a@example.com;1;1.0;2026-01-01T00:00:00Z\n",
    ],
)
def test_a_delivery_that_cannot_be_trusted_stops_the_build_and_keeps_the_version(shop: Shop, content: bytes) -> None:
    name = "orders.csv.gz" if content.startswith(b"\x1f") else "orders.csv"
    shop.rewrite(shop.root / "mesh.toml", "orders.csv", name)
    (shop.root / name).write_bytes(content)

    answer = said(shop.run("build"))

    assert "sales.orders: failed: " in answer
    assert 4 == pl.scan_delta(str(shop.root / "lake/sales/orders/v1")).collect().height


def test_a_missing_delivery_is_named(shop: Shop) -> None:
    (shop.root / "orders.csv").unlink()

    assert "orders.csv" in said(shop.run("build"))


def test_a_truncated_archive_is_named(shop: Shop) -> None:
    whole = gzip.compress((shop.root / "orders.csv").read_bytes())
    (shop.root / "orders.csv.gz").write_bytes(whole[: len(whole) // 2])
    shop.rewrite(shop.root / "mesh.toml", "orders.csv", "orders.csv.gz")

    assert "orders.csv.gz" in said(shop.run("build"))


def test_a_file_that_is_no_database_is_named(shop: Shop) -> None:
    module = shop.module()
    shop.rewrite(module, 'name="sales.orders_file"', 'name="sales.orders_file", format=Sqlite(table="orders")')
    module.write_text("from meshwright import Sqlite\n" + module.read_text(encoding="utf-8"), encoding="utf-8")

    assert "orders.csv" in said(shop.run("build"))


def test_a_database_without_the_table_is_named(shop: Shop) -> None:
    module = shop.module()
    shop.rewrite(module, 'name="sales.orders_file"', 'name="sales.orders_file", format=Sqlite(table="orders")')
    module.write_text("from meshwright import Sqlite\n" + module.read_text(encoding="utf-8"), encoding="utf-8")
    shop.rewrite(shop.root / "mesh.toml", "orders.csv", "erp.sqlite")
    with sqlite3.connect(shop.root / "erp.sqlite") as database:
        database.execute("create table order_lines (a text)")
    database.close()

    assert "orders" in said(shop.run("build"))


def test_a_table_that_somebody_else_wrote_is_not_overwritten(shop: Shop) -> None:
    table = str(shop.root / "lake/sales/orders/v1")
    write_deltalake(table, pl.scan_delta(table).collect(), mode="append")
    (shop.root / "orders.csv").write_text((shop.root / "orders.csv").read_text().replace("O-4", "O-5"))

    answer = said(shop.run("build"))

    assert "sales.orders: failed: " in answer
    assert 8 == pl.scan_delta(table).collect().height


def test_a_build_commits_while_the_catalog_is_out_of_reach_and_the_next_command_registers(shop: Shop) -> None:
    shop.rewrite(shop.root / "mesh.toml", 'path = ".mesh/catalog.db"', 'url = "http://127.0.0.1:9"')
    (shop.root / "orders.csv").write_text((shop.root / "orders.csv").read_text().replace("O-4", "O-5"))

    built = shop.run("build")
    shop.rewrite(shop.root / "mesh.toml", 'url = "http://127.0.0.1:9"', 'path = ".mesh/catalog.db"')
    shown = shop.works("show", "sales.orders")

    assert 0 == built.code
    assert "version 1" in built.out
    assert "the catalog was out of reach; the next command registers it" in built.out
    assert "(version 1)" in shown


def test_searching_an_unreachable_catalog_is_one_line(shop: Shop) -> None:
    shop.rewrite(shop.root / "mesh.toml", 'path = ".mesh/catalog.db"', 'url = "http://127.0.0.1:9"')

    assert "127.0.0.1:9" in said(shop.run("search", "orders"))


def test_a_refused_token_is_one_line(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    class Unwilling(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(401)
            self.send_header("content-type", "application/problem+json")
            self.end_headers()
            self.wfile.write(b'{"type":"about:blank","title":"Unauthorized","status":401}')

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Unwilling)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    shop.rewrite(shop.root / "mesh.toml", 'path = ".mesh/catalog.db"', f'url = "http://127.0.0.1:{server.server_port}"')
    monkeypatch.setenv("MESH_TOKEN", "forged")

    answer = said(shop.run("search", "orders"))
    server.shutdown()
    server.server_close()

    assert "token" in answer


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[mesh", "mesh.toml"),
        ('[mesh]\nnme = "x"', "nme"),
        ('[mesh]\nenv = "prod"', "no environment 'prod'"),
        ("[mesh]\ndomains = 3", "domains"),
    ],
)
def test_a_workspace_file_that_says_nonsense_is_named(empty: Shop, text: str, says: str) -> None:
    (empty.root / "mesh.toml").write_text(text)

    assert says in said(empty.run("build"))


def test_a_folder_without_a_workspace_says_how_to_make_one(
    tmp_path: Path, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert "mesh init" in said(shop.run("build"))


def test_a_name_that_could_be_a_path_is_refused(empty: Shop) -> None:
    for name in ("../x.y", "sales.Orders", "sales", "sales.or/ders", "sales." + "x" * 70, "sales.class"):
        assert "not a valid name" in said(empty.run("new", "product", name))
    assert [] == list((empty.root / "domains").glob("*")) if (empty.root / "domains").exists() else True


def test_a_column_that_was_renamed_altogether_comes_with_the_mapping(shop: Shop) -> None:
    shop.rewrite(shop.root / "orders.csv", "quantity", "stk")

    assert 'quantity: Annotated[..., Column("stk")]' in said(shop.run("build"))
