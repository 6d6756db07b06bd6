"""The README's code and commands, run."""

from collections.abc import Callable

import pytest
from pages import Reader, steps, write
from pytest_examples import CodeExample, EvalExample, find_examples

README = "README.md"


@pytest.mark.parametrize("example", list(find_examples(README)), ids=str)
def test_the_code_runs_and_prints_what_it_says(example: CodeExample, eval_example: EvalExample) -> None:
    eval_example.run_print_check(example)


def test_one_product_takes_about_forty_lines() -> None:
    (example,) = find_examples(README)
    code = [line for line in example.source.splitlines() if line.strip() and not line.strip().startswith('"""')]

    assert 35 <= len(code) <= 45


@pytest.mark.slow
def test_five_commands_lead_from_a_file_to_a_masked_read(at_the_desk: Reader, page: Callable[[str], str]) -> None:
    (file,) = [step for step in steps(page("docs/first-product.md")) if step.what == "orders.csv"]
    write(at_the_desk.folder / "orders.csv", file.text)

    at_the_desk.follow(page(README).split("## From a file to a masked read")[1])

    assert 5 == len(at_the_desk.seconds)
