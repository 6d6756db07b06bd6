"""What the core asks of the world: small protocols that io and engines fit by their shape."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import polars as pl

from meshwright.audit import AuditHead, AuditPage, AuditQuery
from meshwright.grants import Grants
from meshwright.markers import RevealLevel, RowsShown
from meshwright.query import ReadRequest
from meshwright.registry import (
    AccessAnswer,
    Entry,
    Impact,
    ImpactQuery,
    LineageGraph,
    LineagePath,
    LineageQuery,
    PathQuery,
    PolicyVersion,
    Publisher,
    Receipt,
    Release,
    SearchPage,
    SearchQuery,
    WhoCan,
    WhoCanQuery,
)
from meshwright.spec import ColumnSpec, Registration

Event = Mapping[str, Any]
"""One OpenLineage event, as JSON-ready mappings."""


class Clock(Protocol):
    """Tell the time."""

    def __call__(self) -> datetime:
        """Return the present, UTC-aware."""
        ...


class Keys(Protocol):
    """Hand out the secret that tokens of one join scope are made with."""

    def key(self, scope: str) -> tuple[str, str]:
        """Return the key's public id and its secret as 64 hexadecimal digits."""
        ...


@dataclass(frozen=True, slots=True)
class PolicyTexts:
    """A mesh's access rules as written: three TOML texts, central Cedar, and by product Cedar, tests and waivers.

    `mesh_tests` are the tests of the central ones, by the names of their files.
    """

    classes: str = ""
    purposes: str = ""
    principals: str = ""
    central: str = ""
    products: Mapping[str, str] = field(default_factory=dict[str, str])
    tests: Mapping[str, str] = field(default_factory=dict[str, str])
    waivers: Mapping[str, str] = field(default_factory=dict[str, str])
    mesh_tests: Mapping[str, str] = field(default_factory=dict[str, str])


class Recorder(Protocol):
    """Take lineage events; an unreachable receiver is reported, never raised."""

    def record(self, event: Event) -> None:
        """Deliver one event, or keep it for later."""
        ...


class PolicyReview(Protocol):
    """Say which policies of a product wait and which decided, and change it as one caller may."""

    def pending(self) -> Sequence[PolicyVersion]:
        """List what waits for data protection: to it everything, to others what their own domain wrote.

        Data protection and the owner are told what each version would change, and the domain what was refused of its
        own until it hands in another.
        """
        ...

    def versions(self, product: str) -> Sequence[PolicyVersion]:
        """List a product's versions, newest first; raise `UnknownProduct`, or an error outside of its domain."""
        ...

    def approve(self, product: str, number: int) -> PolicyVersion:
        """Put the version in force that was looked at and waits, as data protection, never for the owner's side."""
        ...

    def refuse(self, product: str, number: int, reason: str) -> PolicyVersion:
        """Refuse it for good and say why, for whoever could approve it; whatever decided before goes on to decide."""
        ...

    def who_can(self, product: str, asked: WhoCanQuery) -> WhoCan:
        """Say who may see a product, by the version of its policies that decides, or decided at a past moment.

        Raises `UnknownProduct`, `UnknownColumn`, or `PastUnknown` for a time before the product was registered.
        """
        ...

    def roll_back(self, product: str, number: int | None = None) -> PolicyVersion:
        """Let the version before, or the one named, decide again."""
        ...


class Registry(Protocol):
    """Know what every domain publishes, and answer one caller no more than they may discover."""

    def register(self, registration: Registration) -> Receipt:
        """Add or replace one product's entry; the same registration twice is one."""
        ...

    def publisher(self, product: str) -> Publisher:
        """Name the caller as who registers a product; raise `ForeignDomain` for whom `register` refuses."""
        ...

    def find(self, product: str, major: int | None = None) -> Entry | None:
        """Return a product's entry, or None when the caller may not discover it or nobody registered it."""
        ...

    def products(self) -> Sequence[Entry]:
        """List every entry the caller may discover, by id, each in its newest major version."""
        ...

    def releases(self, product: str) -> Sequence[Release]:
        """List a product's registrations, newest first; none when the caller may not discover it."""
        ...

    def search(self, query: SearchQuery) -> SearchPage:
        """Find products by words and filters."""
        ...

    def lineage(self, query: LineageQuery) -> LineageGraph:
        """Follow data up or down from a product or column; raise `UnknownProduct` like `find` returns None."""
        ...

    def impact(self, query: ImpactQuery) -> Impact:
        """Tell what a product or column reaches, and whose that is."""
        ...

    def path(self, query: PathQuery) -> LineagePath:
        """Find the shortest way of data between two products or columns."""
        ...

    def record(self, event: Event) -> None:
        """Take one OpenLineage event of the caller's own domain."""
        ...

    @property
    def policy_review(self) -> PolicyReview:
        """Review policy versions as the caller."""
        ...

    def audit(self, query: AuditQuery) -> AuditPage:
        """List who read, was refused and changed what; raise `DataProtectionOnly` for everybody else."""
        ...

    def audit_head(self) -> AuditHead:
        """Tell the audit's last event; raise `DataProtectionOnly` for everybody else."""
        ...

    @property
    def grants(self) -> Grants:
        """Ask for access, and decide about what others ask for, as the caller."""
        ...


@dataclass(frozen=True, slots=True)
class RowStream:
    """An answer on its way: what it is of, the level and type of each column, and its rows in order, once.

    `batches` raises when the answer ends before its end. `scope` is the id of the key of its tokens; empty without any.
    `rows` tells which rows the policies let the caller see, `policies` is the hash of all that decided.
    """

    version: int
    levels: Mapping[str, RevealLevel]
    schema: pl.Schema
    batches: Iterator[pl.DataFrame]
    scope: str = ""
    rows: RowsShown = "all"
    policies: str = ""


class Gateway(Protocol):
    """Hand over rows of products as one caller may see them, decided and masked where the storage is."""

    def read(self, product: str, request: ReadRequest) -> AbstractContextManager[RowStream]:
        """Open an answer; raise `AccessDenied`, `UnknownProduct`, `UnknownColumn` or `QueryRejected` before any row."""
        ...

    def access(self, product: str, purpose: str, major: int | None = None) -> AccessAnswer | None:
        """Tell what the caller may see of a product for a purpose; None when they may not discover it."""
        ...


@dataclass(frozen=True, slots=True)
class SourceRows:
    """One delivery, read: every row is in `accepted`, typed as the source's columns say, or in `rejected`.

    `rejected` has one line a row: file, row (counted from 1 as a person sees it, header included), column, reason
    and raw, the row's cells as JSON text. `raw` alone holds values.
    """

    accepted: pl.LazyFrame
    rejected: pl.DataFrame
    rows_read: int
    content_hash: str


REJECTED = {"file": pl.String(), "row": pl.Int64(), "column": pl.String(), "reason": pl.String(), "raw": pl.String()}
"""The columns of `SourceRows.rejected`."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A file that nobody described yet: how it is written, as far as one can see, and all its rows.

    Cells are text where the format has no types of its own. `kinds` tells per column which kinds of value stand in a
    format where every cell has one (JSON, SQLite): integer, number, text, boolean, bytes, nested.
    """

    file: str
    format: object
    frame: pl.DataFrame
    kinds: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    notes: tuple[str, ...] = ()


class SourceReader(Protocol):
    """Read what an operational system hands over: files, globs or folders, written as `format` says."""

    def read(self, where: str | Sequence[str], name: str, columns: Sequence[ColumnSpec], format: object) -> SourceRows:
        """Read one delivery; raise `SourceError` when no row of it can be trusted."""
        ...

    def fingerprint(self, where: str | Sequence[str], name: str, format: object) -> str:
        """Hash what is there (SHA-256, hex) without reading it as rows."""
        ...

    def files(self, where: str | Sequence[str], name: str, format: object) -> Sequence[str]:
        """Name the files that a delivery consists of; of a Delta table its folder."""
        ...

    def sample(self, where: str, *, table: str | None = None) -> Sample:
        """Read a file that no class describes; `table` chooses a table or sheet where there are several."""
        ...


FILE = "_file"
"""The column in which a scan names the file of each row."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where and how one run writes a table's files; `bounds` asks for smallest and largest values in the footers."""

    table: str
    run_id: str
    partition_by: tuple[str, ...] = ()
    max_rows: int = 1_000_000
    bounds: bool = True


@dataclass(frozen=True, slots=True)
class DataFile:
    """One written file: its path below the table, rows, bytes, partition values, and by column nulls and bounds."""

    path: str
    rows: int
    size: int
    partition: Mapping[str, str | None] = field(default_factory=dict[str, str | None])
    nulls: Mapping[str, int] = field(default_factory=dict[str, int])
    bounds: Mapping[str, tuple[Any, Any]] = field(default_factory=dict[str, tuple[Any, Any]])
