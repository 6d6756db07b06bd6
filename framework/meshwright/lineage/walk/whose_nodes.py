"""Whose values the columns of a plan hold, from its scans up."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from meshwright.lineage.dependencies import Origin
from meshwright.lineage.optimiser import placeholder_in
from meshwright.lineage.walk.joins import keys_of, laid_out
from meshwright.lineage.walk.whose import (
    MADE,
    STACKED,
    Whose,
    beside,
    column_of,
    computed,
    gathered,
    paired,
    stacked,
    stands,
)
from meshwright.lineage.walk.whose_expressions import WhoseExpressions, field_of

Columns = Mapping[str, Whose]


class WhoseWalk:
    """Walk a plan bottom-up, each node once; what is not understood holds nobody knows whose values."""

    def __init__(self, plan: Any, plain_column: Callable[[Any, int], str | None]) -> None:
        """Read a plan; `plain_column` names the column that an expression is."""
        self._plan = plan
        self._plain_column = plain_column
        self._expressions = WhoseExpressions(plan)
        self._found: dict[int, Columns] = {}
        self._known: Mapping[str, Callable[[Any, Sequence[str], Sequence[int], int], Columns]] = {
            **dict.fromkeys(("Cache", "Distinct", "Filter", "SimpleProjection", "Sink", "Slice", "Sort"), self._same),
            "GroupBy": self._group_by,
            "HConcat": self._side_by_side,
            "HStack": lambda node, _, below, __: {**self.columns(below[0]), **self._named(node.exprs, below[0])},
            "Join": self._join,
            "MapFunction": self._map_function,
            "MergeSorted": self._stacked,
            "PythonScan": self._scan,
            "Select": lambda node, _, below, __: self._named(node.expr, below[0]),
            "Union": self._stacked,
        }

    def columns(self, number: int) -> Columns:
        """Find whose values the columns hold that a node delivers."""
        if number not in self._found:
            self._found[number] = self._visit(number)
        return self._found[number]

    def _visit(self, number: int) -> Columns:
        self._plan.set_node(number)
        names, below = list(self._plan.get_schema()), list(self._plan.get_inputs())
        try:
            node = self._plan.view_current_node()
            found = self._known[type(node).__name__](node, names, below, number)
            return {name: found[name] for name in names}
        except Exception:  # noqa: BLE001 - a node that is not understood may mix the rows
            return dict.fromkeys(names, MADE)

    def _scan(self, node: Any, names: Sequence[str], _below: Sequence[int], number: int) -> Columns:
        source = placeholder_in(node.options)
        return {n: MADE if source is None else column_of((number,), Origin(source.name, n)) for n in names}

    def _same(self, _node: Any, _names: Sequence[str], below: Sequence[int], _number: int) -> Columns:
        return self.columns(below[0])

    def _named(self, expressions: Sequence[Any], below: int) -> Columns:
        columns = self.columns(below)
        return {e.output_name: self._expressions.of(e, columns, below) for e in expressions}

    def _group_by(self, node: Any, names: Sequence[str], below: Sequence[int], _number: int) -> Columns:
        """Keep a group's values with the rows that one of its keys tells apart."""
        columns, keys = self.columns(below[0]), self._named(node.keys, below[0])
        kept = frozenset(place.rows for key in keys.values() for place in stands(key))
        held = {e.output_name: gathered(self._expressions.of(e, columns, below[0], kept), kept) for e in node.aggs}
        # What is no key and no aggregate is what a window of time is named by.
        return {
            **dict.fromkeys(names, MADE),
            **{n: k if stands(k) else gathered(k, kept) for n, k in keys.items()},
            **held,
        }

    def _join(self, node: Any, names: Sequence[str], below: Sequence[int], number: int) -> Columns:
        left = self.columns(below[0])
        right = {n: beside(v, number) for n, v in self.columns(below[1]).items()}
        keys = keys_of(node, self._plain_column, (below[0], below[1]))
        if keys.how in {"Semi", "Anti"}:
            return left
        pairs = [*zip(keys.by_left, keys.by_right, strict=True)]
        if keys.how in {"Inner", "Left", "Right"} and len(keys.left) == len(keys.right) == len(node.left_on):
            pairs += zip(keys.left, keys.right, strict=True)
        same = {(mine, theirs): paired(left[mine], right[theirs]) for mine, theirs in pairs}
        left = {**left, **{mine: value for (mine, _), value in same.items()}}
        right = {**right, **{theirs: value for (_, theirs), value in same.items()}}
        found = laid_out(node, names, (left, right), keys)
        merged = keys.left if keys.how == "Full" and keys.merged else ()
        return {**found, **dict.fromkeys(merged, STACKED)}

    def _side_by_side(self, _node: Any, _names: Sequence[str], below: Sequence[int], number: int) -> Columns:
        return {n: beside(v, (number, at)) for at, b in enumerate(below) for n, v in self.columns(b).items()}

    def _stacked(self, _node: Any, names: Sequence[str], below: Sequence[int], number: int) -> Columns:
        tables = [self.columns(b) for b in below]
        return {n: stacked([t[n] for t in tables], number) for n in names}

    def _map_function(self, node: Any, names: Sequence[str], below: Sequence[int], _number: int) -> Columns:
        columns, (name, *options) = self.columns(below[0]), node.function
        if name in {"rechunk", "fast_count", "hint_sorted"}:
            return columns
        if name == "explode":
            return {n: computed([v]) if n in options[0] else v for n, v in columns.items()}
        if name == "unnest":
            kept = {n: v for n, v in columns.items() if n not in options[0]}
            # One struct alone says from which of them a field is.
            inner = columns[options[0][0]] if len(options[0]) == 1 else MADE
            return {n: kept[n] if n in kept else field_of(inner, n) for n in names}
        if name in {"row_index", "unpivot"}:
            stays = columns if name == "row_index" else {n: columns[n] for n in options[0]}
            return {**dict.fromkeys(names, MADE), **stays}
        return dict.fromkeys(names, MADE)
