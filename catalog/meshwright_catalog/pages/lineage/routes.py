"""The lineage page of a product: a thin route; every state of the picture is an address."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import RedirectResponse, Response

from meshwright.errors import MeshError, UnknownProduct
from meshwright.registry import MAX_DEPTH, LineagePath, PathQuery, Words
from meshwright.spec import Value
from meshwright_catalog import lineage
from meshwright_catalog.callers import TheCatalog, Visitor
from meshwright_catalog.gate import Visit
from meshwright_catalog.pages.lineage.layout import HEAD, ROW, WIDTH
from meshwright_catalog.pages.lineage.picture import Node, picture
from meshwright_catalog.pages.lineage.words import hue, kind_words, short
from meshwright_catalog.pages.render import address, page
from meshwright_catalog.problems import status_of

router = APIRouter(include_in_schema=False)

Names = Annotated[list[Annotated[str, Field(max_length=1_000)]], Field(max_length=100)]


class LineageParameters(Value):
    """What is shown: hops each way, nodes gone on from, nodes with open columns, and a way between two columns."""

    depth: int = Field(default=1, ge=1, le=MAX_DEPTH)
    expand: Names = Field(default=[])
    columns: Names = Field(default=[])
    path_from: Words = ""
    path_to: Words = ""


@router.get("/products/{product}/lineage")
def lineage_page(
    product: str, query: Annotated[LineageParameters, Query()], caller: Visitor, catalog: TheCatalog
) -> Response:
    """Show what is around a product, drawn and as a table."""
    if caller is None:
        return RedirectResponse("/login", 303)
    with catalog.visit(caller) as visit:
        try:
            asked = lineage.AroundQuery(product, query.depth, tuple(query.expand), tuple(query.columns))
            found = lineage.around(visit, asked)
        except UnknownProduct:
            detail = "There is no such page, or not for you."
            return page("problem.html", caller, 404, title="Nothing here", detail=detail)
        way, problem = _way(visit, query)
    reached = {node.id for node in found.graph.nodes}
    steps = [edge for edge in way.steps if {edge.source, edge.target} <= reached] if way else []
    drawn = picture(found.graph, query.columns, steps)
    return page(
        "lineage.html",
        caller,
        product=product,
        query=query,
        drawn=drawn,
        graph=found.graph,
        full=found.full,
        way=way,
        beyond=bool(way) and len(steps) < len(way.steps) if way else False,
        problem=problem,
        link=_Links(product, query),
        size=(WIDTH, HEAD, ROW),
        hue=hue,
        short=short,
        kinds=kind_words,
    )


def _way(visit: Visit, query: LineageParameters) -> tuple[LineagePath | None, str]:
    """Find the way between the two chosen columns; else say why there is none."""
    if not (query.path_from and query.path_to):
        return None, ""
    (product, column), (to_product, to_column) = _place(query.path_from), _place(query.path_to)
    asked = PathQuery(product=product, column=column, to_product=to_product, to_column=to_column)
    try:
        return lineage.path(visit, asked), ""
    except MeshError as error:
        return None, status_of(error)[1]


def _place(text: str) -> tuple[str, str | None]:
    """Split `domain.product.column`."""
    domain, _, rest = text.partition(".")
    product, _, column = rest.partition(".")
    return f"{domain}.{product}", column or None


class _Links:
    """The addresses of the same page in another state."""

    def __init__(self, product: str, query: LineageParameters) -> None:
        self.product, self.query = product, query

    def _to(self, **changes: object) -> str:
        state = self.query.model_dump() | changes
        state["depth"] = "" if state["depth"] == 1 else state["depth"]
        return address(f"/products/{self.product}/lineage", state)

    def expand(self, node: Node) -> str:
        """Go on from a node, or no more."""
        return self._to(expand=_toggled(self.query.expand, node.key))

    def columns(self, node: Node) -> str:
        """Open a node's columns, or close them."""
        return self._to(columns=_toggled(self.query.columns, node.key))

    def path(self, node: Node, column: str) -> str:
        """Choose a column as the beginning of a way, or as its end."""
        chosen = f"{node.key}.{column}"
        if self.query.path_from and not self.query.path_to:
            return self._to(path_to=chosen)
        return self._to(path_from=chosen, path_to="")

    def no_path(self) -> str:
        """Forget the way."""
        return self._to(path_from="", path_to="")

    def deeper(self, depth: int) -> str:
        """Show as many hops each way."""
        return self._to(depth=min(depth, MAX_DEPTH))


def _toggled(names: list[str], name: str) -> list[str]:
    return [each for each in names if each != name] if name in names else [*names, name]
