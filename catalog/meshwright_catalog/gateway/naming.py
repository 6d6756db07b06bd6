"""What the audit keeps of names that somebody typed: those that are names, for anything else may be a value."""

import json
import re
from collections.abc import Collection

from meshwright.access import leaves
from meshwright.query import AllOf, AnyOf, Filter, IsIn, IsNull, Not
from meshwright.spec import Spec

UNKNOWN = "?"
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")


def paths_of(spec: Spec) -> frozenset[str]:
    """List the columns of a contract, and the fields within them, by their paths."""
    return frozenset((*(column.name for column in spec.columns), *(leaf.path for leaf in leaves(spec.columns))))


def name_of(typed: str, known: Collection[str]) -> str:
    """Keep a name that is known, and nothing of any other."""
    return typed if not typed or typed in known else UNKNOWN


def in_words(problem: str, known: Collection[str]) -> str:
    """Keep of what is quoted in a sentence the names that are known."""
    return _QUOTED.sub(lambda found: f"'{name_of(found[1] or found[2] or '', known)}'", problem)


def outline(condition: Filter | None, paths: Collection[str]) -> str:
    """Write a filter as JSON with the types of its literals in their places; empty without one."""
    return "" if condition is None else json.dumps(_outline(condition, paths))


def _outline(condition: Filter, paths: Collection[str]) -> object:
    if isinstance(condition, AllOf | AnyOf):
        return {"op": condition.op, "of": [_outline(each, paths) for each in condition.of]}
    if isinstance(condition, Not):
        return {"op": "not", "of": _outline(condition.of, paths)}
    about = {"op": condition.op, "column": name_of(condition.column, paths)}
    if isinstance(condition, IsNull):
        return about
    if isinstance(condition, IsIn):
        return {**about, "values": sorted({_kind(value) for value in condition.values})}
    return {**about, "value": _kind(condition.value)}


def _kind(value: object) -> str:
    return type(value).__name__
