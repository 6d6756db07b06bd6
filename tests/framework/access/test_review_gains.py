"""Who newly sees what in the clear: the grouped answer against every decision, one by one."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from meshwright.access import AccessRequest, Policies, Principal, decide, leaves
from meshwright.access.review import gains
from meshwright.access.review.who import askers
from meshwright.spec import Spec

NOW = datetime(2026, 11, 20, tzinfo=UTC)
FIND = (
    '@id("find") @why("w") permit(principal, action in [Mesh::Action::"discover", Mesh::Action::"read"], resource);\n'
)
WHO = {
    "a team": 'principal in Mesh::Team::"desk"',
    "a domain": 'principal in Mesh::Domain::"sales"',
    "a person": 'principal == Mesh::User::"u3"',
    "everybody": "principal",
    "a service": 'principal == Mesh::Service::"sales.one"',
}
UNLESS = {"": "", "but one": ' unless { principal == Mesh::User::"u2" }'}


def crowd(policies: Policies) -> Policies:
    """Let there be people and services, several of each sort."""
    teams = {"desk": "sales", "planning": "supply_chain"}
    purposes = sorted(policies.purposes.parents)[:2]
    users = {
        f"u{n}": Principal("user", f"u{n}", ("sales", "supply_chain", "")[n % 3], (("desk",), ("planning",), ())[n % 3],
            tuple(purposes[: 1 + n % 2]))
        for n in range(12)
    }  # fmt: skip
    services = {f"sales.{n}": Principal("service", f"sales.{n}", "sales", (), (purposes[0],)) for n in ("one", "two")}
    known = replace(policies.principals, users=users, alone=users, services=services, teams=teams)
    return replace(policies, principals=known)


def clear_for(spec: Spec, policies: Policies) -> set[tuple[str, str, str]]:
    """Decide about everybody, one by one: who sees which classified column in the clear for which purpose."""
    classified = {leaf.path for leaf in leaves(spec.columns) if leaf.classes}
    found = set[tuple[str, str, str]]()
    for principal, purpose in askers(policies):
        decision = decide(AccessRequest(principal, purpose, NOW, spec), policies)
        shown = {path for path, column in decision.columns.items() if decision.read and "clear" in column.granted}
        found |= {(f"{principal.kind}:{principal.name}", purpose, path) for path in shown & classified}
    return found


@pytest.mark.parametrize("unless", UNLESS.values(), ids=UNLESS)
@pytest.mark.parametrize("who", WHO.values(), ids=WHO)
def test_gains_are_what_every_single_decision_says(staffed: Policies, customers: Spec, who: str, unless: str) -> None:
    mesh = crowd(staffed)
    scope = f'{who}, action == Mesh::Action::"see_clear", resource in Mesh::Class::"pii"'
    see = f'@id("see") @why("w") permit({scope}){unless};'
    before, after = (mesh.with_product(customers, text) for text in (FIND, FIND + see))

    told = [(who, why, path) for g in gains(customers, before, after, NOW)
            for who in g.principals for why in g.purposes for path in g.columns]  # fmt: skip

    assert len(told) == len(set(told)) > 0
    assert clear_for(customers, after) - clear_for(customers, before) == set(told)
