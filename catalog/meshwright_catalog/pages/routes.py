"""Search, product and sign-in: thin routes over the same services as the API."""

from collections.abc import Mapping
from typing import Annotated, get_args
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from meshwright.access import Decision, Principal
from meshwright.errors import NotSignedIn
from meshwright.registry import Entry, Facet, LineageQuery
from meshwright_catalog import lineage, products
from meshwright_catalog.callers import COOKIE, MAX_TOKEN, TheCatalog, Visitor, verified
from meshwright_catalog.pages import views
from meshwright_catalog.pages.access import classes_of
from meshwright_catalog.pages.render import address, page
from meshwright_catalog.parameters import SearchParameters

router = APIRouter(include_in_schema=False)

PAGE = 20
RELEASES = 10


@router.get("/")
def search_page(query: Annotated[SearchParameters, Query()], caller: Visitor, catalog: TheCatalog) -> Response:
    """Show a search with its facets."""
    if caller is None:
        return _sign_in()
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
    product: str, caller: Visitor, catalog: TheCatalog, request: Request, purpose: str | None = None
) -> Response:
    """Show one product as this caller would see it."""
    if caller is None:
        return _sign_in()
    with catalog.visit(caller) as visit:
        held = products.held(visit, product)
        if held is None:
            return not_found(caller)
        entry = products.shown(visit, held)
        history = products.releases(visit, product)
        up, down = (
            lineage.follow(visit, LineageQuery(product=product, direction=way, depth=1, columns=True))
            for way in ("up", "down")
        )
    decision = _decision(request, caller, held, purpose)
    chosen = decision.purpose
    columns = views.columns_of(entry, decision)
    python, command = views.how_to_read(entry, columns, chosen)
    return page(
        "product.html",
        caller,
        entry=entry,
        spec=entry.spec,
        columns=columns,
        decision=decision,
        purpose=chosen,
        classes=classes_of(entry),
        policies=views.policies_of(entry) if entry.whole else None,
        releases=history[:RELEASES],
        up=views.neighbours(up, up=True),
        down=views.neighbours(down, up=False),
        python=python,
        command=command,
    )


def _decision(request: Request, caller: Principal, entry: Entry, purpose: str | None) -> Decision:
    """Decide for the purpose asked for, else for the first of the caller's purposes that lets them read."""
    asked = [purpose] if purpose in caller.purposes else [*caller.purposes] or [""]
    decisions: list[Decision] = [request.app.state.decide(caller, each, entry) for each in asked]
    return next((d for d in decisions if d.read), decisions[0])


@router.get("/login")
def login_page(caller: Visitor) -> Response:
    """Show the form that takes a token."""
    return page("login.html", caller, refused=False)


@router.post("/login")
def login(request: Request, token: Annotated[str, Form(max_length=MAX_TOKEN)] = "") -> Response:
    """Keep a token that holds in a cookie that no script and no other site can use."""
    if not _from_here(request):
        return page("login.html", None, 403, refused=True)
    try:
        verified(request, token.strip())
    except NotSignedIn:
        return page("login.html", None, 401, refused=True)
    answer = RedirectResponse("/", 303)
    answer.set_cookie(COOKIE, token.strip(), httponly=True, samesite="strict", path="/")
    return answer


@router.post("/logout")
def logout(request: Request) -> Response:
    """Forget the token."""
    answer = RedirectResponse("/login", 303)
    if _from_here(request):
        answer.delete_cookie(COOKIE, httponly=True, samesite="strict", path="/")
    return answer


def not_found(caller: Principal | None) -> Response:
    """Show the page for what is unknown, or not the caller's to know."""
    return page("problem.html", caller, 404, title="Nothing here", detail="There is no such page, or not for you.")


def _sign_in() -> Response:
    return RedirectResponse("/login", 303)


def _from_here(request: Request) -> bool:
    """Tell whether a form was sent from our own page."""
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


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
