"""Answers about lineage as lines of text."""

from collections.abc import Iterator, Sequence

from meshwright.registry import Impact, LineageEdge, LineageGraph, LineageNode, LineagePath, Reach

Place = tuple[str, str | None]
HOW: dict[Reach, str] = {"direct": "its values", "masked": "masked values", "indirect": "by influence"}
RESTRICTED = "something you may not discover"


def lineage_tree(graph: LineageGraph) -> Iterator[str]:
    """Draw the graph as a tree from where it was asked; what was drawn already is only named."""
    start = graph.product, graph.column
    yield _name(graph.nodes, *start)
    edges = [e for e in graph.edges if e.source_column or e.target_column or not graph.column or not _told(e, graph)]
    yield from _below(graph, edges, start, "", {start})
    if len(graph.nodes) == 1:
        yield f"  nothing recorded {'above' if graph.direction == 'up' else 'below'} it"


def _told(whole: LineageEdge, graph: LineageGraph) -> bool:
    """Tell whether columns say more of two datasets than that one is made from the other."""
    ends = whole.source, whole.target
    return any((e.source, e.target) == ends and e.source_column for e in graph.edges)


def _below(
    graph: LineageGraph, edges: Sequence[LineageEdge], place: Place, indent: str, drawn: set[Place]
) -> Iterator[str]:
    found = [(e, *_ends(e, graph)) for e in edges]
    here = [(edge, far) for edge, near, far in found if near[0] == place[0] and _same(near[1], place[1])]
    for number, (edge, far) in enumerate(here):
        last = number == len(here) - 1
        again = far in drawn
        said = f"{_name(graph.nodes, *far)}{how(edge)}{'  (see above)' if again else ''}"
        yield f"{indent}{'└─' if last else '├─'} {said}"
        if not again:
            drawn.add(far)
            yield from _below(graph, edges, far, indent + ("   " if last else "│  "), drawn)


def _ends(edge: LineageEdge, graph: LineageGraph) -> tuple[Place, Place]:
    source = edge.source, edge.source_column if graph.column else None
    target = edge.target, edge.target_column if graph.column else None
    return (source, target) if graph.direction == "down" else (target, source)


def _same(column: str | None, asked: str | None) -> bool:
    return asked is None or column in (asked, None)


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
    yield _name(path.nodes, path.steps[0].source, path.steps[0].source_column)
    for step in path.steps:
        yield f"└─> {_name(path.nodes, step.target, step.target_column)}{how(step)}"


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
    models, owners = len(impact.models), len(impact.owners)
    told = [_counted(len(impact.products), "product"), _counted(models, "model"), _counted(owners, "owner")]
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


def _name(nodes: Sequence[LineageNode], node: str, column: str | None) -> str:
    """Name a node as people do: a source by its name, not by its address."""
    known = next((n for n in nodes if n.id == node), None)
    if known is not None and known.kind == "restricted":
        return RESTRICTED
    return _dotted(known.name if known else node, column)


def _dotted(node: str, column: str | None) -> str:
    return f"{node}.{column}" if column else node
