"""One simulated landing area for all tests that only read."""

import pytest

from thenar_operations import Manifest, simulate
from thenar_operations.landing import Landing


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Landing, Manifest]:
    """Simulate a third of the company once."""
    root = tmp_path_factory.mktemp("landing")
    return Landing(root), simulate(root, seed=5, scale=0.3)


@pytest.fixture(scope="session")
def landing(simulated: tuple[Landing, Manifest]) -> Landing:
    """Return the files."""
    return simulated[0]


@pytest.fixture(scope="session")
def manifest(simulated: tuple[Landing, Manifest]) -> Manifest:
    """Return what is hidden in them."""
    return simulated[1]
