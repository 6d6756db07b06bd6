"""Read a product under a decision."""

from meshwright.query import (
    AllOf,
    AnyOf,
    Compare,
    Filter,
    IsIn,
    IsNull,
    Not,
    Order,
    ReadQuery,
    Scalar,
    StartsWith,
)
from meshwright.read.pipeline import read
from meshwright.read.shown import Shown, masked_schema, shown

__all__ = [
    "AllOf",
    "AnyOf",
    "Compare",
    "Filter",
    "IsIn",
    "IsNull",
    "Not",
    "Order",
    "ReadQuery",
    "Scalar",
    "Shown",
    "StartsWith",
    "masked_schema",
    "read",
    "shown",
]
