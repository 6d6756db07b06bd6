"""Grants of ben's and what was said to them, as tests of the framework make them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from meshwright.grants import Grant, GrantAct

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


def said(act: str, by: str, role: str = "owner", days: float = 0, note: str = "") -> GrantAct:
    """Let somebody say something so many days after the request."""
    facts = {"act": act, "by": by, "role": role, "at": NOW + timedelta(days=days), "note": note}
    return GrantAct.model_validate(facts)


BOTH = (said("approve", "ana"), said("approve", "dora", "data-protection"))
"""The approvals of the desk and of data protection."""


def granted(name: str = "g1", **facts: Any) -> Grant:
    """Make a grant of ben's that the desk and data protection approved when he asked."""
    usual: dict[str, Any] = {
        "product": "sales.customers",
        "requester": "ben",
        "grantee": "user:ben",
        "teams": ("planning",),
        "level": "clear",
        "purpose": "churn",
        "asked_at": NOW,
        "until": NOW + timedelta(days=30),
        "reason": "to call back",
        "acts": BOTH,
    }
    return Grant.model_validate({"id": name, **usual, **facts})
