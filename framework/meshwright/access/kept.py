"""Classes that a contract takes from personal data: they stay on its columns until data protection agrees."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from meshwright.access.grants.reach import is_personal
from meshwright.access.leaves import Leaf, has_fields, leaves
from meshwright.registry import ClassesTaken
from meshwright.spec import ColumnSpec, ListType, Spec, StructType

Recorded = Mapping[str, frozenset[str]]
"""Classes by the path of a column or nested field."""


def taken(new: Spec, live: Spec, earlier: Iterable[Spec] = ()) -> tuple[ClassesTaken, ...]:
    """Tell which classes a contract takes from personal columns and nested fields; `live` is what decides now.

    A path that `live` does not have keeps what the newest of the `earlier` contracts with that path said. One that
    nobody ever had, unclassified, may be the new name of personal data of its type that went, and keeps its classes.
    """
    before, now = _Paths(live), _Paths(new)
    unseen = {path: leaf for path, leaf in now.leaves.items() if before.classes(path) is None}
    old = {path: (before.classes(path) or frozenset[str](), "") for path in now.leaves if path not in unseen}
    for path, classes in _remembered(unseen.keys(), earlier):
        old[path] = classes, ""
        del unseen[path]
    gone = [leaf for leaf in before.leaves.values() if now.classes(leaf.path) is None and is_personal(leaf.classes)]
    gone = [leaf for leaf in gone if not _arrived(leaf, unseen.values())]
    for path, leaf in unseen.items():
        former = [] if is_personal(leaf.classes) else [each for each in gone if each.type == leaf.type]
        if former:
            old[path] = frozenset().union(*(each.classes for each in former)), " or ".join(each.path for each in former)
    lost = ((path, classes - now.leaves[path].classes, formerly) for path, (classes, formerly) in old.items())
    personal = (each for each in lost if is_personal(old[each[0]][0]))
    return tuple(ClassesTaken(column=p, classes=tuple(sorted(c)), formerly=f) for p, c, f in sorted(personal) if c)


def keep(spec: Spec, classes: Iterable[ClassesTaken]) -> Spec:
    """Give a contract with the classes that it takes still there."""
    return with_recorded(spec, {each.column: frozenset(each.classes) for each in classes})


def release(spec: Spec, classes: Iterable[ClassesTaken]) -> Spec:
    """Give a contract without the classes that were kept."""
    gone = {each.column: frozenset(each.classes) for each in classes}
    return _relabelled(spec, lambda path, known: known - gone.get(path, frozenset()))


def with_recorded(spec: Spec, recorded: Recorded) -> Spec:
    """Add recorded classes to the columns and fields of their paths, and to those around and within."""
    return _relabelled(
        spec, lambda path, known: known.union(*(names for at, names in recorded.items() if _overlap(at, path)))
    )


class _Paths:
    """The columns and fields of a contract by path, and what stands at a path of another."""

    def __init__(self, spec: Spec) -> None:
        self.leaves: Mapping[str, Leaf] = {leaf.path: leaf for leaf in leaves(spec.columns)}
        self._above: dict[str, frozenset[str]] = {}
        for leaf in self.leaves.values():
            for path in _upwards(leaf.path):
                self._above[path] = self._above.get(path, frozenset()) | leaf.classes

    def classes(self, path: str) -> frozenset[str] | None:
        """Give the classes at, around and within a path; None where nothing of the kind is there."""
        if path in self._above:
            return self._above[path]
        return next((self.leaves[above].classes for above in _upwards(path) if above in self.leaves), None)


def _remembered(paths: Iterable[str], earlier: Iterable[Spec]) -> Iterator[tuple[str, frozenset[str]]]:
    """Give what the newest contract that had it said of each path, as far as one had."""
    left = set(paths)
    for spec in earlier if left else ():
        known = _Paths(spec)
        found = {path: classes for path in left if (classes := known.classes(path)) is not None}
        yield from found.items()
        left -= found.keys()
        if not left:
            return


def _arrived(gone: Leaf, new: Iterable[Leaf]) -> bool:
    """Tell whether what went is there under another name, with its classes."""
    return any(leaf.type == gone.type and leaf.classes >= gone.classes for leaf in new)


def _relabelled(spec: Spec, classes: Callable[[str, frozenset[str]], frozenset[str]]) -> Spec:
    columns = tuple(_column(column, "", classes) for column in spec.columns)
    return spec if columns == spec.columns else spec.model_copy(update={"columns": columns})


def _column(column: ColumnSpec, above: str, classes: Callable[[str, frozenset[str]], frozenset[str]]) -> ColumnSpec:
    path, kind = f"{above}.{column.name}" if above else column.name, column.type
    if isinstance(kind, StructType) and kind.fields:
        inner = StructType(fields=tuple(_column(field, path, classes) for field in kind.fields))
        return column.model_copy(update={"type": inner})
    if isinstance(kind, ListType) and has_fields(kind):
        return column.model_copy(update={"type": ListType(items=_column(kind.items, path, classes))})
    known, found = frozenset(column.classes), classes(path, frozenset(column.classes))
    return column if found == known else column.model_copy(update={"classes": tuple(sorted(found))})


def _upwards(path: str) -> Iterator[str]:
    """Give a path and all above it, the longest first."""
    while path:
        yield path
        path = path.rpartition(".")[0]


def _overlap(one: str, other: str) -> bool:
    """Tell whether two paths are the same, or one lies within the other."""
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")
