"""`mesh lineage`."""

from typing import Annotated

from typer import Argument, Context, Option

from meshwright.cli.context import As, Catalog, Json, Session
from meshwright.cli.output import emit, line


def lineage(
    context: Context,
    what: Annotated[str, Argument(metavar="PRODUCT[.COLUMN]", help="domain.product or domain.product.column")],
    down: Annotated[bool, Option("--down", help="What is made from it, instead of what it is made from.")] = False,
    depth: Annotated[int, Option("--depth", min=1, max=50)] = 10,
    principal: As = None,
    catalog: Catalog = None,
    as_json: Json = False,
) -> None:
    """Show what a product or column is made from, across domains."""
    session: Session = context.obj
    graph = session.reader(catalog, principal).lineage(what, direction="down" if down else "up", depth=depth)
    if as_json:
        emit(graph.model_dump(mode="json"))
        return
    from meshwright.mesh.trees import lineage_tree

    for each in lineage_tree(graph):
        line(each)
    if graph.truncated:
        line("  ... more; raise --depth")
