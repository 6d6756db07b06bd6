"""What was written and what is hidden in it: returned to the caller, written to no file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class WrittenFile:
    """One file below the output folder; table names the SQLite table, else None."""

    path: str
    table: str | None
    rows: int


@dataclass(frozen=True)
class LeakFact:
    """A restated reading: its event lies before the Monday, the extreme value was known only after it."""

    table: str
    serial_number: str
    joint: str
    column: str
    event_at: datetime
    first_known_at: datetime
    known_at: datetime
    monday: datetime
    first_value: float
    value: float


@dataclass(frozen=True)
class Finding:
    """What a winning analysis finds, and the join that finds it."""

    question: str
    answer: str
    how: str


@dataclass(frozen=True)
class Truths:
    """The planted causes."""

    bad_supplier: str
    bad_part: str
    bad_lots: tuple[str, ...]
    bad_from: datetime
    bad_until: datetime
    bad_firmware: str
    milli_gateway: str
    milli_from: datetime
    milli_until: datetime
    leak: LeakFact


@dataclass(frozen=True)
class Manifest:
    """One simulation; dirt counts are keyed `table.kind`."""

    seed: int
    scale: float
    files: tuple[WrittenFile, ...]
    dirt: Mapping[str, int]
    truths: Truths
    findings: tuple[Finding, ...]
