"""What a reader sees instead of a classified value: a keyed token, or a coarser value.

token: `tok1_<key id>_` and the first 128 bits of HMAC-SHA256 over type, 0x1f and the normalised value. Equal values of
one type have equal tokens under one key, so that joins work, and unequal ones under another. A token is text; it stays
personal data.

coarse: `year`, `month` (a date or time keeps its type), `bucket:N` (a number falls to the multiple of N below),
`prefix:N`, `last4`, `initial`, `domain` (text). `null`: there is no coarse value.
"""

import re
from dataclasses import dataclass

import polars as pl
from polars_hash import CryptographicHashingNameSpace

from meshwright.errors import PolicyRejected
from meshwright.spec import ColumnSpec, ColumnType, DecimalType, ListType, ScalarType, StructType, VectorType

SPACE = " \t\n\r\x0b\x0c\u00a0\u3000"
"""What is stripped from both ends of an address before it is made a token."""

_NORMALISE = ("text", "email", "digits")
_COARSE = re.compile(r"null|year|month|last4|initial|domain|prefix:[1-9]|bucket:[1-9][0-9]{0,14}")
_COARSE_KINDS = {
    "year": ("date", "timestamp"),
    "month": ("date", "timestamp"),
    "bucket": ("integer", "number", "decimal"),
    "prefix": ("string",),
    "last4": ("string",),
    "initial": ("string",),
    "domain": ("string",),
}
_I64_MIN = -(2**63)


@dataclass(frozen=True, slots=True)
class Mask:
    """How a class is masked: how text is normalised before it becomes a token, and what its coarse value is."""

    normalise: str = "text"
    coarse: str = "null"


PLAIN = Mask()
"""Text as it is, and no coarse value."""


def check_normalise(name: str, where: str) -> str:
    """Return a known normalisation; raise `PolicyRejected` otherwise."""
    if name not in _NORMALISE:
        raise PolicyRejected(where, f"unknown token normalisation {name[:40]!r}", f"known: {', '.join(_NORMALISE)}")
    return name


def check_coarse(name: str, where: str) -> str:
    """Return a known coarse method; raise `PolicyRejected` otherwise."""
    if _COARSE.fullmatch(name) is None:
        known = "null, year, month, last4, initial, domain, prefix:N, bucket:N"
        raise PolicyRejected(where, f"unknown coarse method {name[:40]!r}", f"known: {known}")
    return name


def has_coarse(mask: Mask, column: ColumnType) -> bool:
    """Tell whether a type has a coarse value by this mask."""
    return _leaf(column).kind in _COARSE_KINDS.get(mask.coarse.partition(":")[0], ())


def token_type(column: ColumnType) -> ColumnType:
    """Give the type that tokens of a column have: text, in the same lists."""
    if isinstance(column, ListType):
        item = column.items.model_copy(update={"type": token_type(column.items.type)})
        return ListType(items=item)
    if isinstance(column, VectorType):
        return ListType(items=ColumnSpec(name="item", type=ScalarType(kind="string")))
    return ScalarType(kind="string")


def token(value: pl.Expr, column: ColumnType, mask: Mask, key: tuple[str, str]) -> pl.Expr:
    """Replace values by tokens under `key` (public id, and secret as 64 hexadecimal digits); null stays null."""
    if isinstance(column, ListType):
        return value.list.eval(token(pl.element(), column.items.type, mask, key))
    if isinstance(column, VectorType):
        return value.list.eval(token(pl.element(), ScalarType(kind="number"), mask, key))
    key_id, secret = key
    message = pl.concat_str(pl.lit(f"{_leaf(column).kind}\x1f"), canonical_text(value, column, mask.normalise))
    digest = CryptographicHashingNameSpace(message).hmac_sha256(key=secret)
    return pl.concat_str(pl.lit(f"tok1_{key_id}_"), digest.str.slice(0, 32))


def coarse(value: pl.Expr, column: ColumnType, mask: Mask) -> pl.Expr:
    """Replace values by coarser ones of the same type; null stays null."""
    if isinstance(column, ListType):
        return value.list.eval(coarse(pl.element(), column.items.type, mask))
    method, _, parameter = mask.coarse.partition(":")
    if method in ("year", "month"):
        return value.dt.truncate("1y" if method == "year" else "1mo")
    if method == "bucket":
        return _bucket(value, column, int(parameter))
    return _shorten(value, method, int(parameter or "1"))


def canonical_text(value: pl.Expr, column: ColumnType, normalise: str) -> pl.Expr:
    """Write a scalar as the one text that equal values of its type share."""
    if isinstance(column, DecimalType):
        whole = value.cast(pl.String)
        short = whole.str.strip_chars_end("0").str.strip_chars_end(".")
        short = pl.when(whole.str.contains(".", literal=True)).then(short).otherwise(whole)
        return pl.when(value == 0).then(pl.lit("0")).otherwise(short)
    simple = {
        "string": _normalised(value, normalise),
        "integer": value.cast(pl.String),
        "number": _float_bits(value),
        "boolean": pl.when(value).then(pl.lit("true")).when(~value).then(pl.lit("false")),
        "date": value.cast(pl.Int32).cast(pl.String),
        "timestamp": value.cast(pl.Int64).cast(pl.String),
        "binary": value.bin.encode("hex"),
    }
    return simple[column.kind]


def _normalised(value: pl.Expr, how: str) -> pl.Expr:
    if how == "email":
        return value.str.strip_chars(SPACE).str.normalize("NFC").str.to_lowercase().str.normalize("NFC")
    if how == "digits":
        return value.str.replace_all(r"[^0-9]", "")
    return value.str.normalize("NFC")


def _float_bits(value: pl.Expr) -> pl.Expr:
    """Write the bits of a float: decimal notations of floats differ between libraries; zero has one sign here."""
    plain = pl.when(value == 0).then(pl.lit(0.0)).otherwise(value).fill_nan(float("nan"))
    return plain.reinterpret(dtype=pl.Int64).cast(pl.String)


def _bucket(value: pl.Expr, column: ColumnType, width: int) -> pl.Expr:
    if isinstance(column, DecimalType):
        return (value - value % pl.lit(width)).cast(pl.Decimal(column.precision, column.scale), strict=False)
    if column.kind == "number":
        return pl.when(value.is_finite()).then((value / width).floor() * width)
    lowest = _I64_MIN // width * width + width
    return pl.max_horizontal(value, pl.when(value.is_not_null()).then(pl.lit(lowest))) // width * width


def _shorten(value: pl.Expr, method: str, length: int) -> pl.Expr:
    rest = pl.lit("***")
    if method == "domain":
        domain = value.str.extract(r"@([^@\s]+)\s*$").str.to_lowercase()
        short = pl.concat_str(pl.lit("***@"), domain)
        return pl.when(value.is_not_null()).then(short.fill_null(rest))
    keep = 4 if method == "last4" else length
    kept = pl.concat_str(rest, value.str.tail(keep)) if method == "last4" else pl.concat_str(value.str.head(keep), rest)
    long_enough = value.str.len_chars() > keep
    return pl.when(value.is_not_null()).then(pl.when(long_enough).then(kept).otherwise(rest))


def _leaf(column: ColumnType) -> ColumnType:
    if isinstance(column, ListType):
        return _leaf(column.items.type)
    if isinstance(column, VectorType):
        return ScalarType(kind="number")
    if isinstance(column, StructType):
        return column
    return column
