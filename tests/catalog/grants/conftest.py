"""A desk where people ask for access."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from granting import Desk
from granting import desk as opened


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with opened(tmp_path) as found:
        yield found
