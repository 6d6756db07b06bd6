"""A lake of twelve orders behind a gateway."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from gateway_lake import Served, serving

from meshwright_catalog.settings import Settings


@pytest.fixture
def lake(tmp_path: Path, settings: Settings) -> Iterator[Served]:
    """Serve twelve orders."""
    with serving(tmp_path, settings=settings) as served:
        served.publish()
        served.register()
        yield served


@pytest.fixture
def published(lake: Served) -> Served:
    """Serve twelve orders as a version that our own client finds."""
    lake.register(version=0)
    return lake
