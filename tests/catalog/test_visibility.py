"""What an outsider is told of a product names nobody but its owner: no consumer, no policy, no place."""

import json
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from meshwright.access import Policies, Principal, policies_of
from meshwright.ports import PolicyTexts
from meshwright.registry import SearchQuery
from meshwright.spec import Registration, Spec
from meshwright_catalog.embedded import EmbeddedRegistry

Bearer = Callable[[str], dict[str, str]]
HIDDEN = "project-nightingale"
DORA = Principal("user", "dora", "legal", ("office",), ("operations",))
SECRETS = (HIDDEN, "@id", "/lake/sales", "allows: clear")


@pytest.fixture(scope="session")
def policies(texts: PolicyTexts) -> Policies:
    """Add data protection, and a consumer that nobody else is to know of."""
    teams = f'[teams.office]\ndomain = "legal"\npurposes = ["operations"]\n[teams.{HIDDEN}]\ndomain = "stealth"\n'
    added = f'\n{teams}[users.dora]\nteams = ["office"]\n[users.mole]\nteams = ["{HIDDEN}"]\n'
    return policies_of(
        PolicyTexts(
            texts.classes, texts.purposes, f'data_protection = ["office"]\n{texts.principals}{added}', texts.central
        )
    )


@pytest.fixture
def published(ana: EmbeddedRegistry, make: Callable[..., Registration], orders: Registration) -> Spec:
    """Publish orders for planning, the office and a consumer whose name is a secret."""
    permitted = make("sales.orders", permits=("planning", "office", HIDDEN))
    tests = f"cases:\n  - as: {HIDDEN}\n    allows: clear\n"
    ana.register(orders.model_copy(update={"policies": permitted.policies, "policy_tests": tests}))
    return orders.spec


ANSWERS = (
    "/api/v1/products",
    "/api/v1/products/sales.orders",
    "/api/v1/products/sales.orders/versions",
    "/api/v1/products/sales.orders/contract",
    "/api/v1/products/sales.orders/access?purpose=operations",
    "/api/v1/products/sales.orders/access?purpose=nothing",
    "/api/v1/search?q=orders",
    f"/api/v1/search?q={HIDDEN}",
    "/api/v1/lineage?product=sales.orders",
    "/api/v1/lineage?product=sales.orders&column=nothing",
    "/api/v1/products/sales.order",
)


@pytest.mark.parametrize("address", ANSWERS)
def test_no_answer_tells_an_outsider_of_consumers_policies_or_places(
    client: TestClient, bearer: Bearer, published: Spec, address: str
) -> None:
    answer = client.get(address, headers=bearer("ben"))

    said = answer.text + json.dumps(dict(answer.headers))
    assert [] == [each for each in SECRETS if each in said and each not in address]


@pytest.mark.parametrize("address", ["/", "/products/sales.orders", "/products/sales.order"])
def test_no_page_tells_an_outsider_of_consumers_policies_or_places(
    client: TestClient, sign: Callable[[str], str], published: Spec, address: str
) -> None:
    client.cookies.set("mesh_token", sign("ben"))

    page = client.get(address).text

    assert [] == [each for each in SECRETS if each in page]
    assert ("Shown to the domain sales and to data protection." in page) == (address == "/products/sales.orders")


@pytest.mark.parametrize("name", ["ana", "sales.returns", "dora"])
def test_the_owning_domain_and_data_protection_are_told_all(
    client: TestClient, bearer: Bearer, published: Spec, name: str
) -> None:
    entry = client.get("/api/v1/products/sales.orders", headers=bearer(name)).json()

    assert ["/lake/sales/orders/v1", True] == [entry["table"], entry["whole"]]
    assert HIDDEN in entry["policies"]
    assert HIDDEN in entry["policy_tests"]


def test_the_registry_in_the_process_tells_as_little(
    ana: EmbeddedRegistry, ben: EmbeddedRegistry, published: Spec
) -> None:
    found = ben.find("sales.orders")
    listed = ben.products()

    assert found is not None
    assert [("", "", "", False)] * 2 == [(e.policies, e.policy_tests, e.table, e.whole) for e in (found, *listed)]
    assert HIDDEN not in ben.search(SearchQuery()).model_dump_json()
    whole = [who.find("sales.orders") for who in (ana, ana.acting_as(DORA))]
    assert [True, True] == [e is not None and e.whole and HIDDEN in e.policies for e in whole]


def test_who_holds_the_storage_is_handed_the_place_but_nothing_undiscovered(
    ben: EmbeddedRegistry, eve: EmbeddedRegistry, published: Spec
) -> None:
    held = ben.held("sales.orders")

    assert held is not None
    assert ["/lake/sales/orders/v1", True] == [held.table, HIDDEN in held.policies]
    assert eve.held("sales.orders") is None


def test_what_a_caller_may_see_is_told_with_reasons_and_the_smallest_request(
    client: TestClient, bearer: Bearer, published: Spec
) -> None:
    ask = {"purpose": "operations"}
    answer = client.get("/api/v1/products/sales.orders/access", params=ask, headers=bearer("ben")).json()
    hidden = client.get("/api/v1/products/sales.orders/access", params=ask, headers=bearer("eve"))

    columns = {c["path"]: c for c in answer["columns"]}
    assert [True, "clear", "hidden"] == [
        answer["read"],
        columns["order_id"]["level"],
        columns["unit_price_eur"]["level"],
    ]
    assert ["mesh.unclassified.clear"] == [each["id"] for each in columns["order_id"]["by"]]
    assert "sales.orders --columns unit_price_eur" in columns["unit_price_eur"]["ask"]
    assert 404 == hidden.status_code
