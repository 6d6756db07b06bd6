"""Values as text, where a form has no type for them: the same in a file as in the gateway's answer."""

import polars as pl
from polars.datatypes import DataTypeClass

CSV_TIME = "%Y-%m-%dT%H:%M:%S%.6f%:z"
"""How times are written in CSV; Polars writes null as nothing, and no text as `""`."""


def without_binary(frame: pl.DataFrame) -> pl.DataFrame:
    """Write binary values as base64, within lists and structs too: Polars writes none of them as JSON."""
    changed = [_plain(pl.col(name), kind).alias(name) for name, kind in frame.schema.items() if _has_binary(kind)]
    return frame.with_columns(changed) if changed else frame


def written_flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Write nested values as JSON, and binary ones as base64."""
    plain = without_binary(frame)
    nested = [_json(plain[name]) for name, kind in plain.schema.items() if kind.is_nested()]
    return plain.with_columns(nested) if nested else plain


def _has_binary(kind: pl.DataType) -> bool:
    if isinstance(kind, pl.List):
        return _has_binary(_inner(kind))
    if isinstance(kind, pl.Struct):
        return any(_has_binary(_made(inner)) for _, inner in kind)
    return isinstance(kind, pl.Binary)


def _plain(value: pl.Expr, kind: pl.DataType) -> pl.Expr:
    if isinstance(kind, pl.List):
        return value.list.eval(_plain(pl.element(), _inner(kind)))
    if isinstance(kind, pl.Struct):
        fields = [_plain(value.struct.field(name), _made(inner)).alias(name) for name, inner in kind]
        return pl.when(value.is_not_null()).then(pl.struct(fields))
    return value.bin.encode("base64") if isinstance(kind, pl.Binary) else value


def _inner(kind: pl.List) -> pl.DataType:
    return _made(kind.inner)


def _made(kind: DataTypeClass | pl.DataType) -> pl.DataType:
    return kind if isinstance(kind, pl.DataType) else kind()


def _json(values: pl.Series) -> pl.Series:
    """Write each value as JSON: the lines of an object with one name, without that name."""
    if values.is_empty():
        return pl.Series(values.name, [], pl.String())
    lines = values.to_frame("v").write_ndjson().rstrip("\n").split("\n")
    text = pl.Series(values.name, [line[len('{"v":') : -1] for line in lines], pl.String())
    return text.zip_with(values.is_not_null(), pl.Series([None], dtype=pl.String()))
