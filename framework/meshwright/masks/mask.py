"""How each class is masked: what its tokens are made from, and what its coarse value is.

coarse: `year`, `month` (a date or time keeps its type), `bucket:N` (a number falls to the multiple of N below; N is 2
or more), `prefix:N`, `last4`, `initial` (text, of which at most half is left), `domain` (text). `null`: there is no
coarse value. docs/security.md says what each leaves.
"""

import re
from dataclasses import dataclass

from meshwright.errors import PolicyRejected
from meshwright.spec import ColumnType, ListType, ScalarType, VectorType

_NORMALISE = ("text", "email", "digits")
_COARSE = re.compile(r"null|year|month|last4|initial|domain|prefix:[1-9]|bucket:(?:[2-9]|[1-9][0-9]{1,14})")
_COARSE_KINDS = {
    "year": ("date", "timestamp"),
    "month": ("date", "timestamp"),
    "bucket": ("integer", "number", "decimal"),
    "prefix": ("string",),
    "last4": ("string",),
    "initial": ("string",),
    "domain": ("string",),
}


@dataclass(frozen=True, slots=True)
class Mask:
    """How a class is masked: how text is normalised before it becomes a token, and what its coarse value is."""

    normalise: str = "text"
    coarse: str = "null"


PLAIN = Mask()
"""Text as it is, and no coarse value."""


def check_normalise(name: str, where: str) -> str:
    """Return a known normalisation; raise `PolicyRejected` otherwise."""
    if name not in _NORMALISE:
        raise PolicyRejected(where, f"unknown token normalisation {name[:40]!r}", f"known: {', '.join(_NORMALISE)}")
    return name


def check_coarse(name: str, where: str) -> str:
    """Return a known coarse method; raise `PolicyRejected` otherwise."""
    if _COARSE.fullmatch(name) is None:
        known = "null, year, month, last4, initial, domain, prefix:N (1 to 9), bucket:N (2 or more)"
        raise PolicyRejected(where, f"unknown coarse method {name[:40]!r}", f"known: {known}")
    return name


def has_coarse(mask: Mask, column: ColumnType) -> bool:
    """Tell whether a type has a coarse value by this mask."""
    return leaf(column).kind in _COARSE_KINDS.get(mask.coarse.partition(":")[0], ())


def leaf(column: ColumnType) -> ColumnType:
    """Give the type of the values that stand in a column's lists or vectors, or the column's own."""
    if isinstance(column, ListType):
        return leaf(column.items.type)
    if isinstance(column, VectorType):
        return ScalarType(kind="number")
    return column
