"""A column's value, and what to say of a cell that has none."""

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True)
class Cell:
    """`value` is null where the cell is empty or does not fit; `empty` tells the two apart."""

    value: pl.Expr
    empty: pl.Expr
    nullable: bool
    reason: str

    @property
    def misfit(self) -> pl.Expr:
        """Tell whether something stands in the cell that is no value of the column."""
        return ~self.empty & self.value.is_null()

    @property
    def missing(self) -> pl.Expr:
        """Tell whether nothing stands where something must."""
        return self.empty if not self.nullable else pl.lit(value=False)
