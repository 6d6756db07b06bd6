"""A contract's columns as Delta's schema."""

from deltalake import Field, Schema
from deltalake.schema import ArrayType, DataType, PrimitiveType, StructType

from meshwright.dtypes import BY_KIND
from meshwright.spec import ColumnSpec, ColumnType, DecimalType, ListType, Spec, VectorType
from meshwright.spec import StructType as StructSpec


def delta_schema(spec: Spec) -> Schema:
    """Write the contract's columns; not null where a null would have stopped the build or gone to quarantine."""
    return Schema([Field(c.name, delta_type(c.type), nullable=may_be_null(c, spec)) for c in spec.columns])


def may_be_null(column: ColumnSpec, spec: Spec) -> bool:
    """Tell whether a committed file may hold a null: where the contract allows one, or only warns of it."""
    return column.nullable or (column.on_fail or spec.on_fail) == "warn"


def delta_type(kind: ColumnType) -> DataType:
    """Give Delta's type; nested values may always be null, since readers differ in how they check those."""
    if isinstance(kind, DecimalType):
        return PrimitiveType(f"decimal({kind.precision},{kind.scale})")
    if isinstance(kind, VectorType):
        return ArrayType(PrimitiveType("double"), contains_null=True)
    if isinstance(kind, ListType):
        return ArrayType(delta_type(kind.items.type), contains_null=True)
    if isinstance(kind, StructSpec):
        return StructType([Field(f.name, delta_type(f.type), nullable=True) for f in kind.fields])
    return PrimitiveType(BY_KIND[kind.kind].delta)
