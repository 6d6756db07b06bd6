"""docs/access.md, followed to the letter by somebody who has the first product."""

from collections.abc import Callable

import pytest
from pages import Reader, steps, write


@pytest.fixture
def owner(at_the_desk: Reader, page: Callable[[str], str]) -> Reader:
    """Ana, after the first commands of the first product."""
    typed = list(steps(page("docs/first-product.md")))
    write(at_the_desk.folder / "orders.csv", next(step.text for step in typed if step.what == "orders.csv"))
    first = next(i for i, step in enumerate(typed) if step.what == "mesh init")
    for step in typed[first : first + 3]:
        at_the_desk.type(step)
    return at_the_desk


@pytest.mark.slow
@pytest.mark.timeout(300)  # a process for each of a dozen commands
def test_the_page_leads_from_asking_to_the_end(owner: Reader, page: Callable[[str], str]) -> None:
    owner.follow(page("docs/access.md"))

    assert "break_glass = true" in (owner.folder / "policies/classes.toml").read_text()
