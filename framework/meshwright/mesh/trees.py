"""A lineage graph as lines of text."""

from collections.abc import Iterator

from meshwright.registry import LineageEdge, LineageGraph


def lineage_tree(graph: LineageGraph) -> Iterator[str]:
    """Draw the graph as a tree from where it was asked; what was drawn already is only named."""
    yield _name(graph, graph.product, graph.column)
    yield from _below(graph, graph.product, graph.column, "", {(graph.product, graph.column)})


def _below(
    graph: LineageGraph, node: str, column: str | None, indent: str, drawn: set[tuple[str, str | None]]
) -> Iterator[str]:
    edges = [e for e in graph.edges if _start(e, graph) == (node, column)]
    for number, edge in enumerate(edges):
        last = number == len(edges) - 1
        target = _end(edge, graph)
        how = f"  [{', '.join(k.lower().replace(':', ' ') for k in edge.kinds)}]" if edge.kinds else ""
        again = target in drawn
        yield f"{indent}{'└─' if last else '├─'} {_name(graph, *target)}{how}{'  (see above)' if again else ''}"
        if not again:
            drawn.add(target)
            yield from _below(graph, target[0], target[1], indent + ("   " if last else "│  "), drawn)


def _start(edge: LineageEdge, graph: LineageGraph) -> tuple[str, str | None]:
    if graph.direction == "down":
        return edge.source, edge.source_column if graph.column else None
    return edge.target, edge.target_column if graph.column else None


def _end(edge: LineageEdge, graph: LineageGraph) -> tuple[str, str | None]:
    if graph.direction == "down":
        return edge.target, edge.target_column if graph.column else None
    return edge.source, edge.source_column if graph.column else None


def _name(graph: LineageGraph, node: str, column: str | None) -> str:
    """Name a node as people do: a source by its name, not by its address."""
    name = next((n.name for n in graph.nodes if n.id == node), node)
    return f"{name}.{column}" if column else name
