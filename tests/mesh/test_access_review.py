"""`mesh access who-can`, `diff` and `coverage`, in a workspace that git keeps."""

import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta, timezone

import pytest
from planning import plan_demand
from shop import Shop, Stage

from meshwright.errors import PastUnknown

EMAIL = ("who-can", "sales.orders", "--column", "email")
ALLOW = (
    "access", "allow", "sales-team", "sales.orders", "--class", "pii.contact.email", "--level", "clear",
    "--purpose", "operations",
)  # fmt: skip


def commit(shop: Shop, message: str, date: str) -> None:
    identity = ["-c", "user.name=Ana", "-c", "user.email=ana@localhost"]
    for arguments in (["add", "."], [*identity, "commit", "-m", message]):
        stamped = {"GIT_COMMITTER_DATE": date, "GIT_AUTHOR_DATE": date, "PATH": "/usr/bin:/bin"}
        subprocess.run(["git", *arguments], cwd=shop.root, env=stamped, check=True, capture_output=True)


@pytest.fixture
def kept(shop: Shop, stage: Stage) -> Shop:
    """A shop whose team was allowed to see addresses on the 1st of March."""
    stage.set("reviewed", lambda: review(shop))
    return shop


def review(shop: Shop) -> None:
    people = shop.root / "policies" / "principals.toml"
    people.write_text(people.read_text(encoding="utf-8") + '\n[users.bea]\nteams = ["sales-team"]\n', encoding="utf-8")
    shop.works("contracts", "write")
    subprocess.run(["git", "init", "--initial-branch=main"], cwd=shop.root, check=True, capture_output=True)
    commit(shop, "Begin", "2026-02-01T12:00:00+00:00")
    shop.works(*ALLOW)
    commit(shop, "Allow", "2026-03-01T12:00:00+00:00")


def who(shop: Shop, *more: str) -> list[tuple[str, str, list[str]]]:
    sights = json.loads(shop.works("access", *EMAIL, *more, "--json"))["sights"]
    return [(s["principal"], s["purpose"], s["columns"]["email"]) for s in sights]


def test_who_can_see_a_column_today_and_on_a_past_date(kept: Shop) -> None:
    allowed = ("user:bea", "operations", ["clear", "token"])

    assert allowed in who(kept, "--level", "clear")
    assert allowed in who(kept, "--level", "clear", "--at", "2026-03-01")
    assert allowed not in who(kept, "--at", "2026-03-01T11:59:59Z")
    assert "user:bea" in kept.works("access", "who-can", "sales.orders")


def test_a_column_that_is_not_there_is_no_answer(kept: Shop) -> None:
    answer = kept.run("access", "who-can", "sales.orders", "--column", "emial")

    assert (2, "") == (answer.code, answer.out)
    assert "error: sales.orders: no column 'emial'; did you mean 'email'?" in answer.err


def test_a_time_to_come_is_no_answer_and_today_is_up_to_now(kept: Shop) -> None:
    answer = kept.run("access", *EMAIL, "--at", "2999-01-01")

    assert (2, "") == (answer.code, answer.out)
    assert "2999-01-01 23:59 UTC: nothing is known of that time: it is yet to come" in answer.err
    assert who(kept) == who(kept, "--at", f"{datetime.now(UTC):%Y-%m-%d}")


def test_a_past_before_the_repository_is_no_answer(kept: Shop) -> None:
    answer = kept.run("access", *EMAIL, "--at", "2025-01-01")

    expected = "2025-01-01 23:59 UTC: nothing is known of that time: the first commit is of 2026-02-01"
    assert 2 == answer.code
    assert expected in answer.err


def test_a_past_without_a_repository_or_the_product_is_no_answer(shop: Shop, kept: Shop) -> None:
    contract = kept.root / "contracts/sales/orders/v1.odcs.yaml"
    kept_text = contract.read_text(encoding="utf-8")
    contract.unlink()
    commit(kept, "Without", "2026-04-01T12:00:00+00:00")
    contract.write_text(kept_text, encoding="utf-8")
    without_product = kept.run("access", *EMAIL, "--at", "2026-04-02")
    shutil.rmtree(kept.root / ".git")
    without_git = kept.run("access", *EMAIL, "--at", "2026-04-02")

    assert "there was no contract of sales.orders yet" in without_product.err
    assert "no git repository keeps the workspace" in without_git.err


def test_consumers_are_named_to_the_domain_and_data_protection_alone(kept: Shop) -> None:
    people = kept.root / "policies" / "principals.toml"
    more = '[teams.office]\ndomain = "office"\n[users.dora]\nteams = ["office"]\n[users.eve]\npurposes=["operations"]'
    people.write_text(f'data_protection = ["office"]\n{people.read_text(encoding="utf-8")}\n{more}', encoding="utf-8")
    rule = kept.root / "policies" / "mesh.cedar"
    finds = 'permit(principal, action in [Mesh::Action::"discover", Mesh::Action::"read"], resource);'
    rule.write_text(rule.read_text(encoding="utf-8") + f'\n@id("mesh.all") @why("all may know")\n{finds}\n', "utf-8")

    def named(who: str) -> set[str]:
        told = json.loads(kept.works("access", "who-can", "sales.orders", "--as", who, "--json"))
        return {sight["principal"] for sight in told["sights"]}

    assert {"user:ana", "user:bea", "user:eve"} <= named("ana") == named("dora")
    assert {"user:eve"} == named("eve")
    assert "others are named to the people of sales and data protection alone" in kept.works(
        "access", "who-can", "sales.orders", "--as", "eve"
    )


def test_what_who_can_stands_on_is_said(kept: Shop) -> None:
    with_catalog = kept.works("access", "who-can", "sales.orders")
    (kept.root / ".mesh" / "catalog.db").unlink()
    without = kept.works("access", "who-can", "sales.orders")
    then = kept.works("access", "who-can", "sales.orders", "--at", "2026-03-01")

    assert "by the files of this workspace, as they are; of grants, there is no catalog to ask for them\n" in without
    assert (
        "\nby version 2 of its policies, in force, by which the gateway decides; of grants, all count\n" in with_catalog
    )
    assert "by the files of this workspace, as of commit " in then


def test_policies_that_wait_or_are_not_built_show_nobody_anything(kept: Shop) -> None:
    people, rules = kept.root / "policies" / "principals.toml", kept.root / "domains/sales/policies/orders.cedar"
    text = people.read_text(encoding="utf-8")
    people.write_text(f'data_protection = ["office"]\n{text}\n[teams.office]\ndomain = "office"\n', encoding="utf-8")
    kept.works(*(word if word != "operations" else "analytics" for word in ALLOW))
    waiting = kept.works("access", *EMAIL, "--level", "clear")
    levels = {purpose for _, purpose, _ in who(kept, "--level", "clear")}
    rules.write_text(rules.read_text(encoding="utf-8") + "// a remark\n", encoding="utf-8")
    unbuilt = kept.works("access", *EMAIL)

    assert {"operations"} == levels
    assert "by version 2 of its policies, in force, by which the gateway decides; version 3 waits" in waiting
    assert "the policies in this workspace are others, and decide nothing before they are built" in unbuilt


def test_the_past_that_the_catalog_knows_is_what_decided_then_by_the_mesh_s_rules_of_then(kept: Shop) -> None:
    moment = datetime.now(UTC).isoformat()
    kept.rewrite(kept.root / "domains/sales/policies/orders.cedar", "see_clear", "see_token")
    commit(kept, "Less, and not built", "2026-04-01T12:00:00+00:00")

    found = kept.works("access", *EMAIL, "--at", moment)

    assert "by version 2 of its policies, that decided then, registered " in found
    assert "; by the mesh's rules of commit " in found
    assert ("user:bea", "operations", ["clear", "token"]) in who(kept, "--at", moment)


@pytest.mark.parametrize(
    ("time", "says"),
    [
        ("0001-01-01T00:00:00+14:00", "it lies outside of the calendar"),
        ("9999-12-31T23:59:59-14:00", "it lies outside of the calendar"),
        ("0001-01-01", "0001-01-01 23:59 UTC: nothing is known of that time: the first commit is of 2026-02-01"),
        ("9999-12-31", "9999-12-31 23:59 UTC: nothing is known of that time: it is yet to come"),
    ],
)
def test_a_time_at_the_edge_of_the_calendar_is_one_clear_line(kept: Shop, time: str, says: str) -> None:
    answer = kept.run("access", *EMAIL, "--at", time)

    assert (2, "") == (answer.code, answer.out)
    assert says in " ".join(answer.err.split())
    assert "Traceback" not in answer.err


@pytest.mark.parametrize(("edge", "hours"), [("0001-01-01T00:00:00", 14), ("9999-12-31T23:59:59", -14)])
def test_from_python_the_edges_of_the_calendar_are_no_past(kept: Shop, edge: str, hours: int) -> None:
    moment = datetime.fromisoformat(edge).replace(tzinfo=timezone(timedelta(hours=hours)))

    with pytest.raises(PastUnknown, match=r"outside of the calendar|yet to come"):
        kept.mesh("ana").access.who_can("sales.orders", at=moment)


def test_nobody_in_particular_is_told_of_no_consumer(kept: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = kept.root / "mesh.toml"
    lines = settings.read_text(encoding="utf-8").splitlines(keepends=True)
    settings.write_text("".join(each for each in lines if not each.startswith("principal")), encoding="utf-8")
    monkeypatch.delenv("MESH_PRINCIPAL", raising=False)

    answer = kept.run("access", "who-can", "sales.orders")

    assert 2 == answer.code
    assert "nobody asks" in answer.err


@pytest.mark.parametrize("time", ["yesterday", "2026-03-01T11:00:00", "2026-13-01"])
def test_a_time_without_meaning_is_wrong_use(kept: Shop, time: str) -> None:
    assert 2 == kept.run("access", *EMAIL, "--at", time).code


def test_a_diff_tells_who_gains_and_who_loses(kept: Shop) -> None:
    gained = kept.works("access", "diff", "HEAD~1")
    nothing = kept.works("access", "diff", "HEAD")
    people = kept.root / "policies" / "principals.toml"
    people.write_text(people.read_text(encoding="utf-8").replace("[users.bea]\nteams", "[users.zoe]\nteams"), "utf-8")
    moved = kept.works("access", "diff", "HEAD")

    assert "sales.orders: user:ana, user:bea for operations\n  email: + clear\n" in gained
    assert "sales.orders: no rows are counted; put examples under `rows:` into domains/sales/policies" in gained
    assert "nobody gains or loses anything\n" == nothing
    assert "sales.orders: user:bea for operations\n  (the product): - read\n" in moved
    assert "sales.orders: user:zoe for operations\n  (the product): + read\n" in moved
    assert 2 == moved.count("  order_id, placed_at, quantity, unit_price_eur: + clear\n")


def test_a_team_without_people_gains_by_its_name(kept: Shop) -> None:
    people = kept.root / "policies" / "principals.toml"
    team = '\n[teams.buyers]\ndomain = "supply_chain"\npurposes = ["operations"]\n'
    people.write_text(people.read_text(encoding="utf-8") + team, encoding="utf-8")
    commit(kept, "Found the buyers", "2026-04-01T12:00:00+00:00")
    kept.works(*("buyers" if word == "sales-team" else word for word in ALLOW))
    diff = kept.works("access", "diff", "HEAD")

    assert "sales.orders: team buyers (nobody today) for operations" in diff
    assert "  email: + clear" in diff
    kept.works("build", "sales.orders")
    assert ("team:buyers", "operations", ["clear"]) in who(kept, "--level", "clear")
    assert "team buyers (nobody today)" in kept.works("access", *EMAIL)


def test_coverage_names_the_policies_that_no_test_holds(kept: Shop) -> None:
    tests = kept.root / "domains/sales/policies/tests/orders.yaml"
    before = kept.run("access", "coverage")
    tests.write_text(
        "product: sales.orders\ncases:\n  - {name: none, principal: anyone, purpose: operations, read: false}\n",
        encoding="utf-8",
    )

    after = kept.run("access", "coverage")

    assert "sales.orders.sales-team.operations.pii.contact.email.clear" not in before.out
    assert 1 == after.code
    assert "no test holds sales.orders.sales-team.operations.pii.contact.email.clear" in after.out


def test_coverage_says_which_tests_cannot_be_read(kept: Shop) -> None:
    tests = kept.root / "domains/sales/policies/tests/orders.yaml"
    tests.write_text("product: sales.orders\ncases:\n  - {name: none, principal: anyone, rows: []}\n", encoding="utf-8")

    found = kept.run("access", "coverage")

    assert (1, "") == (found.code, found.out)
    assert "domains/sales/policies/tests/orders.yaml: case 'none', purpose: is missing" in found.err


def test_builds_that_hold_the_storage_are_told_beside_who_can_read_through_the_gateway(shop: Shop) -> None:
    plan_demand(shop)
    shop.works("build")

    told = json.loads(shop.works("access", "who-can", "sales.orders", "--as", "ana", "--json"))
    explained = shop.run("access", "explain", "sales.orders", "--purpose", "analytics", "--as", "planning.demand")
    of_a_person = shop.run("access", "explain", "sales.orders", "--purpose", "operations", "--as", "ana")

    assert [] == [s["principal"] for s in told["sights"] if s["principal"].startswith("service:")]
    assert told["stands_on"].endswith("builds of this workspace read it from the storage itself: planning.demand")
    said = "as the build of planning.demand reads here, from the storage itself; through the gateway it reads nothing"
    assert (0, True, "") == (explained.code, said in explained.err, of_a_person.err)
