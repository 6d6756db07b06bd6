"""Turn a typed filter into an expression over the columns as the reader sees them."""

import math
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl

from meshwright.dtypes import polars_type
from meshwright.errors import QueryRejected, TooMuchAsked, UnknownColumn
from meshwright.query import AllOf, AnyOf, Compare, Filter, IsIn, IsNull, Not, Scalar, StartsWith
from meshwright.spec import ColumnSpec, ColumnType, DecimalType, ScalarType, StructType

MOST_TERMS = 2_000
"""More conditions and literals in one filter are refused."""
DEEPEST = 50
"""So are more conditions one in another."""

_COMPARE: dict[str, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
}
_ORDERED = ("string", "integer", "number", "date", "timestamp", "decimal")
_EQUAL = (*_ORDERED, "boolean")


def predicate(condition: Filter, columns: Sequence[ColumnSpec], where: str) -> pl.Expr:
    """Check a filter against the columns that are shown and build its expression.

    Raises `TooMuchAsked`, and `UnknownColumn` and `QueryRejected`, which name what the reader typed and never a value.
    """
    check_size(condition, where, MOST_TERMS)
    return _predicate(condition, columns, where)


def check_size(condition: Filter, where: str, most: int) -> None:
    """Refuse a filter of more terms, or of more levels than any may have, with `TooMuchAsked`."""
    found = list(conditions(condition))
    terms = len(found) + sum(len(each.values) for _, each in found if isinstance(each, IsIn))
    terms += sum(1 for _, each in found if isinstance(each, Compare | StartsWith))
    if terms > most:
        raise TooMuchAsked(where, f"the filter has more than {most} conditions and literals")
    if max(depth for depth, _ in found) > DEEPEST:
        raise TooMuchAsked(where, f"the filter has more than {DEEPEST} levels of conditions")


def conditions(condition: Filter) -> Iterator[tuple[int, Filter]]:
    """Walk through a filter, outer conditions first, with the depth of each."""
    waiting: list[tuple[int, Filter]] = [(0, condition)]
    while waiting:
        depth, found = waiting.pop()
        yield depth, found
        inner = found.of if isinstance(found, AllOf | AnyOf) else (found.of,) if isinstance(found, Not) else ()
        waiting.extend((depth + 1, each) for each in reversed(inner))


def filter_columns(condition: Filter) -> tuple[str, ...]:
    """List the columns that a filter names, once each."""
    named = (each.column for _, each in conditions(condition) if not isinstance(each, AllOf | AnyOf | Not))
    return tuple(dict.fromkeys(named))


def find_leaf(path: str, columns: Sequence[ColumnSpec], where: str) -> tuple[pl.Expr, ColumnSpec]:
    """Find a column, or a field of a struct by its dotted path."""
    exact = next((c for c in columns if c.name == path), None)
    if exact is not None:
        return pl.col(exact.name), exact
    outer, dot, rest = path.partition(".")
    column = next((c for c in columns if c.name == outer), None)
    if not dot or column is None:
        raise UnknownColumn(where, path, [c.name for c in columns])
    value = pl.col(outer)
    for name in rest.split("."):
        fields = column.type.fields if isinstance(column.type, StructType) else ()
        column = next((f for f in fields if f.name == name), None)
        if column is None:
            raise UnknownColumn(where, path, [f"{outer}.{f.name}" for f in fields])
        value = value.struct.field(name)
    return value, column


def sortable(path: str, columns: Sequence[ColumnSpec], where: str) -> pl.Expr:
    """Give the expression to sort by; raise `QueryRejected` for a type without an order."""
    value, column = find_leaf(path, columns, where)
    if column.type.kind not in _EQUAL:
        raise QueryRejected(where, f"column {path!r} has no order")
    return value


def _predicate(condition: Filter, columns: Sequence[ColumnSpec], where: str) -> pl.Expr:
    if isinstance(condition, AllOf | AnyOf):
        parts = [_predicate(each, columns, where) for each in condition.of]
        return pl.all_horizontal(parts) if isinstance(condition, AllOf) else pl.any_horizontal(parts)
    if isinstance(condition, Not):
        return ~_predicate(condition.of, columns, where)
    value, column = find_leaf(condition.column, columns, where)
    if isinstance(condition, IsNull):
        return value.is_null()
    if isinstance(condition, StartsWith):
        _require(condition.column, column.type, ("string",), condition.op, where)
        return value.str.starts_with(condition.value)
    return _against_literals(condition, value, column.type, where)


def _against_literals(condition: Compare | IsIn, value: pl.Expr, kind: ColumnType, where: str) -> pl.Expr:
    allowed = _EQUAL if condition.op in ("eq", "ne", "is_in") else _ORDERED
    _require(condition.column, kind, allowed, condition.op, where)
    if isinstance(condition, Compare):
        return _COMPARE[condition.op](value, _literal(condition.value, condition.column, kind, where))
    if not condition.values:
        return pl.when(value.is_not_null()).then(pl.lit(value=False))
    return pl.any_horizontal([value == _literal(each, condition.column, kind, where) for each in condition.values])


def _require(column: str, kind: ColumnType, allowed: Sequence[str], op: str, where: str) -> None:
    if kind.kind not in allowed:
        raise QueryRejected(where, f"column {column!r} is {kind.kind}, which cannot be compared by {op!r}")


def _literal(value: Scalar, column: str, kind: ColumnType, where: str) -> pl.Expr:
    try:
        return pl.lit(_typed(value, kind), dtype=_literal_type(value, kind))
    except (ValueError, TypeError, ArithmeticError, pl.exceptions.PolarsError):
        problem = f"the literal for column {column!r} is no {kind.kind}"
        hint = "as the reader sees it" if kind.kind == "string" else "dates, times and decimals are ISO text"
        raise QueryRejected(where, problem, hint) from None


def _literal_type(value: Scalar, kind: ColumnType) -> pl.DataType:
    if isinstance(kind, DecimalType):
        exponent = Decimal(str(value)).as_tuple().exponent
        return pl.Decimal(38, max(kind.scale, -int(exponent)))
    return polars_type(kind)


def _typed(value: Scalar, kind: ColumnType) -> object:
    """Read a literal as the column's type; raise `ValueError` or `TypeError` when it is none."""
    if isinstance(kind, DecimalType):
        return _decimal(value)
    if isinstance(kind, ScalarType) and kind.kind in _TYPED:
        return _TYPED[kind.kind](value)
    raise ValueError


def _decimal(value: Scalar) -> Decimal:
    if not isinstance(value, int | str | Decimal) or isinstance(value, bool):
        raise TypeError
    number = Decimal(value)
    if not number.is_finite() or abs(number) >= Decimal(10) ** 28 or -int(number.as_tuple().exponent) > 10:
        raise ValueError
    return number


def _text(value: Scalar) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _boolean(value: Scalar) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _integer(value: Scalar) -> int:
    """Read an integer; Polars refuses one that the column cannot hold."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError
    return value


def _number(value: Scalar) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError
    return float(value)


def _date(value: Scalar) -> date:
    if isinstance(value, str):
        return date.fromisoformat(value)
    if isinstance(value, datetime) or not isinstance(value, date):
        raise TypeError
    return value


def _timestamp(value: Scalar) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise ValueError
    return moment.astimezone(UTC)


_TYPED: dict[str, Callable[[Scalar], object]] = {
    "string": _text,
    "boolean": _boolean,
    "integer": _integer,
    "number": _number,
    "date": _date,
    "timestamp": _timestamp,
}
