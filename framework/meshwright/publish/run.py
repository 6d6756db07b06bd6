"""One publication on its way, with the means to move it."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from meshwright.checks import Report, report
from meshwright.checks.marking import severities_of
from meshwright.checks.rows import row_checks
from meshwright.dtypes import polars_type
from meshwright.publish.footers import undecided
from meshwright.publish.publication import Publication
from meshwright.spec import column_classes
from meshwright.tables import DataFile, Engine, Layout, Store


@dataclass(frozen=True, slots=True)
class Run:
    """What is published, and where it is kept and how it is computed."""

    publication: Publication
    store: Store
    engine: Engine

    @property
    def layout(self) -> Layout:
        """Where the files go; one classified column keeps bounds out of all footers: Polars sets them per file."""
        spec = self.publication.spec
        classified = any(column_classes(c) for c in spec.columns)
        publication = self.publication
        return Layout(publication.table, publication.run_id, partition_by=spec.partition_by, bounds=not classified)

    @property
    def schema(self) -> pl.Schema:
        """The contract's columns as Polars stores them."""
        return pl.Schema({c.name: polars_type(c.type) for c in self.publication.spec.columns})

    def rows(self, files: Sequence[DataFile]) -> pl.LazyFrame:
        """Read written files, each row with its file beside it."""
        return self.engine.scan(self.layout, files, self.schema)

    def live_keys(self, base: int | None) -> pl.LazyFrame | None:
        """Read the keys that an append finds in place."""
        spec = self.publication.spec
        if self.publication.mode == "overwrite" or base is None or not spec.keys:
            return None
        return self.store.scan(self.publication.table, base).select(spec.keys)


def judge(run: Run, files: Sequence[DataFile], base: int | None) -> Report:
    """Count what the written rows break: by footers where they prove it, by one scan for the rest."""
    publication = run.publication
    rest = undecided(publication.spec, files)
    found = report(run.rows(files), rest, publication.rules, publication.references, run.live_keys(base))
    severities = severities_of(publication.spec, row_checks(publication.spec, publication.rules))
    return Report(found.rows, {name: found.failed.get(name, 0) for name in severities}, severities)
