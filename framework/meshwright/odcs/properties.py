"""A column as a property of the standard."""

from decimal import Decimal
from pathlib import PurePosixPath

from meshwright.columns.limits import decimal_text
from meshwright.dtypes import BY_KIND
from meshwright.odcs.custom import Part, custom, without_empty
from meshwright.spec import (
    Bound,
    ColumnSpec,
    ColumnType,
    Constraints,
    DecimalType,
    ListType,
    Reference,
    StructType,
    VectorType,
)

BOUNDS = {
    "ge": "minimum",
    "gt": "exclusiveMinimum",
    "le": "maximum",
    "lt": "exclusiveMaximum",
    "multiple_of": "multipleOf",
}


def property_of(column: ColumnSpec) -> Part:
    """Write one column, with everything nested in it."""
    return without_empty(
        {
            "name": column.name,
            "description": column.description,
            **_type(column.type),
            "required": not column.nullable,
            "classification": ", ".join(column.classes),
            "tags": ["pii"] if any(c.split(".")[0] == "pii" for c in column.classes) else [],
            "logicalTypeOptions": _options(column),
            "quality": _vocabulary(column.constraints),
            "relationships": _relationships(column.references),
            "customProperties": _custom(column),
        }
    )


def _type(kind: ColumnType) -> Part:
    physical = physical_type(kind)
    if isinstance(kind, VectorType):
        items = {"name": "item", "logicalType": "number", "physicalType": "double", "required": True}
        return {"logicalType": "array", "physicalType": physical, "items": items}
    if isinstance(kind, ListType):
        return {"logicalType": "array", "physicalType": physical, "items": property_of(kind.items)}
    if isinstance(kind, StructType):
        return {"logicalType": "object", "physicalType": physical, "properties": [property_of(f) for f in kind.fields]}
    if isinstance(kind, DecimalType):
        return {"logicalType": "number", "physicalType": physical}
    return {"logicalType": BY_KIND[kind.kind].odcs, "physicalType": physical}


def physical_type(kind: ColumnType) -> str:
    """Name the type as Delta does."""
    if isinstance(kind, VectorType):
        return "array<double>"
    if isinstance(kind, ListType):
        return f"array<{physical_type(kind.items.type)}>"
    if isinstance(kind, StructType):
        return "struct"
    if isinstance(kind, DecimalType):
        return f"decimal({kind.precision},{kind.scale})"
    return BY_KIND[kind.kind].delta


def _options(column: ColumnSpec) -> Part:
    limits, kind = column.constraints, column.type.kind
    options: Part = {"timezone": True} if kind == "timestamp" else {}
    if kind == "binary":
        options["format"] = "binary"
    for ours, theirs in BOUNDS.items():
        if (limit := getattr(limits, ours)) is not None and not _inexact(kind, limit):
            options[theirs] = _as_number(limit) if kind == "decimal" else limit
    least, most = ("minItems", "maxItems") if kind == "list" else ("minLength", "maxLength")
    options |= {} if limits.min_length is None else {least: limits.min_length}
    options |= {} if limits.max_length is None else {most: limits.max_length}
    options |= {} if limits.pattern is None else {"pattern": f"^(?:{limits.pattern})$"}
    if isinstance(column.type, VectorType):
        options |= {"minItems": column.type.length, "maxItems": column.type.length}
    return options


def _as_number(limit: Bound) -> int | float:
    number = Decimal(str(limit))
    return int(number) if number == number.to_integral_value() else float(number)


def _inexact(kind: str, limit: Bound) -> bool:
    """Tell whether a decimal limit is no number of YAML's."""
    return kind == "decimal" and decimal_text(Decimal(str(_as_number(limit)))) != limit


def _vocabulary(limits: Constraints) -> list[Part]:
    if limits.values is None:
        return []
    return [
        {
            "name": "values",
            "type": "library",
            "metric": "invalidValues",
            "arguments": {"validValues": list(limits.values)},
            "mustBe": 0,
        }
    ]


def _relationships(reference: Reference | None) -> list[Part]:
    if reference is None:
        return []
    domain, _, product = reference.product.partition(".")
    file = PurePosixPath("../..") / domain / product / f"v{reference.version}.odcs.yaml"
    return [{"type": "foreignKey", "to": f"{file}#/schema/{product}/properties/{reference.column}"}]


def _custom(column: ColumnSpec) -> list[Part]:
    exact = {n: getattr(column.constraints, n) for n in BOUNDS}
    number = column.number_format
    return custom(
        unit=column.unit,
        entity=column.entity,
        keep=None if column.keep == "none" else column.keep,
        key=column.key,
        event_time=column.event_time,
        known_at=column.known_at,
        allow_nan=column.constraints.allow_nan,
        vector=column.type.length if isinstance(column.type, VectorType) else None,
        limits={n: v for n, v in exact.items() if v is not None and _inexact(column.type.kind, v)},
        on_fail=column.on_fail,
        level=column.level,
        date_format=column.date_format,
        number_format=number.model_dump() if number else None,
    )
