"""The marks on an annotation: which there are, and that none is lost."""

import re
from collections.abc import Iterable, Iterator
from typing import TypeVar

import annotated_types as at

from meshwright.errors import DefinitionError
from meshwright.markers import Class, Decimals, Matches, Pii, References, Vector
from meshwright.names import product_id
from meshwright.spec import Reference

Mark = TypeVar("Mark")

_CLASS = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")


def flatten(marks: Iterable[object]) -> Iterator[object]:
    """Take groups such as `Interval` and `Len` apart; ours stay whole."""
    for mark in marks:
        if isinstance(mark, at.GroupedMetadata) and not isinstance(mark, Decimals | Matches | Vector):
            yield from flatten(mark)
        else:
            yield mark


def one(marks: Iterable[object], kind: type[Mark], where: str) -> Mark | None:
    """Find the mark of a kind; two contradict each other."""
    found = [m for m in marks if isinstance(m, kind)]
    if len(found) > 1:
        raise DefinitionError(where, f"carries {kind.__name__} twice", "keep one")
    return found[0] if found else None


def classes_of(marks: Iterable[object], where: str) -> tuple[str, ...]:
    """Name the classes of a column, sorted; personal data stands below `pii`."""
    marked = [m for m in marks if isinstance(m, Class | Pii)]
    names = {f"pii.{m.kind}" if isinstance(m, Pii) else m.name for m in marked}
    for name in names:
        if _CLASS.fullmatch(name) is None:
            hint = "lower-case words with dots between, such as contact.email"
            raise DefinitionError(where, f"{name[:80]!r} is no name of a class", hint)
    return tuple(sorted(names))


def reference_of(marks: Iterable[object], where: str) -> Reference | None:
    """Read the column of another product in which the value must exist."""
    mark = one(marks, References, where)
    if mark is None:
        return None
    product_id(mark.product)
    return Reference(product=mark.product, column=mark.column, version=mark.version)
