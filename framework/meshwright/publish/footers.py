"""What footers decide: checks of nulls and ranges that need no look at the rows."""

from collections.abc import Callable, Sequence
from operator import ge, gt, le, lt
from typing import Any

from meshwright.columns.limits import literal
from meshwright.spec import Bound, ColumnSpec, Spec
from meshwright.tables import DataFile

# Text is shortened in footers, floats have no bounds there, and both would only ever prove, never disprove.
_EXACT = ("integer", "decimal", "date", "timestamp")


def undecided(spec: Spec, files: Sequence[DataFile]) -> Spec:
    """Drop from a contract what every file's footer proves: presence, and limits of a range.

    What a footer disproves stays, since only the rows can be counted.
    """
    return spec.model_copy(update={"columns": tuple(_undecided(c, files) for c in spec.columns)})


def _undecided(column: ColumnSpec, files: Sequence[DataFile]) -> ColumnSpec:
    if all(file.nulls.get(column.name) == 0 for file in files):
        column = column.model_copy(update={"nullable": True})
    if column.type.kind not in _EXACT:
        return column
    known = [file for file in files if file.rows != file.nulls.get(column.name)]
    if not known or any(column.name not in file.bounds for file in known):
        return column
    low = min(file.bounds[column.name][0] for file in known)
    high = max(file.bounds[column.name][1] for file in known)
    limits = column.constraints
    proven = {
        "ge": _holds(column, ge, low, limits.ge),
        "gt": _holds(column, gt, low, limits.gt),
        "le": _holds(column, le, high, limits.le),
        "lt": _holds(column, lt, high, limits.lt),
    }
    dropped = {name: None for name, holds in proven.items() if holds}
    return column.model_copy(update={"constraints": limits.model_copy(update=dropped)})


def _holds(column: ColumnSpec, compare: Callable[[Any, Any], bool], value: Any, limit: Bound | None) -> bool:
    return limit is not None and compare(value, literal(column.type.kind, limit))
