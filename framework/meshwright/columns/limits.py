"""Which limits a column may carry: each must mean the same for one row in Pydantic and for a whole table."""

import datetime as dt
import math
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import annotated_types as at
import polars as pl
from pydantic import AllowInfNan

from meshwright.errors import DefinitionError
from meshwright.markers import Decimals, Matches, Vector
from meshwright.spec import Bound, ColumnType, Constraints, DecimalType

_RANGE = ("ge", "gt", "le", "lt")
_LENGTH = ("min_length", "max_length")
_ALLOWED = {
    "string": (*_LENGTH, "pattern"),
    "integer": (*_RANGE, "multiple_of"),
    "number": (*_RANGE, "multiple_of", "allow_nan"),
    "decimal": (*_RANGE, "multiple_of"),
    "date": _RANGE,
    "timestamp": _RANGE,
    "binary": _LENGTH,
    "list": _LENGTH,
}
_MARKS = {
    "ge": "Ge", "gt": "Gt", "le": "Le", "lt": "Lt", "multiple_of": "MultipleOf", "min_length": "Len",
    "max_length": "Len", "pattern": "Matches", "allow_nan": "AllowInfNan",
}  # fmt: skip
_READ: tuple[tuple[type, str, str], ...] = (
    *((kind, limit, limit) for kind, limit in ((at.Ge, "ge"), (at.Gt, "gt"), (at.Le, "le"), (at.Lt, "lt"))),
    (at.MultipleOf, "multiple_of", "multiple_of"),
    (at.MinLen, "min_length", "min_length"),
    (at.MaxLen, "max_length", "max_length"),
    (Matches, "pattern", "pattern"),
    (AllowInfNan, "allow_nan", "allow_inf_nan"),
)
_INT64 = range(-(2**63), 2**63)


def constraints(
    of: ColumnType, values: tuple[str | int | bool, ...] | None, marks: Iterable[object], where: str
) -> Constraints:
    """Read the limits among the marks of a column of one type; raise `DefinitionError` for one that does not fit."""
    found: dict[str, Any] = {}
    kind = of.kind
    allowed = () if values is not None else _ALLOWED.get(kind, ())
    for limit, value in _limits(marks, where):
        if limit in found:
            raise DefinitionError(where, f"carries {_MARKS[limit]} twice", "keep the stricter one")
        if limit not in allowed:
            raise DefinitionError(where, f"{_MARKS[limit]} cannot limit {_article(kind, values)}", _hint(allowed))
        found[limit] = _checked(kind, limit, value, where)
    _satisfiable(kind, found, where)
    if isinstance(of, DecimalType) and "multiple_of" in found:
        _representable(of, found["multiple_of"], where)
    return Constraints(values=values, **found)


def _limits(marks: Iterable[object], where: str) -> Iterator[tuple[str, Any]]:
    for mark in marks:
        read = next((r for r in _READ if isinstance(mark, r[0])), None)
        if read is None:
            _refuse_unknown(mark, where)
        else:
            yield read[1], getattr(mark, read[2])


def _refuse_unknown(mark: object, where: str) -> None:
    """Refuse what Pydantic would check for one row and a table would not."""
    if isinstance(mark, Decimals | Vector):
        return
    name, home = type(mark).__name__, type(mark).__module__
    if home.partition(".")[0] in ("pydantic", "annotated_types") or hasattr(mark, "__get_pydantic_core_schema__"):
        hint = "use Ge, Len, Matches, Decimals or a @rule; Column stands outside of `| None`"
        raise DefinitionError(where, f"{name.lstrip('_')} cannot be checked on a table", hint)


def _checked(kind: str, limit: str, value: Any, where: str) -> Bound:
    if limit in _LENGTH:
        return _whole(value, where)
    if limit == "pattern":
        return _pattern(value, where)
    if limit == "allow_nan":
        return bool(value)
    limited = bound(kind, value, where)
    if limit == "multiple_of" and Decimal(limited) <= 0:
        raise DefinitionError(where, "MultipleOf of zero or less", "give a positive step")
    return limited


def bound(kind: str, value: Any, where: str) -> Bound:
    """Write a limit so that it survives JSON: decimals, dates and times as text, times in UTC."""
    if kind == "integer" and type(value) is int and value in _INT64:
        return value
    if kind == "number" and type(value) in (int, float) and math.isfinite(value):
        return float(value)
    if kind == "decimal" and type(value) in (int, Decimal) and Decimal(value).is_finite():
        return decimal_text(Decimal(value))
    if kind == "date" and type(value) is dt.date:
        return value.isoformat()
    if kind == "timestamp" and isinstance(value, dt.datetime) and value.tzinfo is not None:
        return value.astimezone(dt.UTC).isoformat()
    wanted = {
        "integer": "an int of 64 bits",
        "number": "a finite number",
        "decimal": 'an int or Decimal("...")',
        "date": "a date",
        "timestamp": "a datetime with tzinfo=UTC",
    }
    raise DefinitionError(where, f"a limit of type {type(value).__name__} on {_article(kind, None)}", wanted[kind])


def _representable(kind: DecimalType, step: str, where: str) -> None:
    whole, _, fraction = step.partition(".")
    if len(whole.lstrip("0")) > kind.precision - kind.scale or len(fraction) > kind.scale:
        problem = f"MultipleOf({step}) is no value of Decimals({kind.precision}, {kind.scale})"
        raise DefinitionError(where, problem, "give a step that the column itself could hold")


def decimal_text(value: Decimal) -> str:
    """Write a decimal in one way only: without exponent, trailing zeros or a negative zero."""
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def literal(kind: str, limit: Bound) -> Any:
    """Read a written limit back into the Python value of its kind."""
    if kind == "decimal":
        return Decimal(str(limit))
    if kind == "date":
        return dt.date.fromisoformat(str(limit))
    if kind == "timestamp":
        return dt.datetime.fromisoformat(str(limit))
    return limit


def _whole(value: Any, where: str) -> int:
    if type(value) is not int or value < 0:
        raise DefinitionError(where, "a length that is no whole number", "lengths count from 0")
    return value


def _pattern(pattern: str, where: str) -> str:
    hint = "the syntax is that of Rust's regex: no look-around, no back-references"
    try:  # alone as well as wrapped: `a)|(?:b` would be valid only inside the group
        for each in (pattern, f"^(?:{pattern})$"):
            pl.select(pl.lit("").str.contains(each))
    except pl.exceptions.ComputeError:
        raise DefinitionError(where, "Matches has no valid regular expression", hint) from None
    return pattern


def _satisfiable(kind: str, found: dict[str, Any], where: str) -> None:
    limits = {k: literal(kind, v) if k in _RANGE else v for k, v in found.items()}
    pairs = [(low, high) for low in ("ge", "gt") for high in ("le", "lt")] + [_LENGTH]
    for low, high in pairs:
        if low in limits and high in limits:
            closed = (low, high) in (("ge", "le"), _LENGTH)
            if limits[low] > limits[high] or (limits[low] == limits[high] and not closed):
                raise DefinitionError(where, f"no value is above {low} and below {high}", "swap or drop one limit")


def _article(kind: str, values: object) -> str:
    return "a closed vocabulary" if values is not None else f"a column of type {kind}"


def _hint(allowed: Iterable[str]) -> str:
    names = sorted({_MARKS[limit] for limit in allowed})
    return f"it may carry {', '.join(names)}" if names else "it carries none; write a @rule"
