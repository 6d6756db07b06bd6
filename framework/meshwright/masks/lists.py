"""Masks of what lies in lists, as one function, whose key no plan holds."""

from collections.abc import Callable

import polars as pl

from meshwright.dtypes import polars_type
from meshwright.sealed import Sealed
from meshwright.spec import ColumnType

_VALUE = pl.col("value")


class _Masked(Sealed):
    """Computes an expression of one column of values."""

    def __init__(self, expression: pl.Expr) -> None:
        self._expression = expression.alias("value")

    def __call__(self, values: pl.Series) -> pl.Series:
        return values.to_frame("value").select(self._expression)["value"].alias(values.name)


def masked_lists(value: pl.Expr, column: ColumnType, masked: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
    """Replace lists of a column by what `masked` makes of them."""
    expression = masked(_VALUE)
    shown = pl.LazyFrame(schema={"value": polars_type(column)}).select(value=expression).collect_schema()["value"]
    return value.map_batches(_Masked(expression), return_dtype=shown, is_elementwise=True)
