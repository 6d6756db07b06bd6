"""The table of rejected rows: the contract's columns without its limits, and why each row stands there."""

from collections.abc import Sequence

import polars as pl

from meshwright.dtypes import polars_type
from meshwright.spec import ColumnSpec, Constraints, ListType, ScalarType, SourceSpec, Spec, column_classes

SUFFIX = "__rejected"
SOURCE_REJECTS = {
    "_source": pl.String(),
    "_file": pl.String(),
    "_row": pl.Int64(),
    "_column": pl.String(),
    "_reason": pl.String(),
    "_raw": pl.String(),
}
"""The columns of rows that a source could not read."""

_TEXT = ScalarType(kind="string")
_WHY = {
    "_stage": "Where the row was rejected: `source` or `contract`.",
    "_run_id": "The build that rejected the row.",
    "_source": "The source that handed the row over.",
    "_file": "The file in which it stood.",
    "_row": "Its number there, as a person counts.",
    "_column": "The column whose cell could not be read.",
    "_reason": "Why not.",
    "_raw": "The row as handed over, as JSON.",
}


def rejected_spec(spec: Spec, sources: Sequence[SourceSpec] = ()) -> Spec:
    """State the rejected table of a contract: same classes, same owner and purpose, nothing required.

    The raw row of a source carries the classes of all its columns and of the contract's.
    """
    raw = {c for column in spec.columns for c in column_classes(column)}
    raw |= {c for source in (*spec.sources, *sources) for column in source.columns for c in column_classes(column)}
    why = [
        ColumnSpec(
            name=name,
            type=ScalarType(kind="integer") if name == "_row" else _TEXT,
            nullable=name not in ("_stage", "_run_id"),
            description=text,
            classes=tuple(sorted(raw)) if name == "_raw" else (),
        )
        for name, text in _WHY.items()
    ]
    item = ColumnSpec(name="item", type=_TEXT)
    failed = ColumnSpec(name="_failed", type=ListType(items=item), description="The checks that the row breaks.")
    return spec.model_copy(
        update={
            "id": spec.id + SUFFIX,
            "description": f"Rows that {spec.id} does not publish, and why.",
            "columns": (*(_without_limits(c) for c in spec.columns), failed, *why),
            "rules": (),
            "on_fail": "error",
            "partition_by": (),
            "ports": (),
            "sources": (),
        }
    )


def source_rejects(source: str, rejected: pl.DataFrame) -> pl.DataFrame:
    """Shape what a reader rejected: columns file, row, column, reason and raw get the source's name beside them."""
    named = {f"_{name}": pl.col(name) for name in rejected.columns}
    return rejected.select(pl.lit(source).alias("_source"), **named).select(
        pl.col(name).cast(dtype) for name, dtype in SOURCE_REJECTS.items()
    )


def rejected_rows(contract: pl.LazyFrame | None, sources: pl.DataFrame, spec: Spec, run_id: str) -> pl.LazyFrame:
    """Lay the rows of both stages out as the rejected table `spec` has them.

    `contract` has the contract's columns and `_failed`; `sources` the columns of `SOURCE_REJECTS`.
    """
    none_failed = pl.lit([], pl.List(pl.String)).alias("_failed")
    stages = [sources.lazy().with_columns(pl.lit("source").alias("_stage"), none_failed)]
    if contract is not None:
        stages.append(contract.with_columns(pl.lit("contract").alias("_stage")))
    return pl.concat([_laid_out(stage, spec, run_id) for stage in stages])


def _laid_out(stage: pl.LazyFrame, spec: Spec, run_id: str) -> pl.LazyFrame:
    have = stage.with_columns(pl.lit(run_id).alias("_run_id"))
    names = have.collect_schema().names()
    return have.select(
        pl.col(c.name) if c.name in names else pl.lit(None, polars_type(c.type)).alias(c.name) for c in spec.columns
    )


def _without_limits(column: ColumnSpec) -> ColumnSpec:
    loose = {"nullable": True, "key": False, "keep": "none", "references": None, "on_fail": None}
    return column.model_copy(
        update={**loose, "constraints": Constraints(allow_nan=True), "event_time": False, "known_at": False}
    )
