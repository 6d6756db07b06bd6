"""What the columns of one published table must be to one another."""

from collections import Counter
from collections.abc import Sequence

from meshwright.errors import DefinitionError
from meshwright.spec import ColumnSpec, ListType, StructType

_FORBIDDEN = frozenset(" ,;{}()\n\t=.\"'`/\\")
_KEYS = ("string", "integer", "date", "timestamp", "decimal", "boolean", "binary")


def check_names(where: str, columns: Sequence[ColumnSpec]) -> None:
    """Refuse an empty table and a column that stands twice."""
    if not columns:
        raise DefinitionError(where, "has no column", "annotate at least one attribute")
    for name, times in Counter(c.name for c in columns).items():
        if times > 1 or not name:
            raise DefinitionError(where, f"has {times} columns named {name!r}", "name each once")


def check_table(where: str, columns: Sequence[ColumnSpec]) -> None:
    """Refuse names that Delta or our own columns exclude, keys that cannot be compared, and two times of one kind."""
    check_names(where, columns)
    for column in columns:
        _check_name(f"{where}.{column.name}", column)
    for name, times in Counter(c.name.casefold() for c in columns).items():
        if times > 1:
            raise DefinitionError(where, f"{times} columns are {name!r} but for their case", "Delta holds one of them")
    _check_keys(where, columns)
    for mark, name in (("event_time", "EventTime"), ("known_at", "KnownAt")):
        marked = [c for c in columns if getattr(c, mark)]
        if len(marked) > 1:
            raise DefinitionError(where, f"has {len(marked)} columns marked {name}", "mark one")
        if marked and marked[0].type.kind not in ("timestamp", "date"):
            raise DefinitionError(f"{where}.{marked[0].name}", f"{name} on {marked[0].type.kind}", "mark a datetime")


def _check_name(where: str, column: ColumnSpec) -> None:
    if column.name.startswith("_"):
        raise DefinitionError(where, "a leading underscore is kept for the mesh's own columns", "rename the column")
    if _FORBIDDEN.intersection(column.name) or not column.name.isprintable():
        raise DefinitionError(where, "a name with spaces or punctuation, which Delta refuses", "rename the column")
    if isinstance(column.type, StructType):
        check_names(where, column.type.fields)
        for field in column.type.fields:
            _check_name(f"{where}.{field.name}", field)
    elif isinstance(column.type, ListType):
        _check_name(f"{where}[]", column.type.items)


def _check_keys(where: str, columns: Sequence[ColumnSpec]) -> None:
    keys = [c for c in columns if c.key]
    for column in keys:
        if column.type.kind not in _KEYS:
            hint = "a key is text, a whole number, a date or a time"
            raise DefinitionError(f"{where}.{column.name}", f"a key of type {column.type.kind}", hint)
    if len({c.keep for c in keys}) > 1:
        raise DefinitionError(where, "the parts of the key keep different rows", "give each Key the same `keep`")
