"""The origins of one expression."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from meshwright.dtypes import lossless
from meshwright.lineage.dependencies import (
    AGGREGATION,
    CONDITIONAL,
    FILTER,
    NOTHING,
    SORT,
    TRANSFORMATION,
    WINDOW,
    Dependencies,
    Kind,
    union,
)

Columns = Mapping[str, Dependencies]

# A count tells nothing of a value. A hash does: without a secret everybody can make it from a guess.
COUNTS = frozenset({"count", "len", "n_unique", "approx_n_unique", "null_count", "is_null", "is_not_null"})
AGGREGATES = COUNTS - {"count", "is_null", "is_not_null", "len"} | {
    *("all", "any", "cov", "entropy", "hist", "kurtosis", "mode", "pearson_corr", "product", "quantile", "skew"),
    *("unique_counts", "value_counts"),
}


class ExpressionWalk:
    """Walk the expressions of one plan; what is not understood is opaque: every column of its input."""

    def __init__(self, plan: Any, opaque: list[str]) -> None:
        self._plan = plan
        self._opaque = opaque
        self._known: Mapping[str, Callable[[Any, Columns, int], Dependencies]] = {
            "Agg": self._agg,
            "Alias": lambda e, columns, at: self.of(e.expr, columns, at),
            "BinaryExpr": lambda e, columns, at: self._all((e.left, e.right), columns, at).via(TRANSFORMATION),
            "Cast": self._cast,
            "Column": lambda e, columns, _: columns[e.name],
            "Explode": lambda e, columns, at: self.of(e.expr, columns, at).via(TRANSFORMATION),
            "Filter": self._filter,
            "Gather": lambda e, columns, at: self._shaped(e.expr, (e.idx,), FILTER, columns, at),
            "Len": lambda _e, _columns, _at: NOTHING,
            "Literal": lambda _e, _columns, _at: NOTHING,
            "Rolling": lambda e, columns, at: self._shaped(e.function, (e.index_column,), WINDOW, columns, at),
            "Slice": lambda e, columns, at: self._shaped(e.input, (e.offset, e.length), FILTER, columns, at),
            "Sort": lambda e, columns, at: self._shaped(e.expr, (e.expr,), SORT, columns, at),
            "SortBy": lambda e, columns, at: self._shaped(e.expr, e.by, SORT, columns, at),
            "Ternary": self._ternary,
            "Window": self._window,
        }

    def of(self, expression: Any, columns: Columns, at: int) -> Dependencies:
        """Find the origins of an expression over the columns of node `at`; total: whatever fails is opaque."""
        number = getattr(expression, "node", expression)
        try:
            self._plan.set_node(at)
            found = self._plan.view_expression(number)
            kind = type(found).__name__
            if kind == "Function":
                return self._function(found, columns, at, number)
            return self._known[kind](found, columns, at)
        except Exception as error:  # noqa: BLE001 - an expression that is not understood must not come out empty
            self._opaque.append(f"expression: {type(error).__name__}: {str(error)[:60]}")
            return union(columns.values()).via(TRANSFORMATION)

    def plain_column(self, expression: Any, at: int) -> str | None:
        """Name the column when the expression is nothing else."""
        self._plan.set_node(at)
        try:
            found = self._plan.view_expression(getattr(expression, "node", expression))
        except NotImplementedError:
            return None
        return str(found.name) if type(found).__name__ == "Column" else None

    def _all(self, expressions: Iterable[Any], columns: Columns, at: int) -> Dependencies:
        return union(self.of(e, columns, at) for e in expressions)

    def _shaped(self, value: Any, by: Iterable[Any], kind: Kind, columns: Columns, at: int) -> Dependencies:
        return union((self.of(value, columns, at), self._all(by, columns, at).via(kind)))

    def _cast(self, e: Any, columns: Columns, at: int) -> Dependencies:
        inner = self.of(e.expr, columns, at)
        self._plan.set_node(at)
        have = self._plan.get_dtype(e.expr)
        return inner if lossless(have, e.dtype) else inner.via(TRANSFORMATION)

    def _agg(self, e: Any, columns: Columns, at: int) -> Dependencies:
        return self._all(e.arguments, columns, at).via(AGGREGATION._replace(masking=e.name in COUNTS))

    def _filter(self, e: Any, columns: Columns, at: int) -> Dependencies:
        return self._shaped(e.input, (e.by,), FILTER, columns, at)

    def _ternary(self, e: Any, columns: Columns, at: int) -> Dependencies:
        values = self._all((e.truthy, e.falsy), columns, at)
        return union((values, self.of(e.predicate, columns, at).via(CONDITIONAL)))

    def _window(self, e: Any, columns: Columns, at: int) -> Dependencies:
        by = [*e.partition_by, *(() if e.order_by is None else (e.order_by,))]
        return self._shaped(e.function, by, WINDOW, columns, at)

    def _function(self, e: Any, columns: Columns, at: int, number: int) -> Dependencies:
        data = parts(e.function_data)
        name = _snake_case(str(data[0]).rpartition(".")[2])
        arguments = [self.of(argument, columns, at) for argument in e.input]
        if name == "as_struct":
            self._plan.set_node(at)
            names = [field.name for field in self._plan.get_dtype(number).fields]
            return Dependencies(union(arguments).origins, dict(zip(names, arguments, strict=True)))
        if name == "field_by_name":
            fields = arguments[0].fields or {}
            return fields[data[1]] if data[1] in fields else arguments[0].via(TRANSFORMATION)
        if name in {"coalesce", "fill_null"}:
            return union((*arguments, *(a.via(CONDITIONAL) for a in arguments[:-1])))
        base = AGGREGATION if name in AGGREGATES else TRANSFORMATION
        return union(arguments).via(base._replace(masking=name in COUNTS))


def _snake_case(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


def parts(data: tuple[Any, ...] | str) -> tuple[Any, ...]:
    """Read the name and options of a function or join; some have a name alone."""
    return data if isinstance(data, tuple) else (data,)
