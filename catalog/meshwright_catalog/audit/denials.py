"""Who was denied what beside reads: kept although the visit that was denied leaves nothing behind."""

import logging
from collections.abc import Generator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Engine

from meshwright.audit import Fact
from meshwright.errors import MeshError
from meshwright_catalog.audit.log import Event, append
from meshwright_catalog.audit.names import product_named
from meshwright_catalog.database import writing
from meshwright_catalog.gate import Visit

log = logging.getLogger(__name__)

Denial = TypeVar("Denial", bound=MeshError)


def denied(visit: Visit, error: Denial, tried: str, product: str = "", **facts: Fact) -> Denial:
    """Note what the visitor is denied, by the kind of the error alone, and give the error back to be raised.

    `tried` is such as `grant.approve`; facts are names and numbers of ours, never what somebody typed.
    """
    event = Event(
        now=visit.now,
        kind="denied",
        principal=f"{visit.principal.kind}:{visit.principal.name}",
        product=product_named(product),
        facts={"tried": tried, "why": type(error).__name__, **facts},
    )
    visit.denials.append(event)
    return error


@contextmanager
def denials_kept(engine: Engine, denials: list[Event]) -> Generator[None]:
    """Write what was denied on a visit, after its end; a note that fails is logged, and the refusal stands."""
    try:
        yield
    finally:
        if denials:
            _keep(engine, denials)


def _keep(engine: Engine, denials: list[Event]) -> None:
    try:
        with writing(engine, durable=True) as session:
            for event in denials:
                append(session, event)
    except MeshError as error:
        log.error("a denial of %s was not kept: %s", denials[0].principal, error)  # noqa: TRY400
