"""A desk where people ask for access."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from granting import Desk
from granting import desk as opened

from meshwright_catalog.settings import Settings


@pytest.fixture
def desk(tmp_path: Path, settings: Settings) -> Iterator[Desk]:
    with opened(tmp_path, settings) as found:
        yield found


@pytest.fixture
def crowd() -> int:
    """So many grants that one answer does not hold them."""
    return 520
