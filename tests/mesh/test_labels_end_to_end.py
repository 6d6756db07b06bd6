"""Classes follow the data through real builds: declassified on the way, waived for a while, stopped three hops on."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from planning import add_module, plan_demand
from shop import Answer, Shop, Stage

PERMIT = (
    "access", "allow", "planning.demand", "sales.orders", "--class", "pii.contact.email", "--level", "clear",
    "--purpose", "analytics",
)  # fmt: skip
EMAIL_PORT = 'email: Annotated[str, Pii("contact.email")]'
LEAK = 'orders.join(orders.select("order_id", contact="email"), on="order_id").select("order_id", "contact")'
PATH = "planning.demand.contact <- sales.orders.email via join in demand"
WAIVERS = "domains/planning/policies/waivers/demand.toml"
WAIVER = f"""[waivers.recall-letters]
class = "pii.contact.email"
path = "{PATH}"
reason = "Recalls go out by mail until the service desk has its own list."
author = "ana"
reviewer = "dora"
expires = 2999-12-31
"""


def column_lineage(shop: Shop, product: str) -> dict[str, Any]:
    text = (shop.root / ".mesh" / "events.ndjson").read_text(encoding="utf-8")
    events = [json.loads(line) for line in text.splitlines()]
    (last, *_) = [e for e in reversed(events) if e["job"]["name"] == f"{product}.build"]
    found: dict[str, Any] = last["outputs"][0]["facets"]["columnLineage"]["fields"]
    return found


def transformations(shop: Shop, product: str, column: str) -> list[dict[str, Any]]:
    return [t for origin in column_lineage(shop, product)[column]["inputFields"] for t in origin["transformations"]]


def summed(shop: Shop, *, at_least: int) -> None:
    """Plan the demand per day, of at least so many orders."""
    total = f'declassify.total("email_length", each="order_id", at_least={at_least})'
    lengths = 'orders.select("order_id", "placed_at", email_length=pl.col("email").str.len_chars().cast(pl.Int64))'
    module = plan_demand(
        shop,
        port=f"{EMAIL_PORT}\n    placed_at: datetime",
        contract="letters: int",
        transform=f'{lengths}.group_by(order_id=pl.col("placed_at").dt.to_string("%Y")).agg({total}.alias("letters"))',
    )
    shop.rewrite(module, "import polars", "from datetime import datetime\n\nimport polars")
    shop.rewrite(
        module, "from meshwright import Class", "from meshwright import declassify\nfrom meshwright import Class"
    )
    shop.works(*PERMIT)


def test_attack_22_a_group_too_small_stops_the_build_and_nothing_is_published(shop: Shop) -> None:
    summed(shop, at_least=5)

    said = shop.run("build", "planning.demand", "--only")

    assert 1 == said.code
    assert "nothing published: there are groups of fewer than 5" in said.out
    assert "leave small groups out" in said.out
    assert [] == list((shop.root / "lake/planning").rglob("*.parquet"))


def test_groups_large_enough_are_published_and_the_declassifier_is_told(shop: Shop) -> None:
    summed(shop, at_least=4)

    shop.works("build", "planning.demand", "--only")

    assert [59] == pl.read_delta(str(shop.root / "lake/planning/demand/v1"))["letters"].to_list()
    [how] = [t for t in transformations(shop, "planning.demand", "letters") if t["type"] == "DIRECT"]
    assert {
        "type": "DIRECT",
        "subtype": "AGGREGATION",
        "masking": True,
        "description": "total over at least 4 order_id",
    } == how


def test_a_coarse_value_needs_no_class_and_a_token_is_a_pseudonym(shop: Shop) -> None:
    port = f'{EMAIL_PORT}\n\n\nclass Token(InputPort, of="sales.orders", version=1):\n    order_id: str\n'
    port += '    email: Annotated[str, Pii("contact.email"), Level("token")]'
    module = plan_demand(
        shop,
        port=port,
        contract="domain: str\n    who: str",
        transform='orders.select("order_id", domain=declassify.coarse("email", "domain"))'
        '.join(tokens.select("order_id", who="email"), on="order_id")',
    )
    shop.rewrite(module, "orders: Frame[Ordered]", "orders: Frame[Ordered], tokens: Frame[Token]")
    shop.rewrite(
        module, "from meshwright import Class", "from meshwright import declassify\nfrom meshwright import Class"
    )
    shop.works(*PERMIT)
    shop.works(*(word.replace("clear", "token") for word in PERMIT))

    said = shop.run("build", "planning.demand", "--only")
    shop.rewrite(module, "    who: str", '    who: Annotated[str, Pii("pseudonym")]')
    shop.works("build", "planning.demand", "--only")

    assert "pii.pseudonym reaches columns that do not declare it: planning.demand.who <- sales.orders.email" in said.out
    assert "contact.email reaches" not in said.out
    assert {"coarse domain"} == {t["description"] for t in transformations(shop, "planning.demand", "domain")}
    assert {"tokenise"} == {t["description"] for t in transformations(shop, "planning.demand", "who")}


@pytest.fixture
def leaking(shop: Shop, stage: Stage) -> Shop:
    """A shop with a product that publishes e-mail addresses as if they were none, and somebody who may waive it."""
    stage.set("leaking", lambda: leak(shop))
    return shop


def leak(shop: Shop) -> None:
    plan_demand(shop, port=EMAIL_PORT, contract="contact: str", transform=LEAK)
    shop.works(*PERMIT)
    principals = shop.root / "policies/principals.toml"
    principals.write_text(principals.read_text(encoding="utf-8") + "\n[users.dora]\n", encoding="utf-8")
    shop.works("contracts", "write")


def waive(shop: Shop, text: str = WAIVER) -> None:
    file = shop.root / WAIVERS
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def both(shop: Shop) -> tuple[Answer, Answer]:
    return shop.run("check"), shop.run("build", "planning.demand", "--only", "--force")


def test_without_a_waiver_check_and_build_stop_with_the_same_path(leaking: Shop) -> None:
    checked, built = both(leaking)

    assert (1, 1) == (checked.code, built.code)
    assert PATH in checked.out
    assert PATH in built.out


def test_what_two_people_waived_is_built(leaking: Shop) -> None:
    waive(leaking)

    checked, built = both(leaking)

    assert 0 == built.code, built.out
    assert "undeclared" not in checked.out
    assert "waive" not in checked.out


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("via join in demand", "via concat in demand", "recall-letters: waives nothing: pii.contact.email"),
        ('reviewer = "dora"', 'reviewer = "zoe"', "recall-letters: 'zoe' is nobody of policies/principals.toml"),
        ("expires = 2999-12-31", "", "recall-letters: has no day on which it expires"),
    ],
)
def test_a_waiver_that_is_void_is_reported_and_lets_nothing_through(
    leaking: Shop, old: str, new: str, why: str
) -> None:
    waive(leaking, WAIVER.replace(old, new))

    checked, built = both(leaking)

    assert (1, 1) == (checked.code, built.code)
    assert f"{WAIVERS}: {why}" in checked.out
    assert "reaches columns" in built.out or why in built.out


def test_waivers_of_a_product_that_is_not_there_are_a_finding(leaking: Shop) -> None:
    waive(leaking)
    (leaking.root / WAIVERS).rename(leaking.root / WAIVERS.replace("demand", "demands"))

    said = leaking.run("check")

    assert "policies/waivers/demands.toml: no product 'planning.demands'; did you mean 'planning.demand'" in said.out


def test_a_waiver_that_nobody_needs_any_more_is_a_finding(shop: Shop) -> None:
    plan_demand(shop)
    principals = shop.root / "policies/principals.toml"
    principals.write_text(principals.read_text(encoding="utf-8") + "\n[users.dora]\n", encoding="utf-8")
    waive(shop)

    said = shop.run("check")

    assert f"{WAIVERS}: recall-letters: waives nothing" in said.out
    assert 1 == said.code


HOP = '''"""One hop on."""

from typing import Annotated

import polars as pl

from meshwright import Contract, Frame, InputPort, Key, Pii, product


class Before(InputPort, of="{of}", version=1):
    """What came before."""

    order_id: Annotated[str, Key()]
    {column}: Annotated[str, Pii("contact.email")]


class Hop(Contract, id="{id}", version="1.0.0"):
    """One row an order."""

    order_id: Annotated[str, Key()]
    {output}: {type}


@product(owner="planning-team", purpose="analytics")
def {name}(rows: Frame[Before]) -> Frame[Hop]:
    """Pass it on."""
    return Hop.conform(rows.select("order_id", {output}=pl.concat_str("{column}", pl.lit(""))))
'''


def hop(shop: Shop, domain: str, origin: str, output: str, type: str) -> Path:
    """Add a domain whose one product hands on a column of another one's under another name."""
    shop.works("new", "domain", domain)
    of, _, column = origin.rpartition(".")
    text = HOP.format(of=of, column=column, id=f"{domain}.passed", name="passed", output=output, type=type)
    allow = ("access", "allow", f"{domain}.passed", of, "--class", "pii.contact.email", "--level", "clear")
    module = add_module(shop, domain, "passed", text)
    shop.works(*allow, "--purpose", "analytics")
    return module


def test_attack_20_a_class_crosses_three_domains_and_is_missed_where_it_is_dropped(shop: Shop) -> None:
    honest = 'Annotated[str, Pii("contact.email")]'
    hop(shop, "second", "sales.orders.email", "mail", honest)
    hop(shop, "third", "second.passed.mail", "address", honest)
    last = hop(shop, "fourth", "third.passed.address", "note", "str")

    said = shop.run("build")
    shop.rewrite(last, "note: str", f"note: {honest}")
    shop.works("build")

    assert "fourth.passed.note <- third.passed.address via concat_horizontal in passed" in said.out
    assert "third.passed: version 0" in said.out
    assert not [line for line in said.out.splitlines() if "third.passed.address <-" in line]
    assert 4 == pl.read_delta(str(shop.root / "lake/fourth/passed/v1")).height


@pytest.mark.parametrize(("seconds", "found"), [(-1, 0), (0, 2)])
def test_the_clock_that_is_passed_in_decides_what_has_expired(leaking: Shop, seconds: int, found: int) -> None:
    waive(leaking)
    mesh = leaking.mesh("ana", "analytics")
    now = datetime(3000, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    world = replace(mesh.world, clock=lambda: now)

    problems = [str(f) for f in replace(mesh, world=world).check() if "undeclared" in str(f) or "waivers" in str(f)]

    assert found == len(problems)


@pytest.mark.parametrize("scan", ["scan_csv('orders.csv')", "scan_delta('lake/sales/orders/v1')"])
def test_a_transform_that_opens_a_table_itself_is_refused_by_check_and_build(shop: Shop, scan: str) -> None:
    plan_demand(shop, contract="who: str | None", transform=f"pl.{scan}.select('order_id', who='email')")
    shop.works("build", "sales.orders")

    checked, built = shop.run("check"), shop.run("build", "planning.demand", "--only")

    assert 1 == checked.code == built.code
    for said in (checked.out, built.out):
        assert "planning.demand" in said
        assert "reads a file or a table that is none of its inputs" in said
    assert not (shop.root / "lake/planning/demand").exists()


def test_a_transform_with_another_plan_when_it_is_called_again_publishes_nothing(shop: Shop) -> None:
    module = plan_demand(
        shop,
        port="quantity: int\n    placed_at: datetime",
        contract="amount: str",
        transform="orders.select('order_id', amount=pl.col(next(TURNS)).cast(str))",
    )
    shop.rewrite(module, "from typing", "from datetime import datetime\nfrom itertools import cycle\nfrom typing")
    shop.rewrite(
        module, "\n\nclass Ordered", "\nTURNS = cycle(['quantity', 'quantity', 'placed_at'])\n\n\nclass Ordered"
    )
    shop.works("build", "sales.orders")

    built = shop.run("build", "planning.demand", "--only")

    assert 1 == built.code
    assert "makes amount of other columns when it is called again" in built.out
    assert not (shop.root / "lake/planning/demand").exists()


def test_rows_from_no_input_are_a_warning_of_check(shop: Shop) -> None:
    plan_demand(shop, transform='orders.join(pl.LazyFrame({"order_id": ["O-1"]}), on="order_id")')

    said = shop.run("check")

    assert "warning: planning.demand: brings rows along that come from no input: order_id" in said.out


@pytest.mark.parametrize("how", ["hash().cast(pl.String)", "map_elements(lambda t: sha256(t.encode()).hexdigest())"])
def test_attack_10_a_build_that_publishes_hashes_for_tokens_stops_before_a_row_is_read(shop: Shop, how: str) -> None:
    hashed = f'orders.select("order_id", customer=pl.col("email").{how})'
    module = plan_demand(shop, port=EMAIL_PORT, contract="customer: str", transform=hashed)
    shop.rewrite(module, "import polars", "from hashlib import sha256\n\nimport polars")
    shop.works(*PERMIT)

    said = shop.run("build", "planning.demand")

    assert 1 == said.code
    assert "planning.demand: failed: pii.contact.email reaches columns that do not declare it: " in said.out
    assert "planning.demand.customer <- sales.orders.email" in said.out
    assert not (shop.root / "lake" / "planning" / "demand").exists()
