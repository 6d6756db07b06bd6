"""Clear away what a build left that died: the log says which runs live."""

from collections.abc import Mapping
from datetime import timedelta

import polars as pl

from meshwright.dtypes import polars_type
from meshwright.spec import Spec
from meshwright.tables import Store

GRACE = timedelta(days=1)


def heal(table: str, store: Store, *, grace: timedelta = GRACE) -> tuple[str, ...]:
    """Delete files that a run wrote and never committed, once they lay untouched for `grace`; return their paths.

    Without a log to ask, or with files that are named otherwise, nothing is touched.
    """
    dead = sorted(path for path, age in orphans(store, table).items() if age >= grace)
    store.delete_files(table, dead)
    return tuple(dead)


def orphans(store: Store, table: str) -> Mapping[str, timedelta]:
    """Find files of runs that the log does not hold, with the time since their last change."""
    found = store.found_files(table)
    runs = {path: run_of(path) for path in found}
    held = store.held(table, {run for run in runs.values() if run})
    return {path: found[path] for path, run in runs.items() if run and run not in held}


def run_of(path: str) -> str:
    """Read the run's id from a file's name; empty when no run of ours named it."""
    run, dash, number = path.rpartition("/")[2].removesuffix(".parquet").rpartition("-")
    return run if dash and number[-5:].isdecimal() and len(number) >= 5 else ""


def live_rejected(store: Store, table: str, rejected_table: str, spec: Spec) -> pl.LazyFrame:
    """Read the rejected rows of the builds whose rows make up the live version; `spec` is the rejected table's.

    Rows of a build that died between its two commits stay hidden, and so do those of builds that were overwritten.
    """
    version = store.version(rejected_table)
    if version is None:
        return pl.LazyFrame(schema={c.name: polars_type(c.type) for c in spec.columns})
    runs = sorted(live_runs(store, table, rejected_table))
    return store.scan(rejected_table, version).filter(pl.col("_run_id").is_in(runs))


def live_runs(store: Store, table: str, rejected_table: str) -> frozenset[str]:
    """Name the builds whose rejected rows count: those that the product's log holds and no later one overwrote."""
    runs = store.scan(rejected_table).select(pl.col("_run_id").drop_nulls().unique())
    found = runs.collect()["_run_id"].to_list()
    return store.held(table, found) - _overwritten(store, table)


def _overwritten(store: Store, table: str) -> frozenset[str]:
    """Name the runs before the newest that put its rows in place of all others."""
    history = store.history(table)
    newest = next((n for n, entry in enumerate(history) if entry.get("mode") == "overwrite"), len(history))
    return frozenset(str(entry["run_id"]) for entry in history[newest + 1 :] if "run_id" in entry)
