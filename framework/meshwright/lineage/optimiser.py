"""Ask the optimiser which input columns an output needs: an upper bound that knows no expression and no node."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from meshwright.lineage.dependencies import Origin
from meshwright.lineage.placeholders import Placeholder
from meshwright.lineage.plan import UnknownPlan, with_plan

Asked = frozenset[Origin]


def upper_bound(plan: pl.LazyFrame, placeholders: Mapping[str, Placeholder]) -> tuple[Mapping[str, Asked], Asked]:
    """Find the origins that each output column, and which rows there are, can depend on.

    The optimised plan says it; of an unknown plan version the placeholders are asked by running it without rows.
    """
    columns = plan.collect_schema().names()
    try:
        asked = {c: planned(plan.select(c)) for c in columns}
    except UnknownPlan:
        asked = {c: collected(plan.select(c), placeholders) for c in columns}
    # Each column needs what shapes the rows. The row count alone is no question: any column may be read to count.
    return asked, frozenset(o for o in everything(placeholders) if all(o in found for found in asked.values()))


def planned(frame: pl.LazyFrame) -> Asked:
    """Read from the plan, after projection pushdown alone, which columns its scans deliver."""
    flags = pl.QueryOptFlags.none()
    flags.projection_pushdown = True
    return with_plan(frame, _delivered, flags)


def _delivered(plan: Any) -> Asked:
    found: set[Origin] = set()
    todo = [plan.get_node()]
    while todo:
        plan.set_node(todo.pop())
        below = plan.get_inputs()
        todo += below
        if not below and (source := placeholder_in(getattr(plan.view_current_node(), "options", ()))):
            found |= {Origin(source.name, column) for column in plan.get_schema()}
    return frozenset(found)


def placeholder_in(options: Any) -> Placeholder | None:
    """Find the placeholder that a Python scan was made from: Polars keeps it in a closure."""
    for option in options:
        for cell in getattr(option, "__closure__", None) or ():
            if isinstance(cell.cell_contents, Placeholder):
                return cell.cell_contents
    return None


def collected(frame: pl.LazyFrame, placeholders: Mapping[str, Placeholder]) -> Asked:
    """Run the plan without rows and see what it asks for; when a function of the plan fails on that: everything."""
    for source in placeholders.values():
        source.asked.clear()
    try:
        frame.collect(engine="in-memory")
    except Exception:  # noqa: BLE001 - any function of the transform may fail on no rows
        return everything(placeholders)
    return frozenset(Origin(n, c) for n, p in placeholders.items() for c in p.asked)


def everything(placeholders: Mapping[str, Placeholder]) -> Asked:
    """Name every column of every input."""
    return frozenset(Origin(n, c) for n, p in placeholders.items() for c in p.schema)
