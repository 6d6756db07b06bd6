"""The origins of every column of a plan, from its scans up."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from meshwright.lineage.dependencies import (
    FILTER,
    FOREIGN,
    GROUP_BY,
    IDENTITY,
    NOTHING,
    SORT,
    TRANSFORMATION,
    Dependencies,
    Origin,
    union,
)
from meshwright.lineage.optimiser import placeholder_in
from meshwright.lineage.walk.expressions import OPAQUE, ExpressionWalk, Notes
from meshwright.lineage.walk.joins import join
from meshwright.lineage.walk.whose import Whose
from meshwright.lineage.walk.whose_nodes import WhoseWalk


@dataclass(frozen=True, slots=True)
class Table:
    """What one node of the plan delivers: the origins of its columns and of its rows."""

    columns: Mapping[str, Dependencies]
    rows: Dependencies


class PlanWalk:
    """Walk a plan bottom-up, each node once; a node that is not understood is opaque: all columns of its inputs."""

    def __init__(self, plan: Any) -> None:
        self.notes = Notes()
        self._plan = plan
        self._whose: WhoseWalk | None = None
        self._expressions = ExpressionWalk(plan, self.notes, self._beneath, self._whose_at)
        self._tables: dict[int, Table] = {}
        self._inputs: dict[str, Mapping[str, Dependencies]] = {}
        self._known: Mapping[str, Callable[[Any, Sequence[str], Sequence[int]], Table]] = {
            "Cache": self._same,
            "DataFrameScan": self._in_code,
            "Distinct": self._distinct,
            "Filter": self._filter,
            "GroupBy": self._group_by,
            "HConcat": self._side_by_side,
            "HStack": lambda node, _, below: self._computed(node.exprs, below[0], keep=True),
            "Join": self._join,
            "MapFunction": self._map_function,
            "MergeSorted": self._merge_sorted,
            "PythonScan": self._scan,
            "Scan": self._foreign,
            "Select": lambda node, _, below: self._computed(node.expr, below[0], keep=False),
            "SimpleProjection": self._same,
            "Sink": self._same,
            "Slice": self._same,
            "Sort": self._sort,
            "Union": self._stacked,
        }

    def table(self, number: int) -> Table:
        """Find the origins of what a node delivers."""
        if number not in self._tables:
            self._tables[number] = self._visit(number)
        return self._tables[number]

    @property
    def opaque(self) -> tuple[str, ...]:
        """Say why the answer is wider than the truth; what a team declared is not opaque."""
        found = (text for node, text in self.notes.opaque if node not in self.notes.declared)
        return tuple(dict.fromkeys(found))

    def _beneath(self, number: int) -> Mapping[str, Dependencies]:
        self._plan.set_node(number)
        return self.table(self._plan.get_inputs()[0]).columns

    def _whose_at(self, number: int) -> Mapping[str, Whose]:
        # Only what is declassified asks, so most plans are walked once.
        if self._whose is None:
            self._whose = WhoseWalk(self._plan, self._expressions.plain_column)
        return self._whose.columns(number)

    def _visit(self, number: int) -> Table:
        self._plan.set_node(number)
        names, below = list(self._plan.get_schema()), list(self._plan.get_inputs())
        try:
            node = self._plan.view_current_node()
            found = self._known[type(node).__name__](node, names, below)
            return Table({name: found.columns[name] for name in names}, found.rows)
        except Exception as error:  # noqa: BLE001 - a node that is not understood must not come out empty
            self.notes.opaque.append((number, f"node: {type(error).__name__}: {str(error)[:60]}"))
            return self._everything(names, below)

    def _everything(self, names: Sequence[str], below: Sequence[int]) -> Table:
        tables = [self.table(b) for b in below]
        columns = union(c for t in tables for c in t.columns.values()).via(TRANSFORMATION, OPAQUE)
        rows = union([*(t.rows for t in tables), columns.via(FILTER)])
        return Table(dict.fromkeys(names, columns), rows)

    def _scan(self, node: Any, names: Sequence[str], _: Sequence[int]) -> Table:
        source = placeholder_in(node.options)
        if source is None:
            return self._foreign(node, names, ())
        if source.name not in self._inputs:
            self._inputs[source.name] = {n: _input(Origin(source.name, n), d) for n, d in source.schema.items()}
        known = self._inputs[source.name]
        return Table({n: known[n] for n in names}, NOTHING)

    def _foreign(self, node: Any, names: Sequence[str], _: Sequence[int]) -> Table:
        self.notes.opaque.append((-1, f"{type(node).__name__} {FOREIGN}"))
        return self._constant(node, names, ())

    def _in_code(self, node: Any, names: Sequence[str], _: Sequence[int]) -> Table:
        self.notes.constants += names
        return self._constant(node, names, ())

    def _constant(self, _node: Any, names: Sequence[str], _: Sequence[int]) -> Table:
        return Table(dict.fromkeys(names, NOTHING), NOTHING)

    def _same(self, _node: Any, _names: Sequence[str], below: Sequence[int]) -> Table:
        return self.table(below[0])

    def _computed(self, expressions: Iterable[Any], below: int, *, keep: bool) -> Table:
        table = self.table(below)
        new = self._named(expressions, table, below)
        return Table({**table.columns, **new} if keep else new, table.rows)

    def _named(self, expressions: Iterable[Any], table: Table, below: int) -> dict[str, Dependencies]:
        return {e.output_name: self._expressions.of(e, table.columns, below) for e in expressions}

    def _filter(self, node: Any, _names: Sequence[str], below: Sequence[int]) -> Table:
        table = self.table(below[0])
        predicate = self._expressions.of(node.predicate, table.columns, below[0])
        return Table(table.columns, union((table.rows, predicate.via(FILTER))))

    def _sort(self, node: Any, _names: Sequence[str], below: Sequence[int]) -> Table:
        table = self.table(below[0])
        by = [self._expressions.of(e, table.columns, below[0]).via(SORT) for e in node.by_column]
        return Table(table.columns, union((table.rows, *by)))

    def _distinct(self, node: Any, _names: Sequence[str], below: Sequence[int]) -> Table:
        table = self.table(below[0])
        subset = node.options[1] or list(table.columns)
        return Table(table.columns, union((table.rows, *(table.columns[c].via(GROUP_BY) for c in subset))))

    def _group_by(self, node: Any, names: Sequence[str], below: Sequence[int]) -> Table:
        table = self.table(below[0])
        keys = {n: k.through("group by") for n, k in self._named(node.keys, table, below[0]).items()}
        before = len(self.notes.grouped)
        columns = {**keys, **self._named(node.aggs, table, below[0])}
        for window in (getattr(node.options, "dynamic", None), getattr(node.options, "rolling", None)):
            if window is not None:
                if getattr(window, "every", None) != window.period or window.closed_window == "both":
                    self.notes.refuse_overlap(before)
                index = table.columns[window.index_column]
                keys[window.index_column] = index
                columns[window.index_column] = index.via(TRANSFORMATION)
                bounds = [n for n in ("_lower_boundary", "_upper_boundary") if n in names]
                columns |= dict.fromkeys(bounds, index.via(TRANSFORMATION))
        return Table(columns, union((table.rows, *(k.via(GROUP_BY) for k in keys.values()))))

    def _join(self, node: Any, names: Sequence[str], below: Sequence[int]) -> Table:
        left, right = (self.table(b) for b in below)
        found, rows = join(node, names, (left.columns, right.columns), self._expressions, (below[0], below[1]))
        columns = {n: c.through("join") for n, c in found.items()}
        return Table(columns, union((left.rows, right.rows, rows)))

    def _stacked(self, _node: Any, names: Sequence[str], below: Sequence[int]) -> Table:
        tables = [self.table(b) for b in below]
        columns = {n: union(t.columns[n] for t in tables).through("concat") for n in names}
        return Table(columns, union(t.rows for t in tables))

    def _merge_sorted(self, node: Any, names: Sequence[str], below: Sequence[int]) -> Table:
        table = self._stacked(node, names, below)
        keys = [node.key] if isinstance(node.key, str) else node.key
        return Table(table.columns, union((table.rows, *(table.columns[k].via(SORT) for k in keys))))

    def _side_by_side(self, _node: Any, _names: Sequence[str], below: Sequence[int]) -> Table:
        tables = [self.table(b) for b in below]
        return Table({n: c for t in tables for n, c in t.columns.items()}, union(t.rows for t in tables))

    def _map_function(self, node: Any, names: Sequence[str], below: Sequence[int]) -> Table:
        table = self.table(below[0])
        name, *options = node.function
        return _FUNCTIONS[name](table, names, options)


def _input(origin: Origin, dtype: Any) -> Dependencies:
    return Dependencies({origin: frozenset({IDENTITY})}, _input_fields(origin, dtype, ""))


def _input_fields(origin: Origin, dtype: Any, above: str) -> Mapping[str, Dependencies] | None:
    """Keep the fields of a struct apart, in a list or not: their classes differ."""
    while isinstance(dtype, pl.List | pl.Array):
        dtype, above = dtype.inner, f"{above}item."
    if not isinstance(dtype, pl.Struct):
        return None
    found: dict[str, Dependencies] = {}
    for inner in dtype.fields:
        path = f"{above}{inner.name}"
        nested = _input_fields(origin, inner.dtype, f"{path}.")
        parts = {origin: frozenset({path})}
        found[inner.name] = Dependencies({origin: frozenset({IDENTITY})}, nested, {origin: (f"field {path}",)}, parts)
    return found


def _explode(table: Table, _names: Sequence[str], options: Sequence[Any]) -> Table:
    lists = {c: table.columns[c] for c in options[0]}
    # How long each list is decides how many rows there are, and tells nothing of the items.
    lengths = [c.via(FILTER._replace(masking=True)) for c in lists.values()]
    columns = {**table.columns, **{n: c.apart(TRANSFORMATION, "explode") for n, c in lists.items()}}
    return Table(columns, union((table.rows, *lengths)))


def _unpivot(table: Table, _names: Sequence[str], options: Sequence[Any]) -> Table:
    index, on, variable, value = options
    columns = {c: table.columns[c] for c in index}
    return Table(
        {**columns, variable: NOTHING, value: union(table.columns[c] for c in on).through("unpivot")}, table.rows
    )


def _unnest(table: Table, names: Sequence[str], options: Sequence[Any]) -> Table:
    columns: dict[str, Dependencies] = {}
    for name, found in table.columns.items():
        if name not in options[0]:
            columns[name] = found
        elif found.fields is not None:
            columns.update(found.fields)
    # The fields of a struct that some step changed are not known apart.
    whole = union(table.columns[c] for c in options[0]).via(TRANSFORMATION, "unnest")
    return Table({**dict.fromkeys(names, whole), **columns}, table.rows)


def _row_index(table: Table, _names: Sequence[str], options: Sequence[Any]) -> Table:
    return Table({options[0]: NOTHING, **table.columns}, table.rows)


def _unchanged(table: Table, _names: Sequence[str], _options: Sequence[Any]) -> Table:
    return table


_FUNCTIONS: Mapping[str, Callable[[Table, Sequence[str], Sequence[Any]], Table]] = {
    "explode": _explode,
    "fast_count": _unchanged,
    "hint_sorted": _unchanged,
    "rechunk": _unchanged,
    "row_index": _row_index,
    "unnest": _unnest,
    "unpivot": _unpivot,
}
