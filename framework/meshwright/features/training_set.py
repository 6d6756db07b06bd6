"""A training set: rows with the manifest that pins what they were made of."""

from dataclasses import dataclass, replace

import polars as pl

from meshwright.errors import TrainingSetDiffers
from meshwright.features.canonical import canonical_order, column_digests
from meshwright.features.manifest import Manifest


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """Rows in canonical order, and what they were made of."""

    manifest: Manifest
    rows: pl.DataFrame


def training_set_of(rows: pl.DataFrame, manifest: Manifest) -> TrainingSet:
    """Put rows into canonical order, and their hashes into the manifest."""
    ordered = canonical_order(rows, manifest.spine)
    return TrainingSet(replace(manifest, rows=ordered.height, columns=column_digests(ordered)), ordered)


def require_same(then: Manifest, now: Manifest) -> None:
    """Raise `TrainingSetDiffers` when other rows came out than the manifest says; it counts and shows no value."""
    if then.rows_sha256 == now.rows_sha256:
        return
    before = {c.name: c for c in then.columns}
    after = {c.name: c for c in now.columns}
    columns = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    changed = [
        what for what in ("code", "versions", "reader", "parameters") if getattr(then, what) != getattr(now, what)
    ]
    raise TrainingSetDiffers(then.consumer, (then.rows, now.rows), columns, changed)
