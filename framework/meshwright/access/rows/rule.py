"""The row rule of a decision: which row policies count, and what they still ask of each row."""

import json
from collections.abc import Iterable, Mapping

from meshwright.access.cedar import ROW_ACTION, Entity, Question, entities_json, policies_json, request_of
from meshwright.access.decision import AccessRequest, PolicyReference, RowCondition, RowQuestion, RowRule
from meshwright.access.entities import parties, principal_of, product_of, trees
from meshwright.access.policies import Policies
from meshwright.access.rows.expressions import columns_read, row_filter
from meshwright.access.rows.residual import FALSE, Node, cedar_text, folded, residuals, understood
from meshwright.access.statements import EntityName, Statement
from meshwright.spec import Spec


def row_policies(policies: Policies, spec: Spec) -> tuple[Statement, ...]:
    """List the policies that govern a product's rows: its own, and central ones whose scope it is in."""
    return tuple(p for p in policies.of(spec.id) if ROW_ACTION in p.actions and covers(p, spec))


def covers(policy: Statement, spec: Spec) -> bool:
    """Tell whether a policy's scope holds the product; one without a place holds every product."""
    place = scope_of(policy)
    return place is None or place in (product_of(spec), ("Domain", spec.domain))


def scope_of(policy: Statement) -> EntityName | None:
    """Name what the rows of a policy have to be in, or are said to be."""
    scope = policy.scope("resource")
    place: Mapping[str, str] | None = scope["in"].get("entity") if "in" in scope else scope.get("entity")
    return (place["type"].removeprefix("Mesh::"), place["id"]) if place else None


def row_rule(request: AccessRequest, policies: Policies) -> RowRule | None:
    """Say which rows a reader sees; None for all, because no row policy governs the product.

    Raises `PolicyRejected` when a row policy cannot be obeyed.
    """
    spec = request.spec
    governing = row_policies(policies, spec)
    if not governing:
        return None
    asked = _question(request, policies, governing)
    within = (product_of(spec), ("Domain", spec.domain))
    columns = {column.name for column in spec.columns}
    with understood():
        left = {name: folded(node, within, columns) for name, node in residuals(asked).items()}
        conditions = tuple(_condition(p, left[p.id]) for p in governing if left[p.id] != FALSE)
        row_filter(conditions, spec)
    read = (name for each in conditions for name in columns_read(json.loads(each.residual)))
    return RowRule(conditions, tuple(dict.fromkeys(read)), asked)


def _condition(policy: Statement, left: Node) -> RowCondition:
    reference = PolicyReference(policy.id, policy.why)
    return RowCondition(reference, policy.effect, json.dumps(left, sort_keys=True), cedar_text(left))


def _question(request: AccessRequest, policies: Policies, governing: tuple[Statement, ...]) -> RowQuestion:
    who, product = principal_of(request.principal), product_of(request.spec)
    # The row is left out: it is what partial evaluation does not know, and what a re-check fills in.
    whole = request_of(Question(who, ROW_ACTION, product, request.now, request.purpose))
    known = {name: part for name, part in whole.items() if name in ("principal", "context")}
    facts = _facts(request, policies, governing)
    return RowQuestion(product[1], json.dumps(known), policies_json(governing), entities_json(facts))


def _facts(request: AccessRequest, policies: Policies, governing: Iterable[Statement]) -> list[Entity]:
    """Take only the entities that can matter: who asks, the product, the purpose, what policies name, and all above."""
    # The action too: of one that is not there, partial evaluation cannot tell what `action in [...]` says.
    asked = [*parties(request.principal, request.spec, ()), Entity(("Action", ROW_ACTION))]
    known = {entity.name: entity for entity in trees(policies)} | {entity.name: entity for entity in asked}
    waiting: list[EntityName] = [entity.name for entity in asked]
    waiting += [("Purpose", request.purpose), ("Team", request.spec.owner)]
    waiting += [name for policy in governing for name in policy.entities]
    found: dict[EntityName, Entity] = {}
    while waiting:
        name = waiting.pop()
        if name in known and name not in found:
            found[name] = known[name]
            waiting += known[name].parents
    return list(found.values())
