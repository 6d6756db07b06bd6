"""Split the files that hold failing rows into rows to publish and rows to keep apart."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from meshwright.checks import mark
from meshwright.publish.run import Run
from meshwright.tables import FILE, DataFile

_AT = "__at"


@dataclass(frozen=True, slots=True)
class Parted:
    """Files without failing rows, the files they were made from, and the failing rows, which are read from those."""

    kept: tuple[DataFile, ...]
    replaced: tuple[DataFile, ...]
    failing: pl.LazyFrame
    rows_failing: int


def part(run: Run, files: Sequence[DataFile], base: int | None, series: str) -> Parted:
    """Write the sound rows of mixed files anew; files without a failing row stay as they are."""
    places = _failing_rows(run, files, base)
    names = set(places[FILE].unique())
    mixed = tuple(file for file in files if file.path in names)
    numbered = run.rows(mixed).with_row_index(_AT)
    local = _renumbered(places, files, mixed).lazy()
    sound = numbered.join(local, on=_AT, how="anti", maintain_order="left").select(run.schema.names())
    failing = numbered.join(local, on=_AT, how="inner", maintain_order="left").select(*run.schema.names(), "_failed")
    written = run.engine.write(sound, replace(run.layout, series=series))
    whole = tuple(file for file in files if file.path not in names)
    return Parted(whole + tuple(f for f in written if f.rows), mixed, failing, places.height)


def _failing_rows(run: Run, files: Sequence[DataFile], base: int | None) -> pl.DataFrame:
    """Find each failing row's number among all rows, its file and what it breaks."""
    publication = run.publication
    numbered = run.rows(files).with_row_index(_AT)
    marked = mark(numbered, publication.spec, publication.rules, publication.references, run.live_keys(base))
    (places,) = run.engine.collect([marked.filter(~pl.col("_kept")).select(_AT, FILE, "_failed")])
    return places


def _renumbered(places: pl.DataFrame, files: Sequence[DataFile], mixed: Sequence[DataFile]) -> pl.DataFrame:
    """Number the failing rows among the rows of mixed files alone."""
    before, after = _starts(files), _starts(mixed)
    shift = {file.path: before[file.path] - after[file.path] for file in mixed}
    moved = pl.col(_AT).cast(pl.Int64) - pl.col(FILE).replace_strict(shift, return_dtype=pl.Int64)
    return places.select(moved.cast(pl.get_index_type()).alias(_AT), "_failed")


def _starts(files: Sequence[DataFile]) -> dict[str, int]:
    starts: dict[str, int] = {}
    total = 0
    for file in files:
        starts[file.path] = total
        total += file.rows
    return starts
