"""From an annotation to a type: simple, decimal, vector, vocabulary, list or struct."""

import datetime as dt
import enum
import types
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, ForwardRef, Literal, Union, cast, get_args, get_origin

from pydantic import BaseModel

from meshwright.columns.marks import flatten, one
from meshwright.dtypes import BY_PYTHON
from meshwright.errors import DefinitionError, UnsupportedType
from meshwright.markers import Decimals, Vector
from meshwright.spec import ColumnType, DecimalType, ScalarType, VectorType

Values = tuple[str | int | bool, ...]

_INT64 = range(-(2**63), 2**63)
_INSTEAD: dict[object, str] = {
    dt.timedelta: 'store a float with Unit("s")',
    dt.time: 'store text with Matches(r"\\d{2}:\\d{2}:\\d{2}")',
    uuid.UUID: "store text with Matches(...)",
    dict: "name the fields in a Schema class",
    set: "use list[...]",
    frozenset: "use list[...]",
    tuple: "use list[...]",
    Any: "name the type",
}
_DEFAULT = "use str, int, float, bool, date, datetime, bytes, Decimal, Literal, Enum, list[...] or a Schema class"


@dataclass(frozen=True, slots=True)
class Reading:
    """What an annotation says: one of kind, item or struct; nullability, closed vocabulary and the marks on it."""

    nullable: bool
    marks: tuple[object, ...]
    kind: ColumnType | None = None
    item: Any = None
    struct: type[BaseModel] | None = None
    values: Values | None = None


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
                raise UnsupportedType(where, _name(annotation), "a column has one type, or one type `| None`")
            annotation = options[0]
        else:
            break
    return _reading(annotation, nullable, tuple(flatten(marks)), where)


def _reading(annotation: Any, nullable: bool, marks: tuple[object, ...], where: str) -> Reading:
    if get_origin(annotation) is Literal:
        kind, values = _vocabulary(get_args(annotation), where)
        return Reading(nullable, marks, kind=kind, values=values)
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        kind, values = _members(annotation, where)
        return Reading(nullable, marks, kind=kind, values=values)
    vector = one(marks, Vector, where)
    if get_origin(annotation) is list and vector is None:
        return Reading(nullable, marks, item=get_args(annotation)[0])
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return Reading(nullable, marks, struct=annotation)
    if vector is not None:
        return Reading(nullable, marks, kind=_vector(vector, annotation, where))
    return Reading(nullable, marks, kind=_scalar(annotation, marks, where))


def _scalar(annotation: Any, marks: Sequence[object], where: str) -> ColumnType:
    decimals = one(marks, Decimals, where)
    if annotation is Decimal:
        return _decimal(decimals, where)
    if decimals is not None:
        raise DefinitionError(where, "Decimals stands on a column that is no Decimal", "annotate it Decimal")
    row = BY_PYTHON.get(annotation) if isinstance(annotation, type) else None
    if row is None:
        instead = _INSTEAD.get(get_origin(annotation) or annotation, _DEFAULT)
        if isinstance(annotation, str | ForwardRef):
            instead = "define or import it above the class, at module level"
        raise UnsupportedType(where, _name(annotation), instead)
    return ScalarType.model_validate({"kind": row.kind})


def _decimal(mark: Decimals | None, where: str) -> DecimalType:
    if mark is None:
        return DecimalType()
    if not (1 <= mark.precision <= 38 and 0 <= mark.scale <= mark.precision):
        problem = f"Decimals({mark.precision}, {mark.scale}) is no decimal type"
        raise DefinitionError(where, problem, "precision is 1 to 38, scale 0 to precision")
    return DecimalType(precision=mark.precision, scale=mark.scale)


def _vector(mark: Vector, annotation: Any, where: str) -> VectorType:
    if get_origin(annotation) is not list or get_args(annotation) != (float,):
        raise DefinitionError(where, f"Vector stands on {_name(annotation)}", "annotate it list[float]")
    if mark.length < 1:
        raise DefinitionError(where, f"a vector of length {mark.length}", "the length is 1 or more")
    return VectorType(length=mark.length)


def _members(vocabulary: type[enum.Enum], where: str) -> tuple[ColumnType, Values]:
    classes = vocabulary.__mro__[: vocabulary.__mro__.index(enum.Enum)]
    if issubclass(vocabulary, enum.Flag) or any("_missing_" in vars(c) for c in classes):
        raise UnsupportedType(where, vocabulary.__name__, "an Enum lists its values: no Flag, no _missing_")
    return _vocabulary(tuple(member.value for member in vocabulary), where)


def _vocabulary(values: tuple[object, ...], where: str) -> tuple[ColumnType, Values]:
    kinds = {type(v) for v in values}
    if kinds == {str}:
        return ScalarType(kind="string"), cast("Values", values)
    if kinds == {int} and all(v in _INT64 for v in values):
        return ScalarType(kind="integer"), cast("Values", values)
    found = ", ".join(sorted(k.__name__ for k in kinds)) or "nothing"
    raise UnsupportedType(where, f"vocabulary of {found}", "all text, or all whole numbers of 64 bits")


def _name(annotation: Any) -> str:
    return annotation.__name__ if isinstance(annotation, type) and not get_args(annotation) else str(annotation)
