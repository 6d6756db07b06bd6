"""Suggestions on labelled columns: found, right and rarely in the way. Those of the fifth stranger are untuned."""

from collections.abc import Callable, Sequence

import labelled_by_hand
import labelled_columns
import polars as pl
import pytest
from labelled_columns import HELD_OUT, TUNED, Labelled

from meshwright.personal import suggest

pytestmark = pytest.mark.slow
SETS: dict[str, Callable[[int], Sequence[Labelled]]] = {
    "tuned": lambda rows: list(labelled_columns.columns(TUNED, 7, rows)),
    "held out": lambda rows: list(labelled_columns.columns(HELD_OUT, 1, rows)),
    "seen": lambda rows: list(labelled_by_hand.columns("seen", 5, rows)),
    "unseen": lambda rows: list(labelled_by_hand.columns("unseen", 6, rows)),
    "stranger": lambda rows: list(labelled_by_hand.columns("stranger", 9, rows)),
    "stranger_apart": lambda rows: list(labelled_by_hand.columns("stranger_apart", 9, rows)),
    "second_stranger": lambda rows: list(labelled_by_hand.columns("second_stranger", 9, rows)),
    "third_stranger": lambda rows: list(labelled_by_hand.columns("third_stranger", 9, rows)),
    "fourth_stranger": lambda rows: list(labelled_by_hand.columns("fourth_stranger", 9, rows)),
    "fourth_stranger_apart": lambda rows: list(labelled_by_hand.columns("fourth_stranger_apart", 9, rows)),
    "fifth_stranger": lambda rows: list(labelled_by_hand.columns("fifth_stranger", 9, rows)),
}


@pytest.mark.parametrize("rows", [60, 200])
@pytest.mark.parametrize("name", SETS)
def test_personal_data_is_found_and_little_else_is_taken_for_it(name: str, rows: int) -> None:
    columns = SETS[name](rows)

    recall, precision, stops = measured(columns)

    print(f"{len(columns)} columns: recall {recall:.3f}, precision {precision:.3f}, {stops} needless stops")  # noqa: T201 - the figures are what the test is about
    assert recall >= 0.95
    assert precision >= 0.9
    assert stops <= len(columns) / 100


def measured(columns: Sequence[Labelled]) -> tuple[float, float, int]:
    """Measure recall, precision and how many columns without personal data would stop a build."""
    judged = [(c, suggest(pl.DataFrame({c.name: c.values}, strict=False))) for c in columns]
    right = sum(bool(found) for c, found in judged if c.label)
    wrong = sum(bool(found) for c, found in judged if not c.label)
    stops = sum(found[0].certain for c, found in judged if not c.label and found)
    return right / sum(bool(c.label) for c in columns), right / (right + wrong), stops
