"""What a table can be at all, asserted before a row is written."""

from collections.abc import Sequence

import polars as pl

from meshwright.dtypes import polars_type
from meshwright.errors import ConformError, DefinitionError, ShapeChanged
from meshwright.spec import Spec, column_classes
from meshwright.tables import DataFile

_PARTITIONS = ("string", "integer", "boolean", "date")


def check_shape(spec: Spec, frame: pl.LazyFrame) -> None:
    """Refuse a frame that is not exactly the contract's columns, and partitions that leak or read back wrong."""
    have = frame.collect_schema()
    want = pl.Schema({c.name: polars_type(c.type) for c in spec.columns})
    if have != want:
        names = [name for name in {**want, **have} if have.get(name) != want.get(name)]
        problems = [f"column {n!r} is {have.get(n, 'missing')}, the table keeps {want.get(n, 'none')}" for n in names]
        raise ConformError(spec.id, problems or ["its columns come in another order"])
    for name in spec.partition_by:
        _check_partition(spec, name)


def check_folders(table: str, files: Sequence[DataFile]) -> None:
    """Refuse empty text as a folder's value: Delta's protocol reads it as null."""
    if empty := {name for file in files for name, value in file.partition.items() if value == ""}:
        problem = f"empty text in partition column {min(empty)!r} would read back as null"
        raise ShapeChanged(table, problem, "make it null, or give it a name")


def _check_partition(spec: Spec, name: str) -> None:
    where = f"{spec.id}, partition_by {name!r}"
    column = spec.column(name)
    if column is None:
        raise DefinitionError(where, "is no column of the contract")
    if classes := column_classes(column):
        hint = "partition by another column: its values become folder names"
        raise DefinitionError(where, f"is classified as {', '.join(sorted(classes))}", hint)
    if column.type.kind not in _PARTITIONS:
        raise DefinitionError(where, f"is a {column.type.kind}", f"use one of {', '.join(_PARTITIONS)}")
    if len(spec.partition_by) == len(spec.columns):
        raise DefinitionError(where, "leaves no column for the files", "partition by fewer columns")
