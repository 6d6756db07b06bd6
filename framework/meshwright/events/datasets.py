"""Datasets of events: what a run reads and writes, each with all that its teller may say of it."""

from collections.abc import Iterable, Mapping

from meshwright.events.facets import Facet, class_tags, column_lineage_content, facet, schema_fields, tag
from meshwright.events.facets import input_assertions as assertions_on
from meshwright.events.facts import InputFacts, RunFacts
from meshwright.events.naming import Name, address, dataset_name, lake, mesh_namespace
from meshwright.lineage import ColumnLineage
from meshwright.spec import ColumnSpec, Spec


def input_datasets(mesh: str, producer: str, inputs: Iterable[InputFacts]) -> list[Facet]:
    """State what a run reads; whose it is and what it means, its owner's own events say."""
    return [_input(mesh, producer, given) for given in inputs]


def output_dataset(run: RunFacts, *, planned: bool = True) -> Facet:
    """State the product that a run writes; of a run that failed not what it would have been made from."""
    facets = product_facets(run)
    if planned and run.lineage:
        facets["columnLineage"] = column_lineage_facet(run.producer, run.spec.columns, run.lineage, run.inputs)
    return {**dataset_name(run.place)._asdict(), "facets": facets, "outputFacets": {}}


def column_lineage_facet(
    producer: str, columns: Iterable[ColumnSpec], lineage: ColumnLineage, inputs: Mapping[str, InputFacts]
) -> Facet:
    """State what each column is made from."""
    names = {parameter: dataset_name(given.place, given.part) for parameter, given in inputs.items()}
    content = column_lineage_content((c.name for c in columns), lineage, names)
    return facet(producer, "ColumnLineageDatasetFacet", **content)


def product_facets(run: RunFacts) -> dict[str, Facet]:
    """State what a product is: its columns, classes, owner, meaning and place."""
    spec, producer, name = run.spec, run.producer, dataset_name(run.place)
    facets = _table(producer, name, spec.columns, "TABLE")
    facets |= _tags(producer, spec.columns, spec.tags)
    facets["symlinks"] = _symlink(producer, mesh_namespace(run.mesh), spec.id)
    facets["storage"] = facet(producer, "StorageDatasetFacet", storageLayer="delta", fileFormat="parquet")
    facets["catalog"] = facet(
        producer,
        "CatalogDatasetFacet",
        framework="delta",
        type="meshwright",
        name=run.mesh,
        warehouseUri=address(dataset_name(lake(run.place))),
        source="meshwright",
    )
    facets["hierarchy"] = facet(producer, "HierarchyDatasetFacet", hierarchy=_hierarchy(run.mesh, spec))
    if spec.owner:
        owners = [{"name": f"team:{spec.owner}", "type": "DATA_PRODUCT_OWNER"}]
        facets["ownership"] = facet(producer, "OwnershipDatasetFacet", owners=owners)
    if spec.description:
        content = {"description": spec.description, "contentType": "text/markdown"}
        facets["documentation"] = facet(producer, "DocumentationDatasetFacet", **content)
    return facets


def version_facet(producer: str, version: object) -> Facet:
    """State a version of a dataset."""
    return facet(producer, "DatasetVersionDatasetFacet", datasetVersion=str(version))


def _input(mesh: str, producer: str, given: InputFacts) -> Facet:
    name = dataset_name(given.place, given.part)
    product = given.kind == "product"
    facets = _table(producer, name, given.columns, "TABLE" if product or given.part else "FILE")
    facets |= _tags(producer, given.columns, ())
    facets["symlinks"] = _symlink(producer, mesh_namespace(mesh) + ("" if product else "/sources"), given.id)
    if product:
        facets["storage"] = facet(producer, "StorageDatasetFacet", storageLayer="delta", fileFormat="parquet")
    elif given.format:
        facets["storage"] = facet(producer, "StorageDatasetFacet", storageLayer="file", fileFormat=given.format)
    if given.version is not None:
        facets["version"] = version_facet(producer, given.version)
    return {**name._asdict(), "facets": facets, "inputFacets": _reading(producer, given)}


def _reading(producer: str, given: InputFacts) -> dict[str, Facet]:
    """State how it was read: how many rows, whether all could be, and which other places it was read from."""
    found: dict[str, Facet] = {}
    if given.rows is not None:
        found["inputStatistics"] = facet(producer, "InputStatisticsInputDatasetFacet", rowCount=given.rows)
    if asserted := assertions_on(given):
        found["dataQualityAssertions"] = facet(producer, "DataQualityAssertionsDatasetFacet", assertions=asserted)
    if given.others:
        places = [address(dataset_name(place)) for place in (given.place, *given.others)]
        condition = {"type": "location", "locations": places}
        found["subset"] = facet(producer, "InputSubsetInputDatasetFacet", inputCondition=condition)
    return found


def _table(producer: str, name: Name, columns: tuple[ColumnSpec, ...], kind: str) -> dict[str, Facet]:
    return {
        "schema": facet(producer, "SchemaDatasetFacet", fields=schema_fields(columns)),
        "dataSource": facet(producer, "DatasourceDatasetFacet", name=name.namespace, uri=address(name)),
        "datasetType": facet(producer, "DatasetTypeDatasetFacet", datasetType=kind),
    }


def _tags(producer: str, columns: tuple[ColumnSpec, ...], tags: tuple[str, ...]) -> dict[str, Facet]:
    labels = [*class_tags(columns), *(tag(each) for each in tags)]
    return {"tags": facet(producer, "TagsDatasetFacet", tags=labels)} if labels else {}


def _hierarchy(mesh: str, spec: Spec) -> list[Facet]:
    levels = {"MESH": mesh, "DOMAIN": spec.domain, "PRODUCT": spec.product, "VERSION": f"v{spec.major}"}
    return [{"type": kind, "name": name} for kind, name in levels.items()]


def _symlink(producer: str, namespace: str, name: str) -> Facet:
    identifier = {"namespace": namespace, "name": name, "type": "TABLE"}
    return facet(producer, "SymlinksDatasetFacet", identifiers=[identifier])
