"""The chain: each event's hash covers the event and the hash before it."""

import hashlib
import json
from typing import Any

from meshwright.audit.record import AuditRecord

GENESIS = "0" * 64
"""What stands before the first event."""


def canonical(value: Any) -> str:
    """Write JSON in the one way that is hashed; raise `ValueError` for numbers that are not whole."""
    if _has_float(value):
        raise ValueError("a number in an audit event is whole")
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def link(previous: str, record: AuditRecord) -> str:
    """Hash an event behind the one before it (SHA-256, hex)."""
    text = canonical(record.model_dump(exclude={"hash"}))
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def _has_float(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_has_float(each) for each in value.values())  # pyright: ignore[reportUnknownVariableType] - JSON
    if isinstance(value, list | tuple):
        return any(_has_float(each) for each in value)  # pyright: ignore[reportUnknownVariableType] - JSON
    return isinstance(value, float)
