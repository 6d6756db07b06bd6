"""What a contract says of the values of a column, for whoever may not see them: nothing."""

from collections.abc import Callable, Iterable

from meshwright.access.decision import Decision
from meshwright.access.leaves import leaves
from meshwright.spec import (
    ColumnSpec,
    Constraints,
    ListType,
    PortSpec,
    RuleSpec,
    SourceSpec,
    Spec,
    StructType,
    column_classes,
)

_NONE = Constraints()


def without_vocabularies(spec: Spec, purposes: Iterable[str], decide: Callable[[str], Decision]) -> Spec:
    """Leave out of a contract what it says of the values of classified columns, but of those that somebody sees clear.

    That is a vocabulary, a pattern, a bound or a length, and the expression of a rule that reads such a column. A
    column is theirs when it is clear for one of `purposes`, all that they may name; `decide` is their decision for
    one. Of what ports and sources deliver nothing is said: those columns have no decision.
    """
    wanted = {path for column in spec.columns for path in _stated(column, spec.rules)}
    clear = _clear(wanted, purposes, decide)
    closed = frozenset(wanted - clear)
    return spec.model_copy(
        update={
            "columns": tuple(_column(column, "", closed) for column in spec.columns),
            "rules": tuple(_rule(rule, spec, closed) for rule in spec.rules),
            "ports": tuple(_plain(port) for port in spec.ports),
            "sources": tuple(_plain(source) for source in spec.sources),
        }
    )


def _stated(column: ColumnSpec, rules: Iterable[RuleSpec]) -> frozenset[str]:
    """List the leaves of a classified column of which the contract says more than their type."""
    said = _limited(column) or any(column.name in rule.columns for rule in rules)
    if not said or not column_classes(column):
        return frozenset()
    return frozenset(leaf.path for leaf in leaves([column]) if leaf.classes)


def _limited(column: ColumnSpec) -> bool:
    return column.constraints != _NONE or any(map(_limited, _inner(column)))


def _clear(wanted: set[str], purposes: Iterable[str], decide: Callable[[str], Decision]) -> set[str]:
    """Ask for one purpose after the other, until nothing is left to ask about."""
    found = set[str]()
    for purpose in purposes:
        if found == wanted:
            break
        decision = decide(purpose)
        found |= {path for path in wanted if decision.column(path).level == "clear"}
    return found


def _column(column: ColumnSpec, above: str, closed: frozenset[str]) -> ColumnSpec:
    path = f"{above}.{column.name}" if above else column.name
    if not any(_within(each, path) for each in closed):
        return column
    kind = column.type
    if isinstance(kind, ListType):
        kind = ListType(items=_column(kind.items, path, closed) if _deeper(path, closed) else _bare(kind.items))
    elif isinstance(kind, StructType):
        kind = StructType(fields=tuple(_column(field, path, closed) for field in kind.fields))
    return column.model_copy(update={"type": kind, "constraints": _NONE})


def _within(leaf: str, path: str) -> bool:
    return leaf == path or leaf.startswith(f"{path}.")


def _deeper(path: str, closed: frozenset[str]) -> bool:
    """Tell whether what is closed lies in fields of a list's items; a list of plain values is closed itself."""
    return path not in closed


def _bare(column: ColumnSpec) -> ColumnSpec:
    """Leave out the limits of a column and of everything nested in it."""
    kind = column.type
    if isinstance(kind, ListType):
        kind = ListType(items=_bare(kind.items))
    elif isinstance(kind, StructType):
        kind = StructType(fields=tuple(map(_bare, kind.fields)))
    return column.model_copy(update={"type": kind, "constraints": _NONE})


def _plain(side: PortSpec | SourceSpec) -> PortSpec | SourceSpec:
    return side.model_copy(update={"columns": tuple(map(_bare, side.columns))})


def _rule(rule: RuleSpec, spec: Spec, closed: frozenset[str]) -> RuleSpec:
    read = [column for column in spec.columns if column.name in rule.columns]
    kept = any(_within(each, column.name) for column in read for each in closed)
    return rule.model_copy(update={"expression": ""}) if kept else rule


def _inner(column: ColumnSpec) -> tuple[ColumnSpec, ...]:
    if isinstance(column.type, ListType):
        return (column.type.items,)
    return column.type.fields if isinstance(column.type, StructType) else ()
