"""Texts that were seen before, with their tokens: a table of bounded size that is looked up by hash."""

import polars as pl

from meshwright.masks.texts import as_arrow

MOST_TEXTS = 400_000
"""Texts to remember at most."""
MOST_BYTES = 32 * 2**20
"""What the remembered texts may take together; a token takes about 40 bytes more."""
_SLOTS = 2**20
_SEEDS = (11, 23, 35, 47, 59, 71)
"""A text has so many places in the table; the few that find all of them taken are made again each time they come."""


_NOWHERE = pl.Series([0], dtype=pl.UInt32)


class Remembered:
    """Where in a growing list each text stands, and its token. 0 is nowhere.

    Polars would hash the list anew for every batch that is joined with it; here only the batch is hashed.
    """

    def __init__(self) -> None:
        self._slots = pl.zeros(_SLOTS, pl.UInt32, eager=True)
        self._texts = pl.Series("text", [None], pl.String)
        self._tokens = pl.Series("token", [None], pl.String)
        self._bytes = 0

    @property
    def size(self) -> int:
        """Count the texts."""
        return self._texts.len() - 1

    @property
    def full(self) -> bool:
        """Tell whether no more should be added."""
        return self.size > MOST_TEXTS or self._bytes > MOST_BYTES

    def find(self, texts: pl.Series) -> pl.Series:
        """Tell where each text stands."""
        found = self._look(texts, _SEEDS[0])
        rows = (found == 0).arg_true()
        for seed in _SEEDS[1:]:
            if rows.is_empty():
                break
            more = self._look(texts.gather(rows), seed)
            found = found.scatter(rows, more)
            rows = rows.filter(more == 0)
        return found

    def add(self, texts: pl.Series, tokens: pl.Series) -> pl.Series:
        """Remember distinct texts that `find` did not find, and tell where they stand."""
        start = self._texts.len()
        kept = pl.Series("text", as_arrow(texts))
        self._texts = pl.concat([self._texts, kept], rechunk=True)
        self._tokens = pl.concat([self._tokens, tokens.alias("token")], rechunk=True)
        self._bytes += int(kept.str.len_bytes().sum())
        added = pl.int_range(start, self._texts.len(), dtype=pl.UInt32, eager=True)
        for seed in _SEEDS:
            places = kept.hash(seed) & (_SLOTS - 1)
            free = self._slots.gather(places) == 0
            self._slots = self._slots.scatter(places.filter(free), added.filter(free))
            left = self._slots.gather(places) != added
            kept, added = kept.filter(left), added.filter(left)
        return pl.int_range(start, self._texts.len(), dtype=pl.UInt32, eager=True)

    def tokens(self, places: pl.Series) -> pl.Series:
        """Give the tokens that stand there; null for nowhere."""
        return self._tokens.gather(places)

    def _look(self, texts: pl.Series, seed: int) -> pl.Series:
        """Look in one place of each text; what stands there counts only if it is the text itself."""
        found = self._slots.gather(texts.hash(seed) & (_SLOTS - 1))
        return found.zip_with(self._texts.gather(found).eq_missing(texts), _NOWHERE)
