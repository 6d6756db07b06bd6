"""Point-in-time join: to each spine row the newest fact that held and was known by then."""

from collections.abc import Sequence
from datetime import timedelta

import polars as pl

from meshwright.errors import DefinitionError, UnknownColumn
from meshwright.spec import ColumnSpec


def as_of(
    spine: pl.LazyFrame,
    facts: pl.LazyFrame,
    columns: Sequence[ColumnSpec],
    *,
    at: str,
    within: timedelta | None = None,
) -> pl.LazyFrame:
    """Join facts to a spine on their keys, respecting event time and known-at time.

    A fact counts when event time <= T and known-at <= T, which is max(event, known-at) <= T: so the newest event
    among those already known is a running maximum, and one as-of join finds it. Ties in event time go to the later
    known-at. Height and order of the spine stay; a null key joins nothing. Raises `DefinitionError` when the spine
    lacks a key, already has a column of that name, or has a time that is not in UTC.
    """
    event, known, keys = _times_and_keys(columns)
    times = list(dict.fromkeys((event, known)))
    features = [c.name for c in columns if c.name not in (event, known, *keys)]
    _check_spine(spine.collect_schema(), keys, features, at)
    facts = facts.with_columns(_available=pl.max_horizontal(event, known)).sort([*keys, "_available", *times])
    ranked = facts.with_columns(_rank=pl.struct(times).rank("ordinal").over(keys).cast(pl.Int64))
    best = ranked.with_columns(_best=pl.col("_rank").cum_max().over(keys))
    known_by = best.select(*keys, "_available", "_best").unique([*keys, "_available"], keep="last", maintain_order=True)
    values = ranked.select(*keys, pl.col("_rank").alias("_best"), pl.col(event).alias("_event"), *features)
    timeline = known_by.join(values, on=[*keys, "_best"], how="left").sort("_available")
    joined = (
        spine.with_row_index("_row")
        .with_columns(_at=pl.col(at).dt.cast_time_unit("us"))
        .sort("_at")
        .join_asof(timeline, left_on="_at", right_on="_available", by=keys, strategy="backward", check_sortedness=False)
    )
    if within is not None:
        stale = (pl.col("_at") - pl.col("_event")) > within
        joined = joined.with_columns(pl.when(stale).then(None).otherwise(pl.col(c)).alias(c) for c in features)
    return joined.sort("_row").drop("_row", "_at", "_available", "_best", "_event", strict=False)


def _check_spine(spine: pl.Schema, keys: Sequence[str], features: Sequence[str], at: str) -> None:
    for name in (at, *keys):
        if name not in spine:
            raise UnknownColumn("as_of, spine", name, spine.names())
    dtype = spine[at]
    if not isinstance(dtype, pl.Datetime) or dtype.time_zone != "UTC":
        raise DefinitionError("as_of", f"column {at!r} of the spine is {dtype}", "write .dt.replace_time_zone('UTC')")
    if clash := [name for name in features if name in spine]:
        raise DefinitionError("as_of", f"the spine already has a column {clash[0]!r}", "rename it before the join")


def _times_and_keys(columns: Sequence[ColumnSpec]) -> tuple[str, str, list[str]]:
    events = [c.name for c in columns if c.event_time]
    known = [c.name for c in columns if c.known_at]
    keys = [c.name for c in columns if c.key and c.name not in (*events, *known)]
    if len(events) != 1 or len(known) > 1 or not keys:
        raise DefinitionError("as_of", "needs one EventTime, at most one KnownAt and a Key that is no time")
    return events[0], (known or events)[0], keys
