"""Find permits that reach further than may be meant: wildcards, and classified data for any purpose."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from meshwright.access.cedar import LEVEL_ACTIONS, ROW_ACTION, Entity, Question, ask, entity_of
from meshwright.access.entities import trees
from meshwright.access.finding import Finding
from meshwright.access.policies import Policies
from meshwright.access.statements import Statement, asks_time, scoped

_LEVELS = tuple(LEVEL_ACTIONS.values())
_EVERYTHING = frozenset({"discover", "read", *_LEVELS})
_STRANGER, _ELSEWHERE = ("User", "?"), ("Domain", "?")
_ANY_TIME = datetime.max.replace(tzinfo=UTC)


def wildcards(policy: Statement, product: str) -> Iterator[Finding]:
    """Find what a permit of a product's own file leaves open and must name: the resource, some actions, and who.

    Everybody may find and read a product, and see its rows, whose permit names it: that shows nothing classified.
    """
    if policy.effect != "permit":
        return
    name = f"{policy.where}: {policy.id}"
    levels = [action for action in policy.actions if action in _LEVELS]
    if not scoped(policy.scope("resource")):
        what = 'in Mesh::Class::"..."' if levels else f'{_op(policy)} Mesh::Product::"{product}"'
        yield Finding(name, "is a wildcard: its scope names no resource", f"write resource {what}")
    if set(policy.actions) >= _EVERYTHING:
        yield Finding(name, "is a wildcard: it permits every action", "write a permit for each, or name fewer")
    if levels and not scoped(policy.scope("principal")):
        hint = 'write principal in Mesh::Team::"...", or in a domain'
        yield Finding(name, "is a wildcard: it shows classified columns, and its scope names nobody", hint)


def shown_to_strangers(policy: Statement, policies: Policies) -> Iterator[Finding]:
    """Find a central permit by which a stranger sees a class that no policy can name, whatever its conditions say."""
    levels = [action for action in policy.actions if action in _LEVELS]
    if not levels:
        return
    who = Entity(_STRANGER, (_ELSEWHERE,), (("domain", entity_of(_ELSEWHERE)),))
    owner = ("owner", entity_of(("Team", "?")))
    column = Entity(("Column", "?"), (("Product", "?"), ("Class", "?")), (owner, ("classified", True)))
    purposes = policies.purposes.parents
    asked = [Question(who.name, action, column.name, _ANY_TIME, p) for action in levels for p in purposes]
    if any(answer.allowed for answer in ask(asked, (_at_any_time(policy),), trees(policies), (who, column))):
        hint = "name a principal, or the classes it is about"
        yield Finding(f"{policy.where}: {policy.id}", "is a wildcard: it shows everybody what is classified", hint)


def careless(policy: Statement) -> Iterator[Finding]:
    """Find a permit for everybody of everything, and one that shows classified columns for any purpose."""
    if policy.effect != "permit":
        return
    name = f"{policy.where}: {policy.id}" if policy.id else policy.where
    everybody = not scoped(policy.scope("principal"))
    wild = everybody and not scoped(policy.scope("resource"))
    classified = ("Class" in {kind for kind, _ in policy.entities}) or not wild
    levels = any(action in _LEVELS for action in policy.actions)
    if wild and not policy.form["conditions"]:
        hint = "name a principal, a resource or a condition"
        yield Finding(name, "permits everybody everything", hint, "error" if levels else "warning")
    if levels and classified and "purpose" not in str(policy.form["conditions"]):
        everybody = everybody and "principal" not in str(policy.form["conditions"])
        problem = f"shows classified columns{' to everybody' if everybody else ''} for any purpose"
        hint = "write when { context.purpose in Mesh::Purpose::... }"
        yield Finding(name, problem, hint, "error" if everybody else "warning")


def foreign(policy: Statement, product: str) -> Iterator[Finding]:
    """Find a product's file that speaks about other products, one by one or by their domain."""
    name = f"{policy.where}: {policy.id}"
    for kind, entity in sorted(policy.entities):
        if kind in ("Product", "Column") and entity.partition("/")[0] != product:
            yield Finding(name, f"names {entity!r}, which is not {product!r}", "put it into that product's file")
    for domain in sorted(entity for kind, entity in policy.about if kind == "Domain"):
        hint = "what holds for a domain stands in the mesh's own policies"
        yield Finding(name, f"is about all products of {domain!r}, not about {product!r} alone", hint)


def _at_any_time(policy: Statement) -> Statement:
    """Let a permit hold as if whatever it asks of the time were so: what it shows then, it may show one day."""
    conditions: list[Mapping[str, Any]] = policy.form["conditions"]
    settled = [{**each, "body": _settled(each["body"], truth=each["kind"] == "when")} for each in conditions]
    return replace(policy, form={**policy.form, "conditions": settled})


def _settled(node: Mapping[str, Any], *, truth: bool) -> Mapping[str, Any]:
    """Put a truth in the place of what asks for the time, and the other one where that is negated."""
    ((kind, inner),) = node.items()
    if not asks_time(node):
        return node
    if kind == "!":
        return {"!": {"arg": _settled(inner["arg"], truth=not truth)}}
    if kind in ("&&", "||"):
        return {kind: {side: _settled(inner[side], truth=truth) for side in ("left", "right")}}
    return {"Value": truth}


def _op(policy: Statement) -> str:
    return "in" if ROW_ACTION in policy.actions else "=="
