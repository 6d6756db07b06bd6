"""Read a contract back from its file."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import yaml
from pydantic import ValidationError

from meshwright.columns.limits import decimal_text
from meshwright.errors import UnreadableContract
from meshwright.odcs.custom import Part, facts_of
from meshwright.odcs.properties import BOUNDS
from meshwright.odcs.writing import span_of
from meshwright.spec import ColumnSpec, Spec

_DECIMAL = re.compile(r"decimal\((\d+),(\d+)\)", re.IGNORECASE)
_TARGET = re.compile(r"\.\./\.\./(\w+)/(\w+)/v(\d+)\.odcs\.yaml#/schema/\w+/properties/(.+)")
_LENGTHS = {"minLength": "min_length", "maxLength": "max_length", "minItems": "min_length", "maxItems": "max_length"}


def read(text: str, where: str = "contract") -> Spec:
    """Read the YAML that `write` gives; raise `UnreadableContract` for any other."""
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError:
        raise UnreadableContract(where, "is no YAML") from None
    try:
        return Spec.model_validate(_spec(document))
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise UnreadableContract(where, f"{place}: {error.errors()[0]['msg']}") from None
    except KeyError as error:
        raise UnreadableContract(where, f"lacks {error.args[0]!r}") from None
    except (TypeError, ValueError, AttributeError, ArithmeticError):
        raise UnreadableContract(where, "is not laid out as ODCS v3.1.0") from None


def _spec(document: Part) -> Part:
    (table,) = document["schema"]
    facts = facts_of(document)
    partitions = [p for p in table["properties"] if p.get("partitioned")]
    return {
        "id": document["name"],
        "version": document["version"],
        "description": table.get("description", ""),
        "columns": [_column(p) for p in table["properties"]],
        "rules": [_rule(r) for r in table.get("quality", ()) if r.get("engine") == "meshwright"],
        "on_fail": facts["on_fail"],
        "owner": document.get("team", {}).get("name", ""),
        "purpose": document.get("description", {}).get("purpose", ""),
        "tags": document.get("tags", ()),
        "partition_by": [p["name"] for p in sorted(partitions, key=lambda p: int(p["partitionKeyPosition"]))],
        "sla": {p["property"]: span_of(p) if "unit" in p else p["value"] for p in document.get("slaProperties", ())},
        "ports": [port | {"columns": [_column(c) for c in port["columns"]]} for port in facts.get("ports", ())],
        "sources": [s | {"columns": [_column(c) for c in s["columns"]]} for s in facts.get("sources", ())],
    }


def _rule(part: Part) -> Part:
    return {
        "name": part["name"],
        "description": part.get("description", ""),
        "severity": part.get("severity"),
        "columns": part["implementation"]["columns"],
        "expression": part["implementation"]["expression"],
    }


def _column(part: Part) -> Part:
    facts = facts_of(part)
    passed_on = {n: facts[n] for n in facts if n in ColumnSpec.model_fields}
    return passed_on | {
        "name": part["name"],
        "type": (kind := _type(part, facts)),
        "nullable": not part.get("required", False),
        "description": part.get("description", ""),
        "key": part.get("primaryKey", facts.get("key", False)),
        "classes": part["classification"].split(", ") if "classification" in part else (),
        "references": _reference(part),
        "constraints": _constraints(part, kind["kind"], facts),
    }


def _type(part: Part, facts: Mapping[str, Any]) -> Part:
    if "vector" in facts:
        return {"kind": "vector", "length": facts["vector"]}
    logical = part["logicalType"]
    if logical == "array":
        return {"kind": "list", "items": _column(part["items"])}
    if logical == "object":
        return {"kind": "struct", "fields": [_column(p) for p in part["properties"]]}
    if logical == "number" and (found := _DECIMAL.fullmatch(part.get("physicalType", ""))):
        return {"kind": "decimal", "precision": int(found[1]), "scale": int(found[2])}
    binary = logical == "string" and part.get("physicalType") == "binary"
    return {"kind": "binary" if binary else logical}


def _constraints(part: Part, kind: str, facts: Mapping[str, Any]) -> Part:
    options: Part = part.get("logicalTypeOptions", {})
    found: Part = {"allow_nan": facts.get("allow_nan", False)}
    for ours, theirs in BOUNDS.items():
        if theirs in options:
            found[ours] = decimal_text(Decimal(str(options[theirs]))) if kind == "decimal" else options[theirs]
    if kind != "vector":
        found |= {ours: options[theirs] for theirs, ours in _LENGTHS.items() if theirs in options}
    if "pattern" in options:
        found["pattern"] = str(options["pattern"]).removeprefix("^(?:").removesuffix(")$")
    vocabularies = [q for q in part.get("quality", ()) if q.get("metric") == "invalidValues"]
    if vocabularies:
        found["values"] = vocabularies[0]["arguments"]["validValues"]
    exact: Part = facts.get("limits", {})
    return found | exact


def _reference(part: Part) -> Part | None:
    for relationship in part.get("relationships", ()):
        if found := _TARGET.fullmatch(relationship["to"]):
            domain, product, version, column = found.groups()
            return {"product": f"{domain}.{product}", "column": column, "version": int(version)}
    return None
