"""What `mesh lineage` prints: trees, tables, paths and flowcharts of answers made by hand."""

import re

import pytest

from meshwright.mesh.mermaid import mermaid, quoted
from meshwright.mesh.trees import impact_head, impact_rows, lineage_tree, path_lines
from meshwright.registry import (
    Impact,
    LineageEdge,
    LineageGraph,
    LineageNode,
    LineagePath,
    ReachedColumn,
    ReachedProduct,
)

NODE = re.compile(r' *n\d+(c\d+)?\["([^"\[\]|]*)"\]| *subgraph n\d+\["[^"]*"\]| *end')
EDGE = re.compile(r'  n\d+(c\d+)? (-->|-\.->)(\|"[^"|]*"\|)? n\d+(c\d+)?')


def node(name: str, kind: str = "product") -> LineageNode:
    return LineageNode.model_validate({"id": name, "kind": kind, "name": name, "hops": 0})


def edge(text: str, *kinds: str, masking: bool = False) -> LineageEdge:
    """Write an edge from `a.b/x > c.d/y`."""
    ends = [(name, column or None) for name, _, column in (end.partition("/") for end in text.split(" > "))]
    (source, its), (target, other) = ends
    return LineageEdge(
        source=source, source_column=its, target=target, target_column=other, kinds=kinds, masking=masking
    )


@pytest.fixture
def graph() -> LineageGraph:
    return LineageGraph(
        product="sales.bills",
        column="due",
        direction="up",
        nodes=(node("sales.bills"), node("sales.orders"), node("erp"), node("restricted", "restricted")),
        edges=(
            edge("sales.orders/price > sales.bills/due", "DIRECT:AGGREGATION"),
            edge("sales.orders/paid > sales.bills", "INDIRECT:FILTER"),
            edge("erp/price > sales.orders/price", "DIRECT:IDENTITY", masking=True),
            edge("restricted > sales.orders"),
        ),
        truncated=False,
    )


def test_a_tree_shows_values_what_shapes_the_rows_and_that_something_is_hidden(graph: LineageGraph) -> None:
    assert [
        "sales.bills.due",
        "├─ sales.orders.price  [direct aggregation]",
        "│  ├─ erp.price  [direct identity, masked]",
        "│  └─ something you may not discover",
        "└─ sales.orders.paid  [indirect filter, every row]",
        "   └─ something you may not discover  (see above)",
    ] == list(lineage_tree(graph))


def test_a_tree_is_as_deep_as_there_are_hops_however_many_ways_lead_on() -> None:
    names = [f"a.n{number:04}" for number in range(3_000)]
    ways = [(0, each) for each in range(1, 3_000)] + [(each, each + 1) for each in range(1, 2_999)]
    made = [edge(f"{names[target]} > {names[source]}", "DIRECT:IDENTITY") for source, target in ways]
    wide = LineageGraph(
        product=names[0], column=None, direction="up", nodes=tuple(map(node, names)), edges=tuple(made), truncated=False
    )
    lines = list(lineage_tree(wide))

    assert len(ways) + 1 == len(lines)
    assert {3} == {len(line) - len(line.lstrip(" │├└─")) for line in lines[1::2]}
    assert {"above": 0, "below": 2_998} == {how: sum(how in line for line in lines) for how in ("above", "below")}


def test_a_tree_of_nothing_says_so(graph: LineageGraph) -> None:
    alone = graph.model_copy(update={"nodes": graph.nodes[:1], "edges": ()})

    assert ["sales.bills.due", "  nothing recorded above it"] == list(lineage_tree(alone))
    assert ["sales.bills.due", "  nothing was known above it then"] == list(lineage_tree(alone, past=True))


def test_a_path_is_told_hop_by_hop_with_its_kinds() -> None:
    steps = edge("a.b/x > c.d/y", "DIRECT:IDENTITY"), edge("c.d/y > e.f", "INDIRECT:JOIN")
    found = LineagePath(
        product="e.f", column=None, to_product="a.b", to_column="x", nodes=(node("a.b"), node("c.d"), node("e.f")),
        steps=steps, backward=True, restricted=False, truncated=False,
    )  # fmt: skip
    none = found.model_copy(update={"steps": (), "nodes": (), "backward": False, "restricted": True})

    assert [
        "(data flows from a.b.x to e.f)",
        "a.b.x",
        "└─ c.d.y  [direct identity]",
        "   └─ e.f  [indirect join, every row]",
    ] == list(path_lines(found))
    assert [
        "no data flows between e.f and a.b.x",
        "  unless through something you may not discover",
    ] == list(path_lines(none))


def test_an_impact_counts_and_names_columns_owners_and_models() -> None:
    reached = ReachedProduct(
        id="a.b", kind="product", name="a.b", owner="team", model=True, how="direct", hops=1, rows=True,
        columns=(ReachedColumn(name="x", how="direct", hops=1), ReachedColumn(name="y", how="masked", hops=1)),
    )  # fmt: skip
    impact = Impact(
        product="e.f", column="z", products=(reached,), owners={"team": ("a.b",)}, restricted=False, truncated=False
    )

    nothing = impact.model_copy(update={"products": (), "owners": {}})
    hidden = nothing.model_copy(update={"restricted": True})
    other = reached.model_copy(update={"kind": "dataset", "model": False, "owner": ""})
    mixed, foreign = (impact.model_copy(update={"products": each}) for each in ((reached, other, other), (other,)))
    assert "e.f.z reaches 1 product, 1 model, 1 owner" == impact_head(impact)
    assert "e.f.z reaches 1 product, 2 other datasets, 1 model, 1 owner" == impact_head(mixed)
    assert impact_head(foreign).startswith("e.f.z reaches 1 other dataset, ")
    assert ["e.f.z reaches nothing", "e.f.z reaches nothing that you may discover"] == [
        impact_head(each) for each in (nothing, hidden)
    ]
    assert [("a.b (model)", "team", "its values", 1, "x, y (masked values), every row")] == list(impact_rows(impact))


HOSTILE = ['a"]; click n0 "javascript:alert(1)"', "x|y", "<script>", "end", "a\nb", "#quot;", "%%{init}%%", "ä", "`x`"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_flowchart_is_made_of_nodes_and_edges_whatever_the_names_are(graph: LineageGraph, name: str) -> None:
    renamed = tuple(n.model_copy(update={"name": name}) for n in graph.nodes)
    strange = edge(f"erp/{name.replace('/', '')} > sales.orders/price", f"DIRECT:{name}")
    lines = list(mermaid(graph.model_copy(update={"nodes": renamed, "edges": (*graph.edges, strange)})))

    assert "flowchart LR" == lines[0]
    assert [] == [line for line in lines[1:] if not (NODE.fullmatch(line) or EDGE.fullmatch(line))]
    assert 5 == sum(EDGE.fullmatch(line) is not None for line in lines)


def test_a_flowchart_dots_what_carries_no_value_as_it_is(graph: LineageGraph) -> None:
    lines = list(mermaid(graph))

    assert ["-->", "-.->", "-.->", "-->"] == [m[2] for m in map(EDGE.fullmatch, lines) if m]
    assert '"a#34;#93;#59; b"' == quoted('a"]; b')
