"""Casts that keep every value or fail: what delta-rs would change in silence, or panic on, never gets there."""

import polars as pl
from polars.datatypes import DataTypeClass

INTEGERS = (pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64)
_EXACT_IN_FLOAT = (pl.Float32, pl.Int8, pl.Int16, pl.Int32, pl.UInt8, pl.UInt16, pl.UInt32)


def lossless(have: pl.DataType, want: pl.DataType) -> bool:
    """Tell whether `converted` either keeps every value or fails; it never changes one."""
    if have in (want, pl.Null()):
        return True
    if isinstance(have, pl.List | pl.Array) and isinstance(want, pl.List):
        return lossless(inner(have), inner(want))
    if isinstance(have, pl.Struct) and isinstance(want, pl.Struct):
        found, wanted = fields(have), fields(want)
        return found.keys() == wanted.keys() and all(lossless(found[name], wanted[name]) for name in wanted)
    return _lossless_scalar(have, want)


def _lossless_scalar(have: pl.DataType, want: pl.DataType) -> bool:
    if isinstance(want, pl.Int64):
        return isinstance(have, INTEGERS)
    if isinstance(want, pl.Float64):
        return isinstance(have, _EXACT_IN_FLOAT)
    if isinstance(want, pl.String):
        return isinstance(have, pl.Categorical | pl.Enum)
    if isinstance(want, pl.Datetime):
        return isinstance(have, pl.Datetime) and have.time_zone is not None and have.time_unit in ("us", "ms")
    if isinstance(want, pl.Decimal):
        return isinstance(have, INTEGERS) or (isinstance(have, pl.Decimal) and have.scale <= want.scale)
    return False


def converted(value: pl.Expr, have: pl.DataType, want: pl.DataType) -> pl.Expr:
    """Cast strictly between types that `lossless` accepts; fields of a struct come into the wanted order."""
    if have == want:
        return value
    if not _reorders(have, want):
        return value.cast(want)
    if isinstance(have, pl.List | pl.Array) and isinstance(want, pl.List):
        items = value.arr.to_list() if isinstance(have, pl.Array) else value
        return items.list.eval(converted(pl.element(), inner(have), inner(want)))
    if isinstance(have, pl.Struct) and isinstance(want, pl.Struct):
        kinds = fields(have)
        parts = [converted(value.struct.field(n), kinds[n], kind).alias(n) for n, kind in fields(want).items()]
        return pl.when(value.is_not_null()).then(pl.struct(parts))
    return value.cast(want)


def _reorders(have: pl.DataType, want: pl.DataType) -> bool:
    """Tell whether a struct somewhere inside has its fields in another order: a cast refuses that."""
    if isinstance(have, pl.List | pl.Array) and isinstance(want, pl.List):
        return _reorders(inner(have), inner(want))
    if isinstance(have, pl.Struct) and isinstance(want, pl.Struct):
        found, wanted = fields(have), fields(want)
        return list(found) != list(wanted) or any(_reorders(found[name], wanted[name]) for name in wanted)
    return False


def inner(kind: pl.List | pl.Array) -> pl.DataType:
    """Give the type of the items of a list or array."""
    return _instance(kind.inner)


def fields(kind: pl.Struct) -> dict[str, pl.DataType]:
    """Give the types of a struct's fields by name, in order."""
    return {field.name: _instance(field.dtype) for field in kind.fields}


def _instance(kind: pl.DataType | DataTypeClass) -> pl.DataType:
    return kind if isinstance(kind, pl.DataType) else kind()
