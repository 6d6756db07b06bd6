"""Lists and structs of JSON as the values of their column's type."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import TypeVar, cast

from meshwright.io.files.scalars import Digits, Unsuitable
from meshwright.spec import ColumnSpec, DecimalType, ListType, ScalarType, StructType, VectorType

T = TypeVar("T")
_ITEM = ColumnSpec(name="item", type=ScalarType(kind="number"))


def nested_value(value: object, column: ColumnSpec) -> object:
    """Read a value with everything in it; raise `Unsuitable` with the reason when a part does not fit."""
    if value is None:
        if not column.nullable:
            raise Unsuitable("is empty" if column.type.kind in ("list", "struct", "vector") else "has an empty part")
        return None
    kind = column.type
    if isinstance(kind, StructType):
        return _struct(value, kind)
    if isinstance(kind, ListType | VectorType):
        return _items(value, kind)
    return _scalar(value, column)


def _items(value: object, kind: ListType | VectorType) -> list[object]:
    if not isinstance(value, list):
        raise Unsuitable(f"is no {kind.kind}")
    items = cast("list[object]", value)
    if isinstance(kind, ListType):
        return [nested_value(item, kind.items) for item in items]
    if len(items) != kind.length:
        raise Unsuitable(f"has {len(items)} items, not {kind.length}")
    return [_scalar(item, _ITEM) for item in items]


def _struct(value: object, kind: StructType) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise Unsuitable("is no object")
    given = cast("dict[str, object]", value)
    names = {f.name for f in kind.fields}
    if set(given) - names:
        raise Unsuitable("has a field that the class does not know")
    return {f.name: nested_value(given.get(f.name), f) for f in kind.fields}


def _scalar(value: object, column: ColumnSpec) -> object:
    try:
        return _read(value, column)
    except (ValueError, InvalidOperation, OverflowError):
        raise Unsuitable(f"has a part that is no {column.type.kind}") from None


def _read(value: object, column: ColumnSpec) -> object:
    kind = column.type.kind
    if isinstance(value, bool):
        return _same(kind == "boolean", value)
    if isinstance(value, Digits):
        return _number(value, column)
    return _text(_same(isinstance(value, str), str(value)), column)


def _text(value: str, column: ColumnSpec) -> object:
    kind = column.type.kind
    if kind == "date":
        return dt.date.fromisoformat(value)
    if kind == "timestamp":
        moment = dt.datetime.fromisoformat(value)
        return _same(moment.tzinfo is not None, moment.astimezone(dt.UTC))
    if kind == "decimal":
        return _decimal(value, column)
    return _same(kind == "string", value)


def _number(digits: Digits, column: ColumnSpec) -> object:
    match column.type.kind:
        case "integer":
            whole = int(digits)
            return _same(-(2**63) <= whole < 2**63, whole)
        case "number":
            value = float(digits)
            return _same(value - value == 0, value)
        case "decimal":
            return _decimal(digits, column)
        case _:
            raise ValueError


def _decimal(text: str, column: ColumnSpec) -> Decimal:
    value = Decimal(text)
    kind = column.type
    if not isinstance(kind, DecimalType) or not value.is_finite():
        raise ValueError
    exact = value == round(value, kind.scale) and abs(value) < Decimal(10) ** (kind.precision - kind.scale)
    return _same(exact, value)


def _same(fits: bool, value: T) -> T:
    if not fits:
        raise ValueError
    return value
