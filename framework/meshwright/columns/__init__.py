"""Read the columns of a schema class from its annotations, and refuse what no table can keep."""

from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from meshwright.columns.annotations import Reading, read_annotation
from meshwright.columns.limits import constraints
from meshwright.columns.marks import classes_of, one, reference_of
from meshwright.errors import DefinitionError, UnsupportedType
from meshwright.markers import DateFormat, EventTime, Key, KnownAt, Level, Number, OnFail, Unit
from meshwright.spec import ColumnSpec, ColumnType, ListType, NumberFormat, StructType

_NOT_NESTED = ("key", "references", "event_time", "known_at")


def columns_of(model: type[BaseModel], outer: tuple[type[BaseModel], ...] = ()) -> tuple[ColumnSpec, ...]:
    """Read every column of a schema class, in the order of its attributes.

    `outer` are the classes that contain this one. Raises `DefinitionError` for the first column that cannot be kept.
    """
    if model in outer:
        raise DefinitionError(model.__name__, "contains itself", "a table has no recursive types: refer to a key")
    return tuple(_column(model, name, field, (*outer, model)) for name, field in model.model_fields.items())


def _column(model: type[BaseModel], attribute: str, field: FieldInfo, outer: tuple[type[BaseModel], ...]) -> ColumnSpec:
    where = f"{model.__name__}.{attribute}"
    reading = read_annotation(field.annotation, field.metadata, where)
    if not field.is_required() and not (reading.nullable and field.default is None):
        raise DefinitionError(where, "has a default", "a table stores every value: set it in the transform")
    try:
        return _column_spec(field.alias or attribute, reading, field.description or "", (where, outer))
    except ValidationError as error:  # a mark with a word that is none of its choices
        wrong = error.errors()[0]
        problem = f"{'.'.join(map(str, wrong['loc']))}: {wrong['msg'].lower()}"
        raise DefinitionError(where, problem, "see the marks in meshwright.markers") from None


def _column_spec(name: str, reading: Reading, description: str, place: tuple[str, Any]) -> ColumnSpec:
    where, outer = place
    key = one(reading.marks, Key, where)
    if key and reading.nullable:
        raise DefinitionError(where, "a key cannot be null", "drop `| None`")
    kind = _type(reading, where, outer)
    on_fail, level = one(reading.marks, OnFail, where), one(reading.marks, Level, where)
    unit, date_format = one(reading.marks, Unit, where), one(reading.marks, DateFormat, where)
    return ColumnSpec(
        name=name,
        type=kind,
        nullable=reading.nullable,
        description=" ".join(description.split()),
        key=key is not None,
        entity=key.entity if key else None,
        keep=key.keep if key else "none",
        event_time=one(reading.marks, EventTime, where) is not None,
        known_at=one(reading.marks, KnownAt, where) is not None,
        unit=unit.code if unit else None,
        classes=classes_of(reading.marks, where),
        references=reference_of(reading.marks, where),
        constraints=constraints(kind, reading.values, reading.marks, where),
        on_fail=on_fail.severity if on_fail else None,
        level=level.name if level else None,
        date_format=date_format.pattern if date_format else None,
        number_format=_number_format(one(reading.marks, Number, where)),
    )


def _type(reading: Reading, where: str, outer: tuple[type[BaseModel], ...]) -> ColumnType:
    if reading.struct is not None:
        if "__mesh__" not in vars(reading.struct) and reading.struct not in outer:
            raise UnsupportedType(where, reading.struct.__name__, "derive it from Schema")
        fields = columns_of(reading.struct, outer)
        return StructType(fields=tuple(_nested(f, f"{reading.struct.__name__}.{f.name}") for f in fields))
    if reading.kind is None:
        inside = f"{where}[]"
        item = _column_spec("item", read_annotation(reading.item, (), inside), "", (inside, outer))
        return ListType(items=_nested(item, inside))
    return reading.kind


def _nested(column: ColumnSpec, where: str) -> ColumnSpec:
    """Refuse marks that only a column of its own can carry."""
    for mark in _NOT_NESTED:
        if getattr(column, mark):
            raise DefinitionError(where, f"a nested field cannot carry {mark}", "give it a column of its own")
    return column


def _number_format(mark: Number | None) -> NumberFormat | None:
    if mark is None:
        return None
    return NumberFormat(prefix=mark.prefix, suffix=mark.suffix, thousands=mark.thousands, decimal=mark.decimal)
