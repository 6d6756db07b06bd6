"""The search page: a thin route over the same service as the API."""

from collections.abc import Mapping
from typing import Annotated, get_args

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from meshwright.registry import Facet
from meshwright_catalog.callers import TheCatalog, Visitor
from meshwright_catalog.pages.render import address, page
from meshwright_catalog.pages.way_back import to_sign_in
from meshwright_catalog.parameters import SearchParameters

router = APIRouter(include_in_schema=False)

PAGE = 20


@router.get("/")
def search_page(
    query: Annotated[SearchParameters, Query()], caller: Visitor, catalog: TheCatalog, request: Request
) -> Response:
    """Show a search with its facets."""
    if caller is None:
        return to_sign_in(request)
    found = catalog.search(caller, query.query())
    return page(
        "search.html",
        caller,
        query=query,
        found=found,
        facets=[(name, _facet(name, query, found.facets[name])) for name in get_args(Facet)],
        earlier=_link(query, offset=max(0, query.offset - query.limit)) if query.offset else "",
        later=_link(query, offset=query.offset + query.limit) if query.offset + query.limit < found.total else "",
    )


def _facet(name: Facet, query: SearchParameters, counts: Mapping[str, int]) -> list[tuple[str, int, bool, str]]:
    """List a facet's values: count, whether it is chosen, and the link that changes that."""
    chosen = _chosen(query)[name]
    values = {**dict.fromkeys(chosen, 0), **counts}
    return [
        (value, count, value in chosen, _link(query, offset=0, **{name: sorted(set(chosen) ^ {value})}))
        for value, count in values.items()
    ]


def _chosen(query: SearchParameters) -> dict[Facet, list[str]]:
    return {"domain": query.domain, "owner": query.owner, "tag": query.tag, "class": query.classification}


def _link(query: SearchParameters, **changes: object) -> str:
    return address("/", {"q": query.q, **{str(name): values for name, values in _chosen(query).items()}, **changes})
