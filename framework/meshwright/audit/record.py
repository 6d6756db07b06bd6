"""Events of the audit as values that the client and the service share."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from meshwright.moments import Moment

UNREADABLE = "unreadable"
"""The kind of an event of which the database holds something else than was written; nothing writes it."""
MAX_EVENTS = 1000
"""The most events that one page has."""

Fact = JsonValue
"""What an event may say: text, whole numbers, truth values, and lists and objects of them. Never a cell's value."""

Facts = Mapping[str, Fact]

Named = Annotated[str, Field(max_length=200)]


class AuditRecord(BaseModel):
    """One event, and the hash that hangs it on the one before.

    `at` is UTC, ISO 8601 with microseconds. `kind` is `intent` (a read is about to begin), `outcome` (it ended; its
    facts name the intent by sequence), `denied`, or what was changed, such as `policy.approved`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    sequence: int
    at: str
    kind: str
    principal: str
    product: str
    request: str = ""
    facts: dict[str, JsonValue]
    hash: str


class AuditHead(BaseModel):
    """The last event of a catalog's audit at some time; `signature` is by the catalog's key, empty without one."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    catalog: str
    sequence: int
    hash: str
    at: str = ""
    signature: str = ""

    def signed_text(self) -> bytes:
        """Give what the signature is of; the first line keeps it apart from whatever else the key signs."""
        return f"mesh-audit-head\n{self.catalog}\n{self.sequence}\n{self.hash}\n{self.at}".encode()


class AuditQuery(BaseModel):
    """Which events to list, oldest first: those behind a sequence number, of a product, by somebody, since a time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    after: int = Field(default=0, ge=0, lt=2**63)
    limit: int = Field(default=MAX_EVENTS, ge=1, le=MAX_EVENTS)
    product: Named | None = None
    principal: Named | None = None
    since: Moment | None = None


class AuditPage(BaseModel):
    """Some events, oldest first; fewer than asked for when there are no more."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    records: tuple[AuditRecord, ...]
