"""Values of JSON and SQLite as the text of a cell, where their kind suits the column."""

import base64
from decimal import Decimal

from meshwright.spec import ColumnSpec


class Digits(str):
    """A number as it stands in the file, digit by digit."""

    __slots__ = ()


_SUITABLE: dict[str, tuple[type, ...]] = {
    "string": (str, int, float, bool),
    "integer": (int,),
    "number": (int, float),
    "decimal": (int, float, str),
    "boolean": (bool, int, str),
    "date": (str,),
    "timestamp": (str,),
    "binary": (bytes, str),
}
_NAMES = {str: "text", int: "a whole number", float: "a number", bool: "true or false", bytes: "bytes"}


class Unsuitable(Exception):
    """A value of another kind than its column."""


def as_text(value: object, column: ColumnSpec) -> str | None:
    """Write a value as its cell's text; raise `Unsuitable` with a reason when its kind is another."""
    if value is None:
        return None
    kind = _kind(value)
    suitable = _SUITABLE[column.type.kind]
    if kind not in suitable and not (kind is str and column.number_format):
        raise Unsuitable(f"is {_NAMES.get(kind, 'a nested value')}, not {column.type.kind}")
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, float) and column.type.kind == "decimal":
        return format(Decimal(repr(value)), "f")
    return str(value) if not isinstance(value, Digits) or column.type.kind != "decimal" else _plain(value)


def _kind(value: object) -> type:
    if isinstance(value, Digits):
        return int if value.lstrip("-").isdecimal() else float
    return type(value)


def _plain(digits: Digits) -> str:
    """Write digits without an exponent, unless that would take pages."""
    value = Decimal(digits)
    return format(value, "f") if value.is_finite() and abs(value.adjusted()) < 100 else str.__str__(digits)
