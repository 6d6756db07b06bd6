"""What is left of a row policy once reader, purpose and time are known: Cedar's partial evaluation, used here alone.

Cedar calls it experimental and no final answer. So what it leaves is folded by our own rules, read through an
allow-list (`expressions`), and the first rows that it lets through are asked of Cedar itself (`recheck`).
"""

import json
from collections.abc import Collection, Generator, Iterable, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, cast

import cedarpy

from meshwright.access.cedar import text_of
from meshwright.access.decision import RowQuestion
from meshwright.access.statements import EntityName
from meshwright.errors import PolicyRejected

Node = Mapping[str, Any]
"""One node of Cedar's JSON of an expression: its kind, and what it holds."""
Places = Collection[EntityName]
"""What the rows of a product are in."""

ROW: Node = {"Var": "resource"}
TRUE: Node = {"Value": True}
FALSE: Node = {"Value": False}
_UNKNOWN: Node = {"unknown": [{"Value": "resource"}]}
_ANY = {"op": "All"}


@contextmanager
def understood() -> Generator[None]:
    """Deny what has another form than expected: what Cedar's experimental answers look like may change."""
    try:
        yield
    except PolicyRejected:
        raise
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError):
        raise PolicyRejected("row policy", "it leaves something that cannot be filtered by") from None


def residuals(asked: RowQuestion) -> dict[str, Node]:
    """Evaluate every row policy but for the row; return what is left of each, by its id.

    Raises `PolicyRejected` for any error: Cedar would skip a forbid that fails.
    """
    request: dict[str, Any] = json.loads(asked.request)
    who = request["principal"]
    principal = f'{who["type"]}::"{_escaped(who["id"])}"'
    known = {**request, "principal": principal, "action": 'Mesh::Action::"see_row"', "resource": None}
    found = cedarpy.is_authorized_partial(known, policy_set(asked.policies), asked.facts)
    forms = cast("dict[str, Mapping[str, Any]]", found.residuals)
    left = {name: _body(form) for name, form in forms.items()}
    expected: set[str] = set(json.loads(asked.policies)["staticPolicies"])
    if found.diagnostics.errors or set(left) != expected:
        raise PolicyRejected(asked.product, "a row policy fails while it is decided", "see what its condition computes")
    return left


@lru_cache(maxsize=2048)
def policy_set(policies: str) -> cedarpy.PolicySet:
    """Parse policies once; they are asked for every decision and every answer."""
    return cedarpy.PolicySet.from_json_str(policies)


def folded(node: Node, within: Places | None, columns: Collection[str]) -> Node:
    """Settle what does not depend on the row's values: what it is, what it is in, and columns that it never has.

    `within` is what the product's rows are in; None leaves that open.
    """
    ((kind, inner),) = node.items()
    if kind in ("&&", "||"):
        return _either(kind, folded(inner["left"], within, columns), inner["right"], within, columns)
    if kind == "!":
        arg = folded(inner["arg"], within, columns)
        return {"Value": not arg["Value"]} if _constant(arg) else {"!": {"arg": arg}}
    if kind == "if-then-else":
        test = folded(inner["if"], within, columns)
        if _constant(test):
            return folded(inner["then" if test["Value"] else "else"], within, columns)
        return {kind: {"if": test, **{part: folded(inner[part], within, columns) for part in ("then", "else")}}}
    if kind == "has" and inner["left"] == ROW and inner["attr"] not in columns:
        return FALSE
    if kind == "is" and inner["left"] == ROW:
        return {"Value": inner["entity_type"] == "Mesh::Row"}
    if kind == "in" and inner["left"] == ROW and within is not None:
        places = _places(inner["right"])
        return node if places is None else {"Value": any(place in within for place in places)}
    return node


def cedar_text(node: Node) -> str:
    """Write a condition as Cedar does."""
    conditions = [{"kind": "when", "body": node}]
    form = {"effect": "permit", "principal": _ANY, "action": _ANY, "resource": _ANY, "conditions": conditions}
    return text_of(form).partition("when {")[2].rpartition("}")[0].strip()


def about_row(node: object) -> bool:
    """Tell whether a node asks anything of the row."""
    return node == ROW or any(about_row(part) for part in parts_of(node))


def parts_of(node: object) -> Iterable[object]:
    """Give what a node holds."""
    if isinstance(node, dict):
        return cast("dict[str, object]", node).values()
    return cast("list[object]", node) if isinstance(node, list) else ()


def _body(form: Mapping[str, Any]) -> Node:
    """Take the one condition of a residual, with the row under the name that policies give it."""
    (condition,) = form["conditions"]
    body: Node = _named(condition["body"])
    return body


def _named(node: Any) -> Any:
    if node == _UNKNOWN:
        return ROW
    if isinstance(node, dict):
        return {name: _named(part) for name, part in cast("dict[str, object]", node).items()}
    return [_named(part) for part in cast("list[object]", node)] if isinstance(node, list) else node


def _either(kind: str, left: Node, right: Node, within: Places | None, columns: Collection[str]) -> Node:
    """Fold `&&` or `||` as Cedar evaluates them: the left side first, and the right one only when it counts."""
    if _constant(left):
        return folded(right, within, columns) if left["Value"] == (kind == "&&") else left
    other = folded(right, within, columns)
    if other == (TRUE if kind == "&&" else FALSE):
        return left
    return {kind: {"left": left, "right": other}}


def _constant(node: Node) -> bool:
    return node in (TRUE, FALSE)


def _places(node: Node) -> list[EntityName] | None:
    """Read the entities that a row may be in; None for anything else."""
    names: list[EntityName] = []
    for part in _members(node):
        value = part.get("Value")
        if not isinstance(value, dict) or set(cast("dict[str, object]", value)) != {"__entity"}:
            return None
        name = cast("dict[str, dict[str, str]]", value)["__entity"]
        names.append((name["type"].removeprefix("Mesh::"), name["id"]))
    return names


def _members(node: Node) -> list[Node]:
    if "Set" in node:
        return list(node["Set"])
    value = node.get("Value")
    return [{"Value": each} for each in cast("list[object]", value)] if isinstance(value, list) else [node]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
