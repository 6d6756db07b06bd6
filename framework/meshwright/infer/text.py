"""Python source text, laid out the way `ruff format` lays it out at 88 and at 120 columns."""

from collections.abc import Sequence
from dataclasses import MISSING, fields
from typing import Any, cast

WIDTH = 88


def format_text(written: object) -> str:
    """Write a format with what differs from its defaults."""
    given: list[str] = []
    for each in fields(cast("Any", written)):
        value = getattr(written, each.name)
        if each.default is MISSING or value != each.default:
            given.append(f"{each.name}={value_text(value)}")
    return f"{type(written).__name__}({', '.join(given)})"


def value_text(value: object) -> str:
    """Write a literal with double quotes."""
    if isinstance(value, tuple):
        values = cast("tuple[object, ...]", value)
        return f"({', '.join(map(value_text, values))}{',' if len(values) == 1 else ''})"
    return quoted(value) if isinstance(value, str) else repr(value)


def quoted(text: str) -> str:
    """Write text in double quotes, or in single ones where that needs fewer escapes."""
    inner = "".join(c if c.isprintable() and c not in "\\\"'" else c if c in "\"'" else _escape(c) for c in text)
    if inner.count('"') > inner.count("'"):
        return "'" + inner.replace("'", "\\'") + "'"
    return '"' + inner.replace('"', '\\"') + '"'


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode() if character != "\\" else "\\\\"


def camel(name: str) -> str:
    """Spell a column's name as a part of a class's name."""
    return "".join(word.capitalize() for word in name.split("_"))


def block(head: str, brackets: str, inner: Sequence[str], tail: str = "", *, indent: int = 0) -> str:
    """Write a call or subscript on one line, or one argument a line where it is too long or an argument is."""
    left, right = brackets[0], brackets[1]
    one = f"{head}{left}{', '.join(inner)}{right}{tail}"
    if len(one) <= WIDTH and "\n" not in one:
        return one
    pad = " " * (indent + 4)
    return f"{head}{left}\n" + "".join(f"{pad}{i},\n" for i in inner) + f"{' ' * indent}{right}{tail}"


def from_import(home: str, names: Sequence[str]) -> str:
    """Write an import on one line, or one name a line where it is too long."""
    one = f"from {home} import {', '.join(names)}"
    return one if len(one) <= WIDTH else f"from {home} import (\n" + "".join(f"    {n},\n" for n in names) + ")"
