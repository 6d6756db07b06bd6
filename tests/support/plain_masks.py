"""Tokens and coarse values in plain Python, with the standard library alone."""

import hashlib
import hmac
import math
import struct
import unicodedata
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

from drawn_policies import coarse_of, mask_of
from visits import Cell


def masked(value: Any, cell: Cell, level: str, key: tuple[str, str]) -> Any:
    """Show one value at a level; null stays null."""
    if value is None or level == "clear":
        return value
    if level == "token":
        if cell.kind == "list":
            return [_token(each, "string", cell, key) for each in value]
        return _token(value, cell.kind, cell, key)
    return _coarse(value, coarse_of(cell), cell)


def _token(value: Any, kind: str, cell: Cell, key: tuple[str, str]) -> str:
    name, secret = key
    message = f"{kind}\x1f{_text(value, kind, mask_of(cell)[0])}"
    return f"tok1_{name}_{hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()[:32]}"


def _text(value: Any, kind: str, how: str) -> str:
    match kind:
        case "string" if how == "digits":
            return "".join(c for c in value if c in "0123456789")
        case "string":
            return unicodedata.normalize("NFC", value.strip().lower() if how == "email" else value)
        case "boolean":
            return str(value).lower()
        case "date":
            return str((value - date(1970, 1, 1)).days)
        case "timestamp":
            return str((value - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1))
        case "number":
            return str(struct.unpack(">q", struct.pack(">d", value + 0.0))[0])
        case "decimal":
            return format(value.normalize() + 0, "f")
        case _:
            return str(value)


def _coarse(value: Any, how: str, cell: Cell) -> Any:
    match how:
        case "year":
            return date(value.year, 1, 1)
        case "month":
            return datetime(value.year, value.month, 1, tzinfo=UTC)
        case "domain":
            name, _, domain = value.strip().lower().rpartition("@")
            labels = domain.split(".")
            plain = len(labels) > 1 and all(label.replace("-", "").isalnum() for label in labels)
            return f"***@{domain}" if name and not name[-1].isspace() and plain else "***"
        case "prefix:4":
            return f"{value[:4]}***" if sum(c.isalnum() for c in value) >= 2 * 4 else "***"
        case _:
            bucket = math.floor(Fraction(value) / 100) * 100
            return type(value)(bucket) if cell.kind != "integer" or bucket >= -(2**63) else None
