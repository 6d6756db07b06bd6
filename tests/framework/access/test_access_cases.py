"""Policy tests: what a file of cases says of a decision, and what is said of a file that cannot be read."""

from datetime import datetime

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
        ("product: [", "is no YAML"),
        ("product: sales.customers\ncases: []\n", "cases"),
        ("!!python/object/apply:os.system ['true']", "is no YAML"),
        ("product: sales.orders\ncases: [{name: a, principal: ana, purpose: fraud}]", "tests 'sales.orders'"),
        ("product: sales.customers\ncases: [{name: a, principal: anna, purpose: fraud}]", "did you mean 'ana'?"),
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
