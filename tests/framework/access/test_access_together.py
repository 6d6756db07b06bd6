"""What many products together are decided as is what each of them alone is."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meshwright.access import AccessRequest, Policies, Principal, decide, may_discover_each
from meshwright.spec import ColumnSpec, ScalarType, Spec

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
FOUND = 'action == Mesh::Action::"discover"'
TEXTS = (
    "",
    f'permit(principal in Mesh::Team::"planning", {FOUND}, resource);',
    f'forbid(principal in Mesh::Team::"desk", {FOUND}, resource);',
    f'permit(principal, {FOUND}, resource in Mesh::Domain::"supply_chain");',
    f'permit(principal, {FOUND}, resource == Mesh::Product::"sales.a");',
    f'permit(principal, {FOUND}, resource) when {{ resource.tags.contains("open") }};',
    f"permit(principal, {FOUND}, resource) when {{ principal in resource.owner }};",
    f'permit(principal, {FOUND}, resource) when {{ Mesh::Product::"sales.a".tags.contains("open") }};',
    f'forbid(principal, {FOUND}, resource) unless {{ Mesh::Product::"sales.b".owner == Mesh::Team::"desk" }};',
    f'permit(principal, {FOUND}, resource) when {{ Mesh::User::"ben".domain == Mesh::Domain::"" }};',
    f'permit(principal, {FOUND}, resource in Mesh::Class::"nothing");',
    'permit(principal, action == Mesh::Action::"see_clear", resource == Mesh::Column::"sales.a/x");',
    "permit(",
)
"""Among them policies that look at another product, name a column that not all have, or cannot be obeyed."""


def product(name: str, tags: tuple[str, ...] = (), owner: str = "desk", column: str = "x") -> Spec:
    columns = (ColumnSpec(name=column, type=ScalarType(kind="string")),)
    return Spec(id=name, version="1.0.0", owner=owner, tags=tags, columns=columns)


specs = st.builds(
    product,
    st.sampled_from(("sales.a", "sales.a__rejected", "sales.b", "supply_chain.c")),
    st.sampled_from(((), ("open",))),
    st.sampled_from(("desk", "planning")),
    st.sampled_from(("x", "y")),
)
texts = st.lists(st.sampled_from(TEXTS), max_size=2).map(
    lambda some: "".join(f'@id("p{n}") @why("w") {text}' for n, text in enumerate(some) if text)
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.lists(st.tuples(specs, texts, st.sampled_from(("ana", "ben", "nobody"))), max_size=6))
def test_each_of_many_products_is_decided_as_it_would_be_alone(
    policies: Policies, asked: list[tuple[Spec, str, str]]
) -> None:
    requests = [(request(policies, who, spec), with_text(policies, spec, text)) for spec, text, who in asked]

    assert [decide(*one).discover for one in requests] == may_discover_each(requests)


@pytest.mark.parametrize("tags", [(), ("open",)])
def test_a_policy_that_looks_at_another_product_does_not_see_the_one_beside_it(
    policies: Policies, tags: tuple[str, ...]
) -> None:
    condition = 'Mesh::Product::"sales.a".tags.contains("open")'
    looks = f'@id("x") @why("w") permit(principal, {FOUND}, resource) when {{ {condition} }};'
    beside, looking = product("sales.a", tags), product("supply_chain.c")
    asked = [
        (request(policies, "ana", beside), with_text(policies, beside, "")),
        (request(policies, "ana", looking), with_text(policies, looking, looks)),
    ]

    assert [True, False] == may_discover_each(asked)


def test_nothing_asked_is_nothing_decided() -> None:
    assert [] == may_discover_each([])


def request(policies: Policies, who: str, spec: Spec) -> AccessRequest:
    users = policies.principals.users
    return AccessRequest(users.get(who, Principal("user", who, "sales", ("desk",))), "", NOW, spec)


def with_text(policies: Policies, spec: Spec, text: str) -> Policies:
    return replace(policies, products={spec.id.removesuffix("__rejected"): text})
