"""One decision for every read: three principals, builds as services, permits that come and go, no value anywhere."""

import json
import re
import shlex
import sqlite3
import tomllib
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from living import served
from planning import plan_demand
from shop import ORDERS, Shop, Stage

from meshwright import Mesh
from meshwright.errors import UnknownProduct

TOKEN_PORT = 'email: Annotated[str, Pii("contact.email"), Level("token")]'
TOKEN_COLUMN = 'email: Annotated[str, Pii("pseudonym")]'
PEOPLE = """
[users.bea]
teams = ["sales-team"]

[users.eve]
purposes = ["analytics"]
"""
ALLOW_TEAM = (
    "access", "allow", "sales-team", "sales.orders", "--class", "pii.contact.email", "--level", "clear",
    "--purpose", "operations",
)  # fmt: skip


@pytest.fixture
def peopled(shop: Shop, stage: Stage) -> Shop:
    """A shop with somebody of the team and somebody of no team."""

    def make() -> None:
        principals = shop.root / "policies" / "principals.toml"
        principals.write_text(principals.read_text(encoding="utf-8") + PEOPLE, encoding="utf-8")
        shop.works(*ALLOW_TEAM)

    stage.set("peopled", make)
    return shop


@pytest.fixture
def consumed(shop: Shop, stage: Stage) -> Shop:
    """A shop whose second domain was built on tokens of the first, by the permit that the refusal suggests."""

    def make() -> None:
        plan_demand(shop, port=TOKEN_PORT, contract=TOKEN_COLUMN)
        refused = shop.run("build")
        shop.works(*suggested(refused.out))
        shop.works("build")

    stage.set("consumed", make)
    return shop


def suggested(said: str) -> list[str]:
    """Give the arguments of the one command that a refusal asks the owner to run."""
    (command,) = re.findall(r"ask the owner to run: mesh (.*)", said)
    assert "&&" not in command
    return shlex.split(command)


def read(shop: Shop, who: str, purpose: str, product: str = "sales.orders") -> Any:
    return json.loads(shop.works("read", product, "--as", who, "--purpose", purpose, "--sort", "order_id", "--json"))


def events(shop: Shop) -> list[dict[str, Any]]:
    text = (shop.root / ".mesh" / "events.ndjson").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def take_away(shop: Shop, policy: str) -> None:
    """Delete one policy from the file of sales.orders."""
    path = shop.root / "domains/sales/policies/orders.cedar"
    parts = re.split(r"(?=^@id)", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    kept = [part for part in parts if not part.startswith(f'@id("{policy}")')]
    assert len(parts) == len(kept) + 1
    path.write_text("".join(kept), encoding="utf-8")


def test_three_people_see_clear_tokens_and_nothing(peopled: Shop) -> None:
    clear = read(peopled, "bea", "operations")
    token = read(peopled, "bea", "analytics")
    nothing = read(peopled, "eve", "analytics")

    plain = pl.read_delta(str(peopled.root / "lake/sales/orders/v1")).sort("order_id")["email"].to_list()
    assert plain == [row["email"] for row in clear["rows"]]
    tokens = [row["email"] for row in token["rows"]]
    assert 4 == len(set(tokens))
    assert all(re.fullmatch(r"tok1_\w+", t) for t in tokens)
    assert ["email"] == nothing["hidden"]
    assert all("email" not in row for row in nothing["rows"])
    assert [row["order_id"] for row in clear["rows"]] == [row["order_id"] for row in nothing["rows"]]


def test_a_direct_read_says_that_it_is_advisory_to_people_and_programs_and_leaves_stdout_whole(peopled: Shop) -> None:
    asked = ("read", "sales.orders", "--as", "bea", "--purpose", "operations")
    piped, programs = peopled.run(*asked), peopled.run(*asked, "--json")
    unclassified = peopled.run(*asked, "-c", "quantity")

    assert "read from the storage itself: its masks are advisory here, see docs/security.md\n" == piped.err
    assert "advisory" not in piped.out
    assert ("advisory", "") == (json.loads(programs.out)["enforced"], programs.err)
    assert "" == unclassified.err


def test_a_build_says_which_classified_ports_it_read_from_the_storage_itself(consumed: Shop) -> None:
    said, told = consumed.run("build", "--force"), json.loads(consumed.works("build", "--force", "--json"))

    line = "read from the storage itself: the masks of sales.orders are advisory here, see docs/security.md\n"
    assert line == said.err
    directly = {each["product"]: each["advisory"] for each in told}
    assert {"sales.orders": [], "planning.demand": ["sales.orders"]} == directly


@pytest.mark.parametrize(
    ("who", "purpose", "level", "policy"),
    [
        ("bea", "operations", "clear", "sales.orders.sales-team.operations.pii.contact.email.clear"),
        ("bea", "analytics", "token", "sales.orders.pii.token"),
        ("eve", "analytics", "hidden", ""),
    ],
)
def test_explain_says_per_column_what_and_by_which_policy(
    peopled: Shop, who: str, purpose: str, level: str, policy: str
) -> None:
    said = peopled.works("access", "explain", "sales.orders", "--as", who, "--purpose", purpose, "--json")

    rows = {row["column"]: row for row in json.loads(said)["rows"]}
    assert level == rows["email"]["level"].partition(",")[0]
    assert policy in rows["email"]["by"]
    assert "clear" == rows["quantity"]["level"]
    assert "mesh.unclassified.clear" in rows["quantity"]["by"]
    assert {"order_id", "email", "quantity", "unit_price_eur", "placed_at"} == set(rows)


def test_attack_23_an_unknown_purpose_and_a_purpose_not_granted_read_nothing(peopled: Shop) -> None:
    for purpose, says in (("marketing", "unknown purpose"), ("operations", "may not read for 'operations'")):
        said = peopled.run("read", "sales.orders", "--as", "eve", "--purpose", purpose)

        assert 1 == said.code
        assert says in said.err
        assert "O-1" not in said.out


def test_who_leaves_loses_every_right_at_once(peopled: Shop) -> None:
    principals = peopled.root / "policies" / "principals.toml"
    assert 4 == len(read(peopled, "bea", "operations")["rows"])
    text = principals.read_text(encoding="utf-8").replace('[users.bea]\nteams = ["sales-team"]\n', "")
    principals.write_text(text, encoding="utf-8")
    assert "bea" not in tomllib.loads(text)["users"]

    for command in (
        ("read", "sales.orders"),
        ("search", "order"),
        ("show", "sales.orders"),
        ("lineage", "sales.orders"),
    ):
        said = peopled.run(*command, "--as", "bea")
        assert 1 == said.code
        assert "no user 'bea'" in said.err
        assert "O-1" not in said.out


def test_who_leaves_the_team_keeps_what_everybody_has(peopled: Shop) -> None:
    principals = peopled.root / "policies" / "principals.toml"
    peopled.rewrite(principals, '[users.bea]\nteams = ["sales-team"]', '[users.bea]\npurposes = ["operations"]')

    assert ["email"] == read(peopled, "bea", "operations")["hidden"]


def test_a_build_reads_another_domain_as_its_own_service(shop: Shop) -> None:
    plan_demand(shop, port=TOKEN_PORT, contract=TOKEN_COLUMN)

    said = shop.run("build")

    assert 1 == said.code
    assert (
        "planning.demand: failed: sales.orders: service:planning.demand may not see 'email' as token for 'analytics'"
    ) in said.out
    permit = "access allow planning.demand sales.orders --class pii.contact.email --level token --purpose analytics"
    assert shlex.split(permit) == suggested(said.out)
    assert not (shop.root / "lake/planning").exists()


def test_running_what_the_refusal_suggests_lets_the_build_through_with_tokens(consumed: Shop) -> None:
    rows = pl.read_delta(str(consumed.root / "lake/planning/demand/v1"))

    assert 4 == rows.height
    assert rows["email"].str.starts_with("tok1_").all()


def test_a_permit_that_is_removed_stops_the_next_build_and_the_old_version_stays(consumed: Shop) -> None:
    table = str(consumed.root / "lake/planning/demand/v1")
    before, shown = pl.read_delta(table), consumed.works("show", "planning.demand", "--as", "planning.demand", "--json")
    take_away(consumed, "sales.orders.planning.demand.analytics.pii.contact.email.token")
    consumed.rewrite(consumed.module("planning.demand"), '"""Demand."""', '"""Demand, again."""')

    said = consumed.run("build", "planning.demand", "--only")

    assert 1 == said.code
    assert "may not see 'email' as token for 'analytics'" in said.out
    assert before.equals(pl.read_delta(table))
    assert shown == consumed.works("show", "planning.demand", "--as", "planning.demand", "--json")
    last = [e for e in events(consumed) if e["job"]["name"] == "planning.demand.build"][-1]
    assert "FAIL" == last["eventType"]
    assert "may not see 'email' as token" in last["run"]["facets"]["errorMessage"]["message"]
    assert "example.com" not in json.dumps(last)
    assert "tok1_" not in json.dumps(last)


def test_a_refused_build_is_not_mistaken_for_up_to_date(consumed: Shop) -> None:
    take_away(consumed, "sales.orders.planning.demand.analytics.pii.contact.email.token")

    said = consumed.run("build", "planning.demand", "--only")

    assert 1 == said.code
    assert "up to date" not in said.out


def test_the_suggested_permit_makes_it_build_again(consumed: Shop) -> None:
    take_away(consumed, "sales.orders.planning.demand.analytics.pii.contact.email.token")
    refused = consumed.run("build", "planning.demand", "--only", "--force")

    consumed.works(*suggested(refused.out))

    assert "planning.demand: version 1" in consumed.works("build", "planning.demand", "--only", "--force")


def test_allowing_twice_changes_nothing_the_second_time(peopled: Shop) -> None:
    files = [peopled.root / "domains/sales/policies" / name for name in ("orders.cedar", "tests/orders.yaml")]
    before = [file.read_bytes() for file in files]

    again = peopled.works(*ALLOW_TEAM)

    assert "nothing to change: this is granted already\n" == again
    assert before == [file.read_bytes() for file in files]
    peopled.works("access", "test")


def test_a_permit_moves_what_the_tests_of_its_own_team_and_purpose_expect(peopled: Shop) -> None:
    tests = (peopled.root / "domains/sales/policies/tests/orders.yaml").read_text(encoding="utf-8")

    assert "6 passed, 0 failed" in peopled.works("access", "test")
    assert "purpose: operations\n    columns:\n      email: clear" in tests
    assert "purpose: analytics\n    columns:\n      email: token" in tests


def test_a_test_about_somebody_else_is_not_moved_by_a_permit(shop: Shop) -> None:
    cases = shop.root / "domains/sales/policies/tests/orders.yaml"
    guard = {"name": "ana sees tokens", "principal": "ana", "purpose": "operations", "columns": {"email": "token"}}
    cases.write_text(f"{cases.read_text(encoding='utf-8')}  - {json.dumps(guard)}\n", encoding="utf-8")
    shop.works("access", "test")

    shop.works(*ALLOW_TEAM)

    assert "ana sees tokens: email is clear, expected token" in shop.run("access", "test").out


def test_a_dry_run_shows_the_change_and_writes_nothing(shop: Shop) -> None:
    file = shop.root / "domains/sales/policies/orders.cedar"
    before = file.read_bytes()

    said = shop.works(*ALLOW_TEAM, "--dry-run")

    assert "+++ b/domains/sales/policies/orders.cedar" in said
    assert before == file.read_bytes()


def test_a_policy_that_does_not_parse_denies_everything_in_one_line(shop: Shop) -> None:
    shop.rewrite(shop.root / "domains/sales/policies/orders.cedar", "permit(", "permitt(")

    for command in (("read", "sales.orders"), ("access", "explain", "sales.orders"), ("show", "sales.orders")):
        said = shop.run(*command)
        assert said.code in (1, 2)
        assert "O-1" not in said.out
        assert "tok1_" not in said.out
    answer = shop.run("read", "sales.orders")
    assert 1 == len(answer.err.splitlines())
    assert "domains/sales/policies/orders.cedar:1: is no Cedar policy" in answer.err
    assert "sales.orders" not in shop.works("search", "order")


@pytest.mark.parametrize("file", ["domains/sales/policies/orders.cedar", "policies/mesh.cedar"])
def test_a_policy_that_does_not_parse_is_one_finding_of_the_check_and_of_the_policy_tests(
    shop: Shop, file: str
) -> None:
    shop.works("new", "product", "sales.things")
    shop.rewrite(shop.root / file, "permit(", "permitt(")

    checked = json.loads(shop.run("check", "--json").out)
    tested = json.loads(shop.run("access", "test", "--json").out)

    assert 1 == len([each for each in checked if each["severity"] == "error"]), checked
    assert [f"{file}:"] == [each["where"][: len(file) + 1] for each in checked if each["severity"] == "error"]
    assert ["is no Cedar policy: invalid policy effect: permitt"] == tested["failed"]


def test_a_policy_that_does_not_parse_hides_nothing_of_another_product(shop: Shop) -> None:
    shop.works("new", "product", "sales.things")
    shop.works("build")
    shop.rewrite(shop.root / "domains/sales/policies/orders.cedar", "permit(", "permitt(")

    assert "quantity" in shop.works("read", "sales.things")


def deliver_dirt(shop: Shop) -> None:
    """Hand over a row that cannot be read and two of one key, all with addresses."""
    text = (shop.root / "orders.csv").read_text(encoding="utf-8")
    text += "O-5,unread@example.com,many,1.00,2026-01-04T00:00:00Z\nO-1,twice@example.com,1,1.00,2026-01-04T00:00:00Z\n"
    (shop.root / "orders.csv").write_text(text, encoding="utf-8")
    shop.works("build")


def test_attack_15_quarantined_rows_are_masked_like_the_product(peopled: Shop) -> None:
    deliver_dirt(peopled)
    plain = pl.read_delta(str(peopled.root / "lake/sales/orders__rejected/v1"))

    token = peopled.mesh("bea", "analytics").view("sales.orders__rejected")
    nothing = peopled.mesh("eve", "analytics").view("sales.orders__rejected")
    clear = peopled.mesh("bea", "operations").view("sales.orders__rejected")

    assert "unread@example.com" in plain.write_json()
    assert "example.com" not in token.frame.collect().write_json()
    assert {"email": "token", "_raw": "token"} == {n: token.levels[n] for n in ("email", "_raw")}
    assert {"email", "_raw"} <= set(nothing.hidden)
    assert "example.com" not in nothing.frame.collect().write_json()
    assert "twice@example.com" in clear.frame.collect().write_json()
    assert 3 == nothing.frame.collect().height


@pytest.mark.parametrize(("who", "purpose"), [("bea", "analytics"), ("eve", "analytics"), ("bea", "operations")])
def test_attack_15_the_gateway_shows_quarantined_rows_as_a_workspace_does(
    peopled: Shop, who: str, purpose: str
) -> None:
    deliver_dirt(peopled)
    direct = peopled.mesh(who, purpose).view("sales.orders__rejected", order_by=("order_id", "_row"), limit=9)
    with served(peopled.root) as url:
        remote = Mesh.open(catalog=url, token=peopled.works("token", who).strip(), purpose=purpose)
        view = remote.view("sales.orders__rejected", order_by=("order_id", "_row"), limit=9)
        rows, explained = view.frame.collect(), remote.explain("sales.orders__rejected")
        (peopled.root / "orders.csv").write_text(ORDERS, encoding="utf-8")
        peopled.works("build")
        after = remote.view("sales.orders__rejected").frame.collect()

    assert (3, 0) == (rows.height, after.height)
    assert direct.frame.collect().to_dicts() == rows.to_dicts()
    assert (dict(direct.levels), direct.hidden) == (dict(view.levels), view.hidden)
    assert ("example.com" in rows.write_json()) == (purpose == "operations")
    assert direct.levels.get("_raw", "hidden") == {row[0]: row[1] for row in explained.rows}["_raw"].split(",")[0]


def test_attack_17_rejected_rows_of_a_product_that_may_not_be_discovered_are_not_there(peopled: Shop) -> None:
    deliver_dirt(peopled)
    own = peopled.root / "domains/sales/policies/orders.cedar"
    own.write_text(re.sub(r"permit\(\s*principal,", 'permit(principal in Mesh::Team::"sales-team",', own.read_text()))
    peopled.works("build", "--force")

    with served(peopled.root) as url:
        eve = Mesh.open(catalog=url, token=peopled.works("token", "eve").strip(), purpose="analytics")
        told: list[str] = []
        for product in ("sales.orders", "sales.orders__rejected", "sales.nothing", "sales.nothing__rejected"):
            with pytest.raises(UnknownProduct) as caught:
                eve.view(product)
            told.append(str(caught.value).replace(product, "PRODUCT"))

    assert 1 == len({*told}), told


CANARIES = {
    "published": "zqpublishedcanary",
    "quarantined": "zqquarantinedcanary",
    "unread": "zqunreadcanary",
    "stopped": "zqstoppedcanary",
}


def plant(shop: Shop, *, stop: bool = False) -> None:
    """Hand over addresses that can be told wherever they turn up."""
    rows = [
        f"O-1,{CANARIES['published']}@example.com,1,10.50,2026-01-01T00:00:00Z",
        f"O-2,{CANARIES['quarantined']}@example.com,2,11.50,2026-01-02T00:00:00Z",
        f"O-2,{CANARIES['quarantined']}2@example.com,2,11.50,2026-01-02T00:00:00Z",
        f"O-3,{CANARIES['unread']}@example.com,many,12.50,2026-01-02T00:00:00Z",
    ]
    if stop:
        rows.append(f"O-4,{CANARIES['stopped']}@example.com,9,1.00,2026-01-02T00:00:00Z")
    head = "order_id,email,quantity,unit_price_eur,placed_at\n"
    (shop.root / "orders.csv").write_text(head + "\n".join(rows) + "\n", encoding="utf-8")


def written(shop: Shop) -> list[Path]:
    """List every file that commands wrote, but for the tables' own rows, which hold them by purpose."""
    files = [f for folder in ("lake", ".mesh", "contracts", "domains") for f in (shop.root / folder).rglob("*")]
    return [f for f in files if f.is_file() and f.suffix != ".parquet"]


def holds(content: bytes) -> list[str]:
    return [canary for canary in CANARIES.values() if canary.encode() in content.lower()]


def test_no_value_of_a_classified_column_is_written_or_said_anywhere_else(peopled: Shop) -> None:
    plant(peopled)
    said = [peopled.run("build"), peopled.run("contracts", "write"), peopled.run("check"), peopled.run("doctor")]
    plant(peopled, stop=True)
    text = peopled.module().read_text(encoding="utf-8")
    contract = text.index("(Contract")
    stopping = text[contract:].replace("quantity: int", 'quantity: Annotated[int, Lt(9), OnFail("error")]', 1)
    stopping = "from annotated_types import Lt\n\nfrom meshwright import OnFail\n" + text[:contract] + stopping
    peopled.module().write_text(stopping, encoding="utf-8")
    stopped = peopled.run("build")
    commands = (
        ("read", "sales.orders", "--where", f"email={CANARIES['published']}@example.com"),
        ("read", "sales.orders", "-c", "email", "--level", "email=clear"),
        ("read", "sales.orders__rejected"),
        ("show", "sales.orders"),
        ("search", CANARIES["published"]),
        ("lineage", "sales.orders.email"),
        ("access", "explain", "sales.orders"),
    )
    said += [stopped, peopled.run("plan"), *(peopled.run(*command, "--as", "bea") for command in commands)]

    table = pl.read_delta(str(peopled.root / "lake/sales/orders/v1")).write_json().encode()
    rejected = pl.read_delta(str(peopled.root / "lake/sales/orders__rejected/v1")).write_json().encode()
    assert [CANARIES["published"]] == holds(table)
    assert {CANARIES["quarantined"], CANARIES["unread"]} == set(holds(rejected))  # the scan finds what is there
    assert 1 == stopped.code
    assert "quantity.lt (error): 1 row" in stopped.out
    for answer in said:
        assert [] == holds((answer.out + answer.err).encode())
    for file in written(peopled):
        assert [] == holds(file.read_bytes()), file
        assert [] == holds(str(file).encode()), file
    assert {"events.ndjson", "catalog.db"} <= {f.name for f in written(peopled)}
    assert any(f.parent.name == "_delta_log" for f in written(peopled))


def test_the_catalog_database_holds_the_contract_and_no_value(peopled: Shop) -> None:
    plant(peopled)
    peopled.works("build")

    connection = sqlite3.connect(peopled.root / ".mesh" / "catalog.db")
    dump = "\n".join(connection.iterdump())
    connection.close()

    assert "sales.orders" in dump
    assert "pii.contact.email" in dump
    assert [] == holds(dump.encode())


def test_a_column_that_a_contract_refers_to_is_read_under_the_same_decision(shop: Shop) -> None:
    """Whether an address is a customer's would otherwise be told, one quarantined row at a time."""
    plan_demand(
        shop,
        contract='who: Annotated[str, References("sales.orders", "email")]',
        transform='orders.select("order_id", who="order_id")',
    )
    shop.works("build", "sales.orders")

    refused = shop.run("build", "planning.demand", "--only")

    assert 1 == refused.code
    assert "planning.demand: failed: sales.orders:" in refused.out
    assert "'email'" in refused.out
    assert "mesh access allow planning.demand sales.orders --class pii.contact.email --level token" in refused.out
    assert not (shop.root / "lake/planning/demand").exists()


def test_rotated_keys_make_other_tokens_and_the_products_that_published_some_build_again(consumed: Shop) -> None:
    table = str(consumed.root / "lake/planning/demand/v1")
    before = pl.read_delta(table)["email"]

    unsaid = consumed.run("access", "rotate-keys")
    said = consumed.works("access", "rotate-keys", "--yes")
    built = consumed.works("build")
    after = pl.read_delta(table)["email"]

    assert 2 == unsaid.code
    assert "nothing was changed" in unsaid.err
    old, new = (set(tokens.str.extract("^tok1_(k[0-9a-f]{8})_")) for tokens in (before, after))
    assert f"tokens are made with {''.join(new)} from now on" in said
    assert "sales.orders: up to date" in built
    assert "planning.demand: version 1" in built
    assert (1, 1, set()) == (len(old), len(new), old & new)
    assert before.n_unique() == after.n_unique()


def test_a_lost_key_is_told_and_its_tokens_do_not_pass_for_those_of_the_next(
    consumed: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    table = str(consumed.root / "lake/planning/demand/v1")
    before = pl.read_delta(table)["email"]
    file = consumed.root / ".mesh" / "keys.json"
    file.unlink()

    built, _ = consumed.works("build"), consumed.works("build")

    old, new = (set(tokens.str.slice(0, 14)) for tokens in (before, pl.read_delta(table)["email"]))
    said = "was missing: made it with a new key; tokens of an earlier key equal none of its own"
    assert [f"{file} {said}"] == caplog.messages
    assert "planning.demand: version 1" in built
    assert (1, 1, set()) == (len(old), len(new), old & new)


def test_keys_of_the_environment_are_rotated_by_who_sets_it(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.works("doctor")
    file = shop.root / ".mesh" / "keys.json"
    monkeypatch.setenv("MESH_TOKEN_KEYS", file.read_text())
    kept = file.read_bytes()

    refused = shop.run("access", "rotate-keys", "--yes")

    assert 1 == refused.code
    assert "error: $MESH_TOKEN_KEYS: holds the keys\n  hint: add a key and make it current there\n" == refused.err
    assert kept == file.read_bytes()
