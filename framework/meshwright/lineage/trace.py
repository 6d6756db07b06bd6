"""Column lineage of a transform, from its plan over inputs without rows."""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import polars as pl

from meshwright.errors import DeclassifierRefused, TransformReads
from meshwright.lineage.dependencies import IDENTITY, TRANSFORMATION, ColumnLineage, Dependencies, Kind, Origin
from meshwright.lineage.listening import listening
from meshwright.lineage.optimiser import Asked, everything, upper_bound
from meshwright.lineage.placeholders import Placeholder, plan_of
from meshwright.lineage.plan import UnknownPlan, with_plan
from meshwright.lineage.walk import Notes, PlanWalk, Table

Origins = Mapping[Origin, frozenset[Kind]]


def column_lineage(
    transform: Callable[..., Any],
    inputs: Mapping[str, pl.Schema],
    parameters: Mapping[str, Any] = MappingProxyType({}),
    *,
    name: str = "",
) -> ColumnLineage:
    """Map every output column of a transform to the input columns it is made of; no data is read.

    `inputs` has one schema for each frame of the transform, `parameters` its other arguments; errors say `name`. Of an
    unknown plan version, and for expressions nobody can see into, the optimiser's upper bound stands instead.
    Raises `TransformCollects`, `TransformReads` and `TransformRaises`, and `DeclassifierRefused` for groups that cannot
    be counted soundly.
    """
    placeholders = {n: Placeholder(n, schema) for n, schema in inputs.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the build makes the same plan, and its warnings are heard there
        with listening() as heard:
            plan = plan_of(transform, placeholders, parameters, name)
        found = _unseen(plan, placeholders, heard.holding) if heard.holding else _traced(plan, placeholders, name)
        if heard.reads and not found.reads_others:
            raise TransformReads(name, heard.reads[0])
        return found


def _traced(plan: pl.LazyFrame, placeholders: Mapping[str, Placeholder], name: str) -> ColumnLineage:
    try:
        table, notes, opaque = with_plan(plan, _walk)
    except UnknownPlan as error:
        return _bounded(plan, placeholders, str(error))
    if notes.refused:
        raise DeclassifierRefused(name, notes.refused[0].why, notes.refused[0].hint)
    found = replace(_lineage(table, opaque), constants=tuple(dict.fromkeys(notes.constants)))
    return _narrowed(found, *upper_bound(plan, placeholders)) if opaque else found


def _walk(plan: Any) -> tuple[Table, Notes, tuple[str, ...]]:
    walk = PlanWalk(plan)
    return walk.table(plan.get_node()), walk.notes, walk.opaque


def _lineage(table: Table, opaque: tuple[str, ...]) -> ColumnLineage:
    origins = {n: _of_columns(c) for n, c in table.columns.items()}
    steps = {n: c.steps for n, c in table.columns.items() if c.steps}
    parts = {n: c.parts for n, c in table.columns.items() if c.parts}
    nested = {n: _lineage(Table(c.fields, table.rows), opaque) for n, c in table.columns.items() if c.fields}
    return ColumnLineage(origins, table.rows.origins, opaque, steps, parts, nested)


def _of_columns(found: Dependencies) -> Origins:
    """Tell what of an input column stands in an output: a field as it arrived is not the column as it is."""
    return {
        o: frozenset(TRANSFORMATION if k == IDENTITY else k for k in kinds) if o in found.parts else kinds
        for o, kinds in found.origins.items()
    }


def _unseen(plan: pl.LazyFrame, placeholders: Mapping[str, Placeholder], function: str) -> ColumnLineage:
    """Take everything for an origin where a function holds a frame: what it makes of it no plan tells."""
    every: Origins = dict.fromkeys(everything(placeholders), frozenset[Kind]())
    columns = dict.fromkeys(plan.collect_schema().names(), every)
    return ColumnLineage(columns, every, (f"function {function} holds a frame of its own",))


def _bounded(plan: pl.LazyFrame, placeholders: Mapping[str, Placeholder], reason: str) -> ColumnLineage:
    unknown: frozenset[Kind] = frozenset()
    columns, rows = upper_bound(plan, placeholders)
    return ColumnLineage(
        {c: dict.fromkeys(asked, unknown) for c, asked in columns.items()}, dict.fromkeys(rows, unknown), (reason,)
    )


def _narrowed(wide: ColumnLineage, columns: Mapping[str, Asked], rows: Asked) -> ColumnLineage:
    """Drop what the optimiser does not even read: both bounds are wide enough, so what they share is too."""
    return replace(
        wide,
        columns={c: _only(origins, columns[c]) for c, origins in wide.columns.items()},
        rows=_only(wide.rows, rows),
        nested={
            c: _narrowed(inner, dict.fromkeys(inner.columns, columns[c]), rows) for c, inner in wide.nested.items()
        },
    )


def _only(origins: Origins, asked: Asked) -> Origins:
    return {o: kinds for o, kinds in origins.items() if o in asked}
