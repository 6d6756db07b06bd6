"""Tokens: what stands for a value that a reader may compare and join on, and not read.

A token is `tok1_<key id>_` and the first 128 bits of HMAC-SHA256 over type, 0x1f and the normalised value. Equal values
of one type have equal tokens under one key, so that joins work, and unequal ones under another. A token is text; it
stays personal data.
"""

import polars as pl
from polars_hash import CryptographicHashingNameSpace

from meshwright.masks.mask import Mask, leaf
from meshwright.spec import ColumnSpec, ColumnType, DecimalType, ListType, ScalarType, VectorType

SPACE = " \t\n\r\x0b\x0c\u00a0\u3000"
"""What is stripped from both ends of an address before it is made a token."""


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
    message = pl.concat_str(pl.lit(f"{leaf(column).kind}\x1f"), canonical_text(value, column, mask.normalise))
    digest = CryptographicHashingNameSpace(message).hmac_sha256(key=secret)
    return pl.concat_str(pl.lit(f"tok1_{key_id}_"), digest.str.slice(0, 32))


def canonical_text(value: pl.Expr, column: ColumnType, normalise: str) -> pl.Expr:
    """Write a scalar as the one text that equal values of its type share."""
    if isinstance(column, DecimalType):
        whole = value.cast(pl.String)
        short = whole.str.strip_chars_end("0").str.strip_chars_end(".")
        short = pl.when(whole.str.contains(".", literal=True)).then(short).otherwise(whole)
        return pl.when(value == 0).then(pl.lit("0")).otherwise(short)
    simple = {
        "string": normalised(value, normalise),
        "integer": value.cast(pl.String),
        "number": _float_bits(value),
        "boolean": pl.when(value).then(pl.lit("true")).when(~value).then(pl.lit("false")),
        "date": value.cast(pl.Int32).cast(pl.String),
        "timestamp": value.cast(pl.Int64).cast(pl.String),
        "binary": value.bin.encode("hex"),
    }
    return simple[column.kind]


def normalised(value: pl.Expr, how: str) -> pl.Expr:
    """Write text as the one text that its spellings share."""
    if how == "email":
        return value.str.strip_chars(SPACE).str.normalize("NFC").str.to_lowercase().str.normalize("NFC")
    if how == "digits":
        return value.str.replace_all(r"[^0-9]", "")
    return value.str.normalize("NFC")


def _float_bits(value: pl.Expr) -> pl.Expr:
    """Write the bits of a float: decimal notations of floats differ between libraries; zero has one sign here."""
    plain = pl.when(value == 0).then(pl.lit(0.0)).otherwise(value).fill_nan(float("nan"))
    return plain.reinterpret(dtype=pl.Int64).cast(pl.String)
