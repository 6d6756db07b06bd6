"""Search and product: thin routes over the same services as the API."""

from collections.abc import Mapping
from typing import Annotated, get_args

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from meshwright.access import Decision, Principal
from meshwright.registry import Entry, Facet, LineageQuery
from meshwright_catalog import lineage, products
from meshwright_catalog.callers import TheCatalog, Visitor
from meshwright_catalog.login.login import Login
from meshwright_catalog.pages import views
from meshwright_catalog.pages.access import breakable_of, classes_of, classified_of
from meshwright_catalog.pages.render import address, page
from meshwright_catalog.pages.snippets import how_to_read
from meshwright_catalog.pages.way_back import to_sign_in
from meshwright_catalog.parameters import ProductParameters, SearchParameters

router = APIRouter(include_in_schema=False)

PAGE = 20
RELEASES = 10


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


@router.get("/products/{product}")
def product_page(
    product: str,
    caller: Visitor,
    catalog: TheCatalog,
    request: Request,
    query: Annotated[ProductParameters, Query()],
) -> Response:
    """Show one product as this caller would see it: its newest major version, or the named one."""
    if caller is None:
        return to_sign_in(request)
    with catalog.visit(caller) as visit:
        held = products.held(visit, product, query.major)
        if held is None:
            return not_found(caller)
        entry = products.shown(visit, held)
        rules = visit.gate.policies()
        served = [each.spec.major for each in products.majors(visit.session, product) if visit.may_discover(each)]
        history = products.releases(visit, product)
        up, down = (
            lineage.follow(visit, LineageQuery(product=product, direction=way, depth=1, columns=True))
            for way in ("up", "down")
        )
    theirs = bool(query.purpose) and rules.purposes.allowed(query.purpose or "", caller.purposes)
    decision = _decision(request, caller, held, query.purpose if theirs else None)
    chosen = decision.purpose
    columns = views.columns_of(entry, decision)
    return page(
        "product.html",
        caller,
        entry=entry,
        spec=entry.spec,
        columns=columns,
        decision=decision,
        purpose=chosen,
        major=query.major,
        others=[each for each in served if each != held.spec.major],
        refused_purpose=bool(query.purpose) and not theirs,
        classes=classes_of(entry),
        classified=classified_of(entry),
        breakable=breakable_of(entry, decision, rules.classes),
        policies=views.policies_of(entry) if entry.whole else None,
        releases=history[:RELEASES],
        up=views.neighbours(up, up=True),
        down=views.neighbours(down, up=False),
        snippets=how_to_read(entry.spec, decision, _own_address(request), older=held.spec.major != served[0]),
    )


def _own_address(request: Request) -> str:
    """Tell where people find this catalog: where they sign in, else where this one found it."""
    login: Login | None = request.app.state.login
    return str(request.base_url).rstrip("/") if login is None else login.address


def _decision(request: Request, caller: Principal, entry: Entry, purpose: str | None) -> Decision:
    """Decide for the purpose asked for, else for the first of the caller's purposes that lets them read."""
    asked = [purpose] if purpose else [*caller.purposes] or [""]
    decisions: list[Decision] = [request.app.state.decide(caller, each, entry) for each in asked]
    return next((d for d in decisions if d.read), decisions[0])


def not_found(caller: Principal | None) -> Response:
    """Show the page for what is unknown, or not the caller's to know."""
    return page("problem.html", caller, 404, title="Nothing here", detail="There is no such page, or not for you.")


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
