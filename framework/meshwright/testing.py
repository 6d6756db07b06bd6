"""What a product's tests ask: the checks that each row breaks, and what a function reads beyond its declaration."""

from collections.abc import Iterator, Mapping

import polars as pl

from meshwright.checks import mark
from meshwright.functions import ColumnFunction, FrameFunction
from meshwright.schema import Contract, spec_of
from meshwright.spec import Spec


def failed(
    contract: type[Contract], frame: pl.LazyFrame, references: Mapping[str, pl.LazyFrame] | None = None
) -> list[list[str]]:
    """Name for each row of a frame the checks of a contract that it breaks; an empty list is a sound row.

    `references` maps "domain.product.column" to a frame with that column; references not given are not checked.
    """
    rules = {rule.name: rule.expression for rule in contract.__mesh__.rules}
    given = references or {}
    marked = mark(contract.conform(frame), _only(spec_of(contract), given), rules, given)
    names: list[list[str]] = marked.select("_failed").collect()["_failed"].to_list()
    return names


def undeclared(function: FrameFunction | ColumnFunction, rows: pl.DataFrame) -> list[str]:
    """Say where a function declared by `udf` does other than its declaration; an empty list is a sound one.

    The function runs on `rows` as they are, and with the values of one column at a time turned round and made equal:
    what does not declare the column must stay as it is. Of a function that masks, no text or number of what it reads
    may stand in what it returns. Give rows that differ in each column, in every column that it could read.
    """
    plain = function.run(rows)
    if not plain.equals(function.run(rows)):
        return [f"{function.name} gives other answers for the same rows: a seed is missing"]
    found = [problem for column in rows.columns for problem in _read(function, rows, plain, column)]
    return [*found, *(_unmasked(function, rows, plain) if function.masks else ())]


def _read(
    function: FrameFunction | ColumnFunction, rows: pl.DataFrame, plain: pl.DataFrame, column: str
) -> Iterator[str]:
    if rows[column].n_unique() < 2:
        yield f"{column} is the same in all rows: give rows that differ"
    known = {name for columns in function.reads.values() for name in columns}
    for values in (pl.col(column).shift(1).fill_null(pl.col(column).last()), pl.col(column).first()):
        other = function.run(rows.with_columns(values))
        # Which rows come out may depend on everything that is read; what was never declared may change nothing.
        if column in known and other.height != plain.height:
            continue
        for output, declared in function.reads.items():
            if column not in declared and not (output in other.columns and plain[output].equals(other[output])):
                yield f"{output} changes with {column}, which it does not declare"
                return


def _unmasked(function: FrameFunction | ColumnFunction, rows: pl.DataFrame, plain: pl.DataFrame) -> Iterator[str]:
    for output, declared in function.reads.items():
        made = plain[output].drop_nulls().cast(pl.String).unique()
        for column in declared:
            values = rows[column].drop_nulls().cast(pl.String).unique()
            if plain[output].dtype == pl.String:
                found = made.str.contains_any(values.filter(values != "").implode()).any()
            else:
                found = plain[output].dtype == rows[column].dtype and made.is_in(values.implode()).any()
            if found:
                yield f"{output} holds values of {column}, though the function is declared to mask"


def _only(spec: Spec, references: Mapping[str, pl.LazyFrame]) -> Spec:
    """Leave out the references whose other side a test did not hand over."""
    columns = tuple(
        c
        if c.references is None or f"{c.references.product}.{c.references.column}" in references
        else c.model_copy(update={"references": None})
        for c in spec.columns
    )
    return spec.model_copy(update={"columns": columns})
