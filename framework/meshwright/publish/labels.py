"""Which classes the rows of a version were published with: its stamp says so, for the contract may change."""

import json
from collections.abc import Mapping

from meshwright.access.leaves import has_fields, leaves
from meshwright.spec import ColumnSpec, ListType, Spec, StructType

CLASSES = "classes"
Stamp = Mapping[str, str]
Recorded = Mapping[str, frozenset[str]]


def with_classes(stamp: Stamp, spec: Spec, older: Stamp) -> dict[str, str]:
    """Add the classes of a contract to a stamp, and those of an older one whose rows stay in the table."""
    recorded = recorded_classes(older)
    declared = {leaf.path: leaf.classes for leaf in leaves(spec.columns) if leaf.classes}
    found = {
        path: sorted({*declared.get(path, ()), *recorded.get(path, ())}) for path in sorted({*declared, *recorded})
    }
    return {**stamp, CLASSES: json.dumps(found)}


def recorded_classes(stamp: Stamp) -> Mapping[str, frozenset[str]]:
    """Read the classes from a stamp, by the path of a column or nested field; none where nobody stamped any."""
    found: dict[str, list[str]] = json.loads(stamp.get(CLASSES, "{}"))
    return {path: frozenset(classes) for path, classes in found.items()}


def as_published(spec: Spec, stamp: Stamp) -> Spec:
    """Give what a product promises with the classes added under which the version of that stamp was published.

    A class that a contract drops stays on the rows that are there: until the next build, and in every older version.
    """
    recorded = recorded_classes(stamp)
    columns = tuple(_labelled(column, "", recorded) for column in spec.columns)
    return spec.model_copy(update={"columns": columns})


def _labelled(column: ColumnSpec, above: str, recorded: Recorded) -> ColumnSpec:
    path = f"{above}.{column.name}" if above else column.name
    kind = column.type
    if isinstance(kind, StructType) and kind.fields:
        inner = StructType(fields=tuple(_labelled(field, path, recorded) for field in kind.fields))
        return column.model_copy(update={"type": inner})
    if isinstance(kind, ListType) and has_fields(kind):
        return column.model_copy(update={"type": ListType(items=_labelled(kind.items, path, recorded))})
    found = {name for at, classes in recorded.items() if _overlap(at, path) for name in classes}
    return column.model_copy(update={"classes": tuple(sorted({*column.classes, *found}))}) if found else column


def _overlap(one: str, other: str) -> bool:
    """Tell whether two paths are the same, or one lies within the other."""
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")
