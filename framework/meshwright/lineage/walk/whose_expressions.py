"""Whose values an expression holds: a closed list of what keeps values with their rows; all else is unclear."""

from collections.abc import Callable, Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from meshwright.dtypes import lossless
from meshwright.lineage.dependencies import Origin
from meshwright.lineage.walk.expressions import parts
from meshwright.lineage.walk.whose import (
    CONDITION,
    CONSTANT,
    MADE,
    SUMMED,
    Place,
    Rows,
    Value,
    Whose,
    computed,
    gathered,
    stands,
)

Columns = Mapping[str, Whose]

_SCALARS = (bool, int, float, str, bytes, date, time, timedelta, Decimal, type(None))
_ARITHMETIC = frozenset({"Plus", "Minus", "Multiply", "Divide", "TrueDivide", "FloorDivide", "Modulus"})
_NULL_STAYS = frozenset(
    {
        *("abs", "ceil", "exp", "floor", "log", "log1p", "negate", "round", "sqrt", "truncate"),
        *("StringFunction.LenBytes", "StringFunction.LenChars", "StringFunction.Lowercase", "StringFunction.Slice"),
        *("StringFunction.Head", "StringFunction.Tail", "StringFunction.Uppercase", "StringFunction.Extract"),
        *("StringFunction.StripChars", "StringFunction.Strptime", "StringFunction.ToInteger"),
        *("TemporalFunction.Year", "TemporalFunction.Quarter", "TemporalFunction.Month", "TemporalFunction.Day"),
        *("TemporalFunction.Hour", "TemporalFunction.Minute", "TemporalFunction.Second", "TemporalFunction.Date"),
        *("TemporalFunction.TotalDays", "TemporalFunction.TotalHours", "TemporalFunction.TotalMinutes"),
        "TemporalFunction.TotalSeconds",
    }
)
"""Functions of one row each that make nothing of null."""

_CONDITIONS = frozenset({"coalesce", "fill_null", "clip", "max_horizontal", "min_horizontal"})
_OF_ONE_GROUP = frozenset({"first", "implode", "last", "max", "mean", "median", "min"})
"""Aggregates that make no value of nulls."""


class WhoseExpressions:
    """Walk the expressions of one plan."""

    def __init__(self, plan: Any) -> None:
        self._plan = plan
        self._known: Mapping[str, Callable[[Any, Columns, int, frozenset[Rows]], Whose]] = {
            "Agg": self._agg,
            "BinaryExpr": self._binary,
            "Cast": self._cast,
            "Column": lambda e, columns, _at, _kept: columns[e.name],
            "Filter": lambda _e, _columns, _at, _kept: CONDITION,
            "Function": self._function,
            "Literal": lambda e, _columns, _at, _kept: CONSTANT if isinstance(e.value, _SCALARS) else MADE,
            "Ternary": lambda _e, _columns, _at, _kept: CONDITION,
        }

    def of(self, expression: Any, columns: Columns, at: int, kept: frozenset[Rows] = frozenset()) -> Whose:
        """Find whose values an expression over node `at` holds; of groups, rows that are `kept` have a key."""
        try:
            self._plan.set_node(at)
            found = self._plan.view_expression(getattr(expression, "node", expression))
            known = self._known.get(type(found).__name__)
            return MADE if known is None else known(found, columns, at, kept)
        except Exception:  # noqa: BLE001 - an expression that is not understood may hold anybody's values
            return MADE

    def _cast(self, e: Any, columns: Columns, at: int, kept: frozenset[Rows]) -> Whose:
        inner = self.of(e.expr, columns, at, kept)
        self._plan.set_node(at)
        return inner if lossless(self._plan.get_dtype(e.expr), e.dtype) else computed([inner])

    def _binary(self, e: Any, columns: Columns, at: int, kept: frozenset[Rows]) -> Whose:
        if str(e.op).rpartition(".")[2] not in _ARITHMETIC:
            return CONDITION
        return computed([self.of(side, columns, at, kept) for side in (e.left, e.right)])

    def _agg(self, e: Any, columns: Columns, at: int, kept: frozenset[Rows]) -> Whose:
        if e.name in _OF_ONE_GROUP:
            return gathered(computed([self.of(a, columns, at, kept) for a in e.arguments]), kept)
        return SUMMED if e.name == "sum" else MADE

    def _function(self, e: Any, columns: Columns, at: int, kept: frozenset[Rows]) -> Whose:
        name, *options = parts(e.function_data)
        held = [self.of(i, columns, at, kept) for i in e.input]
        if str(name) == "StructFunction.FieldByName":
            return field_of(held[0], options[0])
        if str(name) in _CONDITIONS:
            return CONDITION
        return computed(held) if str(name) in _NULL_STAYS else MADE


def field_of(value: Whose, name: str) -> Whose:
    """Find the field of a struct that comes as it is; it is a column of its own."""
    found = frozenset(Place(p.rows, Origin(p.origin.input, f"{p.origin.column}.{name}")) for p in stands(value))
    return Value(found, plain=True) if found else MADE
