"""Uniqueness of the primary key: a cheap proof, and the exact rows where the proof fails."""

import polars as pl

from meshwright.markers import Severity
from meshwright.spec import Spec

KEY = "key"
"""The name of the check."""


def key_severity(spec: Spec) -> Severity:
    """What happens to a row that breaks the key: as the first key column says, else the contract."""
    said: list[Severity] = [c.on_fail for c in spec.columns if c.key and c.on_fail]
    return said[0] if said else spec.on_fail


def distinct_keys(spec: Spec) -> pl.Expr:
    """Count distinct keys from below: as many as rows proves that all differ, fewer proves nothing.

    Hashes take half the memory of the keys; two keys of one hash only cost an exact look.
    """
    return pl.struct(spec.keys).hash(0).n_unique()


def key_failures(rows: pl.LazyFrame, spec: Spec, published: pl.LazyFrame | None = None) -> pl.LazyFrame:
    """Find the rows that break the key, as column `_row`, by which `rows` are numbered.

    Of several rows with one key the one that `keep` names stays: the first or last by known-at time, event time and
    row number. A key that stands in `published` already breaks it in any case. A null is no key and breaks nothing
    here.
    """
    keys = list(spec.keys)
    several = rows.group_by(keys).len().filter(pl.col("len") > 1)
    failing = rows.join(several, on=keys, how="semi").select("_row", *keys, *_times(spec))
    if (keep := _keep(spec)) != "none":
        order = [pl.col(name) for name in (*_times(spec), "_row")]
        ranked = pl.col("_row").sort_by(order)
        survivors = failing.group_by(keys).agg(ranked.last() if keep == "last" else ranked.first())
        failing = failing.join(survivors, on="_row", how="anti")
    if published is None:
        return failing.select("_row")
    again = rows.join(published, on=keys, how="semi")
    return pl.concat([failing.select("_row"), again.select("_row")]).unique()


def _keep(spec: Spec) -> str:
    return next(c.keep for c in spec.columns if c.key)


def _times(spec: Spec) -> list[str]:
    """The columns that order rows of one key, beside those of the key itself, which do not differ."""
    known = [c.name for c in spec.columns if c.known_at]
    event = [c.name for c in spec.columns if c.event_time]
    return [name for name in (*known, *event) if name not in spec.keys]
