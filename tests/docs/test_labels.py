"""docs/labels.md: its code runs, and its policies can be read."""

import re
from pathlib import Path

import pytest
from pytest_examples import CodeExample, EvalExample, find_examples

from meshwright.access.taxonomy import parse_classes
from meshwright.lineage.waivers import parse_waivers
from meshwright.personal.dismissals import parse_dismissals

PAGE = Path(__file__).parents[2] / "docs" / "labels.md"


@pytest.mark.parametrize("example", list(find_examples(PAGE)), ids=str)
def test_the_code_runs_and_prints_what_it_says(example: CodeExample, eval_example: EvalExample) -> None:
    eval_example.run_print_check(example)


def test_the_policies_on_the_page_are_policies() -> None:
    waivers, dismissals, classes = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)

    [waiver] = parse_waivers(waivers, "supply_chain.contacts")
    [dismissal] = parse_dismissals(dismissals, "parts.toml")
    tree = parse_classes(f"[classes.health]\n{classes}")

    assert "pii.contact.email" == waiver.label
    assert ("part_code", "pii.identifier") == (dismissal.column, dismissal.label)
    assert "health" == tree.rules["health.diagnosis"].influence
