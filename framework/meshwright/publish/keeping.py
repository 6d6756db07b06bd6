"""Commit files: the rejected rows first, then the rows of the product."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from meshwright.errors import ShapeChanged, TableConflict
from meshwright.publish.build_key import PARTS
from meshwright.publish.labels import with_classes
from meshwright.publish.run import Run
from meshwright.publish.statistics import bounds_of, bounds_to_scan, read_bounds, statistics, statistics_columns
from meshwright.rejected import SOURCE_REJECTS, rejected_rows, rejected_spec
from meshwright.spec import Spec
from meshwright.tables import Commit, DataFile, Layout

REJECTED_ATTEMPTS = 12


def commit_rows(run: Run, files: Sequence[DataFile], base: int | None) -> int:
    """Make the files the table's next version, or its part of it; raise `TableConflict` when `base` is not live."""
    publication = run.publication
    described = _described(run, files)
    run.store.sync(publication.table, [file.path for file in files])
    rows = sum(file.rows for file in files)
    appends = base is not None and publication.mode == "append"
    older: Mapping[str, str] = run.store.stamp(publication.table, base) if appends else {}
    stamp = _stamp(run, publication.spec, publication.run_id) | {"mode": publication.mode, "rows": str(rows)}
    if publication.parts:
        stamp[PARTS] = json.dumps(dict(publication.parts))
    stamp = with_classes(stamp, publication.spec, older)
    columns = statistics_columns(publication.spec)
    return run.store.commit(
        publication.table, Commit(publication.spec, described, publication.mode, base, stamp, columns)
    )


def write_rejected(run: Run, failing: pl.LazyFrame | None, attempt: int) -> tuple[DataFile, ...]:
    """Write rows kept apart; the first time those of the sources are with them."""
    publication = run.publication
    spec = rejected_spec(publication.spec)
    sources = pl.DataFrame(schema=SOURCE_REJECTS) if attempt else publication.source_rejects
    rows = rejected_rows(failing, sources, spec, publication.run_id)
    run.store.make_place(publication.rejected_table)
    return run.engine.write(rows, _rejected_layout(run, attempt))


def commit_rejected(run: Run, files: Sequence[DataFile], attempt: int) -> int:
    """Append rows kept apart; they count once the product's log holds the run."""
    table = run.publication.rejected_table
    spec = rejected_spec(run.publication.spec)
    run.store.sync(table, [file.path for file in files])
    described = tuple((file, statistics(spec, file, {})) for file in files)
    stamp = _stamp(run, spec, _rejected_layout(run, attempt).run_id)
    commit = Commit(spec, described, "append", None, stamp)
    for _ in range(REJECTED_ATTEMPTS - 1):
        try:
            return _append_rejected(run, commit)
        except TableConflict:
            continue
    return _append_rejected(run, commit)


def _append_rejected(run: Run, commit: Commit) -> int:
    table = run.publication.rejected_table
    base = run.store.version(table)
    older: Mapping[str, str] = run.store.stamp(table, base) if base is not None else {}
    planned = replace(commit, base=base, stamp=with_classes(commit.stamp, commit.spec, older))
    try:
        return run.store.commit(table, planned)
    except ShapeChanged:  # a column went or changed its type: older versions of the table keep the older rows
        return run.store.commit(table, replace(planned, mode="overwrite"))


def _rejected_layout(run: Run, attempt: int) -> Layout:
    return Layout(run.publication.rejected_table, f"{run.publication.run_id}.r{attempt}", bounds=False)


def _stamp(run: Run, spec: Spec, run_id: str) -> dict[str, str]:
    return {
        "contract": spec.id,
        "contract_version": spec.version,
        "contract_hash": run.publication.spec.digest(),
        "build_key": run.publication.build_key,
        "run_id": run_id,
        "started_at": run.publication.started_at.isoformat(),
    }


def _described(run: Run, files: Sequence[DataFile]) -> tuple[tuple[DataFile, str], ...]:
    """Write each file's statistics; what its footer does not know is looked up in its rows."""
    spec, schema = run.publication.spec, run.schema
    columns = {file.path: bounds_to_scan(spec, file) for file in files}
    to_scan = [file for file in files if columns[file.path]]
    queries = [run.rows([file]).select(bounds_of(columns[file.path], schema)) for file in to_scan]
    answers = run.engine.collect(queries) if queries else []
    scanned = {
        file.path: read_bounds(columns[file.path], schema, row) for file, row in zip(to_scan, answers, strict=True)
    }
    return tuple((file, statistics(spec, file, scanned.get(file.path, {}))) for file in files)
