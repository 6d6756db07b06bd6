"""Policy versions and the audit in a workspace, as its people meet them."""

import json
import sqlite3

import httpx
import pytest
from living import served
from planning import plan_demand
from shop import Shop

CLEAR = """
@id("sales.orders.clear") @why("founders call customers")
permit(principal in Mesh::Team::"founders", action == Mesh::Action::"see_clear", resource in Mesh::Class::"pii")
when { context.purpose == Mesh::Purpose::"operations" };
"""

MORE = CLEAR.replace("sales.orders.clear", "sales.orders.more").replace('founders"', 'sales-team"')


def show_clear(shop: Shop) -> None:
    """Grant clear personal data in the product's file."""
    file = shop.root / "domains" / "sales" / "policies" / "orders.cedar"
    file.write_text(file.read_text(encoding="utf-8") + CLEAR, encoding="utf-8")


@pytest.fixture
def guarded(shop: Shop) -> Shop:
    """A shop with somebody for data protection."""
    principals = shop.root / "policies" / "principals.toml"
    office = '\n[teams.office]\ndomain = "shop"\n[users.dora]\nteams = ["office"]\n'
    office += '[teams.visitors]\ndomain = "planning"\npurposes = ["analytics"]\n[users.eve]\nteams = ["visitors"]\n'
    principals.write_text('data_protection = ["office"]\n' + principals.read_text(encoding="utf-8") + office, "utf-8")
    return shop


def test_new_clear_personal_data_waits_and_going_back_is_one_command(guarded: Shop) -> None:
    show_clear(guarded)

    built = guarded.works("build", "--force")
    pending = json.loads(guarded.works("access", "pending", "--json"))
    shown, hinted = (guarded.works("access", what, "--as", "dora") for what in ("pending", "requests"))
    refused = guarded.run("access", "approve-policy", "sales.orders")
    approved = guarded.works("access", "approve-policy", "sales.orders", "--as", "dora")
    back = guarded.works("access", "rollback", "sales.orders")

    assert "its policies wait for data protection" in built
    assert [("sales.orders", 2)] == [(each["product"], each["number"]) for each in pending]
    assert ("user:ana" in shown, "see_clear" in shown, "+permit" in shown) == (True, True, True)
    assert "approve it with: mesh access approve-policy sales.orders --version 2" in shown
    assert "policies that wait for your approval: 1 (mesh access pending)" in hinted.splitlines()
    assert (1, True) == (refused.code, "is for data protection alone" in refused.err)
    assert "sales.orders: version 2 of its policies is in force" in approved
    assert "sales.orders: version 1 of its policies is in force" in back
    again = guarded.works("build", "--force")
    assert "wait for" not in again
    assert (
        "version 2 was withdrawn, version 1 decides; change them, or mesh access rollback sales.orders --to 2" in again
    )
    assert "withdrawn" in guarded.works("access", "versions", "sales.orders")


def test_a_build_without_new_data_says_that_policies_wait(guarded: Shop) -> None:
    show_clear(guarded)

    told = guarded.works("build").splitlines()

    waits = "  its policies wait for data protection, those before them decide: mesh access pending"
    assert ["sales.orders: up to date at version 0", waits] == told


def test_refused_policies_are_told_to_who_builds_with_the_reason_and_do_not_wait_again(guarded: Shop) -> None:
    show_clear(guarded)
    guarded.works("build")
    refuse = ("access", "refuse-policy", "sales.orders", "--reason", "no calls")

    nobodys, reasonless = guarded.run(*refuse), guarded.run(*refuse[:3], "--as", "dora")
    refused = guarded.works(*refuse, "--as", "dora")
    built, forced = guarded.works("build").splitlines(), guarded.works("build", "--force")
    pending, listed = (guarded.works("access", *what) for what in (("pending",), ("versions", "sales.orders")))
    approve = ("access", "approve-policy", "sales.orders", "--as", "dora")
    approved, unnamed = guarded.run(*approve, "--version", "2"), guarded.run(*approve)

    words = "version 2 was refused by user:dora because: no calls"
    assert (1, True) == (nobodys.code, "is for data protection alone" in nobodys.err)
    assert (2, True) == (reasonless.code, "--reason" in reasonless.err)
    assert "sales.orders: version 2 of its policies is refused" in refused
    assert f"  its policies do not decide, those before them do: {words}" == built[1]
    assert (True, False) == (words in forced, "wait for data protection" in forced)
    assert "version 2 of its policies (1.x) was refused by user:dora because: no calls" in pending
    assert words in listed.splitlines()
    assert (2, True) == (approved.code, "no version 2 that waits: it was refused by user:dora" in approved.err)
    assert (2, True) == (unnamed.code, f"has no version that waits: {words}" in unnamed.err)
    assert "nothing waits" in guarded.works("access", "pending", "--as", "dora")


def test_policies_that_are_taken_back_before_anybody_decided_wait_no_more(guarded: Shop) -> None:
    file = guarded.root / "domains" / "sales" / "policies" / "orders.cedar"
    before = file.read_text(encoding="utf-8")
    show_clear(guarded)
    guarded.works("build")
    file.write_text(before, encoding="utf-8")

    guarded.works("build")

    assert "nothing waits" in guarded.works("access", "pending")


def test_who_has_only_a_token_reviews_policies_at_the_catalog(guarded: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    show_clear(guarded)
    guarded.works("build", "--force")
    monkeypatch.setenv("MESH_TOKEN", guarded.works("token", "dora").strip())

    with served(guarded.root) as url:
        at = ("--catalog", url)
        monkeypatch.chdir("/")
        pending = json.loads(guarded.works("access", "pending", *at, "--json"))
        approved = guarded.works("access", "approve-policy", "sales.orders", *at)
        listed = guarded.works("access", "versions", "sales.orders", *at)
        back = guarded.works("access", "rollback", "sales.orders", *at)
        nothing = guarded.run("access", "approve-policy", "sales.orders", *at)

    assert [("sales.orders", 2)] == [(each["product"], each["number"]) for each in pending]
    assert "version 2 of its policies is in force" in approved
    assert "user:dora" in listed
    assert "version 1 of its policies is in force" in back
    assert (2, True) == (nothing.code, "has no version that waits" in nothing.err)


def test_every_surface_names_the_rules_that_decide_by_one_hash(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    plan_demand(shop)
    shop.works("build")
    asked = ("access", "versions", "sales.orders", "--json")
    direct = json.loads(shop.works(*asked))
    monkeypatch.setenv("MESH_TOKEN", token := shop.works("token", "ana").strip())

    with served(shop.root) as url:
        through = json.loads(shop.works(*asked, "--catalog", url))
        rows = f"{url}/api/v1/products/sales.orders/read"
        bearer = {"Authorization": f"Bearer {token}", "Accept": "text/csv"}
        answer = httpx.post(rows, json={"purpose": "operations"}, headers=bearer)

    (named,) = {each["decides"] for each in (*direct, *through)}
    assert (200, named) == (answer.status_code, answer.headers["Mesh-Policies"])


def test_attack_25_one_person_in_both_teams_opens_nothing_and_the_check_names_them(guarded: Shop) -> None:
    people = guarded.root / "policies" / "principals.toml"
    mine = '[users.bea]\nteams = ["office", "sales-team"]\n'
    people.write_text(people.read_text(encoding="utf-8") + mine, encoding="utf-8")
    show_clear(guarded)
    guarded.works("build", "--force")

    alone = guarded.run("access", "approve-policy", "sales.orders", "--as", "bea")
    checked = guarded.run("check").out

    assert (1, True) == (alone.code, "its owning team or its domain does not approve" in alone.err)
    assert "waiting" in guarded.works("access", "versions", "sales.orders")
    assert "bea is of data protection and of the owning team or domain of sales.orders" in checked
    assert "dora" not in checked


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ('[users.carl2]\nperson = "beaa"\n', "user 'carl2': person 'beaa' is no other name; did you mean 'bea'?"),
        ('[users.carl2]\nperson = "carl2"\n', "user 'carl2': person 'carl2' is no other name"),
        ('[services.bea]\ndomain = "sales"\n', "a user and a service are called 'bea'"),
        ('[users.carl2]\nperson = "bea"\n', ""),
        ('[users.carl2]\nperson = "carl"\n[users.carl3]\nperson = "carl"\n', ""),
    ],
)
def test_attack_25_a_name_that_is_tied_to_no_other_fails_the_check(guarded: Shop, more: str, problem: str) -> None:
    people = guarded.root / "policies" / "principals.toml"
    text = people.read_text(encoding="utf-8")
    mine = '[users.bea]\nteams = ["sales-team"]\n' if "[users.bea]" not in text else ""
    people.write_text(text + mine + more, encoding="utf-8")

    checked = guarded.run("check")

    assert problem in checked.out
    assert (1 if problem else 0) == checked.code
    assert bool(problem) == ("no other name" in checked.out or "are called" in checked.out)


def test_the_check_names_a_product_whose_owner_is_a_team_of_data_protection(guarded: Shop) -> None:
    before = guarded.run("check").out
    product = next(guarded.root.glob("domains/sales/*/orders.py"))
    text = product.read_text(encoding="utf-8")
    assert 'owner="sales-team"' in text
    product.write_text(text.replace('owner="sales-team"', 'owner="office"'), encoding="utf-8")
    told = guarded.run("check").out

    assert "is a team of data protection" not in before
    assert "sales.orders: its owner office is a team of data protection, which cannot approve its policies" in told
    assert "and of the owning team or domain" not in told


def test_which_version_is_meant_is_asked_once_another_took_the_place_of_one(guarded: Shop) -> None:
    show_clear(guarded)
    guarded.works("build", "--force")
    file = guarded.root / "domains" / "sales" / "policies" / "orders.cedar"
    file.write_text(file.read_text(encoding="utf-8") + MORE, encoding="utf-8")
    guarded.works("build", "--force")

    approve = ("access", "approve-policy", "sales.orders", "--as", "dora")
    unnamed, older = guarded.run(*approve), guarded.run(*approve, "--version", "2")

    assert (True, True) == (unnamed.code > 0, "versions 2 and 3: name the one you looked at" in unnamed.err)
    assert (True, True) == (older.code > 0, "no version 2 that waits, but version 3 does" in older.err)
    assert "version 3 of its policies is in force" in guarded.works(*approve, "--version", "3")


def test_without_data_protection_nothing_waits_and_the_check_says_so(shop: Shop) -> None:
    assert "data protection" not in shop.works("check")
    show_clear(shop)

    built, checked = shop.works("build", "--force"), shop.run("check")

    assert "wait" not in built
    assert "names no data protection, and personal data is shown in the clear: sales.orders" in checked.out
    assert "nothing waits" in shop.works("access", "pending")


def test_the_audit_is_listed_exported_and_verified(guarded: Shop) -> None:
    show_clear(guarded)
    guarded.works("build", "--force")
    kept = guarded.root.parent / "head.json"

    listed = guarded.works("audit", "list", "--as", "dora", "--product", "sales.orders", "--since", "2020-01-01")
    exported = guarded.works("audit", "head", "--export", str(kept), "--as", "dora")
    held = guarded.works("audit", "verify", "--head", str(kept), "--as", "dora")
    refused = guarded.run("audit", "list")

    assert "policy.waiting" in listed
    assert "signed by the catalog's key" in exported
    assert "the chain holds" in held
    assert (1, True) == (refused.code, "audit: is for data protection alone" in refused.err)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE audit SET principal = 'user:eve' WHERE sequence = 1", "event 1: was changed"),
        ("DELETE FROM audit WHERE sequence = 1", "event 1: is missing"),
        ("UPDATE audit SET facts = x'ff00' WHERE sequence = 1", "event 1: is unreadable: its facts cannot be read"),
        ("UPDATE audit SET sequence = 'abc' WHERE sequence = 1", "event 1: is unreadable: its sequence cannot be read"),
    ],
)
def test_attack_41_a_tampered_audit_is_a_finding(guarded: Shop, statement: str, said: str) -> None:
    with sqlite3.connect(guarded.root / ".mesh" / "catalog.db") as connection:
        connection.execute(statement)
    connection.close()

    answer = guarded.run("audit", "verify", "--as", "dora")
    listed = guarded.run("audit", "list", "--as", "dora")

    assert (1, True) == (answer.code, said in answer.out), answer.out
    assert "the chain is broken" in answer.out
    assert (0, "unreadable" in said) == (listed.code, "cannot be read" in listed.out)


def test_attack_41_an_audit_whose_table_is_gone_is_no_passing_trouble(guarded: Shop) -> None:
    with sqlite3.connect(guarded.root / ".mesh" / "catalog.db") as connection:
        connection.execute("DROP TABLE audit")
    connection.close()

    answer = guarded.run("audit", "verify", "--as", "dora")

    assert 1 == answer.code
    assert "error: catalog: a table of its database is gone\n  hint: restore the database from a backup" in answer.err


@pytest.mark.parametrize(
    ("statements", "gone"), [("DELETE FROM audit_head", 2), ("DELETE FROM audit_head; DELETE FROM audit", 1)]
)
def test_attack_41_an_audit_without_the_row_that_names_its_last_event_is_a_finding(
    guarded: Shop, monkeypatch: pytest.MonkeyPatch, statements: str, gone: int
) -> None:
    kept = guarded.root.parent / "head.json"
    guarded.works("audit", "head", "--export", str(kept), "--as", "dora")
    with sqlite3.connect(guarded.root / ".mesh" / "catalog.db") as connection:
        connection.executescript(statements)
    connection.close()

    alone = guarded.run("audit", "verify", "--as", "dora")
    against = guarded.run("audit", "verify", "--head", str(kept), "--as", "dora")
    head = guarded.run("audit", "head", "--as", "dora")
    with served(guarded.root) as url:
        token = guarded.works("token", "dora").strip()
        monkeypatch.setenv("MESH_TOKEN", token)
        guarded.rewrite(guarded.root / "mesh.toml", 'path = ".mesh/catalog.db"', f'url = "{url}"')
        remote = guarded.run("audit", "verify", "--as", "dora")

    cut = f"event {gone}: may be cut off, with all behind it: the row that names the last event was deleted"
    counted = f"{gone - 1} events; the chain is broken"
    assert [(1, [cut, counted])] * 2 == [(each.code, each.out.splitlines()) for each in (alone, remote)]
    assert (1, gone == 1) == (against.code, "event 1: is missing, with all up to 1, which was last" in against.out)
    assert (1, True) == (head.code, "the row that names the audit's last event was deleted" in head.err)


def test_attack_41_a_head_that_somebody_wrote_is_not_believed(guarded: Shop) -> None:
    kept = guarded.root.parent / "head.json"
    guarded.works("audit", "head", "--export", str(kept), "--as", "dora")
    forged = json.loads(kept.read_text(encoding="utf-8"))
    kept.write_text(json.dumps({**forged, "sequence": 0, "hash": "0" * 64}), encoding="utf-8")

    answer = guarded.run("audit", "verify", "--head", str(kept), "--as", "dora")
    nothing = guarded.run("audit", "verify", "--head", "mesh.toml", "--as", "dora")

    assert (1, True) == (answer.code, "a head that this catalog did not sign" in answer.out)
    assert (1, True) == (nothing.code, "holds no head of an audit" in nothing.err)


def test_attack_03_a_class_that_a_build_drops_stays_on_what_the_gateway_shows_until_data_protection_agrees(
    guarded: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = guarded.module()
    plain = module.read_text(encoding="utf-8")
    named = plain.replace("order_id: str", 'order_id: Annotated[str, Pii("identifier")]')
    module.write_text(named.replace("[str, Key()]", '[str, Key(), Pii("identifier")]'), encoding="utf-8")
    guarded.works("build")
    module.write_text(plain, encoding="utf-8")

    built, again = guarded.works("build"), guarded.works("build").splitlines()
    pending = guarded.works("access", "pending", "--as", "dora")
    monkeypatch.setenv("MESH_TOKEN", guarded.works("token", "eve").strip())
    with served(guarded.root) as url:
        asked = ("read", "sales.orders", "-c", "order_id", "--purpose", "analytics", "--catalog", url)
        waiting = guarded.run(*asked)
        guarded.works("access", "approve-policy", "sales.orders", "--as", "dora")
        approved = guarded.works(*asked)

    waits = "  it takes pii.identifier from order_id: that waits for data protection, and the classes stay until then"
    assert f"{waits}: mesh access pending" in built.splitlines()
    assert f"{waits}: mesh access pending" == again[1]
    assert ("its contract takes pii.identifier from order_id" in pending, "user:eve" in pending) == (True, True)
    assert (1, "may not see 'order_id'" in waiting.err, "O-1" in waiting.out) == (waiting.code, True, False)
    assert "O-1" in approved


def test_a_class_that_goes_where_nobody_can_be_asked_is_said_by_the_build(shop: Shop) -> None:
    module = shop.module()
    plain = module.read_text(encoding="utf-8")
    module.write_text(plain.replace("quantity: int", 'quantity: Annotated[int, Pii("identifier")]'), encoding="utf-8")
    shop.works("build")
    module.write_text(plain, encoding="utf-8")

    built = shop.works("build")

    said = "nobody was asked, for policies/principals.toml names no data_protection"
    assert f"  it takes pii.identifier from quantity: {said}" in built.splitlines()


def test_a_permit_for_all_products_is_an_event_before_the_first_answer_by_it(
    guarded: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MESH_TOKEN", guarded.works("token", "eve").strip())
    central = guarded.root / "policies" / "mesh.cedar"
    permit = CLEAR.partition("when")[0].replace("sales.orders.clear", "mesh.all").replace("founders", "visitors") + ";"

    with served(guarded.root) as url:
        guarded.works("show", "sales.orders", "--catalog", url)
        central.write_text(central.read_text(encoding="utf-8") + permit, encoding="utf-8")
        read = guarded.works("read", "sales.orders", "-c", "email", "--purpose", "analytics", "--catalog", url)
        guarded.works("access", "rotate-keys", "--yes")
        guarded.works("show", "sales.orders", "--catalog", url)
    events = json.loads(guarded.works("audit", "list", "--as", "dora", "--json"))

    told = [each["kind"] for each in events if each["kind"] in {"policy.central", "keys.changed", "intent"}]
    assert "ana@example.com" in read
    assert ["policy.central", "keys.changed", "policy.central", "intent", "keys.changed"] == told
    assert ["mesh.cedar"] == [each["facts"]["changed"] for each in events if each["kind"] == "policy.central"][1]
    assert "the chain holds" in guarded.works("audit", "verify", "--as", "dora")
