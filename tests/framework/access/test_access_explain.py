"""Decisions in words: what is shown, who said so and why, and what would show more."""

from datetime import datetime

from meshwright.access import AccessRequest, Policies, decide, explain
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
