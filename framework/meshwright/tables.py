"""Tables as the core sees them: an engine that writes files, a store that keeps versions of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, Protocol

import polars as pl

from meshwright.spec import Spec

FILE = "__file"
"""The column in which `Engine.scan` names each row's file."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the files of one run go and what they are like: hive folders, at most `max_rows` rows a file.

    Files are named by run and series. Without `bounds` the footers hold no smallest and largest values.
    """

    table: str
    run_id: str
    series: str = ""
    partition_by: tuple[str, ...] = ()
    max_rows: int = 5_000_000
    bounds: bool = True


@dataclass(frozen=True, slots=True)
class DataFile:
    """One written Parquet file: its path below the table and what its footer says.

    `partition` holds the values of the folders as Delta writes them. `nulls` and `bounds` are by column, without nested
    ones; a column without bounds has none in the footer, or ones that could mislead.
    """

    path: str
    rows: int
    size: int
    partition: Mapping[str, str | None]
    nulls: Mapping[str, int]
    bounds: Mapping[str, tuple[Any, Any]]


class Engine(Protocol):
    """Write a frame to Parquet files and read them back."""

    def write(self, frame: pl.LazyFrame, layout: Layout) -> tuple[DataFile, ...]:
        """Run the frame once and write its rows in order; files are named by the run."""
        ...

    def scan(self, layout: Layout, files: Sequence[DataFile], schema: pl.Schema) -> pl.LazyFrame:
        """Read written files in order, with the columns of `schema` and the file's path in column `_file`."""
        ...

    def collect(self, frames: Sequence[pl.LazyFrame]) -> list[pl.DataFrame]:
        """Run several queries at once, streaming."""
        ...


@dataclass(frozen=True, slots=True)
class Commit:
    """One change of a table: files with their Delta statistics (JSON), and the version it was planned from.

    `base` is None for a table that does not exist. `stamp` goes into the log and names the run as `run_id`.
    Other writers of the table may keep statistics of `statistics_columns` alone.
    """

    spec: Spec
    files: tuple[tuple[DataFile, str], ...]
    mode: Literal["overwrite", "append"]
    base: int | None
    stamp: Mapping[str, str]
    statistics_columns: tuple[str, ...] = ()


class Store(Protocol):
    """Keep tables as files and a log; tables are addresses below the store's root."""

    def place(self, product: str, major: int, *, rejected: bool = False) -> str:
        """Compose the table's address from `domain.product` and the contract's major version."""
        ...

    def version(self, table: str) -> int | None:
        """Return the live version, or None when there is no table."""
        ...

    def stamp(self, table: str, version: int | None = None) -> Mapping[str, str]:
        """Return what the build that made a version wrote beside it; empty when it was not a build of ours."""
        ...

    def published(self, table: str) -> int | None:
        """Return the newest version that a build of ours made; None when the log tells of none."""
        ...

    def history(self, table: str) -> Sequence[Mapping[str, Any]]:
        """List the versions that the log still tells of, newest first: number, time in milliseconds and stamp."""
        ...

    def scan(self, table: str, version: int | None = None) -> pl.LazyFrame:
        """Read a version of a table lazily."""
        ...

    def make_place(self, table: str) -> None:
        """Make the folder of a table that is about to be written, where there are folders, as its store wants it."""
        ...

    def commit(self, table: str, commit: Commit) -> int:
        """Add a version when the live one is still `commit.base`; raise `TableConflict` otherwise."""
        ...

    def held(self, table: str, run_ids: Collection[str]) -> frozenset[str]:
        """Return those runs that the table's log holds, however long ago."""
        ...

    def live_files(self, table: str, version: int | None = None) -> frozenset[str]:
        """List the paths below the table that make up a version; none when there is no table."""
        ...

    def missing_files(self, table: str, version: int | None = None) -> list[str]:
        """Name those files of a version that are not there, where looking costs little."""
        ...

    def found_files(self, table: str) -> Mapping[str, timedelta]:
        """List the data files in the table's folder, in the log or not, with the time since their last change."""
        ...

    def delete_files(self, table: str, paths: Sequence[str]) -> None:
        """Delete files of the table's folder and folders that this empties; a file that is gone is no error."""
        ...

    def sync(self, table: str, paths: Sequence[str]) -> None:
        """Make files and their folders outlast a power cut, where that is in our hands."""
        ...
