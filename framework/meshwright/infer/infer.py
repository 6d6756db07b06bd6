"""From a sample to a description of every column."""

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from meshwright.cells import guess
from meshwright.formats import Csv, Excel
from meshwright.infer import keys, kinds
from meshwright.infer.inferred import Inferred, InferredColumn, Kind
from meshwright.infer.naming import attribute_names
from meshwright.personal import Suggestion, may_be_listed, suggest
from meshwright.ports import Sample

_NULL_WORDS = ("NULL", "null", "NA", "N/A", "#N/A", "NaN", "nan", "None")
_KEPT_AS_TEXT = ("pii.contact.phone", "pii.financial", "pii.identifier", "pii.address.postcode")
_ENOUGH = 20
_VOCABULARY = 12
_SIGNED = {"lat", "latitude", "lon", "lng", "longitude", "x", "y", "z",
           "delta", "change", "diff", "difference", "balance",
           "offset", "temperature", "temp", "current", "voltage", "torque", "force", "speed", "velocity", "position",
           "angle", "error", "residual", "margin", "profit", "growth", "score"}  # fmt: skip
_PIECES = {"quantity", "qty", "pieces", "units"}


def infer(sample: Sample) -> Inferred:
    """Describe a file so that the description, read back, takes every row of it."""
    personal = {s.column: s for s in suggest(sample.frame)}
    reading = _reading(sample)
    found = {name: _kind(sample, name, reading, personal.get(name)) for name in sample.frame.columns}
    frame = sample.frame.with_columns(_emptied(sample.frame[n], reading) for n in found)
    names = attribute_names(list(found))
    key = keys.candidate_key(frame, names, [kind.name for kind in found.values()])
    columns = tuple(
        _column(frame[given], name, _marked(kind, given, personal), key=given in key, personal=personal.get(given))
        for (given, kind), name in zip(found.items(), names, strict=True)
    )
    notes = (*sample.notes, *_notes(frame, columns, key))
    return Inferred(sample.file, _format(sample.format, reading), columns, frame.height, notes)


def _marked(kind: Kind, path: str, personal: Mapping[str, Suggestion]) -> Kind:
    """Add to the fields of a type what they were found to hold, by their paths."""
    if kind.item:
        return replace(kind, item=_marked(kind.item, f"{path}.item", personal))
    within = {f"{path}.{field.source_name}": field for field in kind.fields}
    fields = [replace(f, kind=_marked(f.kind, at, personal), personal=personal.get(at)) for at, f in within.items()]
    return replace(kind, fields=tuple(fields))


def _reading(sample: Sample) -> kinds.Reading:
    if isinstance(sample.format, Csv):
        reading = kinds.Reading(_decimal(sample.frame), ("",))
        return _null_words(sample.frame, reading)
    return kinds.Reading(nulls=("",)) if isinstance(sample.format, Excel) else kinds.Reading()


def _decimal(frame: pl.DataFrame) -> str:
    """Take the comma for the decimal mark when some column needs it and none needs the point."""
    comma = any(_all_decimals(frame[name], ",") for name in frame.columns)
    return "," if comma and not any(_all_decimals(frame[name], r"\.") for name in frame.columns) else "."


def _all_decimals(column: pl.Series, mark: str) -> bool:
    values = kinds.without_nulls(column, ("",)).str.strip_chars()
    number = rf"^[-+]?[0-9]*(?:{mark}[0-9]+)?(?:[eE][-+]?[0-9]+)?$"
    groups = rf"^[-+]?[0-9]{{1,3}}(?:{mark}[0-9]{{3}})*$"
    if values.is_empty() or not values.str.contains(number).all():
        return False
    return bool(values.str.contains(mark).any()) and not values.str.contains(groups).all()


def _null_words(frame: pl.DataFrame, reading: kinds.Reading) -> kinds.Reading:
    """Add words for nothing when a column is a number or date but for them, and no text would be lost."""
    for word in _NULL_WORDS:
        holding = [c for name in frame.columns if (c := frame[name].str.strip_chars() == word).any()]
        with_word = replace(reading, nulls=(*reading.nulls, word))
        typed = [kinds.of_text(frame[c.name], with_word).name not in ("str", "bool") for c in holding]
        if typed and all(typed):
            reading = with_word
    return reading


def _kind(sample: Sample, name: str, reading: kinds.Reading, personal: Suggestion | None) -> Kind:
    column = sample.frame[name]
    if name in sample.kinds:
        return kinds.of_values(column, sample.kinds[name])
    if column.dtype == pl.String() and isinstance(sample.format, Csv | Excel):
        return kinds.of_text(column, reading, keep=personal is not None and personal.name in _KEPT_AS_TEXT)
    return kinds.of_dtype(column, column.dtype)


def _emptied(column: pl.Series, reading: kinds.Reading) -> pl.Series:
    """Null the cells that are read as null."""
    if column.dtype != pl.String() or not reading.nulls:
        return column
    empty = column.is_in(list(reading.nulls)) | (column.str.strip_chars() == "")
    return column.to_frame().select(pl.when(~empty).then(pl.col(column.name)).alias(column.name)).to_series()


def _column(column: pl.Series, name: str, kind: Kind, *, key: bool, personal: Suggestion | None) -> InferredColumn:
    nested = column.dtype.is_nested()
    distinct = 0 if nested else column.drop_nulls().n_unique()
    nulls = column.null_count()
    found = InferredColumn(
        column.name, name, kind, nulls > 0 or column.is_empty(), nulls, distinct, key, personal=personal
    )
    if key or personal or nested:
        return found
    return replace(found, at_least=_at_least(column, name, kind), values=_vocabulary(column, kind, distinct))


def _vocabulary(column: pl.Series, kind: Kind, distinct: int) -> tuple[str, ...]:
    """List the words of a column that repeats a few, where they are codes or kinds and can hardly be somebody's."""
    if kind.name != "str" or not 0 < distinct <= _VOCABULARY or distinct * 10 > column.len() - column.null_count():
        return ()
    words = sorted(str(v) for v in column.drop_nulls().unique())
    return tuple(words) if may_be_listed(column.name, words) else ()


def _at_least(column: pl.Series, name: str, kind: Kind) -> int | None:
    """Propose 0, or 1 for pieces, as the least number, where many rows agree and the name allows it."""
    words = set(name.split("_"))
    if (
        kind.name not in ("int", "float", "Decimal")
        or column.drop_nulls().len() < _ENOUGH
        or words & (_SIGNED | keys.WORDS)
    ):
        return None
    values = column.drop_nulls()
    if values.dtype == pl.String():
        if values.str.contains("-[^0-9]*[0-9]").any() and values.str.contains("^[^0-9]*-").any():
            return None
        return 1 if words & _PIECES and values.str.contains("[1-9]").all() and kind.name == "int" else 0
    return 0 if values.min() is not None and float(str(values.min())) >= 0 and not kind.allow_nan else None


def _format(format: object, reading: kinds.Reading) -> object:
    if isinstance(format, Csv):
        return replace(format, decimal="," if reading.decimal == "," else ".", nulls=reading.nulls)
    return format


def _notes(frame: pl.DataFrame, columns: tuple[InferredColumn, ...], key: tuple[str, ...]) -> list[str]:
    found = [] if key or frame.height < 2 else [_no_key(frame, columns)]
    for column in columns:
        if not column.publishable:
            found.append(f"{column.name}: not in the contract, for it has fields that must be renamed first")
        if column.kind.name == "datetime" and column.kind.date_format and "%z" not in column.kind.date_format:
            found.append(f"{column.name}: times without a zone are taken as UTC")
        if column.kind.name in ("float", "Decimal") and _three_digits(frame[column.source_name]):
            found.append(
                f"{column.name}: its mark is taken for a decimal one; of thousands it is Number(thousands=...)"
            )
        if column.kind.name == "str" and not column.personal and frame[column.source_name].dtype == pl.String():
            found.extend(_ambiguous(frame[column.source_name], column))
    return found


def _no_key(frame: pl.DataFrame, columns: tuple[InferredColumn, ...]) -> str:
    """Say why no column is a key, and which may be one all the same."""
    different = [
        c.name for c in columns if c.kind.name in keys.KINDS and (c.null_count, c.distinct_count) == (0, frame.height)
    ]
    if different:
        each = f"{', '.join(different)} {'differs' if len(different) == 1 else 'differ'}"
        return f"no key: {each} in every row, of which there are few; mark with Key() what identifies one"
    return "no column, and no pair of columns, identifies a row"


def _three_digits(values: pl.Series) -> bool:
    """Tell whether all values are text with one mark and three digits after it, which either reading explains."""
    if values.dtype != pl.String() or not values.drop_nulls().len():
        return False
    marked = values.drop_nulls().str.contains(r"^[^0-9]*(?:[1-9][0-9]{0,2}[.,][0-9]{3}|[0-9]{1,3})[^0-9]*$")
    return bool(marked.all()) and bool(values.drop_nulls().str.contains("[.,]").any())


def _ambiguous(values: pl.Series, column: InferredColumn) -> list[str]:
    patterns = guess.date_formats(values.drop_nulls(), "date")
    if len(patterns) < 2 or "%Y%m%d" in patterns:
        return []
    return [f"{column.name}: kept as text, for its dates could be {' or '.join(patterns)}"]
