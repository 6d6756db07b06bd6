"""Trace a product's columns: run its transform on inputs without rows."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from meshwright.dtypes import polars_type
from meshwright.errors import TransformReads, TransformVaries
from meshwright.lineage import ColumnLineage, column_lineage
from meshwright.mesh.printing import withheld
from meshwright.mesh.world import AnyProduct


def trace(product: AnyProduct, given: Mapping[str, Any]) -> ColumnLineage:
    """Trace a product's columns on inputs without rows; raise `TransformReads` when it reads anything else."""
    schemas = {
        name: pl.Schema({c.name: polars_type(c.type) for c in schema.__mesh__.columns})
        for name, schema in product.inputs.items()
    }
    with withheld():  # it says the same again when it runs
        lineage = column_lineage(product.transform, schemas, given, name=product.id)
    if lineage.reads_others:
        raise TransformReads(product.id)
    return lineage


def require_same(product: AnyProduct, given: Mapping[str, Any], traced: ColumnLineage) -> None:
    """Trace again what was run; raise `TransformVaries` when it makes its columns of others than it did before."""
    again = trace(product, given)
    names = [*traced.columns, *(name for name in again.columns if name not in traced.columns)]
    varying = [name for name in names if traced.columns.get(name) != again.columns.get(name)]
    if varying or traced.rows != again.rows:
        raise TransformVaries(product.id, varying)
