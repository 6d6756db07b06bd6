"""Numbers as people write them: signs, currency, digits in groups of three, a decimal mark."""

import re

import polars as pl

from meshwright.errors import DefinitionError
from meshwright.spec import ColumnSpec, DecimalType, NumberFormat

EXACT_FLOAT = 2**53
"""Up to here every whole number is a float."""


def number_format(column: ColumnSpec, decimal: str) -> NumberFormat:
    """Combine the column's marks with the file's decimal mark, which holds where the column names no other."""
    found = column.number_format or NumberFormat()
    if found.decimal == ".":
        found = found.model_copy(update={"decimal": decimal})
    if found.decimal == found.thousands:
        problem = f"{found.decimal!r} cannot be both decimal mark and thousands mark"
        raise DefinitionError(f"column {column.name!r}", problem, "name the other one in Number(...)")
    return found


def integer(text: pl.Expr, written: NumberFormat) -> pl.Expr:
    """Read whole numbers of 64 bits; null for anything else."""
    return _plain(text, written, fraction="").cast(pl.Int64, strict=False)


def number(text: pl.Expr, written: NumberFormat, *, allow_nan: bool) -> pl.Expr:
    """Read floats; NaN and infinity only where they are allowed."""
    mark = re.escape(written.decimal)
    value = _plain(text, written, fraction=f"(?:{mark}[0-9]*)?(?:[eE][+-]?[0-9]+)?").cast(pl.Float64, strict=False)
    value = pl.when(value.is_finite()).then(value)
    if not allow_nan:
        return value
    special = {"nan": float("nan"), "inf": float("inf"), "-inf": float("-inf")}
    words = text.str.strip_chars().str.to_lowercase()
    return value.fill_null(words.replace_strict(special, default=None, return_dtype=pl.Float64))


def decimal(text: pl.Expr, written: NumberFormat, kind: DecimalType) -> pl.Expr:
    """Read decimals digit by digit; null when there are more digits than the type holds."""
    mark = re.escape(written.decimal)
    plain = _plain(text, written, fraction=f"(?:{mark}[0-9]*)?")
    fraction = plain.str.extract(r"\.([0-9]*)$").fill_null("").str.strip_chars_end("0")
    fits = fraction.str.len_chars() <= kind.scale
    return pl.when(fits).then(plain).cast(pl.Decimal(kind.precision, kind.scale), strict=False)


def _plain(text: pl.Expr, written: NumberFormat, fraction: str) -> pl.Expr:
    prefix, suffix, mark = re.escape(written.prefix), re.escape(written.suffix), re.escape(written.decimal)
    digits = "[0-9]+"
    if written.thousands:
        digits = f"(?:[0-9]{{1,3}}(?:{re.escape(written.thousands)}[0-9]{{3}})+|[0-9]+)"
    whole = f"(?:{digits}{fraction}|{mark}[0-9]+)" if fraction else digits
    signed = rf"(?:[+-]?\s*{prefix}|{prefix}\s*[+-]?)" if prefix else "[+-]?"
    fits = text.str.contains(rf"^\s*{signed}\s*{whole}\s*{suffix}\s*$")
    plain = text
    for literal in (written.prefix, written.suffix, written.thousands):
        plain = plain.str.replace_all(literal, "", literal=True) if literal else plain
    plain = plain.str.replace_all(r"\s", "")
    if written.decimal != ".":
        plain = plain.str.replace(written.decimal, ".", literal=True)
    return pl.when(fits).then(plain)
