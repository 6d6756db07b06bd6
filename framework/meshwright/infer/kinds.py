"""Find the type of a column, by reading all of it as a build would."""

import re
from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from meshwright.cells import guess, text_cell
from meshwright.errors import UnsupportedType
from meshwright.infer.inferred import InferredColumn, Kind
from meshwright.infer.naming import attribute_names
from meshwright.names import snake_case
from meshwright.spec import ColumnSpec, DecimalType, NumberFormat, ScalarType

TEXT = Kind("str")
_NESTED, _BOOLEAN, _BYTES, _TEXT = (frozenset({k}) for k in ("nested", "boolean", "bytes", "text"))
_MONEY = {"price", "cost", "amount", "total", "subtotal", "tax", "freight", "fee", "revenue", "margin", "discount",
          "eur", "usd", "gbp", "chf", "balance", "payment", "charge", "amt", "due"}  # fmt: skip
_DAY = {"date", "day", "dob", "birthdate", "birthday"}
_CURRENCY = re.compile(r"[$€£¥%]|kr|EUR|USD|GBP|CHF")
_AROUND = re.compile(r"\s*[-+]?\s*([^-+0-9\s.,]*)\s*[-+]?[0-9.,' ]*?(?:[eE][-+]?[0-9]+)?\s*([^0-9\s.,]*)\s*")
_MARKS = (("", "."), (",", "."), ("", ","), (".", ","), ("'", "."), (" ", "."), (" ", ","))


@dataclass(frozen=True, slots=True)
class Reading:
    """How the cells of one file are to be read."""

    decimal: str = "."
    nulls: tuple[str, ...] = ()

    def fits(self, column: pl.Series, spec: ColumnSpec) -> bool:
        """Tell whether every cell is empty or a value of the type."""
        cell = text_cell(spec, decimal=self.decimal, nulls=self.nulls)
        return not column.to_frame().select(cell.misfit.any()).item()


def of_text(column: pl.Series, reading: Reading, *, keep: bool = False) -> Kind:
    """Find the type of cells of text; `keep` leaves what looks like a number as text."""
    values = without_nulls(column, reading.nulls).unique(maintain_order=True)
    if values.is_empty():
        return TEXT
    if words_only(values, {"true", "false"}) or words_only(values, {"yes", "no"}):
        return Kind("bool")
    return of_dates(values) or (None if keep else of_numbers(values, reading)) or TEXT


def without_nulls(column: pl.Series, nulls: Collection[str]) -> pl.Series:
    """Drop empty cells; blanks around them do not matter."""
    kept = column.drop_nulls()
    return kept.filter(~kept.str.strip_chars().is_in(list(nulls))) if nulls else kept


def words_only(values: pl.Series, words: set[str]) -> bool:
    """Tell whether nothing but some words stands there."""
    return set(values.head(10).str.strip_chars().str.to_lowercase().to_list()) <= words and values.len() <= 10


def of_dates(values: pl.Series) -> Kind | None:
    """Find the one way in which all values are dates or times."""
    reading, name = Reading(), values.name
    if not values.str.contains("[0-9]").all():
        return None
    for kind, python in (("date", "date"), ("timestamp", "datetime")):
        plain = ColumnSpec.model_validate({"name": name, "type": {"kind": kind}})
        if reading.fits(values, plain):
            return Kind(python)
        pattern = guess.date_format(values, kind)
        if pattern and (pattern != "%Y%m%d" or _DAY & set(snake_case(name).split("_"))):
            return Kind(python, date_format=pattern)
    return None


def of_numbers(values: pl.Series, reading: Reading) -> Kind | None:
    """Find the one way in which all values are numbers; codes with leading zeros or plus signs are text."""
    if values.str.contains(r"^\s*(?:\+|[-]?0[0-9])").any():
        return None
    for written in _formats(str(values[0]), reading):
        integer = ColumnSpec(name=values.name, type=ScalarType(kind="integer"), number_format=written)
        if reading.fits(values, integer):
            return Kind("int", number_format=written)
        number = integer.model_copy(update={"type": ScalarType(kind="number")})
        if not values.str.contains("[0-9]{19}").any() and reading.fits(values, number):
            return _money(values, written, reading) or Kind("float", number_format=written)
    return None


def _formats(first: str, reading: Reading) -> list[NumberFormat | None]:
    """List the number formats to try, the plain one first; None is no mark at all."""
    around = _AROUND.fullmatch(first)
    prefix, suffix = around.groups() if around else ("", "")
    if any(sign and _CURRENCY.fullmatch(sign) is None for sign in (prefix, suffix)):
        prefix = suffix = ""
    found: list[NumberFormat | None] = []
    for thousands, decimal in _MARKS:
        if reading.decimal == "," and decimal == ".":
            continue
        mark = "." if decimal == reading.decimal else decimal
        written = NumberFormat(prefix=prefix, suffix=suffix, thousands=thousands, decimal=mark)
        found.append(None if written == NumberFormat() else written)
    return found


def _money(values: pl.Series, written: NumberFormat | None, reading: Reading) -> Kind | None:
    sign = written is not None and any(s and s != "%" for s in (written.prefix, written.suffix))
    if not sign and not _MONEY & set(snake_case(values.name).split("_")):
        return None
    for scale in (2, 4, 6):
        spec = ColumnSpec(name=values.name, type=DecimalType(precision=18, scale=scale), number_format=written)
        if reading.fits(values, spec):
            return Kind("Decimal", number_format=written, decimals=(18, scale))
    return None


def of_values(column: pl.Series, kinds: frozenset[str]) -> Kind:
    """Find the type of cells that each have one, from the kinds that were seen and the cells' text."""
    if kinds == _NESTED:
        return of_dtype(column, column.dtype)
    if kinds in (_BOOLEAN, _BYTES):
        return Kind("bool" if kinds == _BOOLEAN else "bytes")
    values = column.drop_nulls().unique(maintain_order=True)
    if kinds and kinds <= {"integer", "number"}:
        found = of_numbers(values, Reading())
        return found if found and not found.number_format else TEXT
    return (of_dates(values) if kinds == _TEXT else None) or TEXT


def of_dtype(column: pl.Series, dtype: pl.DataType) -> Kind:
    """Find the type of a column that has one."""
    if isinstance(dtype, pl.String | pl.Categorical | pl.Enum | pl.Null):
        return TEXT
    if isinstance(dtype, pl.UInt64) and int(str(column.max() or 0)) >= 2**63:
        return Kind("Decimal", decimals=(20, 0))
    if dtype.is_integer() and not isinstance(dtype, pl.Int128 | pl.UInt128):
        return Kind("int")
    if dtype.is_float():
        return Kind("float", allow_nan=not column.drop_nulls().is_finite().all())
    if isinstance(dtype, pl.Decimal):
        return Kind("Decimal", decimals=(dtype.precision or 38, dtype.scale))
    if isinstance(dtype, pl.Datetime):
        return Kind("datetime", date_format=None if dtype.time_zone else "%Y-%m-%dT%H:%M:%S")
    for known, python in ((pl.Boolean(), "bool"), (pl.Date(), "date"), (pl.Binary(), "bytes")):
        if dtype == known:
            return Kind(python)
    return _nested(column, dtype)


def _nested(column: pl.Series, dtype: pl.DataType) -> Kind:
    if isinstance(dtype, pl.Array):
        column, dtype = column.arr.to_list(), pl.List(dtype.inner)
    if isinstance(dtype, pl.List):
        items = column.drop_nulls().filter(column.drop_nulls().list.len() > 0).explode()
        return Kind("list", item=of_dtype(items, items.dtype), item_nullable=items.null_count() > 0)
    if isinstance(dtype, pl.Struct):
        present = column.drop_nulls()
        fields = [present.struct.field(f.name) for f in dtype.fields]
        names = attribute_names([f.name for f in dtype.fields])
        return Kind("struct", fields=tuple(map(_field, fields, names)))
    raise UnsupportedType(column.name, str(dtype), "have it written as text or a number")


def _field(values: pl.Series, name: str) -> InferredColumn:
    kind, nulls = of_dtype(values, values.dtype), values.null_count()
    return InferredColumn(values.name, name, kind, nulls > 0 or values.is_empty(), nulls, 0)
