"""What a build, a plan and a check answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from meshwright.markers import RowsShown, Severity


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceCount:
    """Rows of one source: read = accepted + rejected."""

    source: str
    read: int
    accepted: int
    rejected: int


@dataclass(frozen=True, kw_only=True, slots=True)
class KeysArrived:
    """Distinct keys of one input, and how many of them no output row carries; None where no output column does."""

    input: str
    key: tuple[str, ...]
    total: int
    missing: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleCount:
    """How many rows broke one check, and what that meant."""

    check: str
    severity: Severity
    rows: int


@dataclass(frozen=True, kw_only=True, slots=True)
class BuildReport:
    """One build: what was read, what was published, what was held back.

    `withheld` counts lines that the transform printed beside classified values: they are shown nowhere. Of policies
    whose text data protection has refused, `policies_refused` says which version, by whom and why; `policies_withdrawn`
    says which version somebody went back from, and which decides. `advisory` names
    the products of other domains whose classified columns this process read from the storage itself; `limited` those
    of whose rows a policy shows the build only some, or none.
    `older_majors` say for which older major versions less is shown from now on, and how to go back.
    `classes_taken` are what the contract takes from personal data; `classes_kept`: the catalog keeps them until that is
    approved.
    """

    product: str
    status: Literal["built", "up to date"]
    version: int
    run_id: str
    table: str
    sources: tuple[SourceCount, ...] = ()
    returned: int = 0
    published: int = 0
    quarantined: int = 0
    rules: tuple[RuleCount, ...] = ()
    keys: tuple[KeysArrived, ...] = ()
    registered: bool = True
    policies_wait: bool = False
    policies_refused: str = ""
    policies_withdrawn: str = ""
    classes_taken: tuple[str, ...] = ()
    classes_kept: bool = False
    older_majors: tuple[str, ...] = ()
    withheld: int = 0
    advisory: tuple[str, ...] = ()
    limited: Mapping[str, RowsShown] = field(default_factory=dict[str, RowsShown])
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """One product that was not built, and why."""

    product: str
    status: Literal["failed", "skipped"]
    where: str
    problem: str
    hint: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanStep:
    """What a build would do with one product; `changed` names the parts of its build key that did."""

    product: str
    action: Literal["build", "up to date", "unknown"]
    reason: str
    inputs: Mapping[str, int | None] = field(default_factory=dict[str, int | None])
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing `mesh check` found: where, what, and what to do."""

    where: str
    problem: str
    hint: str = ""
    severity: Literal["error", "warn"] = "error"
