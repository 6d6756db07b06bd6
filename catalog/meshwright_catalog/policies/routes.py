"""Policy versions under /api/v1: what waits, what decided, approving, refusing and going back."""

from typing import Annotated

from fastapi import APIRouter, Body, Query

from meshwright.grants import Said
from meshwright.registry import PolicyVersion, PolicyVersions, WhoCan
from meshwright_catalog.bodies import OneMeaning
from meshwright_catalog.callers import Caller, TheCatalog
from meshwright_catalog.parameters import WhoCanParameters
from meshwright_catalog.policies import decisions, told
from meshwright_catalog.policies.sights import sights
from meshwright_catalog.problems import described

_PROBLEMS = described(
    {
        401: "No valid token",
        403: "Somebody else decides that",
        404: "Unknown, or not yours to know",
        422: "Not understood, or a refusal that does not say why",
        503: "Not just now",
    }
)
router = APIRouter(prefix="/api/v1", responses=_PROBLEMS, route_class=OneMeaning)

Number = Annotated[int | None, Query(ge=1)]
LookedAt = Annotated[int, Query(ge=1, description="The version that was looked at; another that waits is refused.")]


@router.get("/policies/pending", summary="List policies that wait")
def get_pending(caller: Caller, catalog: TheCatalog) -> PolicyVersions:
    """List what waits for data protection: to it everything, to others what their own domain wrote.

    Data protection and the owner are told who would newly see what, and how the text differs. The domain is told what
    was refused of its own, until it hands in another.
    """
    with catalog.visit(caller) as visit:
        return PolicyVersions(versions=tuple(told.pending(visit)))


@router.get("/products/{product}/policies", summary="List a product's policy versions")
def get_versions(product: str, caller: Caller, catalog: TheCatalog) -> PolicyVersions:
    """List who wrote and approved each version, newest first, to the product's domain and data protection."""
    with catalog.visit(caller) as visit:
        return PolicyVersions(versions=tuple(told.versions(visit, product)))


@router.get("/products/{product}/who-can", summary="Tell who may see a product")
def get_who_can(
    product: str, asked: Annotated[WhoCanParameters, Query()], caller: Caller, catalog: TheCatalog
) -> WhoCan:
    """List everybody for each purpose they may name, by the policies that decide, or decided at a past moment.

    Consumers are named to the product's domain, its owners and data protection; others are told of themselves.
    """
    with catalog.visit(caller) as visit:
        return sights(visit, product, asked.query(visit.now))


@router.post("/products/{product}/policies/approval", summary="Approve policies that wait")
def post_approval(product: str, number: LookedAt, caller: Caller, catalog: TheCatalog) -> PolicyVersion:
    """Let a version decide that newly shows personal data in the clear: for data protection, never the owner's side."""
    with catalog.change(caller) as visit:
        return decisions.approve_version(visit, product, number)


@router.post("/products/{product}/policies/refusal", summary="Refuse policies that wait")
def post_refusal(
    product: str, number: LookedAt, caller: Caller, catalog: TheCatalog, said: Annotated[Said, Body()]
) -> PolicyVersion:
    """Refuse a version for good, for whoever could approve it; the note says why, and the product's domain is told."""
    with catalog.change(caller) as visit:
        return decisions.refuse_version(visit, product, number, said.note)


@router.post("/products/{product}/policies/rollback", summary="Go back to earlier policies")
def post_rollback(product: str, caller: Caller, catalog: TheCatalog, number: Number = None) -> PolicyVersion:
    """Let the version before, or the one named, decide again."""
    with catalog.change(caller) as visit:
        return decisions.roll_back(visit, product, number)
