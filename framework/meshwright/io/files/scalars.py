"""Values of JSON and SQLite as the text of a cell, where their kind suits the column."""

import base64
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from typing import Any

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


Writer = Mapping[type, Callable[[Any], str | None]]
"""How a value of each kind becomes the text of a cell of one column; kinds that do not suit are absent."""


def writer(column: ColumnSpec) -> Writer:
    """Choose for each suitable kind how it is written: whole rows are looked up, not judged."""
    exact = column.type.kind == "decimal"
    known: Writer = {
        str: str,
        int: str,
        bool: str,
        float: (lambda v: format(Decimal(repr(v)), "f")) if exact else repr,
        bytes: lambda v: base64.b64encode(v).decode(),
    }
    suitable = {*_SUITABLE[column.type.kind], *((str,) if column.number_format else ())}
    written: dict[type, Callable[[Any], str | None]] = {kind: known[kind] for kind in suitable}
    if suitable & {int, float}:
        written[Digits] = lambda v: _digits(v, column, suitable, exact=exact)
    return {**written, type(None): _nothing}


def unsuitable(value: object, column: ColumnSpec) -> Unsuitable:
    """Say why a value is none of the column's."""
    return Unsuitable(f"is {_NAMES.get(_kind(value), 'a nested value')}, not {column.type.kind}")


def _nothing(_: None) -> None:
    return None


def _digits(value: Digits, column: ColumnSpec, suitable: Collection[type], *, exact: bool) -> str:
    if _kind(value) not in suitable:
        raise unsuitable(value, column)
    return _plain(value) if exact else str.__str__(value)


def _kind(value: object) -> type:
    if isinstance(value, Digits):
        return int if value.lstrip("-").isdecimal() else float
    return type(value)


def _plain(digits: Digits) -> str:
    """Write digits without an exponent, unless that would take pages."""
    value = Decimal(digits)
    return format(value, "f") if value.is_finite() and abs(value.adjusted()) < 100 else str.__str__(digits)
