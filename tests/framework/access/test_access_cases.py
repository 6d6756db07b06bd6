"""Policy tests: what a file of cases says of a decision, and what is said of a file that cannot be read."""

import json
from datetime import datetime
from typing import Any

import pytest

from meshwright.access import Policies, run_policy_tests
from meshwright.spec import Spec

LATER = """
product: sales.customers
cases:
  - {name: a, principal: ana, purpose: fraud, now: 2027-01-01T00:00:00Z, columns: {email: clear}}
"""


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("product: [", "is no YAML: line 1: "),
        (
            "product: sales.customers\ncases: [{now: 2026-02-30T00:00:00Z}]",
            "is no YAML: a number, or a date",
        ),
        ("cases: " + "[" * 3000, "is no YAML: it is nested too deeply"),
        (
            "product: sales.customers\nproduct: sales.orders\ncases: []",
            "is no YAML: line 2: key 'product' stands twice",
        ),
        (
            "product: sales.customers\ncases:\n- {name: a, columns: {\n  email: [clear], email: hidden}}",
            "is no YAML: line 4: key 'email' stands twice",
        ),
        ("product: sales.customers\ncases: []\n", "cases"),
        (
            "product: sales.customers\ncases: [{name: a, principal: ana, purpose: fraud, rows: {shown: []}}]",
            "case 'a', rows.shown: is not known here",
        ),
        (
            "product: sales.customers\ncases: [{name: a, principal: ana, purpose: fraud, columns: {email: tokne}}]",
            "case 'a', columns.email: has to be a level: hidden, token, coarse or clear, or a list of them",
        ),
        ("product: sales.customers\ncases: [{principal: ana}]", "case 1, name: is missing"),
        ("!!python/object/apply:os.system ['true']", "is no YAML"),
        ("product: sales.orders\ncases: [{name: a, principal: ana, purpose: fraud}]", "tests 'sales.orders'"),
        ("product: sales.customers\ncases: [{name: a, principal: anna, purpose: fraud}]", "did you mean 'ana'?"),
        (
            "product: sales.customers\ncases: [{name: a, principal: ana, purpose: fruad, columns: {email: hidden}}]",
            "unknown purpose 'fruad'; did you mean 'fraud'?",
        ),
        (
            "product: sales.customers\ncases: [{name: a, principal: ana, purpose: fraud, columns: {emial: clear}}]",
            "no column 'emial'; did you mean 'email'?",
        ),
        (
            "product: sales.customers\ncases: [{name: a, principal: ana, purpose: fraud, columns: {email: token}}]",
            "email is clear, expected token",
        ),
        (
            "product: sales.customers\ncases: [{name: a, principal: ana, purpose: fraud, columns: {email: [clear]}}]",
            "email is clear, coarse, expected clear",
        ),
        ("product: sales.customers\ncases: [{name: a, principal: ben, purpose: fraud, read: true}]", "read is denied"),
        (
            LATER,
            "email is coarse, expected clear",
        ),
    ],
)
def test_a_failed_case_says_what_was_expected(
    policies: Policies, customers: Spec, now: datetime, text: str, problem: str
) -> None:
    count, failed = run_policy_tests(text, customers, policies, now)

    assert 1 == count == len(failed)
    assert problem in str(failed[0])


def problems(case: dict[str, Any], policies: Policies, spec: Spec, now: datetime) -> list[str]:
    file = {"product": "sales.customers", "cases": [{"name": "a", "purpose": "churn", **case}]}
    return [each.problem for each in run_policy_tests(json.dumps(file), spec, policies, now)[1]]


@pytest.mark.parametrize(
    ("case", "problem"),
    [
        ({"principal": "ben", "read": False}, "read is granted, expected denied"),
        ({"principal": "ben", "discover": False}, "discover is granted, expected denied"),
        ({"principal": "eve", "purpose": "marketing", "discover": True}, "discover is denied, expected granted"),
        (
            {"principal": "eve", "purpose": "fraud", "read": True},
            "read is denied, expected granted (eve may not read for 'fraud')",
        ),
        (
            {"principal": "eve", "purpose": "marketing", "columns": {"email": "token"}},
            "email is hidden, expected token",
        ),
        ({"principal": "ben", "columns": {"password": ["token"]}}, "password is hidden, expected token"),
        ({"principal": "ben", "columns": {"email": ["hidden"]}}, "email is token, expected hidden"),
        (
            {"principal": "ben", "read": False, "columns": {"born": "clear"}},
            "read is granted, expected denied; born is token, expected clear",
        ),
    ],
)
def test_a_failure_names_what_is_so_and_what_was_expected(
    policies: Policies, customers: Spec, now: datetime, case: dict[str, Any], problem: str
) -> None:
    assert [problem] == problems(case, policies, customers, now)


@pytest.mark.parametrize(
    "case",
    [
        {"principal": "ben", "discover": True, "read": True, "columns": {"email": "token", "born": ["token"]}},
        {"principal": "ben", "columns": {"password": "hidden", "both": ["hidden"]}},
        {"principal": "ana", "purpose": "fraud", "columns": {"email": ["clear", "coarse"], "born": "clear"}},
        {"principal": "ana", "purpose": "fraud", "now": "2027-01-01T00:00:00Z", "columns": {"email": "coarse"}},
        {"principal": "eve", "purpose": "marketing", "discover": False, "read": False, "columns": {"email": "hidden"}},
        {"principal": "team:planning", "read": True, "columns": {"email": "token"}},
        {"principal": "team:desk", "purpose": "fraud", "columns": {"email": "clear"}},
        {"principal": "anyone", "discover": False, "read": False},
        {"principal": "service:sales.customers", "purpose": "fraud", "discover": True, "read": True},
    ],
)
def test_what_is_decided_as_expected_is_no_failure(
    policies: Policies, customers: Spec, now: datetime, case: dict[str, Any]
) -> None:
    assert [] == problems(case, policies, customers, now)


@pytest.mark.parametrize(
    ("principal", "kind"),
    [
        ("team:plannign", "no team 'plannign'; did you mean 'planning'?"),
        ("service:ana", "no service 'ana'"),
        ("planning", "no user 'planning'"),
        ("robot:sales.customers", "no user 'robot:sales.customers'"),
        ("user:ana", "no user 'user:ana'"),
        ("service", "no user 'service'"),
        ("team", "no user 'team'"),
    ],
)
def test_whom_a_test_speaks_of_is_a_person_a_service_any_member_of_a_team_or_anyone(
    policies: Policies, customers: Spec, now: datetime, principal: str, kind: str
) -> None:
    (problem,) = problems({"principal": principal, "read": True}, policies, customers, now)

    assert kind in problem


def test_only_cases_that_fail_are_told_under_their_names(policies: Policies, customers: Spec, now: datetime) -> None:
    right, wrong = (
        {"name": name, "principal": "ben", "purpose": "churn", "read": read}
        for name, read in (("right", True), ("wrong", False))
    )
    file = json.dumps({"product": "sales.customers", "cases": [right, wrong]})

    count, failed = run_policy_tests(file, customers, policies, now)

    assert (2, ["domains/sales/policies/tests/customers.yaml: wrong"]) == (count, [each.where for each in failed])
