"""Our own facts in a standard file: `customProperties` whose names start with `meshwright`."""

from collections.abc import Mapping, Sequence
from typing import Any

Part = dict[str, Any]

_PREFIX = "meshwright"


def custom(**facts: Any) -> list[Part]:
    """Write the facts that say something."""
    said = {name: value for name, value in facts.items() if value not in (None, "", (), [], {}, False)}
    return [{"property": _name(name), "value": value} for name, value in said.items()]


def facts_of(part: Mapping[str, Any]) -> dict[str, Any]:
    """Read them back, by their names in `custom`."""
    found: Sequence[Mapping[str, Any]] = part.get("customProperties", ())
    return {_fact(p["property"]): p["value"] for p in found if str(p["property"]).startswith(_PREFIX)}


def without_empty(part: Mapping[str, Any]) -> Part:
    """Leave out what says nothing."""
    return {name: value for name, value in part.items() if value not in (None, "", [], {}, False)}


def _name(fact: str) -> str:
    return _PREFIX + "".join(word.capitalize() for word in fact.split("_"))


def _fact(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name.removeprefix(_PREFIX)).removeprefix("_")
