"""A grant is of a product with several major versions: what each shows needs what its own contract asks for."""

import json
import re
from typing import Any

import httpx
import pytest
from gateway_lake import NO_TLS, ORDERS, ORDERS_CEDAR, frame
from granting import CLASSES, Desk

from meshwright.access import Principal
from meshwright.errors import PastUnknown, UnknownColumn, UnknownMajor
from meshwright.io.catalog import HttpRegistry
from meshwright.markers import RevealLevel
from meshwright.mesh.remote import open_catalog
from meshwright.registry import WhoCan, WhoCanQuery
from meshwright.spec import Registration, Spec
from meshwright_catalog.products import register

MARGIN: dict[str, Any] = {"columns": ["margin"], "level": "clear"}
EMAIL: dict[str, Any] = {"columns": ["email"], "level": "clear"}


def second() -> Spec:
    """Make a major version in which the addresses have another name and margins are personal, too."""
    changed: dict[str, dict[str, Any]] = {
        "email": {"name": "mail"},
        "margin": {"classes": ("commercial", "pii.contact")},
    }
    columns = tuple(c.model_copy(update=changed.get(c.name, {})) for c in ORDERS.columns)
    return ORDERS.model_copy(update={"version": "2.0.0", "columns": columns})


@pytest.fixture
def two(desk: Desk) -> Desk:
    """Serve both major versions."""
    rows = frame().rename({"email": "mail"})
    desk.served.publish(rows, second())
    desk.served.register(second())
    return desk


def registry(desk: Desk, who: str) -> HttpRegistry:
    return HttpRegistry(desk.served.url, token=desk.headers(who)["Authorization"].split()[1])


def who_can(desk: Desk, who: str = "dora", **asked: Any) -> WhoCan:
    return registry(desk, who).policy_review.who_can("sales.orders", WhoCanQuery(**asked))


def listed(desk: Desk, major: int | None, who: str = "ben") -> dict[str, RevealLevel]:
    """Tell what who-can says of somebody for analytics: the strongest level of each column but the nested one."""
    sights = who_can(desk, major=major).sights
    mine = [s.columns for s in sights if (s.principal, s.purpose) == (f"user:{who}", "analytics")]
    return {path: levels[0] for columns in mine for path, levels in columns.items() if "." not in path}


def sent(desk: Desk, major: int | None, who: str = "ben") -> dict[str, RevealLevel]:
    """Tell what the gateway sends: the level of each column but the nested one."""
    asked = {} if major is None else {"major": major}
    answer = desk.served.ask(asked, who)
    if answer.status_code != 200:
        return {}

    return {name: level for name, level in json.loads(answer.headers["Mesh-Levels"]).items() if name != "place"}


@pytest.mark.parametrize("wanted", [EMAIL, {"cls": "pii.contact.email", "level": "clear"}])
def test_what_only_an_older_major_has_is_asked_for_and_needs_what_that_one_asks_for(
    two: Desk, wanted: dict[str, Any]
) -> None:
    grant = two.asked(**wanted)
    owner = two.say("ana", grant, "approve").json()
    half = listed(two, 1)["email"], sent(two, 1)["email"]
    both = two.say("dora", grant, "approve").json()["status"]

    assert ("waiting", ["data protection"]) == (owner["status"], owner["waits_for"])
    assert (("token", "token"), "active") == (half, both)
    assert ("clear", "clear") == (listed(two, 1)["email"], sent(two, 1)["email"])


def test_a_column_that_is_personal_in_one_major_alone_needs_data_protection_for_that_one_alone(two: Desk) -> None:
    grant = two.granted(by=("ana",), **MARGIN)
    view = two("ben", "GET", "grants").json()["grants"][0]
    half = [(listed(two, n).get("margin"), sent(two, n).get("margin")) for n in (1, 2)]
    after = two.say("dora", grant, "approve").json()

    assert ("waiting", ["data protection"]) == (view["status"], view["waits_for"])
    assert "major 2: waits for data protection; major 1: approved by ana" == view["why"]
    assert [("clear", "clear"), (None, None)] == half
    assert ("active", "approved by ana, dora") == (after["status"], after["why"])
    assert [("clear", "clear")] * 2 == [(listed(two, n)["margin"], sent(two, n)["margin"]) for n in (1, 2)]


def test_an_approval_is_of_the_classes_of_every_major_and_one_of_a_new_major_is_approved_anew(desk: Desk) -> None:
    grant = desk.granted(by=("ana",), **MARGIN)
    desk.served.publish(frame().rename({"email": "mail"}), second())
    desk.served.register(second())
    during = desk.status(grant), sent(desk, 1).get("margin"), sent(desk, 2).get("margin")
    desk.say("ana", grant, "approve")
    desk.say("dora", grant, "approve")

    assert ("waiting", "clear", None) == during
    assert ("active", "clear", "clear") == (desk.status(grant), sent(desk, 1)["margin"], sent(desk, 2)["margin"])


@pytest.mark.parametrize("major", [1, 2, None])
def test_who_can_says_of_each_major_what_the_gateway_sends_of_it(two: Desk, major: int | None) -> None:
    two.granted(**EMAIL)
    two.granted(by=("ana",), **MARGIN)

    assert sent(two, major) == listed(two, major)
    assert ("email" in sent(two, major)) == (major == 1)
    assert {} == sent(two, major, "eve") == listed(two, major, "eve")


def test_who_can_names_the_major_that_it_speaks_of_and_the_others(two: Desk) -> None:
    newest, older = who_can(two).stands_on, who_can(two, major=1).stands_on

    assert "; major 2 was looked at; major 1 is read too: ask for major 1; of grants, all count" in newest
    assert "; major 1 was looked at; major 2 is read too: ask for major 2; of grants, all count" in older
    assert "by version 1 of its policies, in force" in older


def test_one_major_is_not_spoken_of(desk: Desk) -> None:
    assert "major" not in who_can(desk).stands_on


def test_a_column_that_only_another_major_has_is_said_to_be_there(two: Desk) -> None:
    with pytest.raises(UnknownColumn, match=r"no column 'email'.*major 1 has it: ask for major 1"):
        who_can(two, column="email")
    with pytest.raises(UnknownColumn, match="major 2 has it: ask for major 2"):
        who_can(two, column="mail", major=1)
    with pytest.raises(UnknownColumn) as nowhere:
        who_can(two, column="nothing")
    assert "major" not in str(nowhere.value)


def test_a_major_that_is_not_there_is_unknown(two: Desk) -> None:
    with pytest.raises(UnknownMajor, match=r"sales\.orders: has no major version 3.*it has 2 and 1"):
        who_can(two, major=3)
    with pytest.raises(UnknownMajor, match="has no major version 3"):
        remote(two).explain("sales.orders", major=3)


def test_the_past_of_a_major_is_what_decided_about_it_then(desk: Desk) -> None:
    grant = desk.granted(by=("ana",), **MARGIN)
    then = desk.served.clock.now
    desk.later(hours=1)
    desk.served.register(second())
    desk.say("ana", grant, "revoke")
    now = desk.later(hours=1)

    past = {n: who_can(desk, column="margin", level="clear", major=n, at=then) for n in (1, None)}
    after = who_can(desk, column="margin", level="clear", major=1, at=now)

    assert [["user:ben"], ["user:ben"]] == [[s.principal for s in past[n].sights if "ben" in s.principal] for n in past]
    assert [] == [s.principal for s in after.sights if "ben" in s.principal]
    assert "major" not in past[None].stands_on
    assert "major 1 was looked at; major 2 was read too: ask for major 2" in after.stands_on
    with pytest.raises(PastUnknown, match=r"major 2 of sales\.orders was not registered yet"):
        who_can(desk, major=2, at=then)


def remote(desk: Desk, who: str = "ben") -> Any:
    token = desk.headers(who)["Authorization"].split()[1]
    return open_catalog(desk.served.url, token, "analytics")


def built(desk: Desk) -> None:
    """Let both major versions have been built, as the catalog knows it."""
    for spec in (ORDERS, second()):
        made = Registration(spec=spec, table=desk.served.table(spec), policies=ORDERS_CEDAR, delta_version=0)
        with desk.served.app.state.catalog.change(Principal("service", spec.id, spec.domain)) as visit:
            register(visit, made)


def test_explain_speaks_of_the_major_that_is_asked_for(two: Desk) -> None:
    built(two)
    rows = {n: {row[0] for row in remote(two).explain("sales.orders", major=n).rows} for n in (1, 2, None)}

    assert (True, False) == ("email" in rows[1], "mail" in rows[1])
    assert rows[2] == rows[None]
    assert (False, True) == ("email" in rows[2], "mail" in rows[2])


def test_glass_is_broken_for_what_only_an_older_major_has_and_both_review_it(two: Desk) -> None:
    wanted = {"product": "sales.orders", "columns": ["email"], "purpose": "analytics", "reason": "the line stands"}
    opened = two("ben", "POST", "break-glass", wanted)
    grant = opened.json()["grant"]["id"]
    read = sent(two, 1)["email"], listed(two, 1)["email"]
    reviews = [two.say(who, grant, "review").json()["flagged"] for who in ("ana", "dora")]

    assert (201, "active") == (opened.status_code, opened.json()["status"])
    assert (("clear", "clear"), [True, False]) == (read, reviews)


def test_glass_stays_whole_where_no_major_allows_to_break_it(two: Desk) -> None:
    two.classes(CLASSES.replace("break_glass = true\n", "", 1))
    wanted = {"product": "sales.orders", "columns": ["email"], "purpose": "analytics", "reason": "the line stands"}

    assert 422 == two("ben", "POST", "break-glass", wanted).status_code


def test_what_no_major_has_is_still_not_asked_for(two: Desk) -> None:
    answers = [two.ask(columns=["email", "nothing"], level="clear"), two.ask(columns=["order_no"], level="clear")]

    assert [422, 422] == [each.status_code for each in answers]
    assert "column 2 of those named is not there" in answers[0].json()["detail"]
    assert "'order_no' is unclassified" in answers[1].json()["detail"]


def test_a_request_that_a_forbid_beats_in_one_major_counts_for_the_other(two: Desk) -> None:
    forbid = """@id("mesh.no") @why("no") forbid(principal, action == Mesh::Action::"see_clear",
      resource in Mesh::Class::"pii.contact");"""
    two.classes(CLASSES, forbid)

    answers = [two.ask(columns=[name], level="clear") for name in ("margin", "mail")]

    assert [201, 422] == [each.status_code for each in answers]


def test_a_product_s_page_is_of_the_major_that_is_asked_for_and_offers_its_columns(two: Desk) -> None:
    token = two.headers("ben")["Authorization"].removeprefix("Bearer ")
    address, sent = f"{two.served.url}/products/sales.orders", {"Cookie": f"mesh_token={token}"}
    newest, older, nowhere = (
        httpx.get(f"{address}{which}", headers=sent, trust_env=False, timeout=60, verify=NO_TLS)
        for which in ("", "?major=1", "?major=7")
    )

    assert [200, 200, 404] == [newest.status_code, older.status_code, nowhere.status_code]
    assert [("email", False), ("email", True)] == [("email", 'value="email"' in page.text) for page in (newest, older)]
    assert ['href="/products/sales.orders?major=1"', 'href="/products/sales.orders?major=2"'] == [
        link for page in (newest, older) for link in re.findall(r'href="/products/sales.orders[?]major=."', page.text)
    ]
    assert ["--major 1" in page.text for page in (newest, older)] == [False, True]
