"""Publish one build: write, test what was written, and commit it whole or not at all."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from time import sleep

from meshwright.checks import Report
from meshwright.errors import (
    BuildStopped,
    ForeignCommit,
    MeshError,
    MissingFiles,
    RowsLost,
    RunFailed,
    TableConflict,
    WouldEmpty,
)
from meshwright.publish.heal import orphans, run_of
from meshwright.publish.keeping import commit_rejected, commit_rows, write_rejected
from meshwright.publish.publication import Publication, Published
from meshwright.publish.quarantine import part
from meshwright.publish.run import Run, judge
from meshwright.publish.sampling import sample
from meshwright.publish.shape import check_folders, check_shape
from meshwright.tables import DataFile, Engine, Store

ATTEMPTS = 12
LOOKS_S = (0.01, 0.04, 0.1, 0.5)
"""When to look again for files of a write that failed: threads of its writer may still make and close some."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Files that may be published so far, and the account of what the transform returned."""

    files: tuple[DataFile, ...]
    report: Report
    rows_quarantined: int = 0
    rows_rejected: int = 0
    rejected_version: int | None = None


def at_once(_attempt: int) -> None:
    """Wait for nothing before the next attempt."""


def publish(
    publication: Publication,
    *,
    store: Store,
    engine: Engine,
    pause: Callable[[int], None] = at_once,
    wait: Callable[[float], None] = sleep,
) -> Published:
    """Run the frame once, test every rule on the files it became, and commit them as one version.

    `pause` waits before an append's attempt 1, 2, ... to go on from a version that another writer made meanwhile;
    `wait` lets seconds pass before files of a write that failed are looked for again.
    Raises `BuildStopped` when a rule of severity `error` is broken, `WouldEmpty` when an overwrite would leave no row
    of those that are live, and `TableConflict` when it was planned from a version that is no longer live. Whatever is
    raised, the live version stays and this run's files go.
    """
    run = Run(publication, store, engine)
    check_shape(publication.spec, publication.frame)
    base = _base(run, publication.base)
    try:
        return _publish(run, base, pause)
    except BaseException as error:
        writing = isinstance(error, RunFailed) or not isinstance(error, MeshError)
        with suppress(MeshError, OSError):  # what is left lies there for `heal`; the reason matters more
            take_back(run)
            for seconds in LOOKS_S if writing else ():
                wait(seconds)
                take_back(run)
        raise


def take_back(run: Run) -> None:
    """Delete what this run wrote and no log holds."""
    for table in (run.publication.table, run.publication.rejected_table):
        found = [p for p in orphans(run.store, table) if run_of(p).split(".r")[0] == run.publication.run_id]
        run.store.delete_files(table, found)


def _publish(run: Run, base: int | None, pause: Callable[[int], None]) -> Published:
    run.store.make_place(run.publication.table)
    written = run.engine.write(run.publication.frame, run.layout)
    check_folders(run.publication.table, written)
    progress = Progress(tuple(file for file in written if file.rows), Report(0, {}, {}))
    if not progress.files:
        _require_rows(run, base, {})
    run.store.delete_files(run.publication.table, [file.path for file in written if not file.rows])
    if run.publication.inspect is not None and progress.files:
        run.publication.inspect(sample(run.rows(progress.files), run.engine))
    attempt = 0
    while True:
        progress = _sound(run, progress, base, attempt)
        _account(run, written, progress)
        try:
            version = commit_rows(run, progress.files, base)
        except TableConflict:
            attempt += 1
            if run.publication.mode == "overwrite" or attempt == ATTEMPTS:
                raise
            pause(attempt)
            base = _base(run, base)
        else:
            return _published(written, progress, version)


def _require_rows(run: Run, base: int | None, failed: Mapping[str, int]) -> None:
    """Refuse to put no rows in the place of some, before any row is kept apart for it."""
    publication = run.publication
    if publication.mode == "append" or publication.may_be_empty or base is None:
        return
    live = int(run.store.stamp(publication.table, base).get("rows", 0))
    if live:
        raise WouldEmpty(publication.spec.id, live, failed)


def _base(run: Run, planned: int | None) -> int | None:
    """Find the version to build on: the planned one, or for an append the live one."""
    publication, store = run.publication, run.store
    live = store.version(publication.table)
    if live != planned and publication.mode == "overwrite":
        raise TableConflict(publication.table, planned, live)
    if live is not None and not publication.adopt and not store.stamp(publication.table, live):
        raise ForeignCommit(publication.table, live)
    if live is not None and publication.mode == "append":
        missing = store.live_files(publication.table, live) - store.found_files(publication.table).keys()
        if missing:
            raise MissingFiles(publication.table, missing)
    return live


def _sound(run: Run, progress: Progress, base: int | None, attempt: int) -> Progress:
    """Test the rows, and keep those apart that may not be published; a newer version can only change what keys say."""
    if attempt and not run.publication.spec.keys:
        return progress
    report = judge(run, progress.files, base)
    if errors := report.failing("error"):
        raise BuildStopped(run.publication.spec.id, errors, report.rows)
    whole = replace(progress, report=progress.report if attempt else report)
    if not report.failing("quarantine"):
        return whole if attempt else _with_source_rejects(run, whole)
    return _quarantine(run, whole, base, attempt)


def _with_source_rejects(run: Run, progress: Progress) -> Progress:
    rejects = run.publication.source_rejects
    if rejects.is_empty():
        return progress
    files = write_rejected(run, None, attempt=0)
    return replace(progress, rows_rejected=rejects.height, rejected_version=commit_rejected(run, files, attempt=0))


def _quarantine(run: Run, progress: Progress, base: int | None, attempt: int) -> Progress:
    parted = part(run, progress.files, base, f"{attempt + 1}.")
    if not parted.kept:
        _require_rows(run, base, progress.report.failing("quarantine"))
    files = write_rejected(run, parted.failing, attempt)
    rejected = sum(file.rows for file in files)
    expected = parted.rows_failing + (0 if attempt else run.publication.source_rejects.height)
    if rejected != expected:
        raise RowsLost(run.publication.spec.id, f"{expected} rows to keep apart, {rejected} written")
    run.store.delete_files(run.publication.table, [file.path for file in parted.replaced])
    if not judge(run, parted.kept, base).clean:
        raise RowsLost(run.publication.spec.id, "rows that passed fail once the others are gone")
    return replace(
        progress,
        files=parted.kept,
        rows_quarantined=progress.rows_quarantined + parted.rows_failing,
        rows_rejected=progress.rows_rejected + rejected,
        rejected_version=commit_rejected(run, files, attempt),
    )


def _account(run: Run, written: Sequence[DataFile], progress: Progress) -> None:
    """Assert that every row the transform returned is published or kept apart."""
    returned = sum(file.rows for file in written)
    kept = sum(file.rows for file in progress.files)
    judged = progress.report.rows
    if returned != kept + progress.rows_quarantined or judged != returned:
        problem = (
            f"{returned} rows returned, {judged} tested, {kept} to publish, {progress.rows_quarantined} kept apart"
        )
        raise RowsLost(run.publication.spec.id, problem)


def _published(written: Sequence[DataFile], progress: Progress, version: int) -> Published:
    return Published(
        version=version,
        rows_returned=sum(file.rows for file in written),
        rows_published=sum(file.rows for file in progress.files),
        rows_quarantined=progress.rows_quarantined,
        rows_rejected=progress.rows_rejected,
        report=progress.report,
        rejected_version=progress.rejected_version,
        files=len(progress.files),
        bytes=sum(file.size for file in progress.files),
    )
