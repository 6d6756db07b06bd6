"""Dates and times: ISO 8601, or the `strftime` pattern that a source writes."""

import re

import polars as pl

from meshwright.errors import DefinitionError

UTC_US = pl.Datetime("us", "UTC")

_ISO_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_ISO_TIME = r"[0-9]{2}:[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{1,6}0*)?)?"
_ZONE = "(?:Z|z|[+-][0-9]{2}(?::?[0-9]{2})?)"

_CODES = {
    "Y": "[0-9]{4}",
    "y": "[0-9]{2}",
    "m": "[0-9]{1,2}",
    "d": "[0-9]{1,2}",
    "H": "[0-9]{1,2}",
    "I": "[0-9]{1,2}",
    "M": "[0-5][0-9]",
    "S": "[0-5][0-9]",
    "f": "[0-9]{1,6}",
    "j": "[0-9]{1,3}",
    "b": "[A-Za-z]+",
    "B": "[A-Za-z]+",
    "a": "[A-Za-z]+",
    "A": "[A-Za-z]+",
    "p": "[AaPp][Mm]",
    "z": _ZONE,
    "%": "%",
}


def date(text: pl.Expr, pattern: str | None) -> pl.Expr:
    """Read dates; null for what does not have the pattern or is no day of the calendar."""
    text = text.str.strip_chars()
    fits = text.str.contains(shape(pattern or "%Y-%m-%d") if pattern else f"^{_ISO_DATE}$")
    return pl.when(fits).then(text).str.to_date(_chrono(pattern or "%Y-%m-%d"), strict=False)


def timestamp(text: pl.Expr, pattern: str | None) -> pl.Expr:
    """Read moments as UTC with microseconds.

    ISO 8601 needs `Z` or an offset: a moment without one is no moment. A pattern without `%z` says that the source
    writes UTC; `%z` reads `Z`, `+02`, `+0200` and `+02:00`. A pattern without hours means midnight.
    """
    text = text.str.strip_chars()
    if pattern is None:
        fits = text.str.contains(f"^{_ISO_DATE}[Tt ]{_ISO_TIME}{_ZONE}$")
        iso = _offset(pl.when(fits).then(text).str.replace("[Tt ]", "T").str.replace(",", ".", literal=True))
        iso = iso.str.replace(r"^(.{10}T..:..)([+-])", "${1}:00${2}").str.replace(r"(\.[0-9]{6})0+", "${1}")
        return iso.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%z", time_unit="us", time_zone="UTC", strict=False)
    fits = text.str.contains(shape(pattern))
    written = pl.when(fits).then(text)
    if "%z" in pattern:
        moment = _offset(written).str.to_datetime(_chrono(pattern), time_unit="us", time_zone="UTC", strict=False)
    elif "%H" in pattern or "%I" in pattern:
        moment = written.str.to_datetime(_chrono(pattern), time_unit="us", strict=False).dt.replace_time_zone("UTC")
    else:
        moment = written.str.to_date(_chrono(pattern), strict=False).cast(UTC_US)
    return moment.cast(UTC_US)


def shape(pattern: str) -> str:
    """Write the regular expression of what a `strftime` pattern writes, half-padded numbers included."""
    parts: list[str] = []
    for code, literal in re.findall(r"%(.)|([^%]+)", pattern):
        if code and code not in _CODES:
            known = " ".join(f"%{c}" for c in _CODES)
            raise DefinitionError(f"DateFormat({pattern!r})", f"%{code} cannot be read", f"use {known}")
        parts.append(_CODES[code] if code else re.escape(literal))
    return f"^{''.join(parts)}$"


def _chrono(pattern: str) -> str:
    """Spell Python's `%f` as the fraction it is."""
    return pattern.replace(".%f", "%.f").replace("%f", "%6f")


def _offset(text: pl.Expr) -> pl.Expr:
    """Spell every zone as +hh:mm."""
    text = text.str.replace("[Zz]$", "+00:00").str.replace("([+-][0-9]{2})$", "${1}:00")
    return text.str.replace("([+-][0-9]{2})([0-9]{2})$", "${1}:${2}")
