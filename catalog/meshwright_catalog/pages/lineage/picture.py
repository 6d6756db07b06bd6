"""What the picture and the table show of a graph: nodes with their open columns, and one line for each table row."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from meshwright.registry import LineageColumn, LineageEdge, LineageGraph, LineageNode
from meshwright_catalog.pages.lineage.layout import Box, Curve, Joint, Layout, Shape, arrange

MOST_ROWS = 60
HIDDEN = "restricted"
Column = str | None


@dataclass(frozen=True, slots=True)
class Node:
    """A node as it is drawn; `left_out` counts the columns for which an open node has no room."""

    key: str
    told: LineageNode
    columns: tuple[LineageColumn, ...]
    left_out: int
    box: Box

    @property
    def hidden(self) -> bool:
        """Tell whether it stands for what the reader may not discover."""
        return self.told.kind == "restricted"


@dataclass(frozen=True, slots=True)
class Line:
    """A drawn line, which is also a row of the table; without a column it is of the dataset as a whole.

    `columns` counts the column links that it stands for, where the columns are closed.
    """

    source: Node
    source_column: Column
    target: Node
    target_column: Column
    kinds: tuple[str, ...]
    classes: tuple[str, ...]
    masking: bool
    columns: int
    on_path: bool
    curve: Curve


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything drawn, nodes from left to right and from top to bottom."""

    layout: Layout
    nodes: tuple[Node, ...]
    lines: tuple[Line, ...]


def picture(graph: LineageGraph, opened: Collection[str] = (), path: Sequence[LineageEdge] = ()) -> Picture:
    """Draw a graph with the columns of some nodes open; the steps of a path are drawn by column, and marked."""
    told = _nodes(graph)
    rows = _rows(told, graph.edges, opened, path)
    by_line = _lines([*graph.edges, *path], rows)
    index = {key: {name: i for i, name in enumerate(names)} for key, names in rows.items()}
    joints = [Joint(s, t, index[s].get(sc or ""), index[t].get(tc or "")) for s, sc, t, tc in by_line]
    layout = arrange([Shape(key, len(rows[key])) for key in told], joints, graph.product)
    nodes = {key: _node(key, node, rows[key], key in opened, layout) for key, node in told.items()}
    marked = {_line_of(edge, rows) for edge in path}
    lines = tuple(
        _line(ends, edges, nodes, curve, on_path=ends in marked)
        for (ends, edges), curve in zip(by_line.items(), layout.curves, strict=True)
    )
    standing = sorted(nodes.values(), key=lambda node: (node.box.x, node.box.y, node.key))
    return Picture(layout, tuple(standing), lines)


_Ends = tuple[str, Column, str, Column]


def _nodes(graph: LineageGraph) -> dict[str, LineageNode]:
    """Key the nodes; the hidden one is drawn once on each side, or it would close circles that are none."""
    found = {node.id: node for node in graph.nodes if node.kind != "restricted"}
    hidden = next((node for node in graph.nodes if node.kind == "restricted"), None)
    if hidden is not None:
        found |= {key: hidden for edge in graph.edges for key in _keys(edge) if key not in found}
    return found


def _keys(edge: LineageEdge) -> tuple[str, str]:
    source = f"{HIDDEN}:source" if edge.source == HIDDEN else edge.source
    return source, f"{HIDDEN}:target" if edge.target == HIDDEN else edge.target


def _rows(
    told: Mapping[str, LineageNode], edges: Iterable[LineageEdge], opened: Collection[str], path: Sequence[LineageEdge]
) -> dict[str, tuple[str, ...]]:
    """List the columns drawn of each node: of an open one all for which there is room, else those on the path."""
    on_path, linked = _named(path), _named(edges)
    rows: dict[str, tuple[str, ...]] = {}
    for key, node in told.items():
        shown = set(on_path.get(key, ()))
        if key in opened:
            first = sorted((c.name for c in node.columns), key=lambda n: (n not in linked.get(key, ()), n))
            shown |= set(first[: max(0, MOST_ROWS - len(shown))])
        rows[key] = tuple(sorted(shown))
    return rows


def _named(edges: Iterable[LineageEdge]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for edge in edges:
        for node, column in ((edge.source, edge.source_column), (edge.target, edge.target_column)):
            if column is not None:
                found.setdefault(node, set()).add(column)
    return found


def _lines(edges: Iterable[LineageEdge], rows: Mapping[str, Sequence[str]]) -> dict[_Ends, list[LineageEdge]]:
    """Put the edges together that are one line; one of whole datasets is told by lines of columns, where any is."""
    found: dict[_Ends, list[LineageEdge]] = {}
    for edge in dict.fromkeys(edges):
        found.setdefault(_line_of(edge, rows), []).append(edge)
    by_column = {(s, t) for s, sc, t, tc in found if sc is not None or tc is not None}
    return {
        ends: told
        for ends, told in sorted(found.items(), key=lambda pair: tuple(part or "" for part in pair[0]))
        if any(edge.source_column or edge.target_column for edge in told) or (ends[0], ends[2]) not in by_column
    }


def _line_of(edge: LineageEdge, rows: Mapping[str, Sequence[str]]) -> _Ends:
    source, target = _keys(edge)
    return (
        source,
        edge.source_column if edge.source_column in rows[source] else None,
        target,
        edge.target_column if edge.target_column in rows[target] else None,
    )


def _node(key: str, node: LineageNode, rows: Sequence[str], opened: bool, layout: Layout) -> Node:
    known = {column.name: column for column in node.columns}
    columns = tuple(known.get(name, LineageColumn(name=name)) for name in rows)
    return Node(key, node, columns, len(known.keys() - set(rows)) if opened else 0, layout.boxes[key])


def _line(ends: _Ends, edges: Sequence[LineageEdge], nodes: Mapping[str, Node], curve: Curve, *, on_path: bool) -> Line:
    source, source_column, target, target_column = ends
    carried = {c.name: c.classes for c in nodes[source].told.columns}
    told = [edge for edge in edges if edge.source_column or edge.target_column]
    return Line(
        source=nodes[source],
        source_column=source_column,
        target=nodes[target],
        target_column=target_column,
        kinds=tuple(sorted({kind for edge in edges for kind in edge.kinds})),
        classes=tuple(sorted({c for edge in edges for c in carried.get(edge.source_column or "", ())})),
        masking=bool(told) and all(edge.masking for edge in told),
        columns=len(told),
        on_path=on_path,
        curve=curve,
    )
