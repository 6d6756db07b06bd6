"""What the product page shows, put together from the contract, the decision and lineage."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from meshwright.access import Classes, Decision, leaves
from meshwright.access.statements import statements
from meshwright.registry import Entry, LineageGraph
from meshwright.spec import ColumnSpec, ColumnType, Constraints, DecimalType, ListType, StructType, VectorType


@dataclass(frozen=True, slots=True)
class ColumnView:
    """One row of the table of columns; `level` is how the reader would see it."""

    path: str
    type: str
    column: ColumnSpec
    limits: str
    level: str
    ask: str


@dataclass(frozen=True, slots=True)
class PolicyView:
    """One policy of the product: what it does and why."""

    id: str
    effect: str
    why: str


@dataclass(frozen=True, slots=True)
class FlowView:
    """A neighbour in lineage, with the columns that flow."""

    name: str
    kind: str
    href: str
    columns: tuple[tuple[str, str, str], ...]


def columns_of(entry: Entry, decision: Decision) -> list[ColumnView]:
    """List every column and nested field."""
    return [view for column in entry.spec.columns for view in _column(column, "", decision)]


def classified_of(entry: Entry) -> list[tuple[str, list[str]]]:
    """List the columns and nested fields that somebody can ask for by name, each with its classes."""
    return [(leaf.path, sorted(leaf.classes)) for leaf in leaves(entry.spec.columns) if leaf.classes]


def breakable_of(entry: Entry, decision: Decision, classes: Classes) -> list[tuple[str, list[str]]]:
    """List the columns that are not clear to somebody, and whose classes all allow to break the glass."""
    rules = classes.rules
    return [
        (path, names)
        for path, names in classified_of(entry)
        if decision.column(path).level != "clear" and all(n in rules and rules[n].break_glass for n in names)
    ]


def classes_of(entry: Entry) -> list[str]:
    """List the classes that somebody can ask for."""
    return sorted({name for leaf in leaves(entry.spec.columns) for name in leaf.classes})


def policies_of(entry: Entry) -> list[PolicyView]:
    """List the product's own policies, in the order they stand."""
    found, _ = statements(entry.policies, entry.spec.id)
    return [PolicyView(s.id, s.effect, s.why) for s in found]


def neighbours(graph: LineageGraph, *, up: bool) -> list[FlowView]:
    """List what is one hop away on one side."""
    by_id = {node.id: node for node in graph.nodes}
    columns: dict[str, list[tuple[str, str, str]]] = {}
    for edge in graph.edges:
        near, far = (edge.target, edge.source) if up else (edge.source, edge.target)
        if near != graph.product:
            continue
        told = columns.setdefault(far, [])
        if edge.source_column is not None:
            told.append((edge.source_column, edge.target_column or "every row", _how(edge.kinds)))
    return [
        FlowView(
            name="restricted" if by_id[node].kind == "restricted" else by_id[node].name,
            kind=by_id[node].kind,
            href=f"/products/{node}" if by_id[node].kind == "product" else "",
            columns=tuple(told),
        )
        for node, told in sorted(columns.items(), key=lambda pair: (by_id[pair[0]].kind == "restricted", pair[0]))
    ]


def type_name(kind: ColumnType) -> str:
    """Name a type for people."""
    if isinstance(kind, DecimalType):
        return f"decimal({kind.precision}, {kind.scale})"
    if isinstance(kind, VectorType):
        return f"vector of {kind.length}"
    if isinstance(kind, ListType):
        return f"list of {type_name(kind.items.type)}"
    return "struct" if isinstance(kind, StructType) else kind.kind


def limits(constraints: Constraints) -> str:
    """Write the limits of a column, shortest form."""
    signs = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<", "multiple_of": "multiple of"}
    told = [f"{sign} {value}" for name, sign in signs.items() if (value := getattr(constraints, name)) is not None]
    if constraints.min_length is not None or constraints.max_length is not None:
        low, high = constraints.min_length or 0, constraints.max_length
        told.append(f"length {low} to {high}" if high is not None else f"length from {low}")
    if constraints.pattern is not None:
        told.append(f"matches {constraints.pattern}")
    if constraints.values is not None:
        told.append("one of " + ", ".join(map(str, constraints.values)))
    return "; ".join(told)


def _column(column: ColumnSpec, above: str, decision: Decision) -> Iterator[ColumnView]:
    path = f"{above}.{column.name}" if above else column.name
    decided = decision.column(path)
    nested = _fields(column.type)
    yield ColumnView(
        path=path,
        type=type_name(column.type),
        column=column,
        limits=limits(column.constraints),
        level="" if nested else decided.level,
        ask=decided.ask,
    )
    inside = f"{path}.{column.type.items.name}" if isinstance(column.type, ListType) else path
    for each in nested:
        yield from _column(each, inside, decision)


def _fields(kind: ColumnType) -> tuple[ColumnSpec, ...]:
    if isinstance(kind, ListType):
        return _fields(kind.items.type)
    return kind.fields if isinstance(kind, StructType) else ()


def _how(kinds: Sequence[str]) -> str:
    return ", ".join(kind.partition(":")[2].replace("_", " ").lower() for kind in kinds)
