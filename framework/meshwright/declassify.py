"""What takes the class from a value, as expressions for transforms: the closed list that lineage knows.

A token is asked for where the value comes in, by `Level("token")` on the column of an input port.
"""

import polars as pl

from meshwright.errors import DefinitionError, GroupTooSmall
from meshwright.lineage.marks import Mark, marked
from meshwright.masks import MOST_BUCKETS, Mask, check_coarse
from meshwright.masks import coarse as coarse_value
from meshwright.spec import ScalarType

_TEXT = ScalarType(kind="string")


def coarse(column: str, method: str) -> pl.Expr:
    """Replace values by coarser ones: year, month, initial, domain, last4, prefix:N, bucket:N; null stays null.

    The class goes when `method` is the coarse method that classes.toml names for it, and the values are as they came
    from an input: what was computed of them before keeps its class. Raises `PolicyRejected` for an unknown method.
    """
    check_coarse(method, "declassify.coarse")
    if method == "null":
        return null(column)
    kind, _, width = method.partition(":")
    value = pl.col(column)
    found = _bucket(value, int(width)) if kind == "bucket" else coarse_value(value, _TEXT, Mask(coarse=method))
    return marked(found, Mark(f"coarse {method}", (column,), as_arrived=True)).alias(column)


def _bucket(value: pl.Expr, width: int) -> pl.Expr:
    """Find the bucket of a decimal, an integer or a float: which of them it is, only the plan knows."""
    near = pl.when(value.cast(pl.Float64).abs() < MOST_BUCKETS * width).then(value)
    return near - near % pl.lit(width)


def null(column: str) -> pl.Expr:
    """Leave the column, with its type, and drop every value."""
    return marked(pl.when(pl.lit(value=False)).then(pl.col(column)), Mark("null", (column,))).alias(column)


def count(column: str, *, each: str, at_least: int) -> pl.Expr:
    """Count the values that are not null, in groups as `total` asks for."""
    return _grouped("count", pl.col(column).count(), (column,), each, at_least)


def total(column: str, *, times: str | None = None, each: str, at_least: int) -> pl.Expr:
    """Sum the values, in groups of at least so many different values of the column `each`.

    For `group_by(...).agg(...)`, `over(...)` and `select`. Each value is multiplied by the column `times` of its row.
    Whom a group counts by comes as it is from the input that the values come from, and from the same rows of it: rows
    that a join repeats count once. A row without a value, or with zero `times`, does not count. One smaller group stops
    the build with `GroupTooSmall` before anything is published; leave small groups out before, as by
    `filter(pl.col(each).n_unique().over(...) >= at_least)`. What the values may be made of: docs/labels.md.
    """
    if times is None:
        return _grouped("total", pl.col(column).sum(), (column,), each, at_least)
    return _grouped("total", (pl.col(column) * pl.col(times)).sum(), (column, times), each, at_least)


def mean(column: str, *, each: str, at_least: int) -> pl.Expr:
    """Average the values, in groups as `total` asks for."""
    return _grouped("mean", pl.col(column).mean(), (column,), each, at_least)


def _grouped(name: str, value: pl.Expr, reads: tuple[str, ...], each: str, at_least: int) -> pl.Expr:
    where = f"declassify.{name}"
    if at_least < 2:
        raise DefinitionError(where, f"at_least is {at_least}", "a group of one hides nobody: ask for 2")
    column, *times = reads
    if each in times:
        raise DefinitionError(where, f"each and times are {each!r}", "multiply by a column that names nobody")
    # A zero or a null instead of a weight leaves a value out of the sum, and its person out of those it hides among.
    counts = pl.all_horizontal(pl.col(column).is_not_null(), *(pl.col(t).cast(pl.Float64) != 0 for t in times))
    known = pl.col(each).filter(counts).drop_nulls().n_unique()
    said = pl.when(known >= at_least).then(pl.lit("0")).otherwise(pl.lit(f"{GroupTooSmall.SAID} {at_least}"))
    # Polars has no expression that raises; a number that cannot be read does, in every engine and context.
    sound = said.str.to_integer(strict=True) == 0
    mark = Mark(f"{name} over at least {at_least} {each}", reads, each=each)
    return marked(pl.when(sound).then(value), mark).alias(column)
