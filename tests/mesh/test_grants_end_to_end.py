"""Asking for access by command and from Python, in a workspace that opens its catalog itself."""

import json
import os
import subprocess
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from shop import Shop

from meshwright.errors import AccessDenied, GrantRejected, NobodyAsks
from meshwright.mesh.access import Access

pytestmark = pytest.mark.slow  # servers and processes of their own: the default suite has ten minutes

PEOPLE = """
[teams.office]
domain = "shop"
[teams.planning]
domain = "planning"
purposes = ["analytics"]
[users.bob]
teams = ["sales-team"]
[users.dora]
teams = ["office"]
[users.pat]
teams = ["planning"]
"""
FOR = ("--purpose", "analytics", "--as", "pat")


@pytest.fixture
def asking(shop: Shop) -> Shop:
    """A shop with an owner, data protection and somebody of another domain."""
    file = shop.root / "policies" / "principals.toml"
    file.write_text('data_protection = ["office"]\n' + file.read_text() + PEOPLE)
    shop.rewrite(shop.root / "policies" / "classes.toml", "[classes.pii]", "[classes.pii]\nbreak_glass = true")
    return shop


def emails(shop: Shop) -> Any:
    answer = shop.run("read", "sales.orders", "-c", "email", "-n", "1", "--json", *FOR)
    return json.loads(answer.out)["rows"][0]["email"] if answer.code == 0 else None


def test_the_request_that_explain_prints_leads_to_the_rows_and_revoking_away_from_them(asking: Shop) -> None:
    told = asking.works("access", "explain", "sales.orders", *FOR)
    wanted = "mesh access request sales.orders --columns email --level token --purpose analytics --until 30d"
    assert f"for more: {wanted} --reason '...'" in told
    refused = asking.run("read", "sales.orders", "-c", "email", *FOR)
    options = ("--class", "pii.contact.email", "--level", "clear", "--purpose", "analytics", "--until", "30d")
    asked = asking.works("access", "request", "sales.orders", *options, "--reason", "calls", "--as", "pat")
    grant = asked.split()[0]

    assert f"run: {wanted}" in refused.err
    assert "waits for owner and data protection" in asked
    assert grant in asking.works("access", "requests", "--as", "bob")
    assert "whoever asked does not decide" in asking.run("access", "approve", grant, "--as", "pat").err
    assert "waits for data protection" in asking.works("access", "approve", grant, "--as", "bob")
    assert emails(asking) is None
    assert f"{grant} active" in asking.works("access", "approve", grant, "--as", "dora")
    assert "ana@example.com" == emails(asking)
    assert f"grant:{grant}" in asking.works("access", "explain", "sales.orders", *FOR)
    assert "active" == json.loads(asking.works("access", "grants", "--as", "pat", "--json"))[0]["status"]
    assert f"{grant} active" in asking.works("access", "recertify", grant, "--as", "bob")
    assert f"{grant} revoked" in asking.works("access", "revoke", grant, "--as", "bob")
    assert emails(asking) is None


def test_broken_glass_opens_for_an_hour_and_waits_for_review(asking: Shop) -> None:
    opened = asking.works("access", "break-glass", "sales.orders", "-c", "email", "--reason", "an accident", *FOR)
    grant = opened.split()[0]

    assert f"{grant} active: email as clear of sales.orders for analytics; pat broke the glass" in opened
    assert "ana@example.com" == emails(asking)
    assert "to be reviewed" in asking.works("access", "grants", "--product", "sales.orders", "--as", "bob")
    asking.works("access", "review", grant, "--as", "bob")
    asking.works("access", "review", grant, "--as", "dora")
    assert "nothing waits for you" in asking.works("access", "requests", "--as", "bob")


def test_the_same_from_python(asking: Shop) -> None:
    pat, bob = asking.mesh("pat", "analytics").access, asking.mesh("bob").access
    wanted: dict[str, Any] = {"cls": "pii.contact.email", "purpose": "analytics", "reason": "to count"}
    view = pat.request("sales.orders", level="token", until=timedelta(days=3), **wanted)
    bob.refuse(view.grant.id, reason="use the weekly figures")

    assert ["refused"] == [each.status for each in pat.grants()]
    with pytest.raises(AccessDenied):
        asking.mesh("pat", "analytics").view("sales.orders", columns=["email"])
    with pytest.raises(GrantRejected, match="at most 365 days"):
        pat.request("sales.orders", level="token", until=timedelta(days=400), **wanted)
    with pytest.raises(NobodyAsks):
        Access(asking.mesh().world).requests()
    assert [] == list(asking.mesh("dora").access.orphans())


@pytest.mark.parametrize("until", ["soon", "0d", "2027-03-31T12:00:00", "30 d"])
def test_an_end_that_is_none_is_wrong_use(asking: Shop, until: str) -> None:
    options = ("--level", "read", "--purpose", "analytics", "--until", until, "--reason", "calls", "--as", "pat")

    assert 2 == asking.run("access", "request", "sales.orders", *options).code


def test_what_nobody_answers_for_is_told_to_data_protection(asking: Shop) -> None:
    file = asking.root / "policies" / "principals.toml"
    file.write_text(file.read_text().replace('"sales-team"', '"planning"'))

    assert "sales.orders: nobody is in its owning team sales-team" in asking.works("access", "orphans", "--as", "dora")
    assert "is for data protection alone" in asking.run("access", "orphans", "--as", "pat").err


def test_who_can_see_a_column_counts_the_grants_of_the_moment(asking: Shop) -> None:
    options = ("--columns", "email", "--level", "token", "--purpose", "analytics", "--until", "30d", "--reason", "x")
    asking.works("contracts", "write")
    subprocess.run(["git", "init"], cwd=asking.root, check=True, capture_output=True)
    subprocess.run(["git", "add", "."], cwd=asking.root, check=True, capture_output=True)
    early = {**os.environ, "GIT_COMMITTER_DATE": "2026-02-01T12:00:00+00:00"}
    identity = ["-c", "user.name=Ana", "-c", "user.email=ana@localhost"]
    subprocess.run(["git", *identity, "commit", "-m", "a"], cwd=asking.root, env=early, check=True, capture_output=True)
    before = datetime.now(UTC)
    grant = asking.works("access", "request", "sales.orders", *options, "--as", "pat").split()[0]
    asking.works("access", "approve", grant, "--as", "bob")

    def pats(*more: str) -> list[str]:
        said = asking.works("access", "who-can", "sales.orders", "-c", "email", *more, "--json")
        return [by for s in json.loads(said)["sights"] if s["principal"] == "user:pat" for by in s["by"]]

    assert [f"grant:{grant}"] == pats("--as", "bob")
    assert [f"grant:{grant}"] == pats("--as", "pat")
    assert [] == pats("--as", "bob", "--at", before.isoformat())


@pytest.mark.parametrize(
    ("until", "reason", "says"),
    [
        ("9999-12-31", "calls", "until: lies outside of the calendar"),
        ("9999-12-31T23:59:59-14:00", "calls", "until: lies outside of the calendar"),
        ("1d", "", "reason: string should have at least 1 character"),
        ("1d", "x" * 501, "reason: string should have at most 500 characters"),
    ],
)
def test_a_request_that_nobody_could_keep_is_refused_in_one_line(
    asking: Shop, until: str, reason: str, says: str
) -> None:
    told = asking.run(
        "access", "request", "sales.orders", "--level", "read", "--until", until, "--reason", reason, *FOR
    )

    assert told.code in (1, 2)
    assert says in told.err
    assert "unexpected" not in told.err


def test_the_lists_name_who_asked_for_a_team(asking: Shop) -> None:
    wanted = ("--class", "pii.contact.email", "--level", "token", "--purpose", "analytics", "--until", "30d")
    options = (*wanted, "--reason", "to plan", "--as", "pat")
    asking.works("access", "request", "sales.orders", *options, "--for", "team:planning")
    asking.works("access", "request", "sales.orders", *options)

    lists = asking.works("access", "requests", "--as", "bob"), asking.works("access", "grants", "--as", "pat")

    assert [(1, 1)] * 2 == [(said.count("planning (asked by pat)"), said.count("asked by")) for said in lists]
