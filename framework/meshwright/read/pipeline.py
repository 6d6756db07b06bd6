"""The one way to rows: project, choose rows, mask, and only then filter, sort and limit."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from meshwright.access import Decision, permitted_rows
from meshwright.errors import AccessDenied, QueryRejected
from meshwright.masks import CodedTokens
from meshwright.ports import Keys
from meshwright.query import EVERYTHING, ReadQuery
from meshwright.read.aggregate import Grouping, aggregate_columns, grouping
from meshwright.read.filters import filter_columns, predicate, sortable
from meshwright.read.masking import Masking
from meshwright.read.shown import Shown, check_names, left_out, shown
from meshwright.spec import Spec


def read(
    frame: pl.LazyFrame, spec: Spec, decision: Decision, query: ReadQuery = EVERYTHING, keys: Keys | None = None
) -> pl.LazyFrame:
    """Show a product as the decision allows and the query asks; tokens are equal within the decision's join scope.

    Row policies choose rows by their raw values, before anything else; filter, order and limit see only what the reader
    sees. Raises `AccessDenied`, `UnknownColumn` or `QueryRejected` before any row is shown; the first rows that a row
    policy lets through are read at once, to ask Cedar about them. The returned plan holds the token key: run it where
    the keys are, never send it.
    """
    check_names(spec, query.columns)
    return planned(spec, decision, query, keys).of(frame)


@dataclass(frozen=True)
class Plan:
    """A read that was checked. Read pieces of one table by one plan: it remembers tokens that it made."""

    _spec: Spec
    _decision: Decision
    _shown: tuple[pl.Expr, ...]
    _condition: pl.Expr | None
    _groups: Grouping | None
    _order: Mapping[str, Any] | None
    _limit: int | None
    _answer: tuple[str, ...]
    coded: Mapping[str, CodedTokens]

    def of(self, frame: pl.LazyFrame, limit: int | None = None) -> pl.LazyFrame:
        """Read a table, or a piece of one of which no more than `limit` rows are wanted.

        Columns are coded last, so that a list of tokens tells of the rows that are shown, and of no others.
        """
        found = permitted_rows(frame, self._spec, self._decision.rows).select(self._shown)
        if self._condition is not None:
            found = found.filter(self._condition)
        if self._groups is not None:
            found = self._groups.of(found)
        if self._order is not None:
            found = found.sort(**self._order, nulls_last=True, maintain_order=True)
        for most in (self._limit, limit):
            found = found if most is None else found.head(most)
        answer = [self.coded[name].of(pl.col(name)) if name in self.coded else pl.col(name) for name in self._answer]
        return found if self._groups is not None else found.select(answer)


def planned(
    spec: Spec, decision: Decision, query: ReadQuery = EVERYTHING, keys: Keys | None = None, *, coded: bool = False
) -> Plan:
    """Check a read and plan it; raises as `read` does.

    `coded` columns of tokens come as places in lists of tokens, but for those that the query works on.
    """
    everything = shown(spec, decision, query.model_copy(update={"columns": None}))
    answer = shown(spec, decision, query)
    _only_shown(spec, decision, query, everything)
    condition = predicate(query.filter, everything.columns, spec.id) if query.filter else None
    groups = grouping(spec, decision, everything, query.aggregate) if query.aggregate else None
    columns = groups.columns if groups else everything.columns
    by = [sortable(each.column, columns, spec.id) for each in query.order_by]
    order = {"by": by, "descending": [each.descending for each in query.order_by]} if by else None
    masking = Masking(decision, everything.levels, _key(decision, everything, keys))
    names = tuple(column.name for column in answer.columns)
    untouched = {*names}.difference(_named(query)) if coded and query.aggregate is None else ()
    codes = masking.coded(column for column in spec.columns if column.name in untouched)
    masked = (*_masked(masking, spec, _needed(query, answer).difference(codes)), *map(pl.col, codes))
    return Plan(spec, decision, masked, condition, groups, order, query.limit, names, codes)


def raw_columns(spec: Spec, decision: Decision, query: ReadQuery = EVERYTHING) -> tuple[str, ...]:
    """List the columns of the table that a read needs: shown, filtered, sorted or grouped by, or read by row policies.

    Raises as `read` does.
    """
    needed = _needed(query, shown(spec, decision, query))
    needed |= frozenset(decision.rows.columns if decision.rows else ())
    return tuple(column.name for column in spec.columns if column.name in needed)


def _masked(masking: Masking, spec: Spec, needed: Collection[str]) -> list[pl.Expr]:
    found = (masking.column(column) for column in spec.columns if column.name in needed)
    return [expression for expression in found if expression is not None]


def _only_shown(spec: Spec, decision: Decision, query: ReadQuery, everything: Shown) -> None:
    """Refuse a filter, a group or an order by what is hidden, naming only what the reader typed."""
    if query.aggregate is not None and query.columns is not None:
        raise QueryRejected(spec.id, "an aggregate has groups and figures, not columns", "name columns in `by`")
    visible = {column.name for column in everything.columns}
    for name in _named(query):
        outer = name if spec.column(name) else name.partition(".")[0]
        inner = everything.levels.get(name) == "hidden"
        if spec.column(outer) and (outer not in visible or inner):
            if left_out(decision, query, name):
                raise QueryRejected(
                    spec.id, f"column {name!r} is worked on, and asked to be hidden", "do one of the two"
                )
            problem = f"column {name!r} is hidden and cannot be filtered or sorted by"
            raise AccessDenied(spec.id, problem, (name,), (decision.column(name).ask,))


def _named(query: ReadQuery) -> list[str]:
    """List the columns that a query works on; the order of an aggregate is by names of its own."""
    sorted_by = () if query.aggregate else [each.column for each in query.order_by]
    return [*(filter_columns(query.filter) if query.filter else ()), *aggregate_columns(query.aggregate), *sorted_by]


def _needed(query: ReadQuery, answer: Shown) -> frozenset[str]:
    """List the columns to read: those of the answer, and those that are only filtered, grouped or sorted by."""
    also = {*_named(query)}
    names = [column.name for column in answer.columns]
    needed = frozenset(also | {name.partition(".")[0] for name in also})
    if query.aggregate is None:
        return needed.union(names)
    return needed if needed.intersection(names) else needed.union(names[:1])  # rows are counted by a column


def _key(decision: Decision, everything: Shown, keys: Keys | None) -> tuple[str, str] | None:
    if "token" not in everything.levels.values():
        return None
    if keys is None:
        raise AccessDenied(decision.product, "tokens need the mesh's keys, which are not here")
    return keys.key(decision.scope)
