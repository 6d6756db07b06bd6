"""Every event that the example company emits while the whole of it is built, held against the specification."""

import json
from collections import Counter
from typing import Any

import pytest
from company import Company
from specification import facets_of, faults, needs_specification

pytestmark = pytest.mark.slow  # it builds the whole company

KINDS = {"DIRECT": {"IDENTITY", "TRANSFORMATION", "AGGREGATION"}}
KINDS["INDIRECT"] = {"JOIN", "GROUP_BY", "FILTER", "SORT", "WINDOW", "CONDITIONAL"}


@pytest.fixture(scope="module")
def events(company: Company) -> list[dict[str, Any]]:
    text = (company.root / ".mesh" / "events.ndjson").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@needs_specification
def test_every_event_and_every_facet_is_valid_by_the_specification(events: list[dict[str, Any]]) -> None:
    assert {} == {event["job"]["name"]: found for event in events if (found := faults(event))}


@needs_specification
@pytest.mark.parametrize("mistake", ["a column lineage without field", "a run id that is none", "an unknown type"])
def test_a_mistake_planted_in_one_of_them_is_found(events: list[dict[str, Any]], mistake: str) -> None:
    event: Any = next(e for e in events if e.get("eventType") == "COMPLETE" and lineages(e))
    assert [] == faults(event)
    planted = json.loads(json.dumps(event))

    if mistake == "a column lineage without field":
        del next(iter(lineages(planted)[0]["fields"].values()))["inputFields"][0]["field"]
    elif mistake == "a run id that is none":
        planted["run"]["runId"] = "none"
    else:
        planted["eventType"] = "DONE"

    assert faults(planted)


def lineages(event: dict[str, Any]) -> list[Any]:
    return [facet for name, facet in facets_of(event) if name == "columnLineage"]


def test_the_kinds_of_transformations_are_those_of_the_specifications_pages(events: list[dict[str, Any]]) -> None:
    found = {
        (way["type"], way["subtype"])
        for event in events
        for facet in lineages(event)
        for fields in (*facet["fields"].values(), {"inputFields": facet["dataset"]})
        for field in fields["inputFields"]
        for way in field.get("transformations", ())
    }

    assert found <= {(kind, subtype) for kind, subtypes in KINDS.items() for subtype in subtypes}
    assert {"DIRECT", "INDIRECT"} == {kind for kind, _ in found}


def test_every_run_begins_and_ends_once_and_is_part_of_its_domains(
    company: Company, events: list[dict[str, Any]]
) -> None:
    states = Counter((e["run"]["runId"], e["eventType"]) for e in events if "run" in e)
    jobs = {e["run"]["runId"]: e["job"]["name"] for e in events if "run" in e}
    built = {name.removesuffix(".build") for name in jobs.values() if name.count(".") == 2 and name.endswith(".build")}
    parents = {
        e["job"]["name"].partition(".")[0]: e["run"]["facets"]["parent"]["job"]["name"]
        for e in events
        if "run" in e and e["job"]["name"].endswith(".build") and "parent" in e["run"]["facets"]
    }

    assert {1} == set(states.values())
    assert {2} == set(Counter(run for run, _ in states).values())
    assert set(company.products) == built
    assert {domain: f"{domain}.build" for domain in ("sales", "supply_chain", "robotics")} == parents


def test_every_product_says_all_that_is_known_of_it(company: Company, events: list[dict[str, Any]]) -> None:
    complete = {e["job"]["name"]: e for e in events if e.get("eventType") == "COMPLETE" and e["outputs"]}
    wanted = {"schema", "columnLineage", "dataSource", "datasetType", "storage", "version", "catalog", "symlinks"}
    wanted |= {"ownership", "documentation", "hierarchy", "lifecycleStateChange"}

    for product in company.products:
        event = complete[f"{product}.build"]
        (output,) = event["outputs"]
        assert set() == wanted - output["facets"].keys(), product
        assert {"jobType", "ownership", "documentation", "tags"} <= event["job"]["facets"].keys()
        assert {"processing_engine", "nominalTime", "parent", "tags"} <= event["run"]["facets"].keys()
