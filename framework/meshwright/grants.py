"""Grants as values that the client, the catalog and the decision share: what is asked for, and what was said to it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, Protocol

from pydantic import Field

from meshwright.moments import Moment
from meshwright.registry import Answer, Words
from meshwright.spec import Value

GrantLevel = Literal["read", "token", "coarse", "clear"]
"""How much is asked for; `read` is what is unclassified."""

Act = Literal["approve", "refuse", "revoke", "confirm", "review"]
"""What can be said to a grant; `confirm` is its owner's recertification, `review` the look at a break-glass."""

Role = Literal["owner", "domain", "data-protection", "holder"]
"""In what role somebody said it; `domain` stands in for an owning team without anybody else in it."""

Status = Literal["waiting", "active", "suspended", "refused", "revoked", "expired", "lapsed", "moved"]
"""How a grant stands at a moment: it is worked out each time, never stored.

`suspended`: who approved is no longer in that role, or the columns now need another approval. `lapsed`: its owner did
not confirm it in time. `moved`: the person left a team they were in when they asked.
"""

Reason = Annotated[str, Field(min_length=1, max_length=500)]
Note = Annotated[str, Field(max_length=500)]
MAX_COLUMNS = 100
Columns = Annotated[tuple[Words, ...], Field(max_length=MAX_COLUMNS)]


class GrantRequest(Value):
    """What somebody asks for: columns, or a class, or what is unclassified, at a level, for a purpose, until a time.

    `grantee` is a team of theirs as `team:NAME`, or a service of their domain as `service:domain.product`; empty:
    themselves.
    """

    product: Words
    columns: Columns = ()
    cls: Words = ""
    level: GrantLevel
    purpose: Words
    until: Moment
    reason: Reason
    grantee: Words = ""


class EmergencyRequest(Value):
    """What somebody opens by breaking the glass, for one hour: columns, or a class; `reason` says what happened."""

    product: Words
    columns: Columns = ()
    cls: Words = ""
    purpose: Words
    reason: Reason


class Said(Value):
    """What goes with an act: a refusal states why."""

    note: Note = ""


class GrantAct(Answer):
    """One thing that was said to a grant; acts are added, never changed.

    `classes` are those of the columns that the grant named at that time, `protected` tells whether who said it was of
    data protection then; None: nobody noted it. `settles` is a review with which the owner and data protection have
    both looked at a broken glass.
    """

    act: Act
    by: str
    role: Role
    at: datetime
    note: str = ""
    classes: tuple[str, ...] | None = None
    protected: bool | None = None
    settles: bool = False


class Grant(Answer):
    """A request and all that was said to it, in order; whether it is in force is worked out from these facts.

    `requester` is the name of a person. `grantee` is `kind:name`; `teams` are those of a person when they asked.
    """

    id: str
    product: str
    requester: str
    grantee: str
    teams: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    cls: str = ""
    level: GrantLevel
    purpose: str
    asked_at: datetime
    until: datetime
    reason: str
    break_glass: bool = False
    acts: tuple[GrantAct, ...] = ()

    @property
    def what(self) -> str:
        """Say in a few words what it opens."""
        of = f"class {self.cls}" if self.cls else ", ".join(self.columns) or "what is unclassified"
        return of if self.level == "read" else f"{of} as {self.level}"


class GrantView(Answer):
    """A grant as somebody sees it now: how it stands and why, until when at most, and what they may say to it.

    `flagged` is a break-glass that its owner and data protection have not both reviewed; `waits_for` says whose word,
    or whose review, is missing.
    """

    grant: Grant
    status: Status
    why: str
    ends_at: datetime
    flagged: bool = False
    may: tuple[Act, ...] = ()
    waits_for: tuple[str, ...] = ()


class GrantList(Answer):
    """Grants, newest first; where there are more, `next` is what to ask for them with as `before`."""

    grants: tuple[GrantView, ...]
    next: str = ""


class HeldGrants(Answer):
    """The grants that may count for the caller: their own and those of their teams."""

    grants: tuple[Grant, ...]


class Orphan(Answer):
    """Something that nobody answers for: a product without an owner, a request or policies that nobody can decide."""

    product: str
    grant: str = ""
    problem: str


class Orphans(Answer):
    """What nobody answers for."""

    orphans: tuple[Orphan, ...]


Which = Literal["mine", "waiting", "owned"]
"""The caller's own, those that wait for the caller, or those of products that the caller answers for."""


class Grants(Protocol):
    """Ask for access, and decide about what others ask for, as one caller."""

    def request(self, wanted: GrantRequest) -> GrantView:
        """Ask; raise `GrantRejected` for what cannot be granted, `UnknownProduct` for what may not be discovered."""
        ...

    def break_glass(self, wanted: EmergencyRequest) -> GrantView:
        """Open classified columns for an hour without asking; loud."""
        ...

    def say(self, grant: str, act: Act, note: str = "") -> GrantView:
        """Approve, refuse, revoke, confirm or review; raise `UnknownGrant`, `NotYourDecision` or `GrantClosed`."""
        ...

    def listed(self, which: Which, product: str | None = None, status: Status | None = None) -> Sequence[GrantView]:
        """List grants, newest first; with a `status`, those that stand so now."""
        ...

    def held(self) -> Sequence[Grant]:
        """Give the grants that may count for the caller; decisions work out which do."""
        ...

    def orphans(self) -> Sequence[Orphan]:
        """List what nobody answers for; raise `NotYourDecision` for whoever is not of data protection."""
        ...
