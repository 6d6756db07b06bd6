"""The lineage of a table that rows were merged into: what stood there before is an input, too."""

from collections.abc import Mapping, Sequence

from meshwright.errors import DefinitionError
from meshwright.lineage.dependencies import (
    CONDITIONAL,
    IDENTITY,
    JOIN,
    ColumnLineage,
    Dependencies,
    Kind,
    Origin,
    union,
)

TARGET = "target"
"""How the table as it stood before is named among the inputs."""


def merged(lineage: ColumnLineage, keys: Sequence[str], target: str = TARGET) -> ColumnLineage:
    """Say where the columns come from after rows of this lineage updated the rows of equal keys, or were inserted.

    A column comes from the merged rows and from itself as it was; the keys of both sides decide which of the two stands
    in a row, and which rows there are. An append is no merge: it leaves every row as an earlier run made it.
    Raises `DefinitionError` for keys that the merged rows do not have.
    """
    if not keys or not set(keys) <= set(lineage.columns):
        raise DefinitionError("merge", "pairs rows by no columns of theirs", "name key columns of the merged rows")
    paired = union(
        [
            *(Dependencies(lineage.columns[key]).via(JOIN) for key in keys),
            *(_before(target, key).via(JOIN) for key in keys),
        ]
    )
    chosen = union([Dependencies(lineage.columns[key]) for key in keys] + [_before(target, key) for key in keys])
    columns: dict[str, Mapping[Origin, frozenset[Kind]]] = {}
    for name, origins in lineage.columns.items():
        either = [Dependencies(origins), _before(target, name)]
        columns[name] = union(either if name in keys else [*either, chosen.via(CONDITIONAL)]).origins
    rows = union([Dependencies(lineage.rows), paired])
    return ColumnLineage(columns, rows.origins, lineage.opaque, lineage.steps, lineage.parts)


def _before(target: str, column: str) -> Dependencies:
    return Dependencies({Origin(target, column): frozenset({IDENTITY})})
