"""What a file says about itself: counts, never values, except for vocabularies that classify nobody."""

from collections.abc import Iterator
from dataclasses import dataclass

from meshwright.personal import Suggestion
from meshwright.spec import NumberFormat


@dataclass(frozen=True, slots=True)
class Kind:
    """A type as Python spells it, and the marks that belong to it: how it is written, or how exact it is.

    `item` is the type of a list's items; `fields` are those of a struct.
    """

    name: str
    date_format: str | None = None
    number_format: NumberFormat | None = None
    decimals: tuple[int, int] | None = None
    allow_nan: bool = False
    item: "Kind | None" = None
    item_nullable: bool = False
    fields: tuple["InferredColumn", ...] = ()


@dataclass(frozen=True, slots=True)
class InferredColumn:
    """One column: its name in the file and in the contract, its type, and the counts behind it."""

    source_name: str
    name: str
    kind: Kind
    nullable: bool
    null_count: int
    distinct_count: int
    key: bool = False
    at_least: int | None = None
    values: tuple[str, ...] = ()
    personal: Suggestion | None = None

    @property
    def publishable(self) -> bool:
        """Whether a contract can carry it: the fields of a struct keep their names, and Delta refuses some."""
        return _publishable(self.kind)


def _publishable(kind: Kind) -> bool:
    if kind.item:
        return _publishable(kind.item)
    return all(f.source_name == f.name and _publishable(f.kind) for f in kind.fields)


@dataclass(frozen=True, slots=True)
class Inferred:
    """A whole file: its format as found, its columns, the candidate key, and what a person should look at."""

    file: str
    format: object
    columns: tuple[InferredColumn, ...]
    rows: int
    notes: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, ...]:
        """The columns of the candidate key; none where none is known to be one."""
        return tuple(c.name for c in self.columns if c.key)

    @property
    def personal(self) -> dict[str, Suggestion]:
        """What columns and their fields look like, by their paths."""
        return dict(found for column in self.columns for found in _personal(column, column.name))


def _personal(column: InferredColumn, path: str) -> Iterator[tuple[str, Suggestion]]:
    if column.personal:
        yield path, column.personal
    kind = column.kind
    while kind.item:
        kind = kind.item
    for field in kind.fields:
        yield from _personal(field, f"{path}.{field.name}")
