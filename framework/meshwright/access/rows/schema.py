"""The type of a product's rows in Cedar, derived from the contract."""

from meshwright.names import governed_by
from meshwright.spec import ColumnSpec, ColumnType, DecimalType, ListType, ScalarType, Spec

CEDAR_TYPES = {
    "string": "String",
    "integer": "Long",
    "boolean": "Bool",
    "decimal": "decimal",
    "timestamp": "datetime",
    "date": "datetime",
    "list": "Set<String>",
}
"""What a row policy can compare; a date counts as its midnight in UTC."""

DECIMAL_SCALE = 4
"""Cedar's decimals have four places; a row whose value is too large for them is hidden."""


def row_type(spec: Spec) -> str:
    """Write the attributes of a product's rows; a column whose type Cedar has not is left out."""
    found = (c for c in spec.columns if not no_attribute(c))
    return ", ".join(f"{_name(c.name)}{'?' if optional(c, spec) else ''}: {CEDAR_TYPES[c.type.kind]}" for c in found)


def optional(column: ColumnSpec, spec: Spec) -> bool:
    """Tell whether a policy must ask `has` before it reads a column.

    In rejected rows any value may be missing. Their policies are written for the product, so that they need not ask; a
    row that lacks what they read is hidden.
    """
    return column.nullable and governed_by(spec.id) == spec.id


def no_attribute(column: ColumnSpec) -> str:
    """Say why row policies cannot read a column; empty when they can."""
    name = column.name
    if not name.isprintable() or name.startswith("__") or name == "*" or (name.startswith("^") and name.endswith("$")):
        return "has a name that row policies cannot say"
    if column.type.kind not in CEDAR_TYPES or not _fits(column.type):
        return f"is {column.type.kind}, which row policies cannot compare"
    return ""


def _fits(kind: ColumnType) -> bool:
    if isinstance(kind, DecimalType):
        return kind.scale <= DECIMAL_SCALE
    return not isinstance(kind, ListType) or kind.items.type == ScalarType(kind="string")


def _name(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
