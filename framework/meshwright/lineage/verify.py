"""Hold a lineage against what a transform does to rows: one input column at a time is changed, and the outputs watched.

It uses nothing of Polars that is not public, and nothing of the walk: what it finds, the walk cannot have got wrong
in the same way. It shows dependences and cannot show their absence, so more rows that differ more prove more.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from meshwright.lineage.dependencies import ColumnLineage, Origin
from meshwright.lineage.perturb import canary, holds_canary, perturbed

Run = Callable[[Mapping[str, pl.DataFrame]], pl.DataFrame]
Edge = tuple[Origin, str]
"""An input column and an output column."""

RUNS_ELSEWHERE = 120
"""How many more runs a direct edge is worth that no change has moved yet."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What changing one column at a time showed; names of columns and counts, never a value.

    `moved` are the dependences seen: `missed` those of them that the lineage does not name, `copied` texts found again
    that it does not call direct. Of the `direct` edges of an exact lineage no change moved those that are `quiet`, nor
    those that are `idle`, whose column has one value in all rows, which shows nothing. Columns that are `unstable`
    differ when the same rows run twice and are not looked at. A run that fails on changed values counts as `failed`.
    """

    rows: int
    runs: int
    failed: int
    direct: int
    moved: frozenset[Edge] = frozenset()
    missed: tuple[Edge, ...] = ()
    copied: tuple[Edge, ...] = ()
    quiet: tuple[Edge, ...] = ()
    idle: tuple[Edge, ...] = ()
    unstable: tuple[str, ...] = ()


def verify(run: Run, frames: Mapping[str, pl.DataFrame], lineage: ColumnLineage) -> Verified:
    """Run a transform on rows, then on rows with one column changed, and compare what changed with the lineage.

    What the transform raises on the rows as they are is raised.
    """
    base, again = run(frames), run(frames)
    unstable = tuple(name for name in base.columns if _differ(base[name], again[name]))
    stable = base.drop(unstable)
    watched = _Watched(run, frames, stable)
    moved = {(origin, name) for origin in _origins(frames) for name in watched.changes(origin)}
    found = {(origin, name) for origin in _origins(frames) for name in watched.canaries(origin)}
    direct = [(origin, name) for name in stable.columns for origin in _sure(lineage, name)]
    still = [edge for edge in direct if edge not in moved]
    moved |= {(origin, name) for origin, name in still if watched.moves_elsewhere(origin, name, lineage)}
    still = [edge for edge in still if edge not in moved]
    return Verified(
        rows=base.height,
        runs=watched.runs,
        failed=watched.failed,
        direct=len(direct),
        moved=frozenset(moved),
        missed=tuple(sorted((o, n) for o, n in moved if o not in lineage.upper_bound(n))),
        copied=tuple(sorted((o, n) for o, n in found if o not in lineage.direct(n))),
        quiet=tuple((o, n) for o, n in still if stable[n].n_unique() > 1),
        idle=tuple((o, n) for o, n in still if stable[n].n_unique() <= 1),
        unstable=unstable,
    )


def verify_transform(
    transform: Callable[..., Any],
    frames: Mapping[str, pl.DataFrame],
    lineage: ColumnLineage,
    parameters: Mapping[str, Any],
) -> Verified:
    """Verify a transform of lazy frames; among its parameters is the seed of one that draws random numbers."""

    def run(given: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
        made = transform(**{name: frame.lazy() for name, frame in given.items()}, **parameters)
        found: pl.DataFrame = made.collect()
        return found

    return verify(run, frames, lineage)


class _Watched:
    """A transform with what it made of the rows as they are."""

    def __init__(self, run: Run, frames: Mapping[str, pl.DataFrame], base: pl.DataFrame) -> None:
        self._run = run
        self._frames = frames
        self._base = base
        self.runs = 0
        self.failed = 0

    def changes(self, origin: Origin) -> Iterator[str]:
        """Name the outputs that any change of an input column changes."""
        seen: set[str] = set()
        for changed in perturbed(self._frames[origin.input], origin.column):
            made = self._made({**self._frames, origin.input: changed})
            if made is not None:
                new = (name for name in self._base.columns if name not in seen)
                seen |= {name for name in new if _differ(self._base[name], made[name])}
        yield from (name for name in self._base.columns if name in seen)

    def moves_elsewhere(self, origin: Origin, name: str, lineage: ColumnLineage) -> bool:
        """Tell whether an input column changes an output on rows that differ from these in one more column.

        What only counts between rows that share a key shows on no sample in which each has its own.
        """
        ends = self.runs + RUNS_ELSEWHERE
        others = sorted(lineage.upper_bound(name) - {origin}, key=lambda o: (o.input != origin.input, o))
        for other in others:
            for elsewhere in perturbed(self._frames[other.input], other.column):
                frames = {**self._frames, other.input: elsewhere}
                before = self._made(frames)
                for changed in perturbed(frames[origin.input], origin.column):
                    after = self._made({**frames, origin.input: changed})
                    if before is not None and after is not None and _differ(before[name], after[name]):
                        return True
                if self.runs >= ends:
                    return False
        return False

    def canaries(self, origin: Origin) -> Iterator[str]:
        """Name the outputs in which texts of an input column are found again."""
        marked = canary(self._frames[origin.input], origin.column)
        made = None if marked is None else self._made({**self._frames, origin.input: marked})
        if made is not None:
            yield from (name for name in self._base.columns if holds_canary(made[name]))

    def _made(self, frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame | None:
        self.runs += 1
        try:
            return self._run(frames)
        except Exception:  # noqa: BLE001 - a transform may refuse values that no source would hand over
            self.failed += 1
            return None


def _origins(frames: Mapping[str, pl.DataFrame]) -> Iterator[Origin]:
    return (Origin(name, column) for name, frame in frames.items() for column in frame.columns)


def _sure(lineage: ColumnLineage, column: str) -> list[Origin]:
    """List the direct edges that the lineage is sure of; an upper bound is sure of none."""
    if lineage.opaque:
        return []
    return sorted(o for o, kinds in lineage.columns[column].items() if any(k.type == "DIRECT" for k in kinds))


def _differ(one: pl.Series, other: pl.Series) -> bool:
    """Compare the values of two columns: no order is promised, and float sums depend on it, so nine digits must do."""
    if one.dtype.is_float() and other.dtype.is_float():
        return not _close(one, other)
    return Counter(map(repr, one.to_list())) != Counter(map(repr, other.to_list()))


def _close(one: pl.Series, other: pl.Series) -> bool:
    if (one.len(), one.null_count()) != (other.len(), other.null_count()):
        return False
    pairs = pl.DataFrame({"a": one.drop_nulls().sort(), "b": other.drop_nulls().sort()})
    a, b = pl.col("a"), pl.col("b")
    near = (a == b) | ((a - b).abs() <= pl.max_horizontal(a.abs(), b.abs()) * 1e-9)
    return bool(pairs.select(near.all()).item())
