"""What a run knows of itself: all that its events are made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from meshwright.events.naming import Name
from meshwright.lineage import ColumnLineage
from meshwright.markers import Severity
from meshwright.spec import ColumnSpec, Spec


@dataclass(frozen=True, kw_only=True, slots=True)
class InputFacts:
    """A product or source that a run reads; `place` is an absolute path or address, `part` a table or sheet in it.

    `others` are further places of the same source, `format` is how its files are written.
    """

    id: str
    kind: Literal["product", "source"]
    place: str
    columns: tuple[ColumnSpec, ...]
    part: str = ""
    others: tuple[str, ...] = ()
    format: str = ""
    version: int | None = None
    rows: int | None = None
    rejected: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckFacts:
    """How many rows a check of the contract failed; never which values did."""

    name: str
    failed: int
    severity: Severity
    column: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class WrittenFacts:
    """What one commit wrote; what is not known is None."""

    version: int
    rows: int | None
    bytes: int | None = None
    files: int | None = None
    mode: Literal["overwrite", "append"] = "overwrite"
    checks: tuple[CheckFacts, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ParentFacts:
    """The run that started this one, such as a whole `mesh build`; `root` is the one that started it all."""

    job: Name
    run_id: str
    root: "ParentFacts | None" = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CodeFacts:
    """Where a transform's code stands: the address of the file, and where in which repository it is."""

    url: str
    repository: str
    path: str
    revision: str = ""
    branch: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RunFacts:
    """One run of one product's build.

    `run_id` is a UUID as text; `place` the absolute path or address of the product's table; `inputs` and `lineage` go
    by the names of the transform's parameters; `versions` has `meshwright` and `polars`; times are UTC-aware.
    """

    mesh: str
    spec: Spec
    place: str
    run_id: str
    started_at: datetime
    inputs: Mapping[str, InputFacts]
    versions: Mapping[str, str]
    lineage: ColumnLineage | None = None
    nominal_at: datetime | None = None
    parent: ParentFacts | None = None
    code: CodeFacts | None = None
    env: str = ""
    model: bool = False

    @property
    def producer(self) -> str:
        """Name who tells."""
        return producer(self.versions)


@dataclass(frozen=True, kw_only=True, slots=True)
class TogetherFacts:
    """The run that the builds of one domain's products are part of, when they are asked for at once."""

    mesh: str
    domain: str
    run_id: str
    started_at: datetime
    nominal_at: datetime
    versions: Mapping[str, str]
    parent: ParentFacts | None = None
    env: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingFacts:
    """One run of a consumer that makes a training set; `id` is `domain.consumer`."""

    mesh: str
    id: str
    owner: str
    purpose: str
    run_id: str
    started_at: datetime
    inputs: Mapping[str, InputFacts]
    versions: Mapping[str, str]
    lineage: ColumnLineage | None = None
    description: str = ""
    tags: tuple[str, ...] = ()
    parent: ParentFacts | None = None
    code: CodeFacts | None = None
    env: str = ""

    @property
    def producer(self) -> str:
        """Name who tells."""
        return producer(self.versions)


@dataclass(frozen=True, kw_only=True, slots=True)
class MadeFacts:
    """A training set that was made: its manifest's id, its rows and its columns with their types, in order."""

    manifest: str
    rows: int
    columns: Mapping[str, str] = field(default_factory=dict[str, str])


def producer(versions: Mapping[str, str]) -> str:
    """Name the software that tells of runs."""
    return f"urn:meshwright:{versions['meshwright']}"
