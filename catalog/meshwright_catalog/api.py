"""The API under /api/v1: thin routes over the services."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from meshwright.access import AccessRequest, with_missing
from meshwright.access.telling import told
from meshwright.errors import DefinitionError, UnknownProduct
from meshwright.names import product_id
from meshwright.odcs import write as write_odcs
from meshwright.registry import (
    MAX_PAGE,
    AccessAnswer,
    Entry,
    EntryPage,
    History,
    Impact,
    ImpactQuery,
    LineageGraph,
    LineagePath,
    LineageQuery,
    PathQuery,
    Publisher,
    Receipt,
    SearchPage,
)
from meshwright.spec import Major, Registration
from meshwright_catalog import lineage, products
from meshwright_catalog.bodies import OneMeaning
from meshwright_catalog.callers import Caller, TheCatalog
from meshwright_catalog.parameters import AccessParameters, SearchParameters
from meshwright_catalog.problems import described

PROBLEMS = described(
    {
        401: "No valid token",
        403: "Another domain's",
        404: "Unknown, or not yours to know",
        422: "Not understood",
        503: "Not just now",
    }
)
router = APIRouter(prefix="/api/v1", responses=PROBLEMS, route_class=OneMeaning)

Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
Offset = Annotated[int, Query(ge=0, le=10_000)]
OfMajor = Annotated[Major | None, Query()]


@router.put("/products/{product}", status_code=201, summary="Register a product")
def register(product: str, body: Registration, caller: Caller, catalog: TheCatalog, response: Response) -> Receipt:
    """Add or replace a product of the caller's own domain; 200 when nothing differed."""
    product_id(product)
    if product != body.spec.id:
        raise DefinitionError("request", "the contract is for another product than the address")
    with catalog.change(caller) as visit:
        receipt = products.register(visit, body)
    response.status_code = 201 if receipt.changed else 200
    return receipt


@router.get("/products/{product}/publisher", summary="Tell whether the caller registers a product")
def get_publisher(product: str, caller: Caller, catalog: TheCatalog) -> Publisher:
    """Name the caller as its publisher, before a build reads as them; 403 for whom registration would refuse."""
    with catalog.visit(caller) as visit:
        return products.publisher(visit, product)


@router.get("/products", summary="List products")
def list_products(caller: Caller, catalog: TheCatalog, limit: Limit = MAX_PAGE, offset: Offset = 0) -> EntryPage:
    """List what the caller may discover, by id."""
    with catalog.visit(caller) as visit:
        total, found = products.discoverable(visit, offset, limit)
    return EntryPage(total=total, entries=tuple(found))


@router.get("/products/{product}", summary="Get a product")
def get_product(product: str, caller: Caller, catalog: TheCatalog, major: OfMajor = None) -> Entry:
    """Give the entry of the newest or the named major version."""
    with catalog.visit(caller) as visit:
        found = products.find(visit, product, major)
    if found is None:
        raise UnknownProduct(product, ())
    return found


@router.get("/products/{product}/versions", summary="List a product's registrations")
def get_versions(product: str, caller: Caller, catalog: TheCatalog) -> History:
    """Give what builds registered of a product, newest first; what people decide about its policies is no version."""
    with catalog.visit(caller) as visit:
        found = products.releases(visit, product)
    if not found:
        raise UnknownProduct(product, ())
    return History(product=product, releases=tuple(found))


@router.get("/products/{product}/contract", summary="Get a product's contract as ODCS", response_class=Response)
def get_contract(product: str, caller: Caller, catalog: TheCatalog, major: OfMajor = None) -> Response:
    """Give the contract in the Open Data Contract Standard, as YAML."""
    entry = get_product(product, caller, catalog, major)
    return Response(write_odcs(entry.spec), media_type="application/yaml")


@router.get("/products/{product}/access", summary="Tell what the caller may see of a product")
def get_access(
    product: str, query: Annotated[AccessParameters, Query()], caller: Caller, catalog: TheCatalog, request: Request
) -> AccessAnswer:
    """Decide for a purpose, and say per column which policy decided, what is missing, and what to ask for.

    Policies that do not decide about the caller are told to the product's domain and data protection alone.
    """
    with catalog.visit(caller) as visit:
        entry = products.readable(visit, product, query.major)
        if entry is None:
            raise UnknownProduct(product, ())
        asked, rules = AccessRequest(visit.principal, query.purpose, visit.now, entry.spec), visit.rules(entry)
    decide = request.app.state.decide
    decision = decide(caller, query.purpose, entry)
    return told(with_missing(decision, asked, rules, lambda purpose: decide(caller, purpose, entry)))


@router.get("/search", summary="Search products")
def search(query: Annotated[SearchParameters, Query()], caller: Caller, catalog: TheCatalog) -> SearchPage:
    """Find products by words and filters; counts are of what the caller may discover."""
    return catalog.search(caller, query.query())


@router.get("/lineage", summary="Follow data")
def get_lineage(query: Annotated[LineageQuery, Query()], caller: Caller, catalog: TheCatalog) -> LineageGraph:
    """Follow a product or column up or down; what may not be discovered is `restricted`."""
    with catalog.visit(caller) as visit:
        return lineage.follow(visit, query)


@router.get("/lineage/impact", summary="Tell what is reached")
def get_impact(query: Annotated[ImpactQuery, Query()], caller: Caller, catalog: TheCatalog) -> Impact:
    """List the products, columns, models and owners that a product or column reaches, and how data gets there."""
    with catalog.visit(caller) as visit:
        return lineage.impact(visit, query)


@router.get("/lineage/path", summary="Find the way between two columns")
def get_path(query: Annotated[PathQuery, Query()], caller: Caller, catalog: TheCatalog) -> LineagePath:
    """Give the shortest way of data between two products or columns, with the kind of each hop."""
    with catalog.visit(caller) as visit:
        return lineage.path(visit, query)
