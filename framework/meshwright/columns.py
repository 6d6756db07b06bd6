"""Read the columns of a schema class from its annotations."""

import enum
import types
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types as at
from pydantic import AllowInfNan, BaseModel, StringConstraints
from pydantic.fields import FieldInfo

from meshwright.dtypes import BY_PYTHON
from meshwright.errors import DefinitionError, UnsupportedType
from meshwright.markers import (
    Class,
    DateFormat,
    Decimals,
    EventTime,
    Key,
    KnownAt,
    Level,
    Matches,
    Number,
    OnFail,
    Pii,
    References,
    Unit,
    Vector,
)
from meshwright.spec import (
    Bound,
    ColumnSpec,
    ColumnType,
    Constraints,
    DecimalType,
    ListType,
    NumberFormat,
    Reference,
    ScalarType,
    StructType,
    VectorType,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What an annotation says: type, nullability, closed vocabulary and the marks on it."""

    type: ColumnType
    nullable: bool
    values: tuple[str | int | bool, ...] | None
    marks: tuple[object, ...]


def columns_of(model: type[BaseModel]) -> tuple[ColumnSpec, ...]:
    """Read every column of a schema class, in the order of its attributes."""
    return tuple(_column(model, name, field) for name, field in model.model_fields.items())


def _column(model: type[BaseModel], attribute: str, field: FieldInfo) -> ColumnSpec:
    where = f"{model.__name__}.{attribute}"
    reading = read_annotation(field.annotation, field.metadata, where)
    return column_spec(field.alias or attribute, reading, field.description or "", where)


def column_spec(name: str, reading: Reading, description: str, where: str) -> ColumnSpec:
    """Put type, marks and limits of one column together."""
    key = _one(reading.marks, Key)
    if key and reading.nullable:
        raise DefinitionError(where, "a key cannot be null", "drop `| None`")
    on_fail, level, unit = _one(reading.marks, OnFail), _one(reading.marks, Level), _one(reading.marks, Unit)
    date_format = _one(reading.marks, DateFormat)
    return ColumnSpec(
        name=name,
        type=reading.type,
        nullable=reading.nullable,
        description=" ".join(description.split()),
        key=key is not None,
        entity=key.entity if key else None,
        keep=key.keep if key else "none",
        event_time=_one(reading.marks, EventTime) is not None,
        known_at=_one(reading.marks, KnownAt) is not None,
        unit=unit.code if unit else None,
        classes=_classes(reading.marks),
        references=_reference(_one(reading.marks, References)),
        constraints=_constraints(reading, where),
        on_fail=on_fail.severity if on_fail else None,
        level=level.name if level else None,
        date_format=date_format.pattern if date_format else None,
        number_format=_number_format(_one(reading.marks, Number)),
    )


def read_annotation(annotation: Any, metadata: Iterable[object], where: str) -> Reading:
    """Read one annotation; marks may stand inside or outside of `| None`."""
    marks = list(metadata)
    nullable = False
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation, *inner = get_args(annotation)
            marks = [*inner, *marks]
        elif origin in (Union, types.UnionType):
            options = [a for a in get_args(annotation) if a is not type(None)]
            nullable = nullable or len(options) < len(get_args(annotation))
            if len(options) != 1:
                raise UnsupportedType(where, str(annotation), "a column has one type, or one type `| None`")
            annotation = options[0]
        else:
            break
    flat = tuple(_flatten(marks))
    kind, values = _kind(annotation, flat, where)
    return Reading(kind, nullable, values, flat)


def _kind(
    annotation: Any, marks: Sequence[object], where: str
) -> tuple[ColumnType, tuple[str | int | bool, ...] | None]:
    if get_origin(annotation) is Literal:
        return _vocabulary(get_args(annotation), where)
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return _vocabulary(tuple(member.value for member in annotation), where)
    if get_origin(annotation) is list:
        return _list(get_args(annotation)[0], marks, where), None
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return StructType(fields=columns_of(annotation)), None
    if annotation is Decimal:
        decimals = _one(marks, Decimals)
        return (DecimalType(precision=decimals.precision, scale=decimals.scale) if decimals else DecimalType()), None
    if annotation in BY_PYTHON:
        return ScalarType.model_validate({"kind": BY_PYTHON[annotation].kind}), None
    known = ", ".join(row.python.__name__ for row in BY_PYTHON.values())
    raise UnsupportedType(where, str(annotation), f"use {known}, Decimal, Literal, Enum, list[...] or a Schema class")


def _list(item: Any, marks: Sequence[object], where: str) -> ColumnType:
    if vector := _one(marks, Vector):
        return VectorType(length=vector.length)
    return ListType(items=column_spec("item", read_annotation(item, (), f"{where}[]"), "", f"{where}[]"))


def _vocabulary(values: tuple[Any, ...], where: str) -> tuple[ColumnType, tuple[str | int | bool, ...]]:
    kinds = {type(v) for v in values}
    if kinds == {str}:
        return ScalarType(kind="string"), values
    if kinds == {int}:
        return ScalarType(kind="integer"), values
    raise UnsupportedType(where, f"vocabulary of {sorted(k.__name__ for k in kinds)}", "all text or all whole numbers")


def _flatten(marks: Iterable[object]) -> Iterator[object]:
    for mark in marks:
        if isinstance(mark, at.GroupedMetadata) and not isinstance(mark, Decimals | Matches | StringConstraints):
            yield from _flatten(mark)
        else:
            yield mark


def _one(marks: Iterable[object], kind: type[Any]) -> Any:
    return next((m for m in marks if isinstance(m, kind)), None)


def _classes(marks: Iterable[object]) -> tuple[str, ...]:
    pii = {f"pii.{m.kind}" for m in marks if isinstance(m, Pii)}
    return tuple(sorted(pii | {m.name for m in marks if isinstance(m, Class)}))


def _reference(mark: References | None) -> Reference | None:
    return Reference(product=mark.product, column=mark.column, version=mark.version) if mark else None


def _number_format(mark: Number | None) -> NumberFormat | None:
    if mark is None:
        return None
    return NumberFormat(prefix=mark.prefix, suffix=mark.suffix, thousands=mark.thousands, decimal=mark.decimal)


def _constraints(reading: Reading, where: str) -> Constraints:
    found: dict[str, Any] = {"values": reading.values}
    for mark in reading.marks:
        found |= _limits(mark, where)
    return Constraints(**found)


def _limits(mark: object, where: str) -> dict[str, Any]:
    match mark:
        case at.Ge(ge=v):
            return {"ge": bound(v)}
        case at.Gt(gt=v):
            return {"gt": bound(v)}
        case at.Le(le=v):
            return {"le": bound(v)}
        case at.Lt(lt=v):
            return {"lt": bound(v)}
        case at.MultipleOf(multiple_of=v):
            return {"multiple_of": bound(v)}
        case at.MinLen(min_length=n):
            return {"min_length": n}
        case at.MaxLen(max_length=n):
            return {"max_length": n}
        case Matches(pattern=p):
            return {"pattern": p}
        case AllowInfNan(allow_inf_nan=allowed):
            return {"allow_nan": allowed}
        case StringConstraints() | at.Predicate() | at.Not():
            raise DefinitionError(
                where, f"{type(mark).__name__} cannot be checked on a table", "use Len, Matches or a @rule"
            )
        case _:
            return {}


def bound(value: Any) -> Bound:
    """Write a limit so that it survives JSON: decimals and times as text."""
    if isinstance(value, bool | int | float | str):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
