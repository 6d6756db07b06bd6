"""Find what could identify a row: one column, or else two."""

from collections.abc import Sequence
from itertools import combinations

import polars as pl

WORDS = {"id", "key", "number", "no", "nr", "code", "sku", "uuid", "guid", "num", "serial", "ref", "isbn", "ean"}
KINDS = ("str", "int", "date")
"""Types whose columns may identify a row."""
_FEW = 20
_PAIRS_OF = 12


def candidate_key(frame: pl.DataFrame, names: Sequence[str], kinds: Sequence[str]) -> tuple[str, ...]:
    """Choose the columns of a key by their names in `frame`; `names` and `kinds` are those of the contract.

    A column counts when it has no nulls and holds text, whole numbers or dates. Names that speak of identity go
    first; in a small file others do not count, for anything is unique in a few rows.
    """
    if frame.height < 2:
        return ()
    order = sorted(range(len(names)), key=lambda i: (not _speaks(names[i]), i))
    usable = [i for i in order if kinds[i] in KINDS and frame[frame.columns[i]].null_count() == 0]
    columns = [frame.columns[i] for i in usable if _speaks(names[i]) or frame.height >= _FEW]
    for column in columns:
        if frame[column].n_unique() == frame.height:
            return (column,)
    for pair in combinations(columns[:_PAIRS_OF], 2):
        if frame.select(pair).n_unique() == frame.height:
            return tuple(sorted(pair, key=frame.columns.index))
    return ()


def _speaks(name: str) -> bool:
    return bool(WORDS & set(name.split("_")))
