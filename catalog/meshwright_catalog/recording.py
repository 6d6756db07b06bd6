"""The routes under /api/v1/lineage that take OpenLineage events, one or many."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Response

from meshwright.errors import CatalogUnavailable, MeshError
from meshwright_catalog import events
from meshwright_catalog.api import PROBLEMS
from meshwright_catalog.batch import BatchAnswer, FailedEvent, summary
from meshwright_catalog.bodies import EachPart, OneMeaning
from meshwright_catalog.callers import Caller, TheCatalog
from meshwright_catalog.problems import status_of

one = APIRouter(prefix="/api/v1", responses=PROBLEMS, route_class=OneMeaning)
many = APIRouter(prefix="/api/v1", responses=PROBLEMS, route_class=EachPart)
MAX_EVENTS = 1_000


@one.post("/lineage", status_code=201, summary="Record an OpenLineage event", response_class=Response)
def post_lineage(event: Annotated[dict[str, Any], Body()], caller: Caller, catalog: TheCatalog) -> Response:
    """Take one run, job or dataset event (OpenLineage 2) of the caller's own domain."""
    with catalog.change(caller) as visit:
        events.record(visit, event)
    return Response(status_code=201)


@many.post("/lineage/batch", summary="Record OpenLineage events")
def post_lineage_batch(
    batch: Annotated[list[Any], Body(max_length=MAX_EVENTS)], caller: Caller, catalog: TheCatalog
) -> BatchAnswer:
    """Take many events, each on its own; the answer says which failed and whether sending them again may help."""
    failed: list[FailedEvent] = []
    for index, event in enumerate(batch):
        try:
            with catalog.change(caller) as visit:
                events.record(visit, event)
        except MeshError as error:
            _, reason = status_of(error)
            failed.append(FailedEvent(index=index, reason=reason, retriable=isinstance(error, CatalogUnavailable)))
    return summary(len(batch), failed)
