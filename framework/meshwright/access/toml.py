"""Read the tables of the mesh's policy files, and refuse what they do not mean."""

import tomllib
from collections.abc import Mapping
from typing import Any, cast

from meshwright.errors import PolicyRejected


def document(
    text: str, tables: tuple[str, ...], file: str, settings: tuple[str, ...] = ()
) -> dict[str, dict[str, Mapping[str, Any]]]:
    """Read a TOML file that holds these tables of tables, these settings and nothing else; give the tables."""
    raw = _parsed(text, file)
    if unknown := set(raw) - {*tables, *settings}:
        known = ", ".join((*settings, *tables))
        raise PolicyRejected(file, f"unknown table {min(unknown)!r}", f"known: {known}")
    return {table: _rows(raw.get(table, {}), f"{file}: {table}") for table in tables}


def setting(text: str, key: str, file: str) -> tuple[str, ...]:
    """Read a list of texts that stands above the tables, empty when left out."""
    return texts_of(_parsed(text, file), key, file)


def entries(text: str, table: str, file: str) -> dict[str, Mapping[str, Any]]:
    """Read a TOML file that holds one table of tables."""
    return document(text, (table,), file)[table]


def _parsed(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyRejected(file, str(error)) from None


def _rows(found: Any, where: str) -> dict[str, Mapping[str, Any]]:
    rows = cast("dict[str, object]", found) if isinstance(found, dict) else None
    if rows is None or not all(isinstance(row, dict) for row in rows.values()):
        raise PolicyRejected(where, "is no table of tables", 'write [table."name"]')
    return cast("dict[str, Mapping[str, Any]]", rows)


def text_of(row: Mapping[str, Any], key: str, where: str, default: str = "") -> str:
    """Read a text, or the default."""
    value = row.get(key, default)
    if not isinstance(value, str):
        raise PolicyRejected(where, f"{key!r} is no text")
    return value


def days_of(row: Mapping[str, Any], key: str, where: str, default: int) -> int:
    """Read a number of days, at least one and at most ten years, or the default."""
    value = row.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 3650:
        raise PolicyRejected(where, f"{key!r} is no number of days from 1 to 3650")
    return value


def truth_of(row: Mapping[str, Any], key: str, where: str, *, default: bool) -> bool:
    """Read true or false, or the default."""
    value = row.get(key, default)
    if not isinstance(value, bool):
        raise PolicyRejected(where, f"{key!r} is neither true nor false")
    return value


def texts_of(row: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    """Read a list of texts, empty when left out."""
    value = row.get(key, [])
    items = cast("list[object]", value) if isinstance(value, list) else None
    if items is None or not all(isinstance(item, str) for item in items):
        raise PolicyRejected(where, f"{key!r} is no list of texts")
    return tuple(cast("list[str]", items))
