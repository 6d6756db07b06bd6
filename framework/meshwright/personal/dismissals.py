"""Dismissals: a suggestion that somebody looked at and found wrong, with the reason, who, when and until when.

    [dismissals.part-codes]
    column = "part_code"
    class = "pii.identifier"
    reason = "Codes of our parts; they have the checksum of a social security number."
    reviewer = "dora"
    reviewed = 2026-11-24
    expires = 2027-11-24

They stand in the file of the product's waivers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from meshwright.access.principals import Principals
from meshwright.access.toml import document, text_of
from meshwright.errors import PolicyRejected

_TEXTS = ("column", "class", "reason", "reviewer")
_DAYS = ("reviewed", "expires")


@dataclass(frozen=True, slots=True)
class Dismissal:
    """One class that one column does not hold; it holds through the day `expires`, in UTC."""

    where: str
    column: str
    label: str
    reason: str
    reviewer: str
    reviewed: date
    expires: date

    def void(self, principals: Principals, today: date) -> str:
        """Say why the dismissal counts for nothing; the empty text when it counts."""
        if self.expires < today:
            return f"expired on {self.expires}"
        if self.reviewed > today:
            return f"is reviewed on {self.reviewed}, which is yet to come"
        if self.reviewer not in principals.users:
            return f"{self.reviewer!r} is nobody of policies/principals.toml"
        return ""


def parse_dismissals(text: str, file: str) -> tuple[Dismissal, ...]:
    """Read a product's dismissals; raise `PolicyRejected` for one that lacks a word or a day."""
    found = document(text, ("waivers", "dismissals"), file)["dismissals"]
    return tuple(_dismissal(f"{file}: {name}", row) for name, row in found.items())


def _dismissal(where: str, row: Mapping[str, Any]) -> Dismissal:
    if unknown := set(row) - {*_TEXTS, *_DAYS}:
        raise PolicyRejected(where, f"unknown setting {min(unknown)!r}", f"known: {', '.join((*_TEXTS, *_DAYS))}")
    texts = {name: text_of(row, name, where).strip() for name in _TEXTS}
    if missing := [name for name, text in texts.items() if not text]:
        raise PolicyRejected(where, f"has no {missing[0]}")
    days = {name: _day(row, name, where) for name in _DAYS}
    return Dismissal(where, texts["column"], texts["class"], texts["reason"], texts["reviewer"], **days)


def _day(row: Mapping[str, Any], name: str, where: str) -> date:
    found = row.get(name)
    if not isinstance(found, date) or isinstance(found, datetime):
        raise PolicyRejected(where, f"has no day {name!r}", f"write {name} = 2027-03-31")
    return found
