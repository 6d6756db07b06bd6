"""The smallest parts of a contract that can be shown or hidden one by one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from meshwright.spec import ColumnSpec, ColumnType, ListType, StructType


@dataclass(frozen=True, slots=True)
class Leaf:
    """A column, or a field nested in one: `address.street`, `contacts.item.email`.

    A list of plain values is one leaf. Its classes are also those of everything around it.
    """

    path: str
    type: ColumnType
    classes: frozenset[str]


def leaves(columns: Iterable[ColumnSpec]) -> tuple[Leaf, ...]:
    """List every leaf; two that share a path (a dot may stand in a name) share their classes."""
    found: dict[str, Leaf] = {}
    for leaf in (leaf for column in columns for leaf in _within(column, "", frozenset())):
        known = found.get(leaf.path)
        found[leaf.path] = Leaf(leaf.path, leaf.type, leaf.classes | known.classes) if known else leaf
    return tuple(found.values())


def has_fields(column: ColumnType) -> bool:
    """Tell whether a type holds named fields, at any depth of lists."""
    while isinstance(column, ListType):
        column = column.items.type
    return isinstance(column, StructType) and bool(column.fields)


def _within(column: ColumnSpec, above: str, inherited: frozenset[str]) -> Iterator[Leaf]:
    path = f"{above}.{column.name}" if above else column.name
    classes = inherited | frozenset(column.classes)
    if isinstance(column.type, StructType) and column.type.fields:
        for field in column.type.fields:
            yield from _within(field, path, classes)
    elif isinstance(column.type, ListType) and has_fields(column.type):
        yield from _within(column.type.items, path, classes)
    else:
        yield Leaf(path, column.type, classes | _item_classes(column.type))


def _item_classes(column: ColumnType) -> frozenset[str]:
    if isinstance(column, ListType):
        return frozenset(column.items.classes) | _item_classes(column.items.type)
    return frozenset()
