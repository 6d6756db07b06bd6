"""What the gateway tells the audit: an intent before the first byte, an outcome after the last, and each denial."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from meshwright.markers import RevealLevel

Outcome = Literal["complete", "cut", "left", "failed"]
"""All rows sent; stopped by the gateway (rights, deadline); the client went away; an error while reading."""


@dataclass(frozen=True, slots=True)
class ReadFacts:
    """One read, without any value: who, what for, of what, how much of it, and under which rules.

    `principal` is `kind:name`. `levels` are by column path, of the answer alone. `filter` is the filter as JSON, each
    literal replaced by the name of its type, and each name that is no column's; empty without one. `policies` is the
    hash of the rules that decided, `grants` name the grants among them. What was not found out before a denial is empty
    or None.
    """

    principal: str
    purpose: str
    product: str
    contract: str
    version: int | None
    levels: Mapping[str, RevealLevel]
    filter: str
    policies: str
    grants: tuple[str, ...]
    request_id: str


class Audit(Protocol):
    """Keep an account of reads that cannot be changed afterwards; called from several threads."""

    def intent(self, facts: ReadFacts) -> str:
        """Write that a read is about to answer, and return the event's id; raise `MeshError` when it cannot be kept."""
        ...

    def outcome(self, intent: str, rows: int, status: Outcome) -> None:
        """Write how a read ended and how many rows were handed over."""
        ...

    def denied(self, facts: ReadFacts, problem: str) -> None:
        """Write that a read was refused; `problem` may name columns and the purpose, never a value."""
        ...


class Unaudited:
    """Keep no account: for tests, and for an application that is told so."""

    def intent(self, facts: ReadFacts) -> str:
        """Keep nothing."""
        return ""

    def outcome(self, intent: str, rows: int, status: Outcome) -> None:
        """Keep nothing."""

    def denied(self, facts: ReadFacts, problem: str) -> None:
        """Keep nothing."""
