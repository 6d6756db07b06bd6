"""What `mesh lineage --mermaid` writes, drawn by Mermaid itself."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from meshwright.mesh.mermaid import mermaid
from meshwright.registry import LineageEdge, LineageGraph, LineageNode

pytestmark = pytest.mark.browser

DRAW = """async text => {
    mermaid.initialize({startOnLoad: false});
    document.body.innerHTML = (await mermaid.render("drawn", text)).svg;
    const all = found => [...document.querySelectorAll(found)];
    return {
        boxes: all(".cluster").length,
        nodes: all(".node .nodeLabel").map(label => label.textContent).sort(),
        said: all(".edgeLabel .edgeLabel").map(label => label.textContent).sort(),
        dotted: all("path.flowchart-link").filter(line => line.classList.contains("edge-pattern-dotted")).length,
    };
}"""
STRANGE = (
    'a"]; b', "end", "graph", "x|y", "<b>bold</b>", "subgraph", "`code`", "a#b", "click", "%%{init}%%", "style n0",
    "n0", "o---o", "1. list", "**b**", "it's", "<script>alert(1)</script>",
    "\N{HIRAGANA LETTER A} \N{GRINNING FACE}",
)  # fmt: skip


def drawn(browser: Browser, packages: Path, graph: LineageGraph) -> Any:
    context = browser.new_context()
    page = context.new_page()
    page.set_content("<html><body></body></html>")
    page.add_script_tag(path=packages / "mermaid" / "dist" / "mermaid.min.js")
    found = page.evaluate(DRAW, "\n".join(mermaid(graph)))
    context.close()
    return found


def chain(*names: str, by_column: bool) -> LineageGraph:
    """Draw each name as a product that flows into the next, by a column of its name."""
    nodes = tuple(LineageNode(id=f"p{n}", kind="product", name=name, hops=0) for n, name in enumerate(names))
    ends = [(f"p{n}", f"p{n + 1}", names[n], names[n + 1]) for n in range(len(names) - 1)]
    edges = tuple(
        LineageEdge(
            source=source,
            target=target,
            source_column=its if by_column else None,
            target_column=other if by_column else None,
            kinds=("DIRECT:IDENTITY",) if by_column else ("INDIRECT:FILTER",),
        )
        for source, target, its, other in ends
    )
    return LineageGraph(product=names[0], column=None, direction="down", nodes=nodes, edges=edges, truncated=False)


def test_mermaid_draws_strange_names_as_they_are(browser: Browser, packages: Path) -> None:
    found = drawn(browser, packages, chain(*STRANGE, by_column=False))

    assert sorted(STRANGE) == found["nodes"]
    assert (0, len(STRANGE) - 1) == (found["boxes"], found["dotted"])
    assert {"indirect filter"} == set(found["said"])


def test_mermaid_draws_a_box_for_each_product_and_its_columns_inside(browser: Browser, packages: Path) -> None:
    found = drawn(browser, packages, chain(*STRANGE, by_column=True))

    assert sorted(STRANGE) == found["nodes"]
    assert (len(STRANGE), 0) == (found["boxes"], found["dotted"])


def test_mermaid_draws_a_name_without_a_sign(browser: Browser, packages: Path) -> None:
    found = drawn(browser, packages, chain("", "sales.orders", by_column=False))

    assert ["", "sales.orders"] == [label.strip() for label in found["nodes"]]
