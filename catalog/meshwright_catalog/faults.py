"""What is wrong with what was sent, in words: where, what, and what to do; never what stood there."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

Fault = Mapping[str, Any]
"""One error as Pydantic tells it: `type`, `loc`, `ctx`."""

_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not known here; leave it out",
    "media_type": "is not said to be JSON; send Content-Type: application/json",
    "repeated_name": "stands twice in one object; write it once",
    "recursion_depth_exceeded": "is nested too deeply; write fewer levels",
    "not_finite": "holds NaN or Infinity, which is no JSON; write null",
    "union_tag_not_found": "needs {discriminator}, which says what it is",
    "union_tag_invalid": "has another {discriminator} than these: {expected_tags}",
    "literal_error": "is none of {expected}",
    "greater_than_equal": "is less than {ge}",
    "greater_than": "is not more than {gt}",
    "less_than_equal": "is more than {le}",
    "less_than": "is not less than {lt}",
    "too_short": "has fewer than {min_length} items",
    "too_long": "has more than {max_length} items",
    "string_too_short": "has fewer than {min_length} characters",
    "string_too_long": "has more than {max_length} characters",
    "string_unicode": "holds what is no text; write UTF-8",
    "string_pattern_mismatch": "does not have the form that it needs",
    "timezone_aware": "has no time zone; write 2026-01-31T12:00:00Z",
    "literal": "is no literal; write a text, a number, true or false, or a date or time as text",
}
_KINDS = {
    "string_": "is no text; write it in quotes",
    "int_": "is no whole number",
    "float_": "is no number",
    "decimal_": "is no number",
    "finite_number": "is no number",
    "bool_": "is neither true nor false",
    "date_": "is no date; write 2026-01-31",
    "datetime_": "is no time; write 2026-01-31T12:00:00Z",
    "uuid_": "is no UUID",
    "tuple_": "is no list; write [...]",
    "list_": "is no list; write [...]",
    "dict_": "is no object; write {...}",
    "mapping_": "is no object; write {...}",
    "model_": "is no object; write {...}",
}
"""By how Pydantic's kinds begin."""
_SCALARS = frozenset({"bool", "int", "float", "str", "decimal", "date", "datetime"})
_LONGEST = 200


def told(faults: Iterable[Fault], most: int) -> Iterator[tuple[str, str]]:
    """Say where and what is wrong, each place once, at most so often."""
    said = dict[str, str]()
    for fault in map(_of_one_literal, faults):
        said.setdefault(place(fault), words(fault))
        if len(said) == most:
            break
    return iter(said.items())


def words(fault: Fault) -> str:
    """Say what is wrong, and what would be right where that is not plain."""
    kind, facts = str(fault["type"]), fault.get("ctx", {})
    if kind == "json_invalid" and "position" in facts:
        return f"is no JSON from character {facts['position'] + 1} on"
    if kind in _WORDS:
        return _WORDS[kind].format_map(facts).replace("'", "")
    return next((said for start, said in _KINDS.items() if kind.startswith(start)), "is not valid")


def place(fault: Fault) -> str:
    """Say where, without what is no name: it may be a value."""
    return ".".join(map(_part, fault["loc"]))[:_LONGEST]


def _part(part: object) -> str:
    return str(part) if isinstance(part, int) or str(part).isidentifier() else "?"


def _of_one_literal(fault: Fault) -> Fault:
    """Take the errors of every type that a literal may have for one."""
    where: Sequence[Any] = fault["loc"]
    ends = tuple(where[-3:])
    if ends[-1:] and ends[-1] in _SCALARS and ("value" in ends[1:2] or "values" in ends[:1]):
        return {"type": "literal", "loc": where[:-1]}
    return fault
