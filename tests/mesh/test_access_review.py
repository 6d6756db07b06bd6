"""`mesh access who-can`, `diff` and `coverage`, in a workspace that git keeps."""

import json
import subprocess

import pytest
from shop import Shop, Stage

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
    sights = json.loads(shop.works("access", *EMAIL, *more, "--json"))
    return [(s["principal"], s["purpose"], s["columns"]["email"]) for s in sights]


def test_who_can_see_a_column_today_and_on_a_past_date(kept: Shop) -> None:
    allowed = ("user:bea", "operations", ["clear", "token"])

    assert allowed in who(kept, "--level", "clear")
    assert allowed in who(kept, "--level", "clear", "--at", "2026-03-01")
    assert allowed not in who(kept, "--at", "2026-03-01T11:59:59Z")
    assert "user:bea" in kept.works("access", "who-can", "sales.orders")


def test_a_past_before_the_repository_is_no_answer(kept: Shop) -> None:
    answer = kept.run("access", *EMAIL, "--at", "2025-01-01")

    assert 1 <= answer.code <= 2
    assert "the repository begins later" in answer.err


@pytest.mark.parametrize("time", ["yesterday", "2026-03-01T11:00:00", "2026-13-01"])
def test_a_time_without_meaning_is_wrong_use(kept: Shop, time: str) -> None:
    assert 2 == kept.run("access", *EMAIL, "--at", time).code


def test_a_diff_tells_who_gains_and_who_loses(kept: Shop) -> None:
    gained = kept.works("access", "diff", "HEAD~1")
    nothing = kept.works("access", "diff", "HEAD")
    people = kept.root / "policies" / "principals.toml"
    people.write_text(people.read_text(encoding="utf-8").replace("[users.bea]\nteams", "[users.zoe]\nteams"), "utf-8")
    moved = kept.works("access", "diff", "HEAD")

    assert "sales.orders: user:bea for operations\n  email: + clear\n" in gained
    assert "nobody gains or loses anything\n" == nothing
    assert "sales.orders: user:bea for operations\n  (the product): - read\n" in moved
    assert "sales.orders: user:zoe for operations\n  (the product): + read\n" in moved


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
