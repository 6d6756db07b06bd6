"""The spine of a training set: the rows asked about, none lost and none made twice."""

from collections.abc import Sequence

import polars as pl

from meshwright.errors import SpineBroken


def require_spine(consumer: str, spine: pl.DataFrame, rows: pl.DataFrame, keys: Sequence[str]) -> None:
    """Raise `SpineBroken` unless the rows have the spine's keys, each as often as the spine has them.

    A join may neither drop a row, which loses a label, nor double one, which counts it twice.
    """
    absent = [key for key in keys if key not in rows.columns]
    if absent or not keys:
        raise SpineBroken(consumer, f"its rows lack the spine's column {absent[0]!r}" if absent else "it has no keys")
    counted = (
        _counts(spine, keys)
        .join(_counts(rows, keys), on=list(keys), how="full", nulls_equal=True, suffix="_got")
        .select(want=pl.col("_times").fill_null(0), got=pl.col("_times_got").fill_null(0))
    )
    lost = counted.select((pl.col("want").cast(pl.Int64) - pl.col("got")).clip(0).sum()).item()
    more = counted.select((pl.col("got").cast(pl.Int64) - pl.col("want")).clip(0).sum()).item()
    if lost or more:
        raise SpineBroken(consumer, f"of {spine.height} rows of the spine {lost} are lost, and {more} are too many")


def _counts(frame: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    return frame.group_by(keys).agg(_times=pl.len())
