"""The page of one product, as its reader sees it, with the forms that ask for more."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from meshwright.access import Decision, Principal
from meshwright.registry import Entry, LineageQuery
from meshwright_catalog import lineage, products
from meshwright_catalog.callers import Visitor, catalog_of
from meshwright_catalog.login.login import Login
from meshwright_catalog.pages import views
from meshwright_catalog.pages.forms import Ask, Filled, Glass
from meshwright_catalog.pages.render import address, page
from meshwright_catalog.pages.snippets import how_to_read
from meshwright_catalog.pages.way_back import to_sign_in
from meshwright_catalog.parameters import ProductParameters

router = APIRouter(include_in_schema=False)

RELEASES = 10


@router.get("/products/{product}")
def product_page(
    product: str, request: Request, caller: Visitor, query: Annotated[ProductParameters, Query()]
) -> Response:
    """Show one product as this caller would see it: its newest major version, or the named one."""
    return to_sign_in(request) if caller is None else page_of(request, caller, product, query)


def page_of(
    request: Request, caller: Principal, product: str, query: ProductParameters, filled: Filled | None = None
) -> Response:
    """Show one product; a form that was refused comes back as it was filled in, with what is wrong beside it."""
    with catalog_of(request).visit(caller) as visit:
        held = products.held(visit, product, query.major)
        if held is None:
            return not_found(caller)
        entry = products.shown(visit, held)
        rules, who = visit.gate.policies(), visit.principal
        served = [each.spec.major for each in products.majors(visit.session, product) if visit.may_discover(each)]
        history = products.releases(visit, product)
        up, down = (
            lineage.follow(visit, LineageQuery(product=product, direction=way, depth=1, columns=True))
            for way in ("up", "down")
        )
    theirs = bool(query.purpose) and rules.purposes.allowed(query.purpose or "", who.purposes)
    decision = _decision(request, who, held, query.purpose if theirs else None)
    return page(
        "product.html",
        caller,
        filled.refusal.status if filled else 200,
        entry=entry,
        spec=entry.spec,
        columns=views.columns_of(entry, decision),
        decision=decision,
        purpose=decision.purpose,
        major=query.major,
        others=[each for each in served if each != held.spec.major],
        refused_purpose=bool(query.purpose) and not theirs,
        classes=views.classes_of(entry),
        classified=views.classified_of(entry),
        breakable=views.breakable_of(entry, decision, rules.classes),
        **_forms(entry, decision, filled),
        seen=address("", {"purpose": theirs and query.purpose, "major": query.major}),
        policies=views.policies_of(entry) if entry.whole else None,
        releases=history[:RELEASES],
        up=views.neighbours(up, up=True),
        down=views.neighbours(down, up=False),
        snippets=how_to_read(entry.spec, decision, _own_address(request), older=held.spec.major != served[0]),
    )


def _forms(entry: Entry, decision: Decision, filled: Filled | None) -> dict[str, object]:
    """Give both forms as they are shown, and what was wrong with the one that was sent."""
    first = next(iter(views.classes_of(entry)), "")
    return {
        "ask": (filled and filled.ask) or Ask(what=first, purpose=decision.purpose),
        "glass": (filled and filled.glass) or Glass(purpose=decision.purpose),
        "refusal": filled and filled.refusal,
    }


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
