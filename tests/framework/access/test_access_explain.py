"""Decisions in words: what is shown, who said so and why, and what would show more."""

from datetime import datetime

import pytest

from meshwright.access import (
    AccessRequest,
    ColumnDecision,
    Decision,
    Explanation,
    Policies,
    PolicyReference,
    RowCondition,
    RowRule,
    decide,
    explain,
)
from meshwright.access.decision import Missing, RowQuestion
from meshwright.spec import Spec


def test_an_explanation_says_level_policy_and_reason(policies: Policies, customers: Spec, now: datetime) -> None:
    found = explain(decide(AccessRequest(policies.principals.find("ben"), "churn", now, customers), policies))

    assert ("email", "token", "sales.customers.token", "planning joins on tokens") in found.rows
    assert ("password", "hidden", "mesh.secret.never", "secrets are never served") in found.rows
    assert ("both", "hidden", "", "no policy grants it") in found.rows
    assert "email: token, sales.customers.token: planning joins on tokens" in str(found)
    assert {"column": "email", "level": "token"}.items() <= found.as_json()["rows"][1].items()


def test_the_explanation_of_a_refusal_says_why(policies: Policies, customers: Spec, now: datetime) -> None:
    found = explain(decide(AccessRequest(policies.principals.find("ben"), "marketing", now, customers), policies))

    assert ("ben may not read for 'marketing'", ()) == (found.problem, found.rows)
    assert (
        "data protection adds 'marketing' to the purposes of teams.planning in policies/principals.toml",
    ) == found.asks


def test_an_explanation_is_read_by_name_and_line_by_line() -> None:
    rows = (("email", "token", "p1", "to join"), ("name", "hidden", "", "no policy grants it"))
    limits = (("shown", "resource.paid", "p2", "to count"), ("hidden", "true", "", "no policy permits any row"))
    found = Explanation("sales.a", "user:ana", "churn", True, True, "", rows, ("mesh access allow",), limits)

    assert {
        "product": "sales.a",
        "principal": "user:ana",
        "purpose": "churn",
        "discover": True,
        "read": True,
        "problem": "",
        "rows": [
            {"column": "email", "level": "token", "by": "p1", "why": "to join"},
            {"column": "name", "level": "hidden", "by": "", "why": "no policy grants it"},
        ],
        "asks": ("mesh access allow",),
        "limits": [
            {"rows": "shown", "where": "resource.paid", "by": "p2", "why": "to count"},
            {"rows": "hidden", "where": "true", "by": "", "why": "no policy permits any row"},
        ],
        "more": (),
    } == found.as_json()
    assert [
        "user:ana for churn on sales.a: found",
        "  email: token, p1: to join",
        "  name: hidden, nobody: no policy grants it",
        "  rows shown where resource.paid, p2: to count",
        "  rows hidden where true, nobody: no policy permits any row",
        "  for more: mesh access allow",
    ] == str(found).splitlines()


def test_a_product_that_is_not_found_and_asked_for_nothing_is_explained_so() -> None:
    found = Explanation("sales.a", "user:ana", "", False, False, "a purpose is needed", (), ())

    assert "user:ana for (no purpose) on sales.a: not found\n  a purpose is needed" == str(found)


@pytest.mark.parametrize(
    ("by", "problem", "told"),
    [
        ((), "", "may not read: no policy grants it"),
        ((PolicyReference("p1", "frozen"), PolicyReference("p2")), "", "may not read: frozen; p2"),
        ((PolicyReference("p1", "frozen"),), "a purpose is needed", "a purpose is needed"),
    ],
)
def test_who_may_not_read_is_told_by_which_policy_or_what_is_wrong(
    by: tuple[PolicyReference, ...], problem: str, told: str
) -> None:
    assert told == explain(Decision("sales.a", "user:ana", "churn", by=by, problem=problem)).problem


def test_a_column_is_explained_with_every_level_each_policy_and_each_reason_once() -> None:
    by = (PolicyReference("p1", "to join"), PolicyReference("p2", "to join"), PolicyReference("p3"))
    columns = {
        "email": ColumnDecision("clear", ("clear", "coarse", "token"), by),
        "born": ColumnDecision("token", ("token",), by[:1], "ask 2"),
        "name": ColumnDecision(ask="ask 2"),
    }

    found = explain(Decision("sales.a", "user:ana", "churn", read=True, columns=columns, ask="ask 1", by=by))

    assert (
        ("email", "clear, or coarse, or token", "p1, p2, p3", "to join; p3"),
        ("born", "token", "p1", "to join"),
        ("name", "hidden", "", "no policy grants it"),
    ) == found.rows
    assert ("", ("ask 1", "ask 2")) == (found.problem, found.asks)


def test_the_forbid_that_hides_a_column_is_told_in_its_row_and_not_again() -> None:
    never = (PolicyReference("p1", "never"),)
    clear, token = (Missing(level, "forbidden", never) for level in ("clear", "token"))
    columns = {
        "password": ColumnDecision(by=never, missing=(clear, token)),
        "email": ColumnDecision("token", ("token",), missing=(clear,)),
    }

    found = explain(Decision("sales.a", "user:ana", "churn", read=True, columns=columns))

    assert ("password", "hidden", "p1", "never") == found.rows[0]
    assert (("email", "clear", "forbidden by p1", "never"),) == found.lacks


def test_what_it_takes_to_read_at_all_is_told_of_the_product() -> None:
    found = explain(Decision("sales.a", "user:ana", "fraud", missing=(Missing("read", "purpose", purpose="churn"),)))

    assert (("the product", "read", "for purpose churn, yours too", ""),) == found.lacks


def test_what_limits_rows_is_told_as_what_shows_and_what_hides_them() -> None:
    policy, asked = PolicyReference("p1", "by region"), RowQuestion("sales.a", "", "", "")
    shows, hides = (RowCondition(policy, effect, "", "resource.paid") for effect in ("permit", "forbid"))

    limits = [
        explain(Decision("sales.a", "user:ana", "churn", read=True, rows=RowRule(conditions, (), asked))).limits
        for conditions in ((shows, hides), (hides,))
    ]

    shown, hidden = (("shown", "resource.paid", "p1", "by region"), ("hidden", "resource.paid", "p1", "by region"))
    assert [(shown, hidden), (hidden, ("hidden", "true", "", "no policy permits any row"))] == limits
