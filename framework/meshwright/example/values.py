"""One valid value for one column; successive numbers give different values as long as there are any."""

import datetime as dt
import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from meshwright.columns.limits import literal
from meshwright.errors import DefinitionError
from meshwright.example.patterns import matching
from meshwright.spec import ColumnSpec, DecimalType, ListType, StructType, VectorType

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
_MICROSECOND, _DAY = dt.timedelta(microseconds=1), dt.timedelta(days=1)


def example_value(column: ColumnSpec, number: int) -> object:
    """Make the `number`th valid value of a column; null where it may be null."""
    if column.nullable:
        return None
    if column.constraints.values is not None:
        return column.constraints.values[number % len(column.constraints.values) if column.key else 0]
    if isinstance(column.type, VectorType):
        return [0.0] * column.type.length
    if isinstance(column.type, ListType):
        return [example_value(column.type.items, number + n) for n in range(column.constraints.min_length or 0)]
    if isinstance(column.type, StructType):
        return {f.name: example_value(f, number) for f in column.type.fields}
    if isinstance(column.type, DecimalType):
        return _decimal(column, column.type, number)
    return _SIMPLE[column.type.kind](column, number)


def nothing(column: ColumnSpec) -> DefinitionError:
    """Say that the limits of a column leave nothing that can be guessed."""
    return DefinitionError(column.name, "has limits that no example value can be made for", "give it in the row")


def _within(column: ColumnSpec, reach: tuple[int, int], prefer: int, step: Fraction, number: int) -> int:
    """Step through the multiples of `step` within limits and reach, from the preferred one on, and around."""
    limits, kind = column.constraints, column.type.kind
    low, high = reach
    for limit, above in ((limits.ge, 0), (limits.gt, 1)):
        if limit is not None:
            scaled = _scaled(column, literal(kind, limit))
            low = max(low, math.floor(scaled) + 1 if above else math.ceil(scaled))
    for limit, below in ((limits.le, 0), (limits.lt, 1)):
        if limit is not None:
            scaled = _scaled(column, literal(kind, limit))
            high = min(high, math.ceil(scaled) - 1 if below else math.floor(scaled))
    size = step.numerator  # a step of p/q meets whole numbers at every p
    first, last = -(-low // size), high // size
    if first > last:
        raise nothing(column)
    start = min(max(-(-prefer // size), first), last)
    return (first + (start - first + number) % (last - first + 1)) * size


def _scaled(column: ColumnSpec, limit: Any) -> Fraction:
    """Count a limit in the column's smallest steps."""
    if isinstance(column.type, DecimalType):
        return Fraction(limit) * Fraction(10**column.type.scale)
    if isinstance(limit, dt.datetime):
        return Fraction((limit - _EPOCH) // _MICROSECOND)
    return Fraction(limit.toordinal()) if isinstance(limit, dt.date) else Fraction(limit)


def _integer(column: ColumnSpec, number: int) -> int:
    step = Fraction(column.constraints.multiple_of or 1)
    return _within(column, (-(2**63), 2**63 - 1), 1, step, number)


def _decimal(column: ColumnSpec, kind: DecimalType, number: int) -> Decimal:
    unit = 10**kind.scale
    step = Fraction(literal("decimal", column.constraints.multiple_of or 0)) * unit
    reach = 10**kind.precision - 1
    units = _within(column, (-reach, reach), unit, step or Fraction(1), number)
    digits = tuple(int(d) for d in str(abs(units)))
    return Decimal((int(units < 0), digits, -kind.scale))  # arithmetic would round to 28 digits


def _date(column: ColumnSpec, number: int) -> dt.date:
    reach = (dt.date.min.toordinal(), dt.date.max.toordinal())
    return dt.date.fromordinal(_within(column, reach, _START.toordinal(), Fraction(1), number))


def _timestamp(column: ColumnSpec, number: int) -> dt.datetime:
    first, last = dt.datetime(1, 1, 1, tzinfo=dt.UTC), dt.datetime(9999, 12, 31, tzinfo=dt.UTC)
    reach = (first - _EPOCH) // _MICROSECOND, (last - _EPOCH) // _MICROSECOND
    prefer, day = (_START - _EPOCH) // _MICROSECOND, _DAY // _MICROSECOND
    try:
        micros = _within(column, reach, prefer, Fraction(day), number)
    except DefinitionError:
        micros = _within(column, reach, prefer, Fraction(1), number)
    return _EPOCH + micros * _MICROSECOND


def _number(column: ColumnSpec, number: int) -> float:
    limits = column.constraints
    low = max((float(v) for v in (limits.ge, limits.gt) if v is not None), default=-math.inf)
    high = min((float(v) for v in (limits.le, limits.lt) if v is not None), default=math.inf)
    candidates = [float(number + 1), 0.0, low, math.nextafter(low, math.inf), high, math.nextafter(high, -math.inf)]
    if math.isfinite(low) and math.isfinite(high):
        candidates.insert(1, low + (high - low) * ((number % 97 + 1) / 98))
    if (step := limits.multiple_of) is not None:
        around = [math.floor(c / float(step)) for c in candidates if math.isfinite(c / float(step))]
        candidates = [(whole + more) * float(step) for whole in around for more in (0, 1, -1)]
    for candidate in candidates:
        if math.isfinite(candidate) and _in_range(column, candidate):
            return candidate
    raise nothing(column)


def _in_range(column: ColumnSpec, value: float) -> bool:
    limits = column.constraints
    return (
        (limits.ge is None or value >= float(limits.ge))
        and (limits.gt is None or value > float(limits.gt))
        and (limits.le is None or value <= float(limits.le))
        and (limits.lt is None or value < float(limits.lt))
    )


def _string(column: ColumnSpec, number: int) -> str:
    limits = column.constraints
    low, high = limits.min_length or 0, limits.max_length
    if limits.pattern is not None:
        if (found := matching(limits.pattern, number, low, high)) is None:
            raise nothing(column)
        return found
    text = f"{column.name}-{number}"
    if high is not None and len(text) > high:
        text = str(number)[-high:] if high else ""
    return text.rjust(low, "x")


def _binary(column: ColumnSpec, number: int) -> bytes:
    low, high = column.constraints.min_length or 0, column.constraints.max_length
    size = max(low, 4 if column.key else 0)
    size = size if high is None else min(size, high)
    value: int = number % 256**size
    return value.to_bytes(size, "big")


def _boolean(column: ColumnSpec, number: int) -> bool:
    return column.key and number % 2 == 1


_SIMPLE: dict[str, Callable[[ColumnSpec, int], object]] = {
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "timestamp": _timestamp,
    "binary": _binary,
}
