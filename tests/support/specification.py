"""OpenLineage's own JSON schemas, which stand beside the clone: what they say of an event and each facet in it."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource

PLACE = Path(__file__).resolve().parents[3] / "shared" / "spec" / "openlineage"
needs_specification = pytest.mark.skipif(
    not PLACE.exists(), reason="../shared/spec is absent, as ../shared/data may be"
)
KINDS = {"run": "RunEvent", "job": "JobEvent", "dataset": "DatasetEvent"}
OLDER = ("1-0-0", "1-0-1", "1-0-2", "1-0-5", "2-0-0", "2-0-1")
"""Versions of the core that some facets still refer to."""


def facets_of(event: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """List every facet of an event by its name."""
    datasets = (*event.get("inputs", ()), *event.get("outputs", ()))
    for part in (event.get("run", {}), event.get("job", {}), *datasets):
        for name in ("facets", "inputFacets", "outputFacets"):
            yield from part.get(name, {}).items()


def faults(event: Mapping[str, Any]) -> list[str]:
    """List what is wrong with an event and its facets; a facet whose schema is not there is a fault too."""
    plain = json.loads(json.dumps(event))
    kind = next(name for key, name in KINDS.items() if key in plain)
    found = faults_of(plain, f"{_core()}#/$defs/{kind}")
    for name, content in facets_of(plain):
        address = content["_schemaURL"]
        found += [f"{name}: {each}" for each in faults_of(content, address)]
        found += [f"{name}: {each}" for each in faults_of({name: content}, address.partition("#")[0])]
    return found


def faults_of(value: Any, address: str) -> list[str]:
    """List what is wrong with a value by the schema at an address."""
    return [error.message for error in _validator(address).iter_errors(value)]


@cache
def _validator(address: str) -> Any:
    return Draft202012Validator({"$ref": address}, registry=_registry(), format_checker=FormatChecker())


@cache
def _registry() -> Any:
    known = {d["$id"]: Resource.from_contents(d) for d in _documents()}
    aliases = {f"https://openlineage.io/spec/{v}/OpenLineage.json": known[_core()] for v in OLDER}
    return Registry[Any]().with_resources({**known, **aliases}.items())


@cache
def _core() -> str:
    return next(str(d["$id"]) for d in _documents() if d["$id"].endswith("/OpenLineage.json"))


@cache
def _documents() -> list[Any]:
    found = (json.loads(file.read_text(encoding="utf-8")) for file in sorted(PLACE.rglob("*.json")))
    return [document for document in found if "$id" in document]
