"""What an entry says of other products, as far as the caller may discover those."""

from collections.abc import Callable, Iterator

from meshwright.registry import Entry
from meshwright.spec import ColumnSpec, ListType, StructType

Known = Callable[[str], bool]


def without_hidden(entry: Entry, known: Known) -> Entry:
    """Leave out the ports and references that name products the caller does not know."""
    named = {port.product for port in entry.spec.ports} | set(_referenced(entry.spec.columns))
    hidden = frozenset(name for name in named if not known(name))
    if not hidden:
        return entry
    ports = tuple(port for port in entry.spec.ports if port.product not in hidden)
    columns = _without_references(entry.spec.columns, hidden)
    return entry.model_copy(update={"spec": entry.spec.model_copy(update={"ports": ports, "columns": columns})})


def _referenced(columns: tuple[ColumnSpec, ...]) -> Iterator[str]:
    for column in columns:
        if column.references:
            yield column.references.product
        yield from _referenced(_nested(column))


def _without_references(columns: tuple[ColumnSpec, ...], hidden: frozenset[str]) -> tuple[ColumnSpec, ...]:
    return tuple(_without_reference(column, hidden) for column in columns)


def _without_reference(column: ColumnSpec, hidden: frozenset[str]) -> ColumnSpec:
    kind = column.type
    if isinstance(kind, ListType):
        kind = ListType(items=_without_reference(kind.items, hidden))
    elif isinstance(kind, StructType):
        kind = StructType(fields=_without_references(kind.fields, hidden))
    kept = column.references if column.references and column.references.product not in hidden else None
    return column.model_copy(update={"type": kind, "references": kept})


def _nested(column: ColumnSpec) -> tuple[ColumnSpec, ...]:
    if isinstance(column.type, ListType):
        return (column.type.items,)
    return column.type.fields if isinstance(column.type, StructType) else ()
