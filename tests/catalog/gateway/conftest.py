"""A lake of twelve orders behind a gateway."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from gateway_lake import Served, serving


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Served]:
    """Serve twelve orders."""
    with serving(tmp_path) as served:
        served.publish()
        served.register()
        yield served
