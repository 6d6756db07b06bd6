"""Which products somebody may discover now and not later, though nothing but the time changed."""

from dataclasses import replace

import pytest

from meshwright.access import Policies, Principal
from meshwright.access.entities import principal_of

WHO = 'principal in Mesh::Team::"planning"'
WEEK = 'context.now < datetime("2026-07-08T00:00:00Z")'


def permit(name: str, actions: str, *conditions: str) -> str:
    whens = " ".join(f"when {{ {each} }}" for each in conditions)
    scope = f'{WHO}, action {actions}, resource == Mesh::Product::"sales.customers"'
    return f'@id("sales.customers.{name}") @why("x") permit({scope}) {whens};\n'


def reads_clock(policies: Policies, text: str) -> bool:
    kept = replace(policies, products={"sales.customers": text}).reads_clock("sales.customers")
    assert kept == policies.reads_clock("sales.customers", text)
    return kept


FIND, READ = '== Mesh::Action::"discover"', '== Mesh::Action::"read"'
BOTH = 'in [Mesh::Action::"discover", Mesh::Action::"read"]'


@pytest.mark.parametrize("actions", [FIND, BOTH, ""], ids=["discover", "both", "any"])
@pytest.mark.parametrize("condition", [WEEK, f"!({WEEK})", f"true || [1, 2].contains(3) || {WEEK}"])
def test_a_permit_to_discover_that_asks_for_the_time_reads_the_clock(
    policies: Policies, actions: str, condition: str
) -> None:
    assert reads_clock(policies, permit("week", actions, condition))
    assert reads_clock(policies, permit("first", FIND) + permit("week", actions, "true", condition))


def test_a_central_permit_to_discover_that_asks_for_the_time_reads_the_clock_of_every_product(
    policies: Policies,
) -> None:
    week = permit("week", FIND, WEEK)

    assert reads_clock(replace(policies, central=policies.central + week), "")


def test_what_only_reading_asks_of_the_time_does_not_count(policies: Policies) -> None:
    assert not reads_clock(policies, "")
    assert not reads_clock(policies, permit("find", FIND, "resource in principal.domain") + permit("week", READ, WEEK))


def test_people_and_services_are_told_apart() -> None:
    kinds = [principal_of(Principal(kind, "ana", "sales")) for kind in ("user", "service")]

    assert [("User", "ana"), ("Service", "ana")] == kinds
