"""A grant as policies: made as Cedar's own form, so that no text of a request is ever parsed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from meshwright.access.cedar import entity_of, moment, uid_of
from meshwright.access.statements import EntityName, Statement
from meshwright.grants import Grant

MARK = "grant:"
"""What the id of every policy made from a grant begins with; no policy that somebody wrote may."""

_KINDS = {"user": "User", "service": "Service", "team": "Team"}


def grant_of(policy: str) -> str:
    """Give the id of the grant that a policy was made from; empty for one that somebody wrote."""
    return policy.split(":")[1] if policy.startswith(MARK) else ""


def statements_of(grants: Iterable[Grant]) -> tuple[Statement, ...]:
    """Write what each grant permits: to find and read the product for the purpose, and the level of what it names."""
    return tuple(statement for grant in grants for statement in _statements(grant))


def _statements(grant: Grant) -> Iterable[Statement]:
    product = ("Product", grant.product)
    while_it_lasts = [_before(grant.until)]
    for_its_purpose = [*while_it_lasts, _for(grant.purpose)]
    yield _permit(grant, "discover", product, while_it_lasts)
    yield _permit(grant, "read", product, for_its_purpose)
    if grant.level != "read":
        within = [("Class", grant.cls)] if grant.cls else [("Column", f"{grant.product}/{c}") for c in grant.columns]
        yield _permit(grant, f"see_{grant.level}", product, [*for_its_purpose, _in(within)], within)


def _permit(
    grant: Grant, action: str, product: EntityName, conditions: list[Any], named: Iterable[EntityName] = ()
) -> Statement:
    """Permit one action within the product alone, whatever the conditions name."""
    name = f"{MARK}{grant.id}:{action}"
    kind, _, who = grant.grantee.partition(":")
    holder = (_KINDS[kind], who)
    form = {
        "effect": "permit",
        "principal": {"op": "in", "entity": uid_of(holder)},  # everything is in itself
        "action": {"op": "==", "entity": uid_of(("Action", action))},
        "resource": {"op": "in", "entity": uid_of(product)},
        "conditions": [{"kind": "when", "body": condition} for condition in conditions],
    }
    entities = frozenset({holder, product, *named})
    return Statement(name, grant.reason, f"{MARK}{grant.id}", "permit", (action,), entities, form)


def _before(until: datetime) -> Any:
    now = {".": {"left": {"Var": "context"}, "attr": "now"}}
    return {"<": {"left": now, "right": {"datetime": [{"Value": moment(until)["__extn"]["arg"]}]}}}


def _for(purpose: str) -> Any:
    asked = {".": {"left": {"Var": "context"}, "attr": "purpose"}}
    return {"in": {"left": asked, "right": {"Value": entity_of(("Purpose", purpose))}}}


def _in(named: list[EntityName]) -> Any:
    found = [{"Value": entity_of(each)} for each in named]
    return {"in": {"left": {"Var": "resource"}, "right": {"Set": found}}}
