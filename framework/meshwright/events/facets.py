"""OpenLineage facets as plain mappings, each with the version of the specification that it follows."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from meshwright.dtypes import BY_KIND
from meshwright.events.facts import CheckFacts, InputFacts
from meshwright.events.naming import Name
from meshwright.lineage import ColumnLineage, Kind, Origin
from meshwright.spec import ColumnSpec, ColumnType, DecimalType, ListType, StructType, VectorType

Facet = dict[str, Any]

SPECIFICATION = "https://openlineage.io/spec"
EVENT = f"{SPECIFICATION}/2-0-2/OpenLineage.json#/$defs/RunEvent"
JOB_EVENT = f"{SPECIFICATION}/2-0-2/OpenLineage.json#/$defs/JobEvent"
_VERSIONS = {
    "CatalogDatasetFacet": "1-1-0",
    "ColumnLineageDatasetFacet": "1-2-0",
    "DataQualityAssertionsDatasetFacet": "1-1-0",
    "DatasetTypeDatasetFacet": "1-0-1",
    "DatasetVersionDatasetFacet": "1-0-1",
    "DatasourceDatasetFacet": "1-0-1",
    "DocumentationDatasetFacet": "1-1-0",
    "DocumentationJobFacet": "1-1-0",
    "ErrorMessageRunFacet": "1-0-1",
    "ExtractionErrorRunFacet": "1-1-2",
    "HierarchyDatasetFacet": "1-0-0",
    "InputSubsetInputDatasetFacet": "1-0-0",
    "InputStatisticsInputDatasetFacet": "1-0-0",
    "JobTypeJobFacet": "2-0-4",
    "LifecycleStateChangeDatasetFacet": "1-0-1",
    "NominalTimeRunFacet": "1-0-1",
    "OutputStatisticsOutputDatasetFacet": "1-0-2",
    "OwnershipDatasetFacet": "1-0-1",
    "OwnershipJobFacet": "1-0-1",
    "ParentRunFacet": "1-2-0",
    "ProcessingEngineRunFacet": "1-1-1",
    "SchemaDatasetFacet": "1-2-0",
    "SourceCodeLocationJobFacet": "1-1-0",
    "StorageDatasetFacet": "1-0-1",
    "SymlinksDatasetFacet": "1-0-1",
    "TagsDatasetFacet": "1-0-0",
    "TagsJobFacet": "1-0-0",
    "TagsRunFacet": "1-0-0",
    "TestRunFacet": "1-0-1",
}
_FILES = {"InputSubsetInputDatasetFacet": "BaseSubsetDatasetFacet"}
"""Kinds whose schema stands in a file of another name."""


def facet(producer: str, kind: str, /, **content: object) -> Facet:
    """Make one facet of a kind of the specification."""
    file = _FILES.get(kind, kind)
    schema = f"{SPECIFICATION}/facets/{_VERSIONS[kind]}/{file}.json#/$defs/{kind}"
    return {"_producer": producer, "_schemaURL": schema, **content}


def tag(key: str, value: str = "true") -> Facet:
    """Write one tag that Meshwright gives."""
    return {"key": key, "value": value, "source": "MESHWRIGHT"}


def moment(at: datetime) -> str:
    """Write a time in UTC as RFC 3339 asks."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def schema_fields(columns: Iterable[ColumnSpec]) -> list[Facet]:
    """List columns with Delta's type names, nested ones within theirs; positions count from 1."""
    return [_field(column) | {"ordinal_position": n} for n, column in enumerate(columns, 1)]


def _field(column: ColumnSpec) -> Facet:
    found: Facet = {"name": column.name, "type": type_name(column.type)}
    if column.description:
        found["description"] = column.description
    if nested := _nested(column.type):
        found["fields"] = [_field(c) for c in nested]
    return found


def _nested(kind: ColumnType) -> tuple[ColumnSpec, ...]:
    if isinstance(kind, ListType):
        return (kind.items,) if _nested(kind.items.type) else ()
    return kind.fields if isinstance(kind, StructType) else ()


def type_name(kind: ColumnType) -> str:
    """Name a type as Delta does."""
    if isinstance(kind, DecimalType):
        return f"decimal({kind.precision},{kind.scale})"
    if isinstance(kind, VectorType):
        return "array<double>"
    if isinstance(kind, ListType):
        return f"array<{type_name(kind.items.type)}>"
    return "struct" if isinstance(kind, StructType) else BY_KIND[kind.kind].delta


def class_tags(columns: Iterable[ColumnSpec], above: str = "") -> Iterator[Facet]:
    """Tag every classified column, nested ones by their path."""
    for column in columns:
        path = f"{above}{column.name}"
        for label in column.classes:
            yield tag("class", label) | {"field": path}
        inner = (column.type.items,) if isinstance(column.type, ListType) else _nested(column.type)
        yield from class_tags(inner, f"{path}.")


def column_lineage_content(columns: Iterable[str], lineage: ColumnLineage, names: Mapping[str, Name]) -> Facet:
    """State column lineage, what shapes the rows once for all columns."""
    return {
        "fields": {
            column: {"inputFields": _input_fields(lineage.columns[column], names)}
            for column in columns
            if column in lineage.columns
        },
        "dataset": _input_fields(lineage.rows, names),
    }


def _input_fields(origins: Mapping[Origin, frozenset[Kind]], names: Mapping[str, Name]) -> list[Facet]:
    return [_input_field(origin, kinds, names[origin.input]) for origin, kinds in sorted(origins.items())]


def _input_field(origin: Origin, kinds: frozenset[Kind], name: Name) -> Facet:
    found: Facet = {"namespace": name.namespace, "name": name.name, "field": origin.column}
    if kinds:
        found["transformations"] = [_transformation(k) for k in sorted(kinds)]
    return found


def _transformation(kind: Kind) -> Facet:
    """State one way that values took; only a declassifier has a description."""
    found = kind._asdict()
    return found if kind.description else {k: v for k, v in found.items() if k != "description"}


def input_assertions(given: InputFacts) -> list[Facet]:
    """State whether every row of a source could be read."""
    if given.rejected is None:
        return []
    failed = CheckFacts(name="rows_readable", failed=given.rejected, severity="quarantine")
    return [assertion(failed)]


def assertion(check: CheckFacts) -> Facet:
    """State a check's outcome on a dataset."""
    found = {"assertion": check.name.rpartition(".")[2], "success": not check.failed, **_outcome(check)}
    return found | ({"column": check.column} if check.column else {})


def test_execution(check: CheckFacts) -> Facet:
    """State a check's outcome in a run."""
    return {"status": "fail" if check.failed else "pass", "type": check.name.rpartition(".")[2], **_outcome(check)}


def _outcome(check: CheckFacts) -> Facet:
    return {
        "name": check.name,
        "severity": "error" if check.severity == "error" else "warn",
        "expected": "0",
        "actual": str(check.failed),
        "params": {"counts": "rows", "on_fail": check.severity},
    }
