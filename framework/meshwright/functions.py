"""Functions that lineage cannot see into, such as models: a team declares what they read, and tests hold it to that."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, overload

import polars as pl

from meshwright.errors import DefinitionError
from meshwright.lineage.marks import Mark, marked

Type = pl.DataType | type[pl.DataType]
Reads = Mapping[str, tuple[str, ...]]
"""For each column of the result the columns that it is made of."""


@dataclass(frozen=True, slots=True)
class FrameFunction:
    """A function from a data frame to a data frame; calling it with a lazy frame adds it to the plan.

    It is given the columns that it reads and no other, all rows at once. Which rows come out depends on all of them.
    """

    name: str
    function: Callable[[pl.DataFrame], pl.DataFrame]
    reads: Reads
    returns: Mapping[str, Type]
    masks: bool

    def __call__(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        read = dict.fromkeys(column for columns in self.reads.values() for column in columns)
        made = rows.select(*read).map_batches(
            self.function,
            predicate_pushdown=False,
            projection_pushdown=False,
            slice_pushdown=False,
            schema=dict(self.returns),
            validate_output_schema=True,
        )
        marks = {output: Mark(self.name, self.reads[output], masks=self.masks, beneath=True) for output in self.returns}
        return made.select(marked(pl.col(output), mark).alias(output) for output, mark in marks.items())

    def run(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Call the function itself."""
        return self.function(rows)


@dataclass(frozen=True, slots=True)
class ColumnFunction:
    """A function from one series for each column that it reads to a series; calling it gives its expression."""

    name: str
    function: Callable[..., pl.Series]
    columns: tuple[str, ...]
    returns: Type
    masks: bool

    def __call__(self) -> pl.Expr:
        function = self.function
        made = pl.map_batches(list(self.columns), lambda series: function(*series), return_dtype=self.returns)
        return marked(made, Mark(self.name, self.columns, masks=self.masks)).alias(self.name)

    @property
    def reads(self) -> Reads:
        """Say what the result is made of, by the name that it has when nobody gives it another."""
        return {self.name: self.columns}

    def run(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Call the function itself."""
        return self.function(*(rows[column] for column in self.columns)).alias(self.name).to_frame()


class _DeclareFrame(Protocol):
    def __call__(self, function: Callable[[pl.DataFrame], pl.DataFrame], /) -> FrameFunction: ...


class _DeclareColumn(Protocol):
    def __call__(self, function: Callable[..., pl.Series], /) -> ColumnFunction: ...


@overload
def udf(
    *, reads: Sequence[str] | Mapping[str, Sequence[str]], returns: Mapping[str, Type], masks: bool = False
) -> _DeclareFrame: ...
@overload
def udf(*, reads: Sequence[str], returns: Type, masks: bool = False) -> _DeclareColumn: ...
def udf(
    *,
    reads: Sequence[str] | Mapping[str, Sequence[str]],
    returns: Mapping[str, Type] | Type,
    masks: bool = False,
) -> Callable[[Callable[..., Any]], FrameFunction | ColumnFunction]:
    """Declare a function that lineage cannot see into; the declaration is its lineage.

    `returns` is a schema for a function of data frames, or a type for a function of series. `reads` names the columns
    that it reads, for every column of the result or for each by itself. `masks` says that no single value can be found
    in what it returns; then the classes of what it reads go. `meshwright.testing.undeclared` verifies both.
    Raises `DefinitionError` for a declaration that leaves a column out.
    """
    outputs = list(returns) if isinstance(returns, Mapping) else None
    if isinstance(reads, Mapping) and list(reads) != outputs:
        raise DefinitionError("udf", "reads other columns than it returns", "name what each returned column reads")

    def declare(function: Callable[..., Any]) -> FrameFunction | ColumnFunction:
        name = function.__name__
        if not isinstance(returns, Mapping):
            return ColumnFunction(name, function, tuple(reads), returns, masks)
        each = reads if isinstance(reads, Mapping) else dict.fromkeys(returns, reads)
        return FrameFunction(name, function, {o: tuple(columns) for o, columns in each.items()}, returns, masks)

    return declare
