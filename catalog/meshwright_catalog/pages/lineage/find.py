"""Find nodes of a graph by words: in their names, owners and columns."""

from collections.abc import Collection, Iterable

from meshwright.registry import LineageNode

MOST = 40


def find(nodes: Collection[LineageNode], text: str) -> dict[str, tuple[str, ...]]:
    """Give the nodes that have every word, by name, with the columns that have one; of what is restricted none.

    At most `MOST` are given; whole names come first.
    """
    words = text.casefold().split()
    found = {n.id: tuple(c.name for c in n.columns if _has(c.name, words)) for n in nodes if words and _is(n, words)}
    exact = {n.id for n in nodes if n.name.casefold() == text.casefold()}
    order = sorted(found, key=lambda node: (node not in exact, node))
    return {node: found[node] for node in order[:MOST]}


def _is(node: LineageNode, words: Iterable[str]) -> bool:
    told = " ".join([node.name, node.owner, *(column.name for column in node.columns)]).casefold()
    return node.kind != "restricted" and all(word in told for word in words)


def _has(column: str, words: Iterable[str]) -> bool:
    return any(word in column.casefold() for word in words)
