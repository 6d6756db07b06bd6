"""Tokens as places in a list: what repeats is written once, and its place as often as it comes."""

from typing import Any

import polars as pl

from meshwright.masks.mask import Mask
from meshwright.masks.once import OncePerValue
from meshwright.sealed import Sealed
from meshwright.spec import ColumnType


class CodedTokens(Sealed):
    """The tokens of one column, piece by piece; give it to `Expr.map_batches`, which gets places in `tokens`.

    A place holds in the list as it stands after its piece, and perhaps in no later one. Lists are none of its columns.
    """

    def __init__(self, column: ColumnType, mask: Mask, key: tuple[str, str]) -> None:
        self._once = OncePerValue(column, mask, key)
        self._tokens: Any = None

    @property
    def tokens(self) -> Any:
        """List what the places of the last piece mean, as one block of Arrow's; the same object while none is added."""
        return self._tokens

    def __call__(self, values: pl.Series) -> pl.Series:
        """Give the place of each value's token; null stays null."""
        places, self._tokens = self._once.coded(values)
        return places

    def of(self, value: pl.Expr) -> pl.Expr:
        """Replace the values of a column by places."""
        # not declared elementwise: what is chosen before stays before, and no filter or limit moves behind
        return value.map_batches(self, return_dtype=pl.UInt32)
