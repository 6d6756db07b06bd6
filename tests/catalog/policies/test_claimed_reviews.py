"""Where tokens name the teams, everybody is who they say, and a permit to a team never reads as nobody's gain."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from claiming import ClaimDesk, claim_desk
from gateway_lake import NO_TLS, ORDERS_CEDAR
from granting import PEOPLE

from meshwright_catalog.settings import Settings

CLEAR = """
@id("sales.orders.contact-clear") @why("planning calls customers back")
permit(principal in Mesh::Team::"planning", action == Mesh::Action::"see_clear",
  resource in Mesh::Class::"pii.contact") when { resource in Mesh::Product::"sales.orders" };
"""
EMAIL = ["email", "place.phone"]
BOTH = ["analytics", "operations"]


@pytest.fixture
def desk(tmp_path: Path, settings: Settings) -> Iterator[ClaimDesk]:
    """A desk whose principals.toml still names teams, among them planning with ben and pia; no token does."""
    with claim_desk(tmp_path, settings, PEOPLE) as found:
        found.served.register(policies=ORDERS_CEDAR)
        found.served.register(policies=ORDERS_CEDAR + CLEAR)
        yield found


def get(desk: ClaimDesk, who: str, path: str, **asked: str) -> Any:
    url = f"{desk.served.url}/api/v1/{path}"
    answer = httpx.get(url, params=asked, headers=desk.headers(who), trust_env=False, timeout=60, verify=NO_TLS)
    assert 200 == answer.status_code, answer.text
    return answer.json()


def gains(desk: ClaimDesk) -> list[tuple[list[str], list[str], list[str], list[str]]]:
    """Give who gains which columns for what by the version that waits, and which teams of them nobody is in."""
    [waiting] = get(desk, "dora", "policies/pending")["versions"]
    return [(g["principals"], g["empty"], g["purposes"], g["columns"]) for g in waiting["change"]["gains"]]


def clear_to(desk: ClaimDesk, who: str = "dora", **asked: str) -> set[str]:
    found = get(desk, who, "products/sales.orders/who-can", column="email", level="clear", **asked)
    return {each["principal"] for each in found["sights"]}


def test_a_permit_to_a_team_that_no_token_named_yet_is_that_team_s_gain(desk: ClaimDesk) -> None:
    desk.come("ana")

    assert [(["team:planning"], ["team:planning"], BOTH, EMAIL)] == gains(desk)


def test_who_gains_is_in_the_team_by_their_newest_token_whatever_principals_toml_says(desk: ClaimDesk) -> None:
    desk.teams.update(ben=["buyers"], eve=["planning"])
    desk.come("ben", "eve")

    assert [(["team:planning", "user:eve"], [], BOTH, EMAIL)] == gains(desk)


def test_the_page_says_that_a_team_gains_whoever_is_in_it(desk: ClaimDesk) -> None:
    def page() -> str:
        token = desk.headers("dora")["Authorization"].split()[1]
        at = f"{desk.served.url}/access"
        return httpx.get(at, cookies={"mesh_token": token}, trust_env=False, timeout=60, verify=NO_TLS).text

    before = page()
    desk.come("pia")
    after = page()

    assert "<strong>team planning (nobody today)</strong> for analytics, operations" in before
    assert "<strong>whoever is in team planning, user:pia</strong> for analytics, operations" in after


def test_who_can_names_people_by_their_newest_token_and_teams_of_whom_no_token_is_known(desk: ClaimDesk) -> None:
    desk.call(desk.headers("dora"), "GET", "requests")
    [version] = get(desk, "dora", "policies/pending")["versions"]
    url = f"{desk.served.url}/api/v1/products/sales.orders/policies/approval"
    approved = httpx.post(url, params={"number": version["number"]}, headers=desk.headers("dora"), trust_env=False)
    assert 200 == approved.status_code, approved.text
    unknown = clear_to(desk)
    desk.teams.update(ben=["buyers"], eve=["planning"])
    desk.come("ana", "ben", "eve")

    assert {"team:planning", "team:order-desk"} == unknown
    assert {"user:ana", "user:eve"} == clear_to(desk)
    assert {"user:eve"} == clear_to(desk, "eve")
    assert "by the teams of the newest token of each" in get(desk, "dora", "products/sales.orders/who-can")["stands_on"]


def test_who_can_of_a_past_moment_goes_by_the_teams_that_tokens_name_now(desk: ClaimDesk) -> None:
    then = desk.served.clock().isoformat()
    desk.teams["ana"] = ["planning"]
    desk.teams["bob"] = ["order-desk"]
    desk.come("ana", "bob")

    assert {"user:bob"} == clear_to(desk, at=then)
