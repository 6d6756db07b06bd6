"""Make the token of each distinct value once, for as long as values repeat."""

from collections.abc import Callable
from threading import Lock
from typing import Any

import polars as pl

from meshwright.masks.lists import masked_lists
from meshwright.masks.mask import Mask
from meshwright.masks.remembered import Remembered
from meshwright.masks.texts import tokens_of
from meshwright.masks.tokens import canonical_text, token
from meshwright.sealed import Sealed
from meshwright.spec import ColumnType, ListType, VectorType

BATCH = 150_000
"""Rows at a time."""
MOST_NEW = 0.5
"""Remembering pays while at most this share of a batch's values was never seen before."""
_NOTHING = pl.Series([None], dtype=pl.UInt32)


class OncePerValue(Sealed):
    """Tokens for the values of one column, batch by batch; give it to `Expr.map_batches`.

    It counts how often values repeat, and makes every row's token by itself when looking up would cost more. Lists are
    none of its columns.
    """

    def __init__(self, column: ColumnType, mask: Mask, key: tuple[str, str], batch: int = BATCH) -> None:
        self._column, self._mask, self._key, self._batch = column, mask, key, batch
        self._lock = Lock()
        self._known: Remembered | None = None
        self._rows = 0
        self._repeats = True

    def __call__(self, values: pl.Series) -> pl.Series:
        """Give the token of each value; null stays null."""
        texts = self._texts(values)
        parts = [self._part(texts.slice(at, self._batch)) for at in range(0, texts.len(), self._batch)]
        if not parts:
            return pl.Series(values.name, [], dtype=pl.String)
        return pl.concat(parts, rechunk=False).alias(values.name)

    def coded(self, values: pl.Series) -> tuple[pl.Series, Any]:
        """Give where the token of each value stands in a list, null for null, and that list as a block of Arrow's.

        While values repeat, each list begins with the one before, until so much is remembered that it begins anew.
        """
        texts = self._texts(values)
        if self._repeats:
            with self._lock:
                known, places = self._found(texts)
            tokens = known.tokens
        else:
            places, tokens = pl.int_range(texts.len(), dtype=pl.UInt32, eager=True), self._made(texts)
            places = places.zip_with(texts.is_not_null(), _NOTHING)
        return places.alias(values.name), tokens

    @property
    def remembered(self) -> int:
        """Count the values whose tokens are kept."""
        return 0 if self._known is None else self._known.size

    def _texts(self, values: pl.Series) -> pl.Series:
        """Write what is no text as the text that its tokens are made from."""
        if self._column.kind == "string":
            return values
        text = canonical_text(pl.col("value"), self._column, self._mask.normalise)
        return values.to_frame("value").select(text.alias("value"))["value"]

    def _part(self, texts: pl.Series) -> pl.Series:
        if not self._repeats:
            return pl.Series(self._made(texts))
        with self._lock:
            known, places = self._found(texts)
            return known.at(places)

    def _found(self, texts: pl.Series) -> tuple[Remembered, pl.Series]:
        """Give where the token of each text stands in what is remembered, null for null."""
        known = self._known = self._known or Remembered()
        self._rows += texts.len()
        before = known.size
        places = known.places(texts, self._made)
        if self._rows > self._batch and known.size - before > MOST_NEW * texts.len():
            self._repeats, self._known = False, None
        elif known.full:
            self._known = None
        return known, places

    def _made(self, texts: pl.Series) -> Any:
        return tokens_of(texts, self._column.kind, self._mask.normalise, self._key)


def once_per_value(value: pl.Expr, column: ColumnType, mask: Mask, key: tuple[str, str]) -> pl.Expr:
    """Replace the values of a column by tokens, as `token` does, each distinct value once where that pays."""
    if isinstance(column, ListType | VectorType):
        return masked_lists(value, column, lambda lists: token(lists, column, mask, key))
    tokens: Callable[[pl.Series], pl.Series] = OncePerValue(column, mask, key)
    return value.map_batches(tokens, return_dtype=pl.String, is_elementwise=True)
