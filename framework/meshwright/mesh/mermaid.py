"""A lineage graph as a Mermaid flowchart, for documents that draw one."""

from collections.abc import Iterator, Sequence

from meshwright.mesh.trees import how
from meshwright.registry import LineageEdge, LineageGraph, LineageNode, LineagePath

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ._-/,")


def mermaid(answer: LineageGraph | LineagePath) -> Iterator[str]:
    """Write one line at a time; ids are numbers, and names are quoted with every other sign as its code."""
    edges = answer.edges if isinstance(answer, LineageGraph) else answer.steps
    by_column = any(e.source_column or e.target_column for e in edges)
    yield "flowchart LR"
    columns = {n.id: _columns(n.id, edges) if by_column else [] for n in answer.nodes}
    ids = {node.id: f"n{number}" for number, node in enumerate(answer.nodes)}
    for node in answer.nodes:
        yield from _node(ids[node.id], node, columns[node.id])
    drawn: set[str] = set()
    for edge in edges:
        line = f"  {_end(ids, columns, edge.source, edge.source_column)} {_arrow(edge)} " + _end(
            ids, columns, edge.target, edge.target_column
        )
        if line not in drawn:
            drawn.add(line)
            yield line


def quoted(text: str) -> str:
    """Quote a name so that nothing in it means anything to Mermaid, which wants a sign even for an empty one."""
    return '"' + ("".join(c if c in _PLAIN else f"#{ord(c)};" for c in text) or " ") + '"'


def _node(name: str, node: LineageNode, columns: Sequence[str]) -> Iterator[str]:
    if not columns:
        yield f"  {name}[{quoted(node.name)}]"
        return
    yield f"  subgraph {name}[{quoted(node.name)}]"
    for number, column in enumerate(columns):
        yield f"    {name}c{number}[{quoted(column)}]"
    yield "  end"


def _columns(node: str, edges: Sequence[LineageEdge]) -> list[str]:
    named = {e.source_column for e in edges if e.source == node} | {e.target_column for e in edges if e.target == node}
    return sorted(column for column in named if column is not None)


def _end(ids: dict[str, str], columns: dict[str, list[str]], node: str, column: str | None) -> str:
    return ids[node] if column is None else f"{ids[node]}c{columns[node].index(column)}"


def _arrow(edge: LineageEdge) -> str:
    """Draw what carries no value, or only masked ones, as a dotted line."""
    dotted = edge.masking or (edge.kinds and not any(k.startswith("DIRECT:") for k in edge.kinds))
    said = how(edge).strip(" []")
    return ("-.->" if dotted else "-->") + (f"|{quoted(said)}|" if said else "")
