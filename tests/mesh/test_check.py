"""`mesh check`: contract files against code, and against a revision; one line a finding, and the exit code."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from planning import plan_demand
from shop import Shop, Stage

BASE = '''"""Orders."""

from datetime import datetime
from typing import Annotated, Literal

import polars as pl
from annotated_types import Ge

from meshwright import Contract, Frame, Key, Pii, Source, Unit, product, rule


class OrderRow(Source, name="sales.orders_file"):
    """What orders.csv holds."""

    order_id: str
    email: Annotated[str, Pii("contact.email")]
    quantity: int
    unit_price_eur: float
    placed_at: datetime


class Order(Contract, id="sales.orders", version="1.0.0", on_fail="quarantine"):
    """One row per order."""

    order_id: Annotated[str, Key()]
    email: Annotated[str, Pii("contact.email")]
    quantity: Annotated[int, Ge(1), Unit("piece")]
    unit_price_eur: float
    channel: Literal["shop", "mail"]
    placed_at: datetime

    @rule
    def priced() -> pl.Expr:
        """Nothing is free."""
        return pl.col("unit_price_eur") > 0


@product(owner="sales-team", purpose="operations")
def orders(rows: Frame[OrderRow]) -> Frame[Order]:
    """Orders."""
    return Order.conform(rows.with_columns(channel=pl.lit("shop"), note=pl.lit("", pl.String)))
'''


def git(shop: Shop, *arguments: str) -> None:
    who = ("-c", "user.name=ana", "-c", "user.email=ana@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *arguments], cwd=shop.root, check=True, capture_output=True)


@pytest.fixture
def committed(shop: Shop, stage: Stage) -> Shop:
    """A shop in a git repository, its contract committed."""
    stage.set("committed", lambda: commit(shop))
    return shop


def commit(shop: Shop) -> None:
    shop.module().write_text(BASE, encoding="utf-8")
    shop.works("contracts", "write")
    git(shop, "init", "--initial-branch=main")
    git(shop, "add", ".")
    git(shop, "commit", "-m", "Begin")
    shop.works("check", "--base", "HEAD")


def change(shop: Shop, old: str, new: str) -> None:
    """Change the contract, which stands below the source, and commit its file as a team would."""
    text = shop.module().read_text(encoding="utf-8")
    head, contract = text[: text.index("class Order(")], text[text.index("class Order(") :]
    assert old in contract
    shop.module().write_text(head + contract.replace(old, new, 1), encoding="utf-8")
    shop.works("contracts", "write")


BREAKING = {
    "a column removed": ('    channel: Literal["shop", "mail"]\n', "", "channel"),
    "a column renamed": ("    quantity: Annotated", "    pieces: Annotated", "quantity"),
    "a column that may newly be null": ("placed_at: datetime\n", "placed_at: datetime | None\n", "placed_at"),
    "another type": ("unit_price_eur: float", "unit_price_eur: int", "unit_price_eur"),
    "another unit": ('Unit("piece")', 'Unit("kg")', "quantity"),
    "a wider vocabulary": ('Literal["shop", "mail"]', 'Literal["shop", "mail", "fair"]', "channel"),
    "a wider range": ("Ge(1)", "Ge(0)", "quantity"),
    "no range": ("Ge(1), ", "", "quantity"),
    "another key": ("quantity: Annotated[int, Ge(1)", "quantity: Annotated[int, Key(), Ge(1)", "key"),
    "a rule dropped": ("    @rule\n    def priced", "    @staticmethod\n    def priced", "priced"),
    "a rule that lets more through": ('> 0\n', '>= 0\n', "priced"),
    "a class lowered": ('email: Annotated[str, Pii("contact.email")]', "email: str", "email"),
    "rows that are warned of and published": ('on_fail="quarantine"', 'on_fail="warn"', "on_fail"),
}  # fmt: skip


@pytest.mark.parametrize("name", BREAKING)
def test_what_breaks_consumers_within_a_major_is_one_line_and_an_error(committed: Shop, name: str) -> None:
    old, new, where = BREAKING[name]
    change(committed, old, new)

    said = committed.run("check", "--base", "HEAD")

    lines = [line for line in said.out.splitlines() if "publish a new major version" in line]
    assert 1 == said.code
    assert 1 == len(lines), said.out
    assert lines[0].startswith("error: sales.orders")
    assert where in lines[0]
    assert 1 == committed.run("contracts", "diff", "HEAD").code


COSMETIC = {
    "a description": ('"""One row per order."""', '"""One row per order line."""'),
    "a rule described anew": ('"""Nothing is free."""', '"""Nothing is given away."""'),
    "a new column": ("    placed_at: datetime\n", "    placed_at: datetime\n    note: str | None\n"),
    "a narrower range": ("Ge(1)", "Ge(2)"),
    "another owner": ('owner="sales-team"', 'owner="founders"'),
}  # fmt: skip


@pytest.mark.parametrize("name", COSMETIC)
def test_what_breaks_nobody_passes(committed: Shop, name: str) -> None:
    old, new = COSMETIC[name]
    change(committed, old, new)

    said = committed.run("check", "--base", "HEAD")

    assert "new major version" not in said.out
    assert 0 == committed.run("contracts", "diff", "HEAD").code
    assert 0 == said.code, said.out


def test_a_new_major_may_change_everything(committed: Shop) -> None:
    committed.rewrite(committed.module(), 'version="1.0.0"', 'version="2.0.0"')
    change(committed, "    quantity: Annotated", "    pieces: Annotated")

    assert "new major version" not in committed.run("check", "--base", "HEAD").out
    assert {"v1.odcs.yaml", "v2.odcs.yaml"} == {f.name for f in (committed.root / "contracts/sales/orders").iterdir()}


def test_a_product_that_goes_breaks_who_reads_it(committed: Shop) -> None:
    (package,) = (committed.root / "domains/sales").glob("shop_*")
    init = package / "__init__.py"
    init.write_text(init.read_text(encoding="utf-8").replace("(orders,)", "()"), encoding="utf-8")
    shutil.rmtree(committed.root / "contracts")

    said = committed.run("check", "--base", "HEAD")

    assert 1 == said.code
    assert "error: sales.orders: the product is no longer published" in said.out


def test_a_revision_that_is_not_there_is_one_line_and_wrong_use(committed: Shop) -> None:
    said = committed.run("check", "--base", "no-such-branch")

    assert 2 == said.code
    assert 1 == len(said.err.splitlines())
    assert "no-such-branch" in said.err


def test_a_workspace_outside_of_git_has_no_revisions(shop: Shop) -> None:
    said = shop.run("check", "--base", "HEAD")

    assert 2 == said.code
    assert 1 == len(said.err.splitlines())


def test_a_revision_is_no_option_of_git(committed: Shop, tmp_path: Path) -> None:
    said = committed.run("check", f"--base=--output={tmp_path / 'written'}")

    assert 2 == said.code
    assert not (tmp_path / "written").exists()


def test_a_contract_file_that_is_missing_differs_or_stands_alone_is_named(committed: Shop) -> None:
    file = committed.root / "contracts/sales/orders/v1.odcs.yaml"
    text = file.read_text(encoding="utf-8")
    file.unlink()
    missing = committed.run("check")
    file.write_text(text.replace("piece", "kg"), encoding="utf-8")
    differs = committed.run("check")
    file.write_text(text, encoding="utf-8")
    alone = committed.root / "contracts/sales/things/v1.odcs.yaml"
    alone.parent.mkdir()
    alone.write_text(text, encoding="utf-8")
    orphan = committed.run("check")

    assert [1, 1, 1] == [missing.code, differs.code, orphan.code]
    assert "error: contracts/sales/orders/v1.odcs.yaml: is missing (run `mesh contracts write`" in missing.out
    assert "error: contracts/sales/orders/v1.odcs.yaml: differs from the code" in differs.out
    assert "error: contracts/sales/things/v1.odcs.yaml: no product 'sales.things' stands behind it" in orphan.out
    assert 1 == len(orphan.out.splitlines())


def test_a_committed_contract_that_was_damaged_is_one_line(committed: Shop) -> None:
    file = committed.root / "contracts/sales/orders/v1.odcs.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text("apiVersion: [\n", encoding="utf-8")
    git(committed, "commit", "-am", "Damage")
    file.write_text(text, encoding="utf-8")

    said = committed.run("check", "--base", "HEAD")

    assert said.code in (1, 2)
    assert "Traceback" not in said.err
    assert "unexpected" not in said.err
    assert "contracts/sales/orders/v1.odcs.yaml at HEAD: is no YAML" in said.err + said.out


def test_checking_needs_no_lake(committed: Shop) -> None:
    shutil.rmtree(committed.root / "lake")
    shutil.rmtree(committed.root / ".mesh")
    (committed.root / "orders.csv").unlink()

    assert "error" not in committed.works("check", "--base", "HEAD")
    assert not (committed.root / "lake").exists()


def test_checking_needs_no_lake_of_what_is_read_either(shop: Shop) -> None:
    plan_demand(shop)
    shop.works("contracts", "write")
    shutil.rmtree(shop.root / "lake")

    said = shop.run("check")

    assert "has not been published" not in said.out + said.err
    assert [f for f in said.out.splitlines() if "demand.cedar" not in f and "demand.yaml" not in f] == []


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('Annotated[Literal["Ada Keller", "Tomasz Lis"], Pii("name")]', "pii.name: 2 of 2"),
        ('Annotated[str, Pii("contact.email"), Matches("a@x[.]de|b")]', ""),
        ('Annotated[str, Pii("name"), Matches("Ada Keller|Tomasz Lis")]', "pii.name: 2 of 2"),
        ('Annotated[Literal["m", "f", "x"], Pii("name")]', ""),
        ('Annotated[Literal["m", "f", "x"], Pii("contact.email")]', ""),
        ('Literal["Ada Keller", "Tomasz Lis"]', ""),
    ],
)
def test_a_contract_that_lists_what_people_are_called_is_refused(shop: Shop, written: str, expected: str) -> None:
    text = BASE.replace('channel: Literal["shop", "mail"]', f"channel: {written}").replace(
        "Key, Pii", "Key, Matches, Pii"
    )
    shop.module().write_text(text, encoding="utf-8")

    said = shop.run("check")

    assert bool(expected) == ("its contract lists values of" in said.out), said.out
    assert expected in said.out
    assert "Keller" not in said.out


def test_findings_are_one_json_document(committed: Shop) -> None:
    change(committed, "Ge(1)", "Ge(0)")

    said = committed.run("check", "--base", "HEAD", "--json")

    (finding,) = json.loads(said.out)
    assert 1 == said.code
    assert "error" == finding["severity"]
    assert "sales.orders quantity" == finding["where"]
    assert "keep it, or publish a new major version" == finding["hint"]
