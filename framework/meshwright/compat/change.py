"""One difference between two versions of a contract."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["breaking", "compatible", "cosmetic"]


@dataclass(frozen=True, slots=True)
class Change:
    """A difference at a path such as `address.street`, its verdict, the rule that gave it, and a sentence."""

    path: str
    kind: Kind
    rule: str
    text: str


def moved(path: str, rule: str, what: str, *, loosened: bool) -> Change:
    """Judge a promise that became looser (breaking) or tighter (compatible)."""
    if loosened:
        return Change(path, "breaking", f"{rule}-loosened", f"{what} promises less")
    return Change(path, "compatible", f"{rule}-tightened", f"{what} promises more")
