"""What a run knows of itself: all that its events are made from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from meshwright.lineage import ColumnLineage
from meshwright.markers import Severity
from meshwright.spec import ColumnSpec, Spec


@dataclass(frozen=True, kw_only=True, slots=True)
class InputFacts:
    """A product or source that a run reads; `place` is an absolute path or address, `part` a table or sheet in it."""

    id: str
    kind: Literal["product", "source"]
    place: str
    columns: tuple[ColumnSpec, ...]
    part: str = ""
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
    """What one commit wrote."""

    version: int
    rows: int
    bytes: int
    files: int
    mode: Literal["overwrite", "append"] = "overwrite"
    checks: tuple[CheckFacts, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ParentFacts:
    """The run that started this one, such as a whole `mesh build`."""

    run_id: str
    job: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CodeFacts:
    """Where the transform's code stands in a repository."""

    url: str
    path: str
    revision: str


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
