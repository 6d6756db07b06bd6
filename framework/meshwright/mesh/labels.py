"""The classes of the rows themselves: those of the contract that they were published with count beside today's."""

from collections.abc import Mapping

from meshwright.access.leaves import has_fields
from meshwright.mesh.inputs import Offer
from meshwright.publish import recorded_classes
from meshwright.spec import ColumnSpec, ListType, Spec, StructType

Recorded = Mapping[str, frozenset[str]]


def as_published(offer: Offer) -> Spec:
    """Give what a product promises with the classes added under which the version to be read was published.

    A class that a contract drops stays on the rows that are there: until the next build, and in every older version.
    """
    recorded = recorded_classes(offer.store.stamp(offer.table, offer.version))
    columns = tuple(_labelled(column, "", recorded) for column in offer.spec.columns)
    return offer.spec.model_copy(update={"columns": columns})


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
