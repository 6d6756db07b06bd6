"""What docs/security.md says of direct mode, seen by somebody who has the workspace."""

import stat
from collections.abc import Callable

import pytest
from pages import Reader, Step, steps, write


@pytest.fixture
def owner(at_the_desk: Reader, page: Callable[[str], str]) -> Reader:
    """Ana, after the five commands of the first product."""
    typed = list(steps(page("docs/first-product.md")))
    write(at_the_desk.folder / "orders.csv", next(step.text for step in typed if step.what == "orders.csv"))
    first = next(i for i, step in enumerate(typed) if step.what == "mesh init")
    for step in typed[first : first + 3]:
        at_the_desk.type(step)
    return at_the_desk


@pytest.mark.slow
@pytest.mark.timeout(300)  # a process for each of eight commands
def test_direct_mode_is_as_weak_and_as_strong_as_the_page_says(owner: Reader, page: Callable[[str], str]) -> None:
    owner.follow(page("docs/security.md"))
    owner.type(Step("run", "mesh token ana", "eyJ...\n"))
    state = owner.folder / ".mesh"
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (state, *state.iterdir())}

    assert 0o700 == modes[".mesh"]
    assert 0o600 == modes["keys.json"]
    assert ".mesh/" in (owner.folder / ".gitignore").read_text().splitlines()
