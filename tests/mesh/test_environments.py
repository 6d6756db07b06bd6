"""Environments: dev writes below its own root, reads prod's inputs under policy, and leaves prod as it is."""

import json
from pathlib import Path

import polars as pl
import pytest
from planning import plan_demand
from shop import Shop, Stage

TOKEN_PORT = 'email: Annotated[str, Pii("contact.email"), Level("token")]'
TOKEN_COLUMN = 'email: Annotated[str, Pii("pseudonym")]'
PROD = """
[env.prod]
root = "prod"
principal = "ana"
purpose = "analytics"

[env.prod.catalog]
path = ".mesh/prod.db"

[env.prod.sources]
"sales.orders_file" = "orders.csv"
"""
PERMIT = (
    "access", "allow", "planning.demand", "sales.orders", "--class", "pii.contact.email", "--level", "token",
    "--purpose", "analytics",
)  # fmt: skip


@pytest.fixture
def two(empty: Shop, stage: Stage) -> Shop:
    """A workspace with sales.orders built in prod alone, and a consumer of it that dev is about to build."""
    stage.set("two", lambda: release(empty))
    return empty


def release(empty: Shop) -> None:
    (empty.root / "orders.csv").write_text(
        "order_id,email,quantity\nO-1,ana@example.com,1\nO-2,ben@example.com,2\n", encoding="utf-8"
    )
    empty.works("new", "product", "sales.orders", "--from", "orders.csv")
    plan_demand(empty, port=TOKEN_PORT, contract=TOKEN_COLUMN)
    settings = empty.root / "mesh.toml"
    text = settings.read_text(encoding="utf-8").replace('root = "lake"', 'root = "lake"\nreads = "prod"')
    settings.write_text(text + PROD, encoding="utf-8")
    empty.works("--env", "prod", "build", "sales.orders")


def state(folder: Path) -> dict[str, bytes]:
    return {str(f.relative_to(folder)): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}


def test_dev_reads_prod_under_policy_and_writes_below_its_own_root(two: Shop) -> None:
    before = state(two.root / "prod")
    refused = two.run("build", "planning.demand", "--only")
    two.works(*PERMIT)

    built = two.works("build", "planning.demand", "--only")

    assert 1 == refused.code
    assert "service:planning.demand may not see 'email' as token" in refused.out
    assert "returned 2 rows = 2 published" in built
    assert pl.read_delta(str(two.root / "lake/planning/demand/v1"))["email"].str.starts_with("tok1_").all()
    assert {"planning"} == {f.name for f in (two.root / "lake").iterdir()}
    assert before == state(two.root / "prod")


def test_dev_reads_its_own_table_once_it_has_one(two: Shop) -> None:
    two.works(*PERMIT)
    (two.root / "orders.csv").write_text("order_id,email,quantity\nO-1,ana@example.com,1\n", encoding="utf-8")
    before = state(two.root / "prod")

    built = two.works("build")

    assert "planning.demand: version 0" in built
    assert "returned 1 row = 1 published" in built
    assert before == state(two.root / "prod")
    assert 2 == len(json.loads(two.works("--env", "prod", "read", "sales.orders", "--json"))["rows"])
    assert 1 == len(json.loads(two.works("read", "sales.orders", "--json"))["rows"])


def test_a_read_in_dev_of_what_only_prod_has_is_masked_as_there(two: Shop) -> None:
    document = json.loads(two.works("read", "sales.orders", "--json"))

    assert ["tok1_", "tok1_"] == [row["email"][:5] for row in document["rows"]]


def test_rejected_rows_of_dev_stay_in_dev(two: Shop) -> None:
    before = state(two.root / "prod")
    (two.root / "orders.csv").write_text(
        "order_id,email,quantity\nO-1,a@example.com,1\nO-2,b@example.com,many\n", encoding="utf-8"
    )

    two.works("build", "sales.orders")

    assert 1 == pl.read_delta(str(two.root / "lake/sales/orders__rejected/v1")).height
    assert before == state(two.root / "prod")


def test_dev_does_not_touch_the_catalog_of_prod(two: Shop) -> None:
    two.works(*PERMIT)
    shown = two.works("--env", "prod", "show", "sales.orders", "--json")

    two.works("build")

    assert shown == two.works("--env", "prod", "show", "sales.orders", "--json")
    assert str(two.root / "prod") in shown
    assert str(two.root / "lake") in two.works("show", "sales.orders", "--json")


def test_what_prod_could_not_register_is_not_registered_in_dev(two: Shop) -> None:
    two.rewrite(two.root / "mesh.toml", 'path = ".mesh/prod.db"', 'url = "http://127.0.0.1:9"')
    two.works("--env", "prod", "build", "sales.orders", "--force")
    missed = two.run("search", "orders")
    two.rewrite(two.root / "mesh.toml", 'url = "http://127.0.0.1:9"', 'path = ".mesh/prod.db"')

    shown = two.works("--env", "prod", "show", "sales.orders")

    assert "sales.orders" not in missed.out
    assert "(version 1)" in shown


def test_without_reads_dev_has_only_what_dev_built(two: Shop) -> None:
    two.rewrite(two.root / "mesh.toml", '\nreads = "prod"', "")

    said = two.run("read", "sales.orders")

    assert 2 == said.code
    assert "sales.orders: has not been published here" in said.err


def test_an_unknown_environment_names_the_nearest(two: Shop) -> None:
    said = two.run("--env", "prd", "build")

    assert 2 == said.code
    assert "no environment 'prd'; did you mean 'prod'?" in said.err
