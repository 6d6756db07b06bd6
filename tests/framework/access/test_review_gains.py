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
TOKENS = (
    '@id("tokens") @why("w") permit(principal, action == Mesh::Action::"see_token", resource in Mesh::Class::"pii");\n'
)


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


@pytest.mark.parametrize("earlier", [FIND, ""], ids=["who reads already", "who could not read"])
@pytest.mark.parametrize("unless", UNLESS.values(), ids=UNLESS)
@pytest.mark.parametrize("who", WHO.values(), ids=WHO)
def test_gains_are_what_every_single_decision_says(
    staffed: Policies, customers: Spec, who: str, unless: str, earlier: str
) -> None:
    mesh = crowd(staffed)
    scope = f'{who}, action == Mesh::Action::"see_clear", resource in Mesh::Class::"pii"'
    see = f'@id("see") @why("w") permit({scope}){unless};'
    before, after = (mesh.with_product(customers, text) for text in (earlier, FIND + TOKENS + see))

    found = gains(customers, before, after, NOW)
    told = [(who, why, path) for g in found for who in g.principals for why in g.purposes for path in g.columns]

    assert len(told) == len(set(told)) > 0
    assert clear_for(customers, after) - clear_for(customers, before) == set(told)
    assert [] == [gain for gain in found if gain.rows or not gain.columns]


def test_who_reads_already_and_sees_other_rows_is_told_of_without_a_column(staffed: Policies, customers: Spec) -> None:
    mesh = crowd(staffed)
    about = 'resource in Mesh::Product::"sales.customers"'
    row = f'@id("row") @why("w") permit(principal, action == Mesh::Action::"see_row", {about})'
    one, all_rows = f'{row} when {{ resource.customer_id == "C1" }};', f"{row};"
    before, after = (mesh.with_product(customers, FIND + rows) for rows in (one, all_rows))

    found = gains(customers, before, after, NOW)

    assert {((), True)} == {(gain.columns, gain.rows) for gain in found}
