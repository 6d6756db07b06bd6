"""Texts that were seen before, with their tokens: a table of bounded size."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import polars as pl

MOST_TEXTS = 250_000
"""Texts to remember at most."""
MOST_BYTES = 32 * 2**20
"""What the remembered texts may take together; a token takes about 40 bytes more."""


class Remembered:
    """Texts and their tokens in lists that grow; a text is known by its place there.

    Polars would hash a list anew for every batch that is joined with it. Its categories are a table that stays, of
    which only the batch is looked up; here they are this object's own, and go with it.
    """

    def __init__(self, most: int = MOST_TEXTS) -> None:
        self._most = most
        self._table = pl.Series([], dtype=pl.Categorical(pl.Categories.random()))
        self._arrow: Any = import_module("pyarrow")  # it ships no types
        self._tokens = self._arrow.array([], self._arrow.large_string())
        self._listed = pl.Series([], dtype=pl.String)
        self._bytes = 0

    @property
    def size(self) -> int:
        """Count the texts."""
        return len(self._tokens)

    @property
    def full(self) -> bool:
        """Tell whether no more should be added."""
        return self.size > self._most or self._bytes > MOST_BYTES

    @property
    def tokens(self) -> Any:
        """List the tokens by their places, as one block of Arrow's; the same object while none is added."""
        return self._tokens

    def at(self, places: pl.Series) -> pl.Series:
        """Give the tokens that stand there; null for null."""
        if self._listed.len() != self.size:
            self._listed = pl.Series(self._tokens)
        return self._listed.gather(places)

    def places(self, texts: pl.Series, made: Callable[[pl.Series], Any]) -> pl.Series:
        """Tell where the token of each text stands; null for null. Tokens of new texts are `made` first, each once."""
        found = texts.cast(self._table.dtype).to_physical()
        new = found >= self.size
        if new.any():
            rows = pl.DataFrame({"place": found.filter(new), "text": texts.filter(new)})
            self._add(rows.unique("place").sort("place"), made)
        return found

    def _add(self, rows: pl.DataFrame, made: Callable[[pl.Series], Any]) -> None:
        places, texts = rows
        if not places.equals(pl.int_range(self.size, self.size + rows.height, dtype=pl.UInt32, eager=True)):
            raise RuntimeError("Polars left gaps between the places of categories")  # a token would stand for another
        self._bytes += int(texts.str.len_bytes().sum())
        self._tokens = self._arrow.concat_arrays([self._tokens, made(texts)])
