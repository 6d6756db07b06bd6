"""Make the token of each distinct value once, for as long as values repeat."""

from collections.abc import Callable
from threading import Lock

import polars as pl

from meshwright.masks.mask import Mask
from meshwright.masks.tokens import token
from meshwright.spec import ColumnType, ListType, VectorType

BATCH = 250_000
"""Rows at a time: looking values up costs less by the row in larger batches."""
MOST_KNOWN = 400_000
"""Values to remember at most: with their tokens they take about 100 bytes each."""
MOST_NEW = 0.5
"""Remembering pays while at most this share of a batch's values was never seen before."""


class OncePerValue:
    """Tokens for the values of one column, batch by batch; give it to `Expr.map_batches`.

    It counts how often values repeat, and makes every row's token by itself when looking up would cost more. Lists are
    none of its columns, nor floats: NaN does not equal itself.
    """

    def __init__(self, column: ColumnType, mask: Mask, key: tuple[str, str], batch: int = BATCH) -> None:
        self._column, self._mask, self._key, self._batch = column, mask, key, batch
        self._lock = Lock()
        self._known: pl.DataFrame | None = None
        self._rows = 0
        self._repeats = True

    def __call__(self, values: pl.Series) -> pl.Series:
        """Give the token of each value; null stays null."""
        parts = [self._part(values.slice(at, self._batch)) for at in range(0, values.len(), self._batch)]
        if not parts:
            return pl.Series(values.name, [], dtype=pl.String)
        return pl.concat(parts, rechunk=False).alias(values.name)

    @property
    def remembered(self) -> int:
        """Count the values whose tokens are kept."""
        return 0 if self._known is None else self._known.height

    def _part(self, values: pl.Series) -> pl.Series:
        if not self._repeats:
            return self._made(values)
        with self._lock:
            known = self._known if self._known is not None else _pairs(values.clear(), pl.Series(dtype=pl.String))
            found = _looked_up(values, known)
            self._rows += values.len()
            if found.null_count() == values.null_count():
                return found
            missing = values.filter(found.is_null() & values.is_not_null()).unique()
            known = pl.concat([known, _pairs(missing, self._made(missing))], rechunk=True)
            found = _looked_up(values, known)
            self._known = known
            if known.height > MOST_KNOWN or (self._rows > self._batch and missing.len() > MOST_NEW * values.len()):
                self._repeats, self._known = False, None
        return found

    def _made(self, values: pl.Series) -> pl.Series:
        """Make each row's token; text of ASCII alone is normalised already as far as Unicode goes."""
        ascii_only = values.dtype == pl.String and _sum(values.str.len_bytes()) == _sum(values.str.len_chars())
        made = token(pl.col("value"), self._column, self._mask, self._key, ascii_only=ascii_only)
        return values.to_frame("value").select(made.alias("token"))["token"]


def once_per_value(value: pl.Expr, column: ColumnType, mask: Mask, key: tuple[str, str]) -> pl.Expr:
    """Replace the values of a column by tokens, as `token` does, each distinct value once where that pays."""
    if isinstance(column, ListType | VectorType) or column.kind == "number":
        return token(value, column, mask, key)
    tokens: Callable[[pl.Series], pl.Series] = OncePerValue(column, mask, key)
    return value.map_batches(tokens, return_dtype=pl.String, is_elementwise=True)


def _pairs(values: pl.Series, tokens: pl.Series) -> pl.DataFrame:
    return pl.DataFrame({"value": values, "token": tokens})


def _looked_up(values: pl.Series, known: pl.DataFrame) -> pl.Series:
    return values.to_frame("value").join(known, on="value", how="left", maintain_order="left")["token"]


def _sum(lengths: pl.Series) -> int:
    return int(lengths.sum())
