"""Read a product as one principal, for one purpose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from meshwright.access import Decision
from meshwright.markers import RevealLevel, RowsShown
from meshwright.mesh.elsewhere import Remote
from meshwright.mesh.inputs import Offer
from meshwright.mesh.saving import save
from meshwright.mesh.world import World
from meshwright.read import AllOf, Compare, Filter, Order, ReadQuery, Scalar, column_level, present, read, shown
from meshwright.spec import ColumnSpec, Spec, column_classes

Enforced = Literal["advisory", "gateway"]
"""Whether policies are held where the storage is, or only by the process that reads it."""


@dataclass(frozen=True, slots=True)
class View:
    """A product as somebody sees it: rows, the level of each column, and what stays hidden.

    It is `advisory` when this process read classified columns itself: who holds the storage could read past the masks.
    `enforced` says who held the policies: the gateway, or this process, with or without classified columns.
    `rows` says which of the product's rows the policies let this reader see: all, those that fit, or none.
    """

    frame: pl.LazyFrame
    levels: Mapping[str, RevealLevel]
    hidden: tuple[str, ...]
    version: int
    advisory: bool = False
    enforced: Enforced = "gateway"
    rows: RowsShown = "all"

    def write(self, path: str) -> int:
        """Write every row to a .parquet, .csv or .arrow file; return how many there were."""
        return save(self.frame, path)


def view(world: World, found: Offer, decision: Decision, query: ReadQuery, version: int | None = None) -> View:
    """Show what the decision grants, masked as the level says; filters see no more than the reader."""
    present = _present(found, version)
    answer = shown(present.spec, decision, query)
    frame = read(present.rows(version), present.spec, decision, query, world.keys)
    names = [c.name for c in answer.columns]
    hidden = _withheld(found.spec, names, query)
    classified = any(column_classes(c) for c in found.spec.columns if c.name in names)
    return View(
        frame, _levels(names, answer.levels), hidden, found.version, classified, "advisory", decision.rows_shown
    )


def remote_view(found: Remote, query: ReadQuery, purpose: str, version: int | None = None) -> View:
    """Show what the gateway hands over; None is the live version."""
    answer = found.answer(query, purpose, version)
    names = answer.frame.collect_schema().names()
    hidden = _withheld(found.spec, names, query)
    return View(answer.frame, _levels(names, answer.levels), hidden, answer.version, rows=answer.rows)


def _levels(names: Sequence[str], found: Mapping[str, RevealLevel]) -> dict[str, RevealLevel]:
    return {name: column_level(name, found) for name in names}


def column_query(
    spec_columns: Sequence[ColumnSpec],
    columns: Sequence[str] | None,
    levels: Mapping[str, RevealLevel],
    where: Mapping[str, Scalar],
    order_by: Sequence[str],
) -> ReadQuery:
    """Make a query of equalities; text from a command line is read as the column's type, `-column` sorts downwards."""
    conditions: list[Filter] = [Compare(op="eq", column=n, value=_typed(spec_columns, n, v)) for n, v in where.items()]
    return ReadQuery(
        columns=tuple(columns) if columns is not None else None,
        levels=dict(levels),
        filter=AllOf(of=tuple(conditions)) if conditions else None,
        order_by=tuple(Order(column=n.removeprefix("-"), descending=n.startswith("-")) for n in order_by),
    )


def _present(found: Offer, version: int | None) -> Offer:
    """Promise what the version read holds of the contract."""
    spec = present(found.spec, found.rows(version).collect_schema())
    return Offer(spec, found.table, found.version, found.store, found.policies, found.product_table)


def _withheld(spec: Spec, names: Sequence[str], query: ReadQuery) -> tuple[str, ...]:
    """Name the columns that stay hidden, but for those that the reader asked to be."""
    if query.columns is not None:
        return ()
    return tuple(c.name for c in spec.columns if c.name not in names and query.levels.get(c.name) != "hidden")


def _typed(columns: Sequence[ColumnSpec], name: str, value: Scalar) -> Scalar:
    column = next((c for c in columns if c.name == name), None)
    kind = column.type.kind if column else "string"
    if not isinstance(value, str):
        return value
    try:
        match kind:
            case "integer":
                return int(value)
            case "number":
                return float(value)
            case "boolean":
                return {"true": True, "false": False}.get(value.lower(), value)
            case _:
                return value
    except ValueError:
        return value
