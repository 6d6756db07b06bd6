"""Names that columns of a file can have in a class."""

import keyword
from collections.abc import Sequence

from meshwright.names import snake_case
from meshwright.schema import Schema


def attribute_names(names: Sequence[str]) -> list[str]:
    """Spell each name in snake case: unique, no word of Python, and nothing that a schema class has already."""
    found: list[str] = []
    for at, name in enumerate(names, 1):
        plain = snake_case(name) or f"column_{at}"
        if keyword.iskeyword(plain) or keyword.issoftkeyword(plain) or hasattr(Schema, plain) or plain in _TYPES:
            plain = f"{plain}_value"
        found.append(_free(plain, found))
    return found


# A class attribute of this name would hide the type in the annotations below it.
_TYPES = frozenset({"str", "int", "float", "bool", "bytes", "list", "date", "datetime"})


def _free(name: str, taken: Sequence[str]) -> str:
    return name if name not in taken else next(n for i in range(2, 10_000) if (n := f"{name}_{i}") not in taken)
