"""Texts that were seen before, with their tokens: a table of bounded size that is looked up by hash."""

import polars as pl

from meshwright.masks.texts import as_arrow

MOST_TEXTS = 400_000
"""Texts to remember at most."""
MOST_BYTES = 32 * 2**20
"""What the remembered texts may take together; a token takes about 40 bytes more."""
SLOTS = 2**20
_NOWHERE = pl.Series([0], dtype=pl.UInt32)


class Remembered:
    """Texts and their tokens in lists that grow; a text is known by where it stands there, and 0 is nowhere.

    Polars would hash the whole list anew for every batch that is joined with it. Here only the batch is hashed, and the
    few texts that find their slot taken by another are joined. The number of `slots` is a power of two.
    """

    def __init__(self, slots: int = SLOTS, most: int = MOST_TEXTS) -> None:
        self._most = most
        self._slots = pl.zeros(slots, pl.UInt32, eager=True)
        self._texts = pl.Series([None], dtype=pl.String)
        self._tokens = pl.Series([None], dtype=pl.String)
        self._crowded = pl.DataFrame(schema={"text": pl.String, "place": pl.UInt32})
        self._bytes = 0

    @property
    def size(self) -> int:
        """Count the texts."""
        return self._texts.len() - 1

    @property
    def full(self) -> bool:
        """Tell whether no more should be added."""
        return self.size > self._most or self._bytes > MOST_BYTES

    def find(self, texts: pl.Series) -> pl.Series:
        """Tell where each text stands; what stands in its slot counts only if it is the text itself."""
        found = self._slots.gather(self._slots_of(texts))
        found = found.zip_with(self._texts.gather(found).eq_missing(texts), _NOWHERE)
        rows = (found == 0).arg_true()
        if rows.is_empty() or self._crowded.is_empty():
            return found
        return found.scatter(rows, joined(texts.gather(rows), self._crowded).fill_null(0))

    def add(self, texts: pl.Series, tokens: pl.Series) -> pl.DataFrame:
        """Remember distinct texts that were not found; give each, as `text`, with its `place`."""
        start = self._texts.len()
        kept = pl.Series(as_arrow(texts))  # a copy: it keeps no batch in memory
        self._texts = pl.concat([self._texts, kept], rechunk=True)
        self._tokens = pl.concat([self._tokens, tokens], rechunk=True)
        self._bytes += int(kept.str.len_bytes().sum())
        added = pl.int_range(start, self._texts.len(), dtype=pl.UInt32, eager=True)
        slots = self._slots_of(kept)
        free = self._slots.gather(slots) == 0
        self._slots = self._slots.scatter(slots.filter(free), added.filter(free))
        found = pl.DataFrame({"text": kept, "place": added})
        self._crowded = pl.concat([self._crowded, found.filter(self._slots.gather(slots) != added)], rechunk=True)
        return found

    def tokens(self, places: pl.Series) -> pl.Series:
        """Give the tokens that stand there; null for nowhere."""
        return self._tokens.gather(places)

    def _slots_of(self, texts: pl.Series) -> pl.Series:
        return texts.hash(1) & (self._slots.len() - 1)


def joined(texts: pl.Series, places: pl.DataFrame) -> pl.Series:
    """Look the place of each text up in a list; null where it is not there."""
    return texts.to_frame("text").join(places, on="text", how="left", maintain_order="left")["place"]
