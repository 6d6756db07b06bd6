"""Once a newer token of somebody is known, an older one never opens more than the newest does, on any surface."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pytest
from claiming import LASTS, ClaimDesk, claim_desk
from gateway_lake import NO_TLS, ORDERS_CEDAR, ROWS, frame
from httpx import Response

from meshwright_catalog.catalog import assemble
from meshwright_catalog.gate import PolicyGate
from meshwright_catalog.settings import Settings
from meshwright_catalog.teams.book import TeamBook

READ = {"columns": ["order_no", "email", "born"], "levels": {"email": "clear", "born": "coarse"}}
MANY = 150


@pytest.fixture
def desk(tmp_path: Path, settings: Settings) -> Iterator[ClaimDesk]:
    with claim_desk(tmp_path, settings) as found:
        yield found


@pytest.fixture
def moved(desk: ClaimDesk) -> tuple[ClaimDesk, dict[str, str]]:
    """Let ben leave planning for the buyers alone, who may do nothing here; give what he had before, with its token.

    A grant shows him e-mail addresses in the clear, and the permit of planning years of birth.
    """
    desk.granted()
    old = desk.token("ben", "planning", "buyers")
    assert 200 == read(desk, old).status_code
    desk.later(seconds=200)
    desk.teams["ben"] = ["buyers"]
    desk.come("ben")
    return desk, old


def read(desk: ClaimDesk, headers: dict[str, str], **wanted: Any) -> Response:
    return desk.served.ask({**READ, **wanted}, Authorization=headers["Authorization"])


def get(desk: ClaimDesk, headers: dict[str, str], path: str) -> Response:
    url = f"{desk.served.url}/api/v1/{path}"
    return httpx.get(url, headers=headers, trust_env=False, timeout=60, verify=NO_TLS)


def test_attack_25_an_older_token_reads_no_more_than_the_newest(moved: tuple[ClaimDesk, dict[str, str]]) -> None:
    desk, old = moved
    newest = desk.headers("ben")

    assert read(desk, newest).status_code == read(desk, old).status_code == 404
    assert 404 == read(desk, old, columns=["order_no"], levels={}).status_code


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("products", 200),
        ("search?q=orders", 200),
        ("products/sales.orders", 404),
        ("products/sales.orders/versions", 404),
        ("products/sales.orders/access?purpose=analytics", 404),
        ("products/sales.orders/contract", 404),
        ("products/sales.orders/who-can", 404),
        ("lineage?product=sales.orders", 404),
        ("access/grants", 200),
        ("access/held", 200),
    ],
)
def test_attack_25_an_older_token_is_told_what_the_newest_is(
    moved: tuple[ClaimDesk, dict[str, str]], path: str, expected: int
) -> None:
    desk, old = moved
    newest, stale = (get(desk, each, path) for each in (desk.headers("ben"), old))

    assert 200 == get(desk, desk.headers("pia"), path).status_code  # who is in planning still
    assert expected == newest.status_code, newest.text
    assert (newest.status_code, newest.text) == (stale.status_code, stale.text)


@pytest.mark.parametrize("path", ["", "products/sales.orders", "lineage/sales.orders"])
def test_attack_25_pages_show_an_older_token_what_they_show_the_newest(
    moved: tuple[ClaimDesk, dict[str, str]], path: str
) -> None:
    desk, old = moved
    tokens = (each["Authorization"].split()[1] for each in (desk.headers("ben"), old))
    newest, stale = (
        httpx.get(f"{desk.served.url}/{path}", cookies={"mesh_token": each}, trust_env=False, verify=NO_TLS)
        for each in tokens
    )

    assert (newest.status_code, newest.text) == (stale.status_code, stale.text)


def test_attack_25_an_older_token_changes_nothing(moved: tuple[ClaimDesk, dict[str, str]]) -> None:
    desk, old = moved
    until = (desk.served.clock() + timedelta(days=3)).isoformat()
    wanted = {"product": "sales.orders", "purpose": "analytics", "reason": "somebody was hurt in hall 3"}
    asking = {**wanted, "columns": ["born"], "level": "clear", "until": until}
    answers = [
        desk.call(old, "POST", "break-glass", {**wanted, "columns": ["email"]}),
        desk.call(old, "POST", "requests", asking),
        desk.call(old, "POST", "requests", {**asking, "grantee": "team:planning"}),
        desk.call(old, "POST", "grants/g1/revoke", {"note": ""}),
    ]
    ben = desk("ben", "GET", "grants").json()["grants"]

    assert [403] * 4 == [each.status_code for each in answers]
    assert {"a newer token of yours names other teams: sign in again"} == {each.json()["detail"] for each in answers}
    assert [("g1", "moved")] == [(view["grant"]["id"], view["status"]) for view in ben]


def test_of_teams_that_both_tokens_name_the_rights_stay(desk: ClaimDesk) -> None:
    desk.granted()
    old = desk.token("ben", "buyers", "planning")
    desk.come("ben")

    assert 200 == read(desk, old).status_code
    assert desk.sees_emails()


MEDICAL = """
@id("sales.orders.rows") @why("who buys sees no large orders")
permit(principal, action == Mesh::Action::"see_row", resource in Mesh::Product::"sales.orders")
  unless { principal in Mesh::Team::"buyers" && resource has quantity && resource.quantity > 5 };
"""


def test_attack_25_who_joins_a_team_leaves_what_it_takes_away_with_the_older_token(desk: ClaimDesk) -> None:
    desk.served.register(policies=ORDERS_CEDAR + MEDICAL)
    old = desk.token("ben", "planning")
    before = read(desk, old, levels={}, columns=["quantity"])
    desk.later(seconds=5)
    desk.teams["ben"] = ["planning", "buyers"]
    now = read(desk, desk.headers("ben"), levels={}, columns=["quantity"])
    stale = read(desk, old, levels={}, columns=["quantity"])

    assert ("all", "limited") == (before.headers["mesh-rows"], now.headers["mesh-rows"])
    assert 401 == stale.status_code
    assert "A valid token is needed." == stale.json()["detail"]
    assert 401 == desk.call(old, "GET", "grants").status_code


def test_attack_25_on_the_pages_a_token_that_lacks_a_team_leads_to_the_sign_in(desk: ClaimDesk) -> None:
    old = desk.token("ben", "planning")["Authorization"].split()[1]
    desk.later(seconds=5)
    desk.teams["ben"] = ["planning", "buyers"]
    desk.come("ben")

    page = httpx.get(f"{desk.served.url}/access", cookies={"mesh_token": old}, trust_env=False, verify=NO_TLS)

    assert (303, "/login?next=%2Faccess") == (page.status_code, page.headers["location"])


def test_attack_25_two_tokens_of_one_second_that_differ_open_nothing_until_a_newer_one(
    desk: ClaimDesk,
) -> None:
    desk.granted()
    desk.later(seconds=1)
    planning, buyers = desk.token("ben", "planning"), desk.token("ben", "buyers")
    found = [read(desk, each).status_code for each in (planning, buyers, planning, buyers)]
    desk.later(seconds=1)
    newer = desk.token("ben", "planning")

    assert [200, 401, 401, 401] == found
    assert [200, 401] == [read(desk, each).status_code for each in (newer, buyers)]


def test_attack_25_a_second_token_of_one_second_takes_no_team_away_that_forbids(desk: ClaimDesk) -> None:
    desk.served.register(policies=ORDERS_CEDAR + MEDICAL)
    desk.later(seconds=1)
    both, one = desk.token("ben", "planning", "buyers"), desk.token("ben", "planning")
    found = [read(desk, each, levels={}, columns=["quantity"]) for each in (both, one, both)]

    assert ("limited", [200, 401, 401]) == (found[0].headers["mesh-rows"], [each.status_code for each in found])


def test_a_team_that_the_mesh_gives_up_outdates_no_token(desk: ClaimDesk) -> None:
    both = desk.token("ben", "buyers", "planning")
    assert 200 == desk.call(both, "GET", "grants").status_code
    mesh = desk.served.policies[0]
    left = {name: domain for name, domain in mesh.principals.teams.items() if name != "buyers"}
    desk.served.policies[0] = replace(mesh, principals=replace(mesh.principals, teams=left))
    until = (desk.served.clock() + timedelta(days=3)).isoformat()
    wanted = {"product": "sales.orders", "purpose": "analytics", "reason": "to call", "until": until}

    assert 201 == desk.call(both, "POST", "requests", {**wanted, "columns": ["email"], "level": "clear"}).status_code


def test_attack_25_an_older_token_opens_no_more_in_a_process_that_was_shown_the_newest_alone_elsewhere(
    desk: ClaimDesk, settings: Settings
) -> None:
    desk.granted()
    old = desk.token("ben", "planning", "buyers")
    before = read(desk, old).status_code
    buyers = desk.served.policies[0].principals.member("ben", ["buyers"])
    book = TeamBook(desk.served.clock, LASTS)
    gate = PolicyGate(book.over(lambda: desk.served.policies[0]), desk.served.clock)
    other = assemble(settings, gate, desk.served.clock, teams=book)
    other.came(replace(buyers, issued_at=desk.later(seconds=5)))
    other.close()
    after = read(desk, old).status_code

    assert (200, 404) == (before, after)


def test_attack_25_an_answer_under_way_is_cut_when_a_newer_token_names_other_teams(desk: ClaimDesk) -> None:
    served = desk.served
    rows = pl.concat([frame()] * MANY)
    served.publish(rows.with_columns(pl.Series("order_no", [f"{n:06}{'x' * 12_000}" for n in range(rows.height)])))
    served.limit(batch_rows=40, recheck_seconds=0.0)
    url, got = f"{served.url}/api/v1/products/sales.orders/read", 0
    with (
        httpx.Client(trust_env=False, timeout=60) as client,
        client.stream("POST", url, json={"purpose": "analytics"}, headers=desk.headers("ben")) as response,
    ):
        parts = response.iter_raw()
        got += len(next(parts))
        desk.teams["ben"] = ["buyers"]
        desk.come("ben")
        with pytest.raises(httpx.RemoteProtocolError):
            got += sum(map(len, parts))

    assert 200 == response.status_code
    assert got < MANY * len(ROWS) * 12_000 * 0.9
