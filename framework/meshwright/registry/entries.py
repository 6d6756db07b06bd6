"""Products as the catalog keeps them: live entries, their history, and what a registration came to."""

from datetime import datetime

from pydantic import ConfigDict

from meshwright.registry.answer import Answer
from meshwright.registry.policies import ClassesTaken, OlderMajor, PolicyRefusal
from meshwright.spec import Registration


class Entry(Registration):
    """A registration as the catalog keeps it: who handed it over, when, and as which change.

    Decisions about its policies are changes, too: they leave the builder and the time of the build.
    Outside of the owning domain and data protection it is told without policies, their tests and the table's place:
    these are empty then, and it is not `whole`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    registered_at: datetime
    registered_by: str
    sequence: int
    whole: bool = True


class EntryPage(Answer):
    """One page of what the caller may discover, by id."""

    total: int
    entries: tuple[Entry, ...]


class Release(Answer):
    """What one build registered, in a product's history.

    `contract_hash` is empty outside of the owning domain and data protection.
    """

    version: str
    delta_version: int | None
    rows: int | None
    run_id: str
    contract_hash: str
    registered_at: datetime
    registered_by: str
    sequence: int


class History(Answer):
    """A product's registrations, newest first."""

    product: str
    releases: tuple[Release, ...]


class Publisher(Answer):
    """Who registers a product, and by whose rights its build reads through the gateway."""

    product: str
    principal: str


class Receipt(Answer):
    """What a registration came to: its number, and whether anything differed from the live one.

    `policy_version` numbers the policies that were handed in, `decides` those in force (0: none are); while they are
    `waiting`, those before them decide, and for good where their text has met with a `refusal`. `takes` are the classes
    that the contract takes from personal data; they are `kept` until that version decides. `older` are the older major
    versions that it changes, too.
    """

    product: str
    sequence: int
    changed: bool
    policy_version: int = 0
    decides: int = 0
    waiting: bool = False
    takes: tuple[ClassesTaken, ...] = ()
    kept: bool = False
    refusal: PolicyRefusal | None = None
    older: tuple[OlderMajor, ...] = ()
