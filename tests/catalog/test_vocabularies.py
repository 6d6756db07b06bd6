"""The catalog tells which values a classified column has to those alone who see it clear."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from meshwright.odcs import read as read_odcs
from meshwright.registry import SearchQuery
from meshwright.spec import ColumnSpec, Constraints, Registration, RuleSpec, ScalarType, SourceSpec
from meshwright_catalog.embedded import EmbeddedRegistry

Make = Callable[..., Registration]
CASES = "sales.cases"
PEOPLE, STATES = ("Ada Keller", "Tomasz Lis"), ("open", "closed")
FOR_OPERATIONS = """
@id("calls") @why("customers are called")
permit(principal in Mesh::Team::"planning", action == Mesh::Action::"see_clear", resource in Mesh::Class::"pii")
when { context.purpose == Mesh::Purpose::"operations" };
"""


def listed(name: str, values: tuple[str, ...], *classes: str) -> ColumnSpec:
    limits = Constraints(values=values, pattern="|".join(values), max_length=len(max(values, key=len)))
    return ColumnSpec(name=name, type=ScalarType(kind="string"), classes=classes, constraints=limits)


@pytest.fixture
def cases(ana: EmbeddedRegistry, make: Make) -> Callable[[str], None]:
    """Register a product whose contract, source and rule name people, with more policies of its own."""

    def register(more: str) -> None:
        agent, state = listed("agent", PEOPLE, "pii"), listed("state", STATES)
        rule = RuleSpec(name="others", columns=("agent",), expression='pl.col("agent") != "Ada Keller"')
        source = SourceSpec(name="desk", format="Csv()", columns=(listed("handled_by", PEOPLE),))
        known = make(CASES, "id", agent, state, permits=["planning"], rules=(rule,), sources=(source,))
        ana.register(known.model_copy(update={"policies": known.policies + more}))

    return register


@pytest.fixture
def everywhere(
    client: TestClient, sign: Callable[[str], str], ana: EmbeddedRegistry, ben: EmbeddedRegistry
) -> Callable[[str], dict[str, str]]:
    """Give all that the catalog tells of the product to somebody, by where."""
    people = {"ana": ana.principal, "ben": ben.principal}
    return lambda name: _told(client, sign(name), ana.acting_as(people[name]))


def _told(client: TestClient, token: str, registry: EmbeddedRegistry) -> dict[str, str]:
    assert 303 == client.post("/login", data={"token": token}).status_code
    entry = registry.find(CASES)
    assert entry is not None
    client.headers["Authorization"] = f"Bearer {token}"
    paths = ("", "/contract", "/versions", "/access?purpose=analytics")
    told = {f"GET {path}": client.get(f"/api/v1/products/{CASES}{path}").text for path in paths}
    told["list"] = client.get("/api/v1/products").text
    told |= {path: client.get(path).text for path in (f"/products/{CASES}", f"/lineage/{CASES}", "/?q=cases")}
    told["impact"] = client.get("/api/v1/lineage/impact", params={"product": CASES}).text
    told["find"], told["products"] = entry.model_dump_json(), repr(registry.products())
    return told


def test_who_sees_the_column_for_no_purpose_is_told_none_of_its_values_on_any_surface(
    cases: Callable[[str], None], everywhere: Callable[[str], dict[str, str]]
) -> None:
    cases("")
    told = everywhere("ben")

    for where, text in told.items():
        assert "Keller" not in text, where
        assert "Tomasz" not in text, where
    for where in ("GET ", "GET /contract", f"/products/{CASES}", "find"):
        assert "closed" in told[where], where
        assert "agent" in told[where], where
    assert CASES == read_odcs(told["GET /contract"]).id


def test_who_sees_the_column_clear_for_another_purpose_of_theirs_is_told_them(
    cases: Callable[[str], None], ben: EmbeddedRegistry, everywhere: Callable[[str], dict[str, str]]
) -> None:
    cases(FOR_OPERATIONS)
    told = everywhere("ben")

    for where in ("GET ", "GET /contract", f"/products/{CASES}", "find"):
        assert "Ada Keller" in told[where], where
    entry = ben.find(CASES)
    assert entry is not None
    assert 'pl.col("agent") != "Ada Keller"' == entry.spec.rules[0].expression
    assert [Constraints()] == [column.constraints for column in entry.spec.sources[0].columns]


def test_the_domain_that_wrote_it_is_told_all_of_it(
    cases: Callable[[str], None], everywhere: Callable[[str], dict[str, str]]
) -> None:
    cases("")
    told = everywhere("ana")

    for where in ("GET ", "GET /contract", f"/products/{CASES}", "find"):
        assert "Ada Keller" in told[where], where


@pytest.mark.parametrize("words", ["Keller", "Ada Keller", "tomasz"])
def test_nobody_finds_a_product_by_a_value(
    cases: Callable[[str], None], ana: EmbeddedRegistry, ben: EmbeddedRegistry, words: str
) -> None:
    cases(FOR_OPERATIONS)

    assert [0, 0] == [each.search(SearchQuery(text=words)).total for each in (ana, ben)]
    assert 1 == ben.search(SearchQuery(text="agent")).total
