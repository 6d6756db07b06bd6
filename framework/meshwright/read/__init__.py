"""Read a product under a decision."""

from meshwright.query import (
    Aggregate,
    AllOf,
    AnyOf,
    Compare,
    Filter,
    IsIn,
    IsNull,
    Measure,
    Not,
    Order,
    ReadQuery,
    Scalar,
    StartsWith,
)
from meshwright.read.aggregate import SMALLEST_GROUP
from meshwright.read.batches import Batches, Shape, read_batches
from meshwright.read.pipeline import raw_columns, read
from meshwright.read.present import present
from meshwright.read.shown import Shown, column_level, masked_schema, shown

__all__ = [
    "SMALLEST_GROUP",
    "Aggregate",
    "AllOf",
    "AnyOf",
    "Batches",
    "Compare",
    "Filter",
    "IsIn",
    "IsNull",
    "Measure",
    "Not",
    "Order",
    "ReadQuery",
    "Scalar",
    "Shape",
    "Shown",
    "StartsWith",
    "column_level",
    "masked_schema",
    "present",
    "raw_columns",
    "read",
    "read_batches",
    "shown",
]
