"""Rejected rows behind the gateway: of the builds that made the live version, and of no other."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, fields

import polars as pl

from meshwright.io.delta import DeltaSnapshot, DeltaStore
from meshwright.publish import live_runs
from meshwright.registry import Entry

RUN = "_run_id"


@dataclass(frozen=True)
class Rejects(DeltaSnapshot):
    """A table of rejected rows as it is now, of which the rows of some runs are read."""

    runs: frozenset[str] = frozenset()

    def batches(self, columns: Sequence[str], rows: int) -> Generator[pl.DataFrame]:
        """Read some columns of the rows of those runs, at most `rows` rows at a time."""
        for batch in super().batches([*dict.fromkeys((*columns, RUN))], rows):
            kept = batch.filter(pl.col(RUN).is_in(sorted(self.runs)))
            yield kept.select(columns) if columns else kept


def rejects(store: DeltaStore, entry: Entry) -> Rejects | None:
    """Open the rejected rows of the product whose table an entry names; None where no row ever was rejected."""
    place = store.place(entry.spec.id.removesuffix("__rejected"), entry.spec.major, rejected=True)
    found = store.snapshot(place)
    if found is None:
        return None
    runs = live_runs(store, entry.table, place)
    return Rejects(**{each.name: getattr(found, each.name) for each in fields(found)}, runs=runs)
