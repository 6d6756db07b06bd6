"""Write policies that permit less than others do: what two permit both, and no other rows than some show.

They are made as Cedar's own form (https://docs.cedarpolicy.com/policies/json-format.html) and written out by Cedar.
"""

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Any

from meshwright.access.cedar import ROW_ACTION, text_of, uid_of
from meshwright.access.statements import Statement

Node = Any
"""An expression or a scope, in Cedar's JSON."""


def both(one: Statement, other: Statement) -> str:
    """Write a permit of what two permits permit both, under the id of the first; empty where that is nothing.

    What the first says already is not said again.
    """
    actions = [action for action in one.actions if action in other.actions]
    if not actions:
        return ""
    asked = [*_scope_of(other, one), *other.form["conditions"]]
    more = [condition for condition in asked if condition not in one.form["conditions"]]
    form = {**one.form, "conditions": [*one.form["conditions"], *more]}
    if len(actions) < len(one.actions):
        form["action"] = {"op": "in", "entities": [uid_of(("Action", action)) for action in actions]}
    return f"\n{text_of(form)}"


def no_other_rows(name: str, product: str, shown: Sequence[Statement]) -> str:
    """Write a forbid of all rows of a product but those that some permits show."""
    form = {
        "effect": "forbid",
        "principal": {"op": "All"},
        "action": {"op": "==", "entity": uid_of(("Action", ROW_ACTION))},
        "resource": {"op": "in", "entity": uid_of(("Product", product))},
        "conditions": [{"kind": "unless", "body": _joined("||", [_all_of(permit) for permit in shown])}],
        "annotations": {"id": name, "why": "the newest major version shows no other rows"},
    }
    return f"\n{text_of(form)}"


def _all_of(permit: Statement) -> Node:
    """Write everything that a permit of rows asks, but whose rows they are."""
    scope = _condition("principal", permit.form["principal"])
    asked = [body if kind == "when" else {"!": {"arg": body}} for kind, body in _bodies(permit.form["conditions"])]
    return _joined("&&", [*scope, *asked])


def _bodies(conditions: Iterable[Node]) -> list[tuple[str, Node]]:
    return [(each["kind"], each["body"]) for each in conditions]


def _scope_of(policy: Statement, beside: Statement) -> list[Node]:
    """Write the scope of a policy as conditions, where it is another than that of the policy beside it."""
    parts = [part for part in ("principal", "resource") if policy.form[part] != beside.form[part]]
    return [{"kind": "when", "body": body} for part in parts for body in _condition(part, policy.form[part])]


def _condition(part: str, scope: Node) -> list[Node]:
    """Write one part of a scope as an expression; a part that is left open says nothing."""
    var = {"Var": part}
    if scope["op"] == "All":
        return []
    if scope["op"] == "is":
        within = {"in": _value(scope["in"]["entity"])} if "in" in scope else {}
        return [{"is": {"left": var, "entity_type": scope["entity_type"], **within}}]
    return [{scope["op"]: {"left": var, "right": _value(scope["entity"])}}]


def _value(entity: Node) -> Node:
    return {"Value": {"__entity": entity}}


def _joined(operator: str, nodes: Sequence[Node]) -> Node:
    """Join expressions; none at all are true under `&&`, and false under `||`."""
    if not nodes:
        return {"Value": operator == "&&"}
    return reduce(lambda left, right: {operator: {"left": left, "right": right}}, nodes)
