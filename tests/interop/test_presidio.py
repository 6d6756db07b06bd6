"""Suggestions keep their aims on every labelled set, and Presidio's pattern recognizers judge the very same columns."""

import pytest
from benchmarks.personal import ours, presidio, sets

pytestmark = pytest.mark.interop

SETS = sets()


@pytest.mark.parametrize("name", SETS)
def test_suggestions_reach_their_aims_beside_presidios_recognizers(name: str) -> None:
    columns = SETS[name]

    found, (theirs, fewer) = ours(columns), presidio(columns)

    for each in (found, theirs, fewer):
        print(name, each.line)  # noqa: T201 - the figures are what the test is about
    assert found.recall >= 0.95
    assert found.precision >= 0.9
    assert found.stops is not None
    assert found.stops <= len(columns) / 100
    assert fewer.recall > 0.5  # they were asked, and find what patterns can find
