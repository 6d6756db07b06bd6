"""docs/column-lineage.md: its code runs, and its counts are those of the repository."""

from pathlib import Path

import pytest
from planted import planted
from pytest_examples import CodeExample, EvalExample, find_examples

PAGE = Path(__file__).parents[2] / "docs" / "column-lineage.md"


@pytest.mark.parametrize("example", list(find_examples(PAGE)), ids=str)
def test_the_code_runs_and_prints_what_it_says(example: CodeExample, eval_example: EvalExample) -> None:
    eval_example.run_print_check(example)


def test_the_page_counts_the_planted_mistakes() -> None:
    assert f"| {len(planted())} mistakes planted" in PAGE.read_text(encoding="utf-8")
