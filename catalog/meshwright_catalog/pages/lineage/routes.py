"""The lineage page of a product: a thin route; every state of the picture is an address."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from meshwright.errors import MeshError, UnknownProduct
from meshwright.mesh.trees import impact_head, impact_rows
from meshwright.registry import AsOf, Impact, ImpactQuery, LineagePath, PathQuery
from meshwright_catalog import lineage
from meshwright_catalog.callers import TheCatalog, Visitor
from meshwright_catalog.gate import Visit
from meshwright_catalog.pages.lineage import words
from meshwright_catalog.pages.lineage.find import MOST, find
from meshwright_catalog.pages.lineage.gather import BESIDE
from meshwright_catalog.pages.lineage.layout import ROW, WIDTH
from meshwright_catalog.pages.lineage.picture import Ask, picture
from meshwright_catalog.pages.lineage.reach import Reached
from meshwright_catalog.pages.lineage.state import Links, State
from meshwright_catalog.pages.render import page
from meshwright_catalog.pages.way_back import to_sign_in
from meshwright_catalog.problems import status_of

router = APIRouter(include_in_schema=False)


@router.get("/products/{product}/lineage")
def lineage_page(
    product: str, state: Annotated[State, Query()], caller: Visitor, catalog: TheCatalog, request: Request
) -> Response:
    """Show what is around a product, drawn and as a table."""
    if caller is None:
        return to_sign_in(request)
    with catalog.visit(caller) as visit:
        try:
            around, problems = _around(visit, product, state)
        except UnknownProduct:
            detail = "There is no such page, or not for you."
            return page("problem.html", caller, 404, title="Nothing here", detail=detail)
        when = AsOf(at=around.graph.at)
        way = _way(visit, state, when, problems)
        impact = _impact(visit, state, when, problems)
    graph = around.graph
    found = find(graph.nodes, state.find)
    drawn = picture(graph, Ask(state.columns, state.shown, found, state.expand, way))
    return page(
        "lineage.html",
        caller,
        product=product,
        state=state,
        drawn=drawn,
        graph=graph,
        full=around.full,
        found=found,
        many=len(found) == MOST,
        way=way,
        impact=impact,
        impact_head=impact_head,
        impact_rows=impact_rows,
        reached=Reached(impact),
        problems=problems,
        link=Links(product, state),
        size=(WIDTH, ROW, BESIDE),
        words=words,
    )


def _around(visit: Visit, product: str, state: State) -> tuple[lineage.Around, list[str]]:
    """Find what is around; as of a time that nothing is told of, as it is now, with the problem."""
    query = lineage.AroundQuery(product, state.depth, tuple(state.expand), tuple(state.columns))
    try:
        return lineage.around(visit, replace(query, when=state.when())), []
    except UnknownProduct:
        raise
    except MeshError as error:
        problem = status_of(error)[1]
    except ValueError:
        problem = "As of: a version such as 7, or a time such as 2026-11-20T10:00."
    return lineage.around(visit, query), [problem]


def _way(visit: Visit, state: State, when: AsOf, problems: list[str]) -> LineagePath | None:
    """Find the way between the two chosen places; else say why there is none."""
    if not (state.path_from and state.path_to):
        return None
    (product, column), (to_product, to_column) = _place(state.path_from), _place(state.path_to)
    try:
        query = PathQuery(product=product, column=column, to_product=to_product, to_column=to_column, at=when.at)
        return lineage.path(visit, query)
    except MeshError as error:
        problems.append(status_of(error)[1])
    return None


def _impact(visit: Visit, state: State, when: AsOf, problems: list[str]) -> Impact | None:
    """Find what the chosen place reaches; else say why that is not known."""
    if not state.reach:
        return None
    product, column = _place(state.reach)
    try:
        return lineage.impact(visit, ImpactQuery(product=product, column=column, at=when.at))
    except MeshError as error:
        problems.append(status_of(error)[1])
    return None


def _place(text: str) -> tuple[str, str | None]:
    """Split `domain.product.column`."""
    domain, _, rest = text.strip().partition(".")
    product, _, column = rest.partition(".")
    return f"{domain}.{product}", column or None
