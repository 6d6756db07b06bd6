"""The one pipeline over a table that comes in pieces: rows as they come, the first of an order, or groups."""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from meshwright.access import Decision
from meshwright.errors import TooMuchAsked
from meshwright.masks import CodedTokens
from meshwright.ports import Keys
from meshwright.query import EVERYTHING, ReadQuery
from meshwright.read.aggregate import SMALLEST_GROUP, grouping
from meshwright.read.filters import sortable
from meshwright.read.pipeline import Plan, planned, raw_columns
from meshwright.read.shown import Shown, check_names, shown
from meshwright.spec import ColumnSpec, Spec

MOST_GROUPS = 100_000


@dataclass(frozen=True)
class Batches:
    """An answer in pieces that all have its schema; a piece without rows says that a piece of the table was read.

    `at_last`: no row is known before the whole table was read. Columns that are `coded` come as places in lists, those
    of the piece that was taken last.
    """

    schema: pl.Schema
    at_last: bool
    pieces: Generator[pl.DataFrame]
    coded: Mapping[str, CodedTokens] = field(default_factory=dict[str, CodedTokens])


@dataclass(frozen=True)
class Shape:
    """What is read: contract, decision, query, the keys of tokens, how many groups and of how many rows each.

    `coded`: whoever reads takes tokens as places in lists, where rows come as they stand in the table.
    """

    spec: Spec
    decision: Decision
    query: ReadQuery = EVERYTHING
    keys: Keys | None = None
    most_groups: int = MOST_GROUPS
    smallest_group: int = SMALLEST_GROUP
    coded: bool = False

    def plan(self, **changes: Any) -> Callable[[pl.DataFrame], pl.DataFrame]:
        """Check this query with some changes, and give what reads a piece of the table by it."""
        found = planned(self.spec, self.decision, self.query.model_copy(update=changes), self.keys)
        return lambda piece: found.of(piece.lazy()).collect(engine="in-memory")

    def rows(self) -> Plan:
        """Plan to read rows as they come, without a limit of all."""
        query = self.query.model_copy(update={"limit": None})
        return planned(self.spec, self.decision, query, self.keys, coded=self.coded)


def read_batches(table: Iterable[pl.DataFrame], schema: pl.Schema, shape: Shape) -> Batches:
    """Read a table of that schema; only a batch, the first `limit` rows of an order, or the groups are in memory.

    An order needs a limit. Everything that is wrong with the query is raised here, as by `read`, but for too many
    groups: `TooMuchAsked` then comes while reading, before the first row.
    """
    query = shape.query
    check_names(shape.spec, query.columns)
    if query.order_by and query.limit is None and query.aggregate is None:
        raise TooMuchAsked(shape.spec.id, "an order needs a limit", "say how many of the first rows you want")
    empty = pl.DataFrame(schema=schema)
    nothing = shape.plan()(empty).clear()
    coded: Mapping[str, CodedTokens] = {}
    if query.limit == 0:
        pieces = _none()
    elif query.aggregate is not None:
        pieces = _groups(table, shape, empty)
    elif query.order_by:
        pieces = _first(table, shape, nothing)
    else:
        plan = shape.rows()
        coded, pieces = plan.coded, _rows(table, plan, query.limit, nothing)
    return Batches(nothing.schema, bool(query.aggregate or query.order_by), pieces, coded)


def _none() -> Generator[pl.DataFrame]:
    """Read nothing: whoever wants no row wants to know the schema."""
    yield from ()


def _rows(
    table: Iterable[pl.DataFrame], plan: Plan, left: int | None, nothing: pl.DataFrame
) -> Generator[pl.DataFrame]:
    for piece in table:
        rows = plan.of(piece.lazy(), left).collect(engine="in-memory")
        if left is not None:
            left -= rows.height
        yield rows if rows.height else nothing
        if left == 0:
            return


def _first(table: Iterable[pl.DataFrame], shape: Shape, nothing: pl.DataFrame) -> Generator[pl.DataFrame]:
    """Keep the first rows of each piece together with those of the pieces before."""
    names = list(nothing.schema)
    everything = shown(shape.spec, shape.decision, shape.query.model_copy(update={"columns": None}))
    plan = shape.plan(columns=_read_by(shape, everything))
    best: pl.DataFrame | None = None
    for piece in table:
        rows = plan(piece)
        best = rows if best is None else _alone(_sorted(pl.concat([best, rows]), everything.columns, shape))
        yield nothing
    if best is not None:
        yield best.select(names)


def _sorted(rows: pl.DataFrame, columns: Sequence[ColumnSpec], shape: Shape) -> pl.DataFrame:
    query = shape.query
    by = [sortable(each.column, columns, shape.spec.id) for each in query.order_by]
    descending = [each.descending for each in query.order_by]
    found = rows.sort(by, descending=descending, nulls_last=True, maintain_order=True)
    return found if query.limit is None else found.head(query.limit)


def _alone(rows: pl.DataFrame) -> pl.DataFrame:
    """Copy rows: text that Polars took from larger frames would keep all of those in memory."""
    kept = [name for name, kind in rows.schema.items() if kind != pl.Int128]  # sums of a group, which Arrow cannot hold
    copied = pl.DataFrame(_arrow(rows.select(kept)))
    return rows.with_columns(copied.get_columns())


def _arrow(rows: Any) -> Any:
    return rows.to_arrow(compat_level=pl.CompatLevel.oldest())


def _groups(table: Iterable[pl.DataFrame], shape: Shape, empty: pl.DataFrame) -> Generator[pl.DataFrame]:
    spec, query = shape.spec, shape.query
    everything = shown(spec, shape.decision, query.model_copy(update={"columns": None}))
    found = (
        grouping(spec, shape.decision, everything, query.aggregate, shape.smallest_group) if query.aggregate else None
    )
    if found is None:
        return
    plan = shape.plan(aggregate=None, order_by=(), limit=None, columns=_read_by(shape, everything))
    nothing = shape.plan()(empty).clear()
    merged = found.part(plan(empty).lazy()).collect(engine="in-memory")
    for piece in table:
        part = found.part(plan(piece).lazy())
        merged = found.merged(pl.concat([merged.lazy(), part])).collect(engine="in-memory")
        if merged.height > shape.most_groups:
            raise TooMuchAsked(spec.id, f"the aggregate has more than {shape.most_groups} groups", "group less finely")
        merged = _alone(merged)
        yield nothing
    groups = found.finished(merged.lazy()).collect(engine="in-memory")
    if query.order_by:
        groups = _sorted(groups, found.columns, shape)
    yield groups if query.limit is None else groups.head(query.limit)


def _read_by(shape: Shape, everything: Shown) -> tuple[str, ...]:
    """Name the columns that an aggregate or order works on, and always one, by which rows are counted."""
    needed = raw_columns(shape.spec, shape.decision, shape.query)
    return tuple(column.name for column in everything.columns if column.name in needed)
