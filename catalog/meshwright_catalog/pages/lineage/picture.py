"""What the picture and the table show of a graph: nodes with their open columns, and one line for each table row."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from meshwright.registry import LineageColumn, LineageEdge, LineageGraph, LineageNode, LineagePath
from meshwright_catalog.pages.lineage.gather import Crowd, gather
from meshwright_catalog.pages.lineage.layers import layered
from meshwright_catalog.pages.lineage.layout import HEAD, Box, Curve, Joint, Layout, Shape, arrange

MOST_ROWS = 60
LABELS = 22.0
HIDDEN = "restricted"
Column = str | None
Flow = Literal["values", "masked", "influence", "unknown"]
"""What a line hands on: values, masked ones, none, or nobody knows."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What a reader wants of a picture.

    `opened` are nodes whose columns are open, `shown` of how many nodes a layer may consist, `found` the nodes and
    columns that are looked for, `way` the steps between two places.
    """

    opened: Collection[str] = ()
    shown: Mapping[int, int] = field(default_factory=dict[int, int])
    found: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    expanded: Collection[str] = ()
    way: LineagePath | None = None


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

    An end is a node or a crowd. `told` are the column links that it stands for, or edges of whole datasets.
    """

    source: Node | Crowd
    source_column: Column
    target: Node | Crowd
    target_column: Column
    kinds: tuple[str, ...]
    classes: tuple[str, ...]
    flow: Flow
    told: tuple[LineageEdge, ...]
    on_path: bool
    curve: Curve

    @property
    def columns(self) -> int:
        """Count the column links that it stands for."""
        return sum(_by_column(edge) for edge in self.told)


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything drawn, nodes from left to right and from top to bottom, and the crowds that are told together."""

    layout: Layout
    nodes: tuple[Node, ...]
    crowds: tuple[Crowd, ...]
    lines: tuple[Line, ...]


def picture(graph: LineageGraph, ask: Ask | None = None) -> Picture:
    """Draw a graph; the steps of a way are drawn by column, also where they lead out of the graph."""
    ask = ask or Ask()
    steps = ask.way.steps if ask.way else ()
    edges = tuple(dict.fromkeys([*graph.edges, *steps]))
    told = _nodes([*graph.nodes, *(ask.way.nodes if ask.way else ())], edges)
    pairs = {_keys(edge) for edge in edges}
    layer_of = layered(told, pairs, graph.product)
    pinned = {graph.product, *ask.opened, *ask.expanded, *ask.found, *(end for step in steps for end in _keys(step))}
    pinned |= {key for key, node in told.items() if node.kind == "restricted"}
    crowds = gather(layer_of, pinned, _counted(pairs), ask.shown)
    crowd_of = {name: crowd for crowd in crowds for name in crowd.members}
    rows = _rows({key: node for key, node in told.items() if key not in crowd_of}, edges, ask)
    by_line = _lines(edges, rows, crowd_of)
    index = {key: {name: i for i, name in enumerate(names)} for key, names in rows.items()}
    joints = [Joint(s, t, index.get(s, {}).get(sc or ""), index.get(t, {}).get(tc or "")) for s, sc, t, tc in by_line]
    shapes = [Shape(k, layer_of[k], len(rows[k]), HEAD + (LABELS if told[k].classes else 0)) for k in rows]
    layout = arrange([*shapes, *(Shape(each.key, each.layer, last=True) for each in crowds)], joints)
    nodes = {key: _node(key, told[key], rows[key], key in ask.opened, layout) for key in rows}
    carried = {(key, c.name): c.classes for key, node in told.items() for c in node.columns}
    marked = {_line_of(step, rows, crowd_of) for step in steps}
    ends: dict[str, Node | Crowd] = {**nodes, **{each.key: each for each in crowds}}
    lines = tuple(
        _line(line, told_by, ends, carried, curve, on_path=line in marked)
        for (line, told_by), curve in zip(by_line.items(), layout.curves, strict=True)
    )
    standing = sorted(nodes.values(), key=lambda node: (node.box.x, node.box.y, node.key))
    return Picture(layout, tuple(standing), tuple(crowds), lines)


_Ends = tuple[str, Column, str, Column]


def _nodes(told: Iterable[LineageNode], edges: Iterable[LineageEdge]) -> dict[str, LineageNode]:
    """Key the nodes; the hidden one is drawn once on each side, or it would close circles that are none."""
    found: dict[str, LineageNode] = {}
    hidden: LineageNode | None = None
    for node in told:
        if node.kind == "restricted":
            hidden = node
        else:
            found.setdefault(node.id, node)
    if hidden is not None:
        found |= {key: hidden for edge in edges for key in _keys(edge) if key not in found}
    return found


def _keys(edge: LineageEdge) -> tuple[str, str]:
    source = f"{HIDDEN}:source" if edge.source == HIDDEN else edge.source
    return source, f"{HIDDEN}:target" if edge.target == HIDDEN else edge.target


def _counted(pairs: Iterable[tuple[str, str]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for pair in pairs:
        for end in pair:
            found[end] = found.get(end, 0) + 1
    return found


def _rows(told: Mapping[str, LineageNode], edges: Iterable[LineageEdge], ask: Ask) -> dict[str, tuple[str, ...]]:
    """List the columns drawn of each node: of an open one all for which there is room, else what is asked for."""
    on_way, linked = _named(ask.way.steps if ask.way else ()), _named(edges)
    rows: dict[str, tuple[str, ...]] = {}
    for key, node in told.items():
        shown = {*on_way.get(key, ()), *ask.found.get(key, ())}
        if key in ask.opened:
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


def _lines(
    edges: Iterable[LineageEdge], rows: Mapping[str, Sequence[str]], crowd_of: Mapping[str, Crowd]
) -> dict[_Ends, list[LineageEdge]]:
    """Put the edges together that are one line; one of whole datasets is told by lines of columns, where any is."""
    found: dict[_Ends, list[LineageEdge]] = {}
    for edge in edges:
        found.setdefault(_line_of(edge, rows, crowd_of), []).append(edge)
    by_column = {(s, t) for s, sc, t, tc in found if sc is not None or tc is not None}
    return {
        ends: told
        for ends, told in sorted(found.items(), key=lambda pair: tuple(part or "" for part in pair[0]))
        if any(map(_by_column, told)) or (ends[0], ends[2]) not in by_column
    }


def _line_of(edge: LineageEdge, rows: Mapping[str, Sequence[str]], crowd_of: Mapping[str, Crowd]) -> _Ends:
    source, target = _keys(edge)
    return (
        crowd_of[source].key if source in crowd_of else source,
        edge.source_column if edge.source_column in rows.get(source, ()) else None,
        crowd_of[target].key if target in crowd_of else target,
        edge.target_column if edge.target_column in rows.get(target, ()) else None,
    )


def _node(key: str, node: LineageNode, rows: Sequence[str], opened: bool, layout: Layout) -> Node:
    known = {column.name: column for column in node.columns}
    columns = tuple(known.get(name, LineageColumn(name=name)) for name in rows)
    return Node(key, node, columns, len(known.keys() - set(rows)) if opened else 0, layout.boxes[key])


def _line(  # noqa: PLR0913 - what a line is made of
    line: _Ends,
    edges: Sequence[LineageEdge],
    ends: Mapping[str, Node | Crowd],
    carried: Mapping[tuple[str, str], Sequence[str]],
    curve: Curve,
    *,
    on_path: bool,
) -> Line:
    source, source_column, target, target_column = line
    told = [edge for edge in edges if _by_column(edge)]
    return Line(
        source=ends[source],
        source_column=source_column,
        target=ends[target],
        target_column=target_column,
        kinds=tuple(sorted({kind for edge in edges for kind in edge.kinds})),
        classes=tuple(sorted({c for e in edges for c in carried.get((e.source, e.source_column or ""), ())})),
        flow=flow_of(told),
        told=tuple(told or edges),
        on_path=on_path,
        curve=curve,
    )


def _by_column(edge: LineageEdge) -> bool:
    return bool(edge.source_column or edge.target_column)


def flow_of(edges: Sequence[LineageEdge]) -> Flow:
    """Tell the strongest that these column edges hand on; of datasets as a whole, that values may."""
    direct = [edge for edge in edges if any(kind.startswith("DIRECT:") for kind in edge.kinds)]
    if not edges or any(not edge.masking for edge in direct):
        return "values"
    if any(not edge.kinds for edge in edges):
        return "unknown"
    return "masked" if direct else "influence"
