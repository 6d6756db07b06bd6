"""Answers about lineage as lines of text."""

from collections.abc import Iterator, Mapping

from meshwright.registry import Impact, LineageEdge, LineageGraph, LineageNode, LineagePath, Reach

Place = tuple[str, str | None]
HOW: dict[Reach, str] = {"direct": "its values", "masked": "masked values", "indirect": "by influence"}
RESTRICTED = "something you may not discover"


def lineage_tree(graph: LineageGraph, *, past: bool = False) -> Iterator[str]:
    """Draw the graph as a tree from where it was asked; a place goes on where it is nearest, and else is named.

    `past` says that it was asked as of then.
    """
    start = graph.product, graph.column
    tree = _Tree(graph, start)
    yield tree.name(start)
    yield from tree.below(start, "")
    if len(graph.nodes) == 1:
        where = "above" if graph.direction == "up" else "below"
        yield f"  nothing was known {where} it then" if past else f"  nothing recorded {where} it"


class _Tree:
    """The places of a graph, each below the one through which it is reached first."""

    def __init__(self, graph: LineageGraph, start: Place) -> None:
        told = {(e.source, e.target) for e in graph.edges if e.source_column}
        self._known = {node.id: node for node in graph.nodes}
        self._leaving: dict[str, list[tuple[LineageEdge, Place, Place]]] = {}
        for edge in graph.edges:
            whole = not (edge.source_column or edge.target_column)
            if not (graph.column and whole and (edge.source, edge.target) in told):
                near, far = _ends(edge, graph)
                self._leaving.setdefault(near[0], []).append((edge, near, far))
        self._parent: dict[Place, Place] = {start: start}
        self._drawn = {start}
        waiting = [start]
        for place in waiting:
            for _, far in self._from(place):
                if far not in self._parent:
                    self._parent[far] = place
                    waiting.append(far)

    def name(self, place: Place) -> str:
        """Name a place as people do."""
        return _name(self._known, *place)

    def below(self, place: Place, indent: str) -> Iterator[str]:
        """Draw what is below a place."""
        here = self._from(place)
        for number, (edge, far) in enumerate(here):
            last = number == len(here) - 1
            above = far in self._drawn
            goes_on = not above and self._parent[far] == place
            seen = "" if goes_on else "  (see above)" if above else "  (see below)"
            yield f"{indent}{'└─' if last else '├─'} {self.name(far)}{how(edge)}{seen}"
            if goes_on:
                self._drawn.add(far)
                yield from self.below(far, indent + ("   " if last else "│  "))

    def _from(self, place: Place) -> list[tuple[LineageEdge, Place]]:
        leaving = self._leaving.get(place[0], ())
        return [(edge, far) for edge, near, far in leaving if place[1] is None or near[1] in (place[1], None)]


def _ends(edge: LineageEdge, graph: LineageGraph) -> tuple[Place, Place]:
    source = edge.source, edge.source_column if graph.column else None
    target = edge.target, edge.target_column if graph.column else None
    return (source, target) if graph.direction == "down" else (target, source)


def path_lines(path: LineagePath) -> Iterator[str]:
    """Write a path one hop a line, in the direction in which data flows."""
    first, last = _dotted(path.product, path.column), _dotted(path.to_product, path.to_column)
    if not path.steps:
        yield f"no data flows between {first} and {last}"
        if path.restricted:
            yield f"  unless through {RESTRICTED}"
        if path.truncated:
            yield "  ... as far as was looked; raise --depth"
        return
    if path.backward:
        yield f"(data flows from {last} to {first})"
    known = {node.id: node for node in path.nodes}
    yield _name(known, path.steps[0].source, path.steps[0].source_column)
    for hop, step in enumerate(path.steps):
        yield f"{'   ' * hop}└─ {_name(known, step.target, step.target_column)}{how(step)}"


def impact_rows(impact: Impact) -> Iterator[tuple[str, str, str, int, str]]:
    """Give a row for each product reached: its name, owner, how, hops, and which columns."""
    for each in impact.products:
        columns = [c.name if c.how == each.how else f"{c.name} ({HOW[c.how]})" for c in each.columns]
        rows = ["every row"] if each.rows else []
        yield (
            f"{each.name}{' (model)' if each.model else ''}",
            each.owner,
            HOW[each.how],
            each.hops,
            ", ".join(columns + rows),
        )


def impact_head(impact: Impact) -> str:
    """Say in one line what is reached."""
    others = sum(each.kind != "product" for each in impact.products)
    told = [_counted(len(impact.products) - others, "product")] if len(impact.products) > others else []
    told += [_counted(others, "other dataset")] if others else []
    told += [_counted(len(impact.models), "model"), _counted(len(impact.owners), "owner")]
    what = _dotted(impact.product, impact.column)
    if impact.products:
        return f"{what} reaches {', '.join(told)}"
    return f"{what} reaches nothing{' that you may discover' if impact.restricted else ''}"


def how(edge: LineageEdge) -> str:
    """Say how data flows along an edge."""
    kinds = [k.lower().replace(":", " ").replace("_", " ") for k in edge.kinds]
    rows = ["every row"] if edge.source_column and not edge.target_column else []
    masked = ["masked"] if edge.masking else []
    told = [*kinds, *rows, *masked, *([edge.description] if edge.description else [])]
    return f"  [{', '.join(told)}]" if told else ""


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _name(nodes: Mapping[str, LineageNode], node: str, column: str | None) -> str:
    """Name a node as people do: a source by its name, not by its address."""
    known = nodes.get(node)
    if known is not None and known.kind == "restricted":
        return RESTRICTED
    return _dotted(known.name if known else node, column)


def _dotted(node: str, column: str | None) -> str:
    return f"{node}.{column}" if column else node
