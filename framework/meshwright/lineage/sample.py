"""Take a few rows of each input that meet one another: joins of independent samples come out empty."""

from collections.abc import Mapping
from itertools import product

import polars as pl

from meshwright.lineage.dependencies import JOIN, ColumnLineage

LOOKED_AT = 50
"""Of how many times as many rows as are wanted an input's matching ones are chosen."""


def sample(frames: Mapping[str, pl.LazyFrame], lineage: ColumnLineage, rows: int) -> dict[str, pl.DataFrame]:
    """Take at most `rows` rows of each frame, first those that match rows already taken by columns that lineage joins.

    The smallest frame is taken whole where it fits, and first.
    """
    wide = {name: frame.head(rows * LOOKED_AT).collect() for name, frame in frames.items()}
    taken: dict[str, pl.DataFrame] = {}
    for name in sorted(wide, key=lambda n: (wide[n].height, n)):
        taken[name] = _meeting(wide[name], name, taken, lineage).head(rows)
    return {name: taken[name] for name in frames}


def _meeting(frame: pl.DataFrame, name: str, taken: Mapping[str, pl.DataFrame], lineage: ColumnLineage) -> pl.DataFrame:
    """Put the rows first that most columns of a join find in the frames already taken."""
    meets = pl.Series("meets", [0] * frame.height, pl.UInt32)
    for mine, (other, theirs) in product(_joined(name, lineage), _others(taken, lineage)):
        if mine in frame.columns and frame.schema[mine] == taken[other].schema[theirs]:
            meets += (
                frame[mine].is_in(taken[other][theirs].implode(), nulls_equal=False).fill_null(False).cast(pl.UInt32)
            )
    return frame[meets.arg_sort(descending=True)]


def _others(taken: Mapping[str, pl.DataFrame], lineage: ColumnLineage) -> list[tuple[str, str]]:
    return [(name, column) for name in taken for column in _joined(name, lineage)]


def _joined(name: str, lineage: ColumnLineage) -> list[str]:
    found = {o.column: {k.subtype for k in kinds} for o, kinds in lineage.rows.items() if o.input == name}
    return sorted(column for column, subtypes in found.items() if JOIN.subtype in subtypes)
