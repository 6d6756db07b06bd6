"""The origins of one expression."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from meshwright.dtypes import lossless
from meshwright.lineage.dependencies import (
    AGGREGATION,
    CONDITIONAL,
    FILTER,
    IDENTITY,
    NOTHING,
    SORT,
    TRANSFORMATION,
    WINDOW,
    Dependencies,
    Kind,
    Origin,
    union,
)
from meshwright.lineage.marks import Mark, mark_in
from meshwright.lineage.walk.whose import Unclear, Whose, refusal, stands

Columns = Mapping[str, Dependencies]

# A count tells nothing of a value. A hash does: without a secret everybody can make it from a guess.
COUNTS = frozenset(
    {"count", "len", "n_unique", "approx_n_unique", "null_count", "is_null", "is_not_null", "unique_counts"}
)
AGGREGATES = COUNTS - {"count", "is_null", "is_not_null", "len"} | {
    *("all", "any", "cov", "entropy", "hist", "kurtosis", "mode", "pearson_corr", "product", "quantile", "skew"),
    "value_counts",
}

# What moves items as they are, in and out of lists: the values of a field stay in that field.
_ITEMS = frozenset({"first", "implode", "item", "last"})
_LISTED = frozenset(
    f"ListFunction.{name}" for name in ("Concat", "DropNulls", "GatherEvery", "Sample", "Shift", "Sort")
)
_LOOKED_UP = frozenset({"ListFunction.Gather", "ListFunction.Get", "ListFunction.Slice", "ArrayFunction.Get"})
_LENGTHS = frozenset({"ListFunction.Length", "ArrayFunction.Length"})

OPAQUE = "a step that cannot be seen into"


@dataclass(slots=True)
class Notes:
    """What a walk noticed: opaque steps by node, declared nodes, declassified groups, what is refused, constants."""

    opaque: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    declared: set[int] = field(default_factory=set[int])
    grouped: list[str] = field(default_factory=list[str])
    refused: list[Unclear] = field(default_factory=list[Unclear])
    constants: list[str] = field(default_factory=list[str])

    def refuse_overlap(self, before: int) -> None:
        """Refuse the groups noted since: they share rows, so the difference of two of them is a smaller group."""
        hint = "make groups that share no rows"
        self.refused += [Unclear(f"{does}: its groups overlap", hint) for does in self.grouped[before:]]


class ExpressionWalk:
    """Walk the expressions of one plan; what is not understood is opaque: every column of its input."""

    def __init__(
        self, plan: Any, notes: Notes, beneath: Callable[[int], Columns], whose: Callable[[int], Mapping[str, Whose]]
    ) -> None:
        """Read expressions of `plan`.

        `beneath` gives the columns that the input of a node has, `whose` whose values the columns of a node hold.
        """
        self._plan = plan
        self._notes = notes
        self._beneath = beneath
        self._whose = whose
        self._known: Mapping[str, Callable[[Any, Columns, int], Dependencies]] = {
            "Agg": self._agg,
            "BinaryExpr": lambda e, columns, at: self._all((e.left, e.right), columns, at).via(
                TRANSFORMATION, "an operator"
            ),
            "Cast": self._cast,
            "Column": lambda e, columns, _: columns[e.name],
            "Explode": lambda e, columns, at: self.of(e.expr, columns, at).apart(TRANSFORMATION, "explode"),
            "Filter": lambda e, columns, at: self._chosen(e.input, (e.by,), FILTER, columns, at),
            "Gather": lambda e, columns, at: self._chosen(e.expr, (e.idx,), CONDITIONAL, columns, at),
            "Len": lambda _e, _columns, _at: NOTHING,
            "Literal": lambda _e, _columns, _at: NOTHING,
            "Rolling": self._rolling,
            "Slice": lambda e, columns, at: self._chosen(e.input, (e.offset, e.length), CONDITIONAL, columns, at),
            "Sort": lambda e, columns, at: self._shaped(e.expr, (e.expr,), SORT, columns, at),
            "SortBy": lambda e, columns, at: self._chosen(e.expr, e.by, SORT, columns, at),
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
                made = self._function(found, columns, at, number)
            else:
                made = self._known[kind](found, columns, at)
            return made if made.fields is None else self._apart(made, at, number)
        except Exception as error:  # noqa: BLE001 - an expression that is not understood must not come out empty
            self._notes.opaque.append((at, f"expression: {type(error).__name__}: {str(error)[:60]}"))
            return union(columns.values()).via(TRANSFORMATION, OPAQUE)

    def plain_column(self, expression: Any, at: int) -> str | None:
        """Name the column when the expression is nothing else."""
        self._plan.set_node(at)
        try:
            found = self._plan.view_expression(getattr(expression, "node", expression))
        except NotImplementedError:
            return None
        return str(found.name) if type(found).__name__ == "Column" else None

    def _apart(self, found: Dependencies, at: int, number: int) -> Dependencies:
        """Keep fields apart as far as the type of the expression has the very same ones."""
        self._plan.set_node(at)
        return _fitting(found, self._plan.get_dtype(number))

    def _all(self, expressions: Iterable[Any], columns: Columns, at: int) -> Dependencies:
        return union(self.of(e, columns, at) for e in expressions)

    def _shaped(self, value: Any, by: Iterable[Any], kind: Kind, columns: Columns, at: int) -> Dependencies:
        return self.of(value, columns, at).beside(self._all(by, columns, at).via(kind))

    def _chosen(self, value: Any, by: Iterable[Any], kind: Kind, columns: Columns, at: int) -> Dependencies:
        """Let `by` choose among values; among constants, which one comes out is as good as what chose it."""
        values = self.of(value, columns, at)
        return _looked_up(values, self._all(by, columns, at), kind)

    def _cast(self, e: Any, columns: Columns, at: int) -> Dependencies:
        inner = self.of(e.expr, columns, at)
        self._plan.set_node(at)
        have = self._plan.get_dtype(e.expr)
        return inner if lossless(have, e.dtype) else inner.apart(TRANSFORMATION, "cast")

    def _agg(self, e: Any, columns: Columns, at: int) -> Dependencies:
        found = self._all(e.arguments, columns, at)
        if e.name in _ITEMS:
            return found.apart(AGGREGATION, e.name)
        return found.via(AGGREGATION._replace(masking=e.name in COUNTS), e.name)

    def _ternary(self, e: Any, columns: Columns, at: int) -> Dependencies:
        if mark := self._mark(e.predicate, at):
            return self._marked(mark, columns, at)
        values = self._all((e.truthy, e.falsy), columns, at).through("when")
        return values.beside(self.of(e.predicate, columns, at).via(CONDITIONAL))

    def _mark(self, predicate: int, at: int) -> Mark | None:
        self._plan.set_node(at)
        found = self._plan.view_expression(predicate)
        if type(found).__name__ != "Function" or len(found.input) != 1:
            return None
        inner = self._plan.view_expression(getattr(found.input[0], "node", found.input[0]))
        return mark_in(inner.value) if type(inner).__name__ == "Literal" else None

    def _marked(self, mark: Mark, columns: Columns, at: int) -> Dependencies:
        given = columns
        if mark.beneath:
            given = self._beneath(at)
            self._notes.declared.add(at)
        found = union(given[name] for name in mark.reads)
        if mark.each:
            return self._grouped(mark, found, columns, at)
        said = TRANSFORMATION._replace(masking=True, description=mark.does) if mark.masks else TRANSFORMATION
        if not mark.as_arrived:
            return found.via(said, mark.does)
        # What was computed before may say anything by its part that stays: "a@" before an address without its "@".
        arrived, computed = _split(found, lambda _, kinds: all(map(_as_arrived, kinds)))
        return union((arrived.via(said, mark.does), computed.via(TRANSFORMATION, f"{mark.does} of something computed")))

    def _grouped(self, mark: Mark, found: Dependencies, columns: Columns, at: int) -> Dependencies:
        self._notes.grouped.append(mark.does)
        whose = self._whose(at)
        counted = whose[mark.each]
        for name in mark.reads:
            if unclear := refusal(mark.each, counted, name, whose[name]):
                self._notes.refused.append(Unclear(f"{mark.does}: {unclear.why}", unclear.hint))
        # Whom a group counts by says nothing of the values of another input: those keep their class.
        inputs = {place.origin.input for place in stands(counted)}
        mine, rest = _split(found, lambda origin, _: origin.input in inputs)
        hidden = AGGREGATION._replace(masking=True, description=mark.does)
        parts = (mine.via(hidden, mark.does), rest.via(AGGREGATION, mark.does))
        return union((*parts, columns[mark.each].via(CONDITIONAL)))

    def _rolling(self, e: Any, columns: Columns, at: int) -> Dependencies:
        before = len(self._notes.grouped)
        found = self._shaped(e.function, (e.index_column,), WINDOW, columns, at)
        self._notes.refuse_overlap(before)
        return found

    def _window(self, e: Any, columns: Columns, at: int) -> Dependencies:
        by = [*e.partition_by, *(() if e.order_by is None else (e.order_by,))]
        return self._shaped(e.function, by, WINDOW, columns, at)

    def _function(self, e: Any, columns: Columns, at: int, number: int) -> Dependencies:
        data = parts(e.function_data)
        name = _snake_case(str(data[0]).rpartition(".")[2])
        arguments = [self.of(argument, columns, at) for argument in e.input]
        step = name.removeprefix("_")
        if name == "as_struct":
            self._plan.set_node(at)
            names = [field.name for field in self._plan.get_dtype(number).fields]
            return Dependencies(union(arguments).origins, dict(zip(names, arguments, strict=True)))
        if name == "field_by_name":
            fields = arguments[0].fields or {}
            return fields[data[1]] if data[1] in fields else arguments[0].via(TRANSFORMATION, f"field {data[1]}")
        if name in {"coalesce", "fill_null"}:
            decides = union(a.via(CONDITIONAL) for a in arguments[:-1])
            return union(a.through(name) for a in arguments).beside(decides)
        if str(data[0]) in _LOOKED_UP:
            return _looked_up(arguments[0].apart(TRANSFORMATION, step), union(arguments[1:]), CONDITIONAL)
        if name in {"rle", "value_counts"}:
            return self._counted(name, arguments[0], at, number)
        if str(data[0]) in _LISTED:
            return union(arguments).apart(TRANSFORMATION, step)
        base = AGGREGATION if name in AGGREGATES else TRANSFORMATION
        masks = name in COUNTS or str(data[0]) in _LENGTHS
        return union(arguments).via(base._replace(masking=masks), step)

    def _counted(self, name: str, given: Dependencies, at: int, number: int) -> Dependencies:
        """Keep how often a value stands there apart from the value."""
        base = AGGREGATION if name in AGGREGATES else TRANSFORMATION
        whole = given.via(base, name)
        self._plan.set_node(at)
        names = [field.name for field in self._plan.get_dtype(number).fields]
        count = "len" if name == "rle" else names[1]
        fields = {n: given.via(base._replace(masking=True), name) if n == count else whole for n in names}
        return Dependencies(whole.origins, fields, whole.steps, whole.parts)


def _looked_up(values: Dependencies, by: Dependencies, kind: Kind) -> Dependencies:
    if values.origins:
        return values.beside(by.via(kind))
    return by.via(TRANSFORMATION, "a look-up")


def _split(found: Dependencies, first: Callable[[Origin, frozenset[Kind]], bool]) -> tuple[Dependencies, Dependencies]:
    """Part the origins: those for which `first` holds, and the others."""
    chosen = {o: k for o, k in found.origins.items() if first(o, k)}
    others = {o: k for o, k in found.origins.items() if o not in chosen}
    return replace(found, origins=chosen), replace(found, origins=others)


def _as_arrived(kind: Kind) -> bool:
    return kind == IDENTITY or kind.type == "INDIRECT" or kind.masking


def _fitting(found: Dependencies, dtype: Any) -> Dependencies:
    while isinstance(dtype, pl.List | pl.Array):
        dtype = dtype.inner
    if found.fields is None or not isinstance(dtype, pl.Struct):
        return replace(found, fields=None)
    types = {field.name: field.dtype for field in dtype.fields}
    if list(types) != list(found.fields):
        return replace(found, fields=None)
    return replace(found, fields={name: _fitting(f, types[name]) for name, f in found.fields.items()})


def _snake_case(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


def parts(data: tuple[Any, ...] | str) -> tuple[Any, ...]:
    """Read the name and options of a function or join; some have a name alone."""
    return data if isinstance(data, tuple) else (data,)
