"""The row policy that docs/security.md shows."""

import re
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_policy_on_the_page_is_the_one_of_the_example_company(page: Callable[[str], str]) -> None:
    (shown,) = re.findall(r"```text\n(@id.*?)```", page("docs/security.md"), re.DOTALL)

    assert shown in (ROOT / "domains/sales/policies/customers.cedar").read_text(encoding="utf-8")
