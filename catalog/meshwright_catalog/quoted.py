"""Leave out of an event what its statements and errors quote: a literal of SQL may be somebody's value."""

import re
from collections.abc import Mapping
from typing import Any, cast

_QUOTED = re.compile(r"'(?:[^']|'')*(?:'|$)")
"""A literal of SQL; also one that never ends."""

_STATEMENTS = {"sql": ("query",), "errorMessage": ("message", "stackTrace")}
"""Facets that hold a statement or what went wrong with it, and their fields with text."""


def unquoted(text: str) -> str:
    """Put a question mark in the place of each literal."""
    return _QUOTED.sub("'?'", text)


def without_literals(told: object, facet: str = "") -> object:
    """Copy a part of an event without the literals of its statements, errors and transformations."""
    if isinstance(told, list):
        return [without_literals(each, facet) for each in cast("list[object]", told)]
    if not isinstance(told, Mapping):
        return told
    part = cast("Mapping[str, Any]", told)
    texts = ("description",) if facet == "transformations" else _STATEMENTS.get(facet, ())
    return {
        name: unquoted(each) if name in texts and isinstance(each, str) else without_literals(each, name)
        for name, each in part.items()
    }
