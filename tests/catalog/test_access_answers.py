"""What the API tells of a decision: what is missing, as far as the caller may know, and what to ask for."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from meshwright.access import Policies, policies_of
from meshwright.ports import PolicyTexts
from meshwright.spec import ColumnSpec, Registration, ScalarType
from meshwright_catalog.embedded import EmbeddedRegistry

PRODUCT = "sales.orders"
OWN = """
@id("read") @why("planners plan")
permit(principal in Mesh::Team::"planning", action in [Mesh::Action::"discover", Mesh::Action::"read"], resource
  == Mesh::Product::"sales.orders");
@id("calls") @why("customers are called about delays")
permit(principal in Mesh::Team::"planning", action == Mesh::Action::"see_clear", resource in Mesh::Class::"pii")
when { context.purpose == Mesh::Purpose::"operations" };
@id("frozen") @why("prices are for sales")
forbid(
  principal in Mesh::Team::"planning",
  action in [Mesh::Action::"see_clear", Mesh::Action::"see_coarse", Mesh::Action::"see_token"],
  resource in Mesh::Class::"commercial"
);
"""


@pytest.fixture(scope="session")
def policies(texts: PolicyTexts) -> Policies:
    classes = texts.classes.replace('[classes."pii.contact.email"]', '[classes."pii.contact.email"]\ncoarse = "domain"')
    return policies_of(PolicyTexts(classes, texts.purposes, texts.principals, texts.central))


@pytest.fixture
def told(
    ana: EmbeddedRegistry,
    make: Callable[..., Registration],
    client: TestClient,
    bearer: Callable[[str], dict[str, str]],
) -> Callable[[str, str], dict[str, Any]]:
    """Ask for the decision about a product with an address and a price, as somebody for a purpose."""
    kind = ScalarType(kind="string")
    email = ColumnSpec(name="email", type=kind, classes=("pii.contact.email",))
    price = ColumnSpec(name="price", type=kind, classes=("commercial",))
    ana.register(make(PRODUCT, "id", email, price, policies=OWN))

    def asked(who: str, purpose: str) -> dict[str, Any]:
        path = f"/api/v1/products/{PRODUCT}/access"
        answer = client.get(path, params={"purpose": purpose}, headers=bearer(who)).json()
        return {column["path"]: column for column in answer["columns"]} | {"": answer}

    return asked


def test_a_caller_is_told_of_their_other_purposes_and_the_forbids_and_of_no_permit(
    told: Callable[[str, str], dict[str, Any]],
) -> None:
    found = told("ben", "analytics")

    assert [("clear", "purpose", "operations", [])] == [
        (m["level"], m["reason"], m["purpose"], m["by"]) for m in found["email"]["missing"]
    ]
    assert {("forbidden", "frozen")} == {(m["reason"], m["by"][0]["id"]) for m in found["price"]["missing"]}
    assert ("", "") == (found["price"]["ask"], found["price"]["ask_clear"])
    levels = [found["email"][ask].partition("--level ")[2].partition(" ")[0] for ask in ("ask", "ask_clear")]
    assert ["token", "clear"] == levels
    assert [found["email"]["ask"]] == found[""]["asks"]


def test_the_domain_is_told_which_permits_are_not_met(told: Callable[[str, str], dict[str, Any]]) -> None:
    missing = told("ana", "operations")["email"]["missing"]

    assert [("clear", "permit", "team planning", "calls")] == [
        (m["level"], m["reason"], m["whom"], m["by"][0]["id"]) for m in missing
    ]


def test_without_a_purpose_the_purposes_that_would_do_are_told(told: Callable[[str, str], dict[str, Any]]) -> None:
    missing = told("ben", "")[""]["missing"]

    assert [("read", "analytics"), ("read", "operations")] == [(m["level"], m["purpose"]) for m in missing]
