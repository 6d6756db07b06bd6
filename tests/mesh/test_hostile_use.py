"""What a careless or hostile user does ends in a right answer or in one clear line."""

import gzip
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from shop import ORDERS, Answer, Shop


def refusal(answer: Answer) -> str:
    """Give what a refused command said, having made sure that it is no traceback and no value of the data."""
    text = answer.out + answer.err
    assert answer.code in (1, 2), text
    assert "Traceback" not in text
    assert "unexpected" not in text
    assert "example.com" not in text
    return text


@pytest.mark.parametrize("name", ["two words", "größe", "a#b?c*d"])
def test_a_workspace_lies_in_a_folder_with_any_name(
    empty: Shop, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / name
    empty.root.rename(root)
    monkeypatch.chdir(root)
    (root / "my orders.csv").write_text(ORDERS, encoding="utf-8")
    empty.works("new", "product", "sales.orders", "--from", "my orders.csv")
    empty.works("build")

    read = json.loads(empty.works("read", "sales.orders", "--where", "quantity=2", "--json"))

    assert ["O-2"] == [row["order_id"] for row in read["rows"]]


def test_a_folder_that_delta_cannot_address_is_refused(shop: Shop) -> None:
    shop.rewrite(shop.root / "mesh.toml", 'root = "lake"', 'root = "la[k]e"')

    assert "Delta cannot keep tables" in refusal(shop.run("build"))


def test_lost_files_of_a_table_are_told_and_made_again(shop: Shop) -> None:
    (lost,) = (shop.root / "lake/sales/orders/v1").glob("*.parquet")
    lost.unlink()

    assert "1 of its files are missing" in refusal(shop.run("read", "sales.orders"))
    assert "1 of its files are missing" in refusal(shop.run("doctor"))
    assert "files of its table are missing" in shop.works("plan")
    assert "version 1" in shop.works("build")
    assert "O-1" in shop.works("read", "sales.orders")


def test_a_version_that_is_not_there_is_named_beside_the_live_one(shop: Shop) -> None:
    text = refusal(shop.run("read", "sales.orders", "--version", "99"))
    assert "sales.orders: there is no version 99; the live one is 0" in text
    assert str(shop.root) not in text


def test_a_level_that_is_none_is_wrong_use(shop: Shop) -> None:
    answer = shop.run("read", "sales.orders", "--level", "email=bogus")

    assert 2 == answer.code
    assert "'bogus' of email is none of hidden, token, coarse, clear" in " ".join(refusal(answer).split())


def test_a_limit_also_limits_what_is_written(shop: Shop) -> None:
    out = shop.root / "two.parquet"

    assert "2 rows written" in shop.works("read", "sales.orders", "-n", "2", "--out", str(out))
    assert 2 == pl.read_parquet(out).height
    assert "4 rows written" in shop.works("read", "sales.orders", "--out", str(out))


def test_a_file_that_cannot_be_written_is_refused(shop: Shop) -> None:
    assert "gone/x.csv: cannot be written" in refusal(shop.run("read", "sales.orders", "--out", "gone/x.csv"))


@pytest.mark.parametrize("line", ["raise RuntimeError('ana@example.com')", "raise SystemExit(0)"])
def test_a_package_that_raises_at_import_is_named_with_the_line(shop: Shop, line: str) -> None:
    module = shop.module()
    module.write_text(f"{line}\n", encoding="utf-8")

    for command in (["build"], ["check"], ["plan"]):
        text = refusal(shop.run(*command))
        assert re.search(r"domain 'sales', \w+/orders\.py:1: does not import: (RuntimeError|SystemExit)", text)
        assert 1 == text.count("does not import")


@pytest.mark.parametrize(
    ("kind", "problem"),
    [
        ("complex", r"does not import: Order\.quantity: type complex cannot be published \(use str, "),
        ("Nonsense", "does not import: NameError: name 'Nonsense' is not defined"),
    ],
)
def test_a_contract_with_a_type_that_is_none_is_told_once_with_its_line(shop: Shop, kind: str, problem: str) -> None:
    contract = "class Order(Contract"
    source, _, published = shop.module().read_text(encoding="utf-8").partition(contract)
    shop.module().write_text(
        source + contract + re.sub("quantity: int", f"quantity: {kind}", published), encoding="utf-8"
    )

    assert re.fullmatch(rf"error: domain 'sales', \w+/orders\.py:\d+: {problem}.*\n", shop.run("check").out)


def test_a_transform_that_exits_is_a_failed_build(shop: Shop) -> None:
    shop.rewrite(shop.module(), "    return Order.conform", "    raise SystemExit(0)\n    return Order.conform")

    assert "sales.orders: failed: raises SystemExit at orders.py:" in refusal(shop.run("build"))


def test_attack_13_a_python_function_in_a_plan_that_raises_is_a_failed_build_without_the_value(shop: Shop) -> None:
    shop.rewrite(shop.module(), "from datetime", "import polars as pl\nfrom datetime")
    fails = 'pl.col("email").map_batches(lambda cells: int(cells[0]) and cells, return_dtype=pl.String)'
    shop.rewrite(shop.module(), ".conform(rows)", f".conform(rows.with_columns({fails}))")

    assert "a function in it raises ValueError" in refusal(shop.run("build"))
    assert "example.com" not in (shop.root / ".mesh/events.ndjson").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("body", "problem"),
    [("raise ValueError('ana@example.com')", "raises ValueError"), ("pl.col('quantity') > 0", "returns a NoneType")],
)
def test_a_rule_that_makes_no_expression_is_named(shop: Shop, body: str, problem: str) -> None:
    module = shop.module()
    text = module.read_text(encoding="utf-8").replace(
        "from meshwright import", "import polars as pl\nfrom meshwright import rule\nfrom meshwright import", 1
    )
    declared = f'\n    @rule(severity="error")\n    def sound() -> pl.Expr:\n        """Sound."""\n        {body}\n'
    module.write_text(text.replace("\n\n\n@product", f"\n{declared}\n\n@product"), encoding="utf-8")

    assert f"rule 'sound': {problem}" in refusal(shop.run("build"))


def test_json_stays_json_with_numbers_that_json_lacks(empty: Shop) -> None:
    pl.DataFrame({"id": [1, 2], "level": [float("nan"), float("-inf")]}).write_parquet(empty.root / "levels.parquet")
    empty.works("new", "product", "sales.levels", "--from", "levels.parquet")
    empty.works("build")

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    read = json.loads(empty.works("read", "sales.levels", "--json"), parse_constant=refuse)

    assert ["nan", "-inf"] == [row["level"] for row in read["rows"]]


def test_durations_in_a_file_do_not_stop_the_scaffold(empty: Shop) -> None:
    rows = pl.DataFrame({"id": [1, 2], "took": [60_000_000, 90_000_000]}, schema_overrides={"took": pl.Duration("us")})
    rows.write_parquet(empty.root / "runs.parquet")

    answer = empty.run("new", "product", "sales.runs", "--from", "runs.parquet")

    assert "unexpected" not in answer.err


def test_names_of_columns_may_hold_line_breaks(empty: Shop) -> None:
    (empty.root / "odd.csv").write_text('id,"two\nlines"\n1,x\n2,y\n', encoding="utf-8")
    empty.works("new", "product", "sales.odd", "--from", "odd.csv")

    assert "2 rows = 2 accepted + 0 rejected" in empty.works("build")


def test_the_place_of_rejected_rows_is_no_products_name(shop: Shop) -> None:
    assert "__rejected" in refusal(shop.run("new", "product", "sales.orders__rejected", "--from", "orders.csv"))

    shop.rewrite(shop.module(), 'id="sales.orders"', 'id="sales.orders__rejected"')

    assert "is not a valid name" in refusal(shop.run("build"))


def test_a_file_cut_short_is_told_before_anything_is_written(empty: Shop) -> None:
    whole = gzip.compress(ORDERS.encode() * 99)
    (empty.root / "orders.csv.gz").write_bytes(whole[: len(whole) // 2])

    assert "orders.csv.gz: cut short" in refusal(empty.run("new", "product", "sales.orders", "--from", "orders.csv.gz"))
    assert not (empty.root / "domains/sales").exists()


def test_a_header_on_two_lines_is_no_row_even_when_its_names_are_not_unique(empty: Shop) -> None:
    (empty.root / "odd.csv").write_text('id,"two\nlines",id\n1,x,1\n2,y,1\n', encoding="utf-8")
    empty.works("new", "product", "sales.odd", "--from", "odd.csv")

    assert "2 rows = 2 accepted + 0 rejected" in empty.works("build")


def test_a_very_long_text_is_a_text(empty: Shop) -> None:
    (empty.root / "long.csv").write_text(f"id,said\n1,{'x' * 200_000}\n2,y\n", encoding="utf-8")
    empty.works("new", "product", "sales.long", "--from", "long.csv")

    assert "2 rows = 2 accepted + 0 rejected" in empty.works("build")


@pytest.mark.slow
def test_a_terminal_without_the_letters_gets_the_rest(shop: Shop) -> None:
    text = ORDERS.replace("O-1", "Ö-1")
    (shop.root / "orders.csv").write_text(text, encoding="utf-8")
    shop.works("build")
    ascii_only = {**os.environ, "PYTHONIOENCODING": "ascii"}
    mesh = [sys.executable, "-c", "from meshwright.cli import main; main()", "read", "sales.orders"]

    shown = subprocess.run(mesh, env=ascii_only, capture_output=True, check=True)
    exact = subprocess.run([*mesh, "--json"], env=ascii_only, capture_output=True, check=True)

    assert b"\\xd6-1" in shown.stdout
    assert "Ö-1" == json.loads(exact.stdout)["rows"][0]["order_id"]


def test_a_permit_for_classes_that_a_product_has_none_of_says_what_would_do(empty: Shop) -> None:
    (empty.root / "parts.csv").write_text("part,weight\na,1\nb,2\n", encoding="utf-8")
    empty.works("new", "product", "sales.parts", "--from", "parts.csv")
    allow = ("access", "allow", "sales-team", "sales.parts", "--level", "clear", "--purpose", "operations")

    assert "no column is classified\n  hint: unclassified columns need --level read" in refusal(empty.run(*allow))


def test_a_delivery_of_which_nothing_can_be_read_leaves_the_live_version(shop: Shop) -> None:
    text = (shop.root / "orders.csv").read_text()
    head, *rows = text.splitlines()
    bad = [",".join([*row.split(",")[:2], "n/a", *row.split(",")[3:]]) for row in rows]
    (shop.root / "orders.csv").write_text("\n".join([head, *bad]) + "\n")

    answer = shop.run("build")

    assert 1 == answer.code
    assert "none of 4 rows can be read, because of 'quantity'" in answer.out
    assert "O-1" in shop.works("read", "sales.orders", "-c", "order_id")


def test_a_product_is_green_as_scaffolded(empty: Shop) -> None:
    empty.works("new", "product", "sales.orders")

    assert "all well\n" == empty.works("check")
