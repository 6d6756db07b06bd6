"""What a build hands over to be published, and what it gets back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import polars as pl

from meshwright.checks import Report
from meshwright.rejected import SOURCE_REJECTS
from meshwright.spec import Spec

MODE = Literal["overwrite", "append"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Publication:
    """One build's rows and where they go.

    `frame` conforms to the contract and is run once. `base` is the live version of `table` that the build was planned
    from, None when there was no table. `references` are tables by `<product>.<column>`. `source_rejects` are rows that
    no source could read, as `source_rejects` shapes them.
    `parts` are those of the build key, for the stamp. `inspect` is given a sample of what the frame returned, and may
    raise. `adopt` builds on a version that somebody else wrote. `may_be_empty` lets an overwrite put no rows in the
    place of some.
    """

    spec: Spec
    rules: Mapping[str, pl.Expr]
    frame: pl.LazyFrame
    table: str
    rejected_table: str
    mode: MODE
    base: int | None
    run_id: str
    build_key: str
    started_at: datetime
    parts: Mapping[str, str] = field(default_factory=dict[str, str])
    references: Mapping[str, pl.LazyFrame] = field(default_factory=dict[str, pl.LazyFrame])
    source_rejects: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SOURCE_REJECTS))
    adopt: bool = False
    may_be_empty: bool = False
    inspect: Callable[[pl.DataFrame], None] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """The version that a build made, and the account of its rows: returned = published + quarantined.

    `report` counts what the rows that the transform returned broke. `rejected_version` is None when no row was
    rejected; `rows_rejected` also counts the sources' rows.
    """

    version: int
    rows_returned: int
    rows_published: int
    rows_quarantined: int
    rows_rejected: int
    report: Report
    rejected_version: int | None
    files: int
    bytes: int
