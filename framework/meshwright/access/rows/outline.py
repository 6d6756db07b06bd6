"""A row condition without the literals that it holds columns against, for whoever may not see those columns clear."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any, cast

from meshwright.access.decision import ColumnDecision, RowRule
from meshwright.access.rows.expressions import columns_read
from meshwright.access.rows.residual import Node, cedar_text, understood

_JOINS = ("&&", "||", "!", "if-then-else")
_TYPES: Mapping[type, str] = {bool: "Boolean", int: "Long", str: "String"}


def without_literals(rule: RowRule, columns: Mapping[str, ColumnDecision]) -> RowRule:
    """Write the types of the literals in the place of those that are held against a column which is not shown clear.

    Only what the conditions say changes; what filters the rows stays whole.
    """
    veiled = [name for name in rule.columns if not _is_clear(name, columns)]
    if not veiled:
        return rule
    with understood():
        texts = [_text(_outlined(json.loads(each.residual), veiled)) for each in rule.conditions]
    conditions = zip(rule.conditions, texts, strict=True)
    return replace(rule, conditions=tuple(replace(each, text=text) for each, text in conditions))


def _is_clear(name: str, columns: Mapping[str, ColumnDecision]) -> bool:
    """Tell whether a column is shown clear with all that is nested in it; one without a decision is not."""
    its = [column.level for path, column in columns.items() if path == name or path.startswith(f"{name}.")]
    return bool(its) and set(its) == {"clear"}


def _outlined(node: Node, veiled: Collection[str]) -> Node:
    """Leave out the literals of every comparison that reads a veiled column, at whatever depth."""
    ((kind, inner),) = node.items()
    if kind in _JOINS:
        return {kind: {part: _outlined(each, veiled) for part, each in inner.items()}}
    return cast("Node", _typed(node)) if not set(columns_read(node)).isdisjoint(veiled) else node


def _typed(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    told = cast("dict[str, Any]", node)
    if set(told) == {"Value"}:
        return _value(told["Value"])
    if set(told) == {"Set"}:
        return _set(told["Set"], _typed)
    pattern = [{"Literal": _mark("String")}]
    return {name: pattern if name == "pattern" else _parts(each) for name, each in told.items()}


def _parts(node: Any) -> Any:
    """Go on below a call or comparison, whose arguments stay as many as they are."""
    return [_typed(each) for each in cast("list[object]", node)] if isinstance(node, list) else _typed(node)


def _value(value: object) -> Node:
    if isinstance(value, list):
        return _set(cast("list[object]", value), _value)
    return {"Value": _mark(_TYPES[type(value)])}


def _set(members: list[object], outlined: Callable[[Any], Any]) -> Node:
    """Tell each type once: not how many values there are."""
    found = [outlined(each) for each in members]
    return {"Set": [each for n, each in enumerate(found) if each not in found[:n]]}


def _mark(kind: str) -> str:
    return f"<{kind}>"


def _text(node: Node) -> str:
    """Write it as Cedar does, with the types outside of quotes: they are no texts."""
    text = cedar_text(node)
    for kind in _TYPES.values():
        text = text.replace(f'"{_mark(kind)}"', _mark(kind))
    return text
