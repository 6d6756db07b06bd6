"""One served lake for all attacks that change nothing, and a workspace for those on commands."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from attacked import attacked
from catalogs import compiled_once
from gateway_lake import Served


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    with compiled_once():
        yield


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with attacked(tmp_path_factory.mktemp("attacked")) as served:
        yield served


@pytest.fixture
def lake(shared: Served) -> Served:
    """Give the lake that all share, with an empty account."""
    shared.account.events.clear()
    return shared


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Served]:
    """Give a lake that a test may change."""
    with attacked(tmp_path) as served:
        yield served


@pytest.fixture(scope="session")
def security() -> str:
    """Give docs/security.md, in one line."""
    page = Path(__file__).parents[2] / "docs" / "security.md"
    return " ".join(page.read_text(encoding="utf-8").split())
