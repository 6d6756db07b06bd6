"""The service as an ASGI application."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from anyio import to_thread
from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy import text
from starlette.staticfiles import StaticFiles
from starlette.types import Lifespan

from meshwright import __version__
from meshwright.access import Decision, Principal
from meshwright.ports import Clock
from meshwright.registry import Entry
from meshwright_catalog import api, recording
from meshwright_catalog.audit import routes as audit
from meshwright_catalog.audit.central import CentralRules
from meshwright_catalog.audit.reads import ReadAudit
from meshwright_catalog.callers import TheCatalog
from meshwright_catalog.catalog import Catalog, Sign, assemble, unsigned
from meshwright_catalog.database import reading
from meshwright_catalog.edge import Edge
from meshwright_catalog.gate import PolicyGate, TokenVerifier
from meshwright_catalog.gateway import routes as gateway
from meshwright_catalog.gateway.gateway import Gateway, Storage
from meshwright_catalog.gateway.limits import Limits
from meshwright_catalog.grants import routes as grants
from meshwright_catalog.login.login import Login
from meshwright_catalog.marquez import routes as marquez
from meshwright_catalog.pages import access, asking, login, product, routes
from meshwright_catalog.pages.lineage import routes as pictures
from meshwright_catalog.policies import routes as policies
from meshwright_catalog.problems import KNOWN, Problem
from meshwright_catalog.settings import Settings
from meshwright_catalog.teams.book import TeamBook

Decide = Callable[[Principal, str, Entry], Decision]
"""Decides what somebody would read of a product for a purpose."""


class Health(BaseModel):
    """That the catalog answers and reads its database."""

    status: str = "ok"


def create_app(  # noqa: PLR0913 - what the composition root hands over, each by its name
    settings: Settings,
    *,
    gate: PolicyGate,
    verify: TokenVerifier,
    clock: Clock,
    sign: Sign = unsigned,
    teams: TeamBook | None = None,
    rules: CentralRules | None = None,
) -> FastAPI:
    """Open the catalog and serve it: `gate` decides what callers see, `verify` says who they are, `sign` for it.

    `teams` notes the teams that tokens name; the rules of `gate` are then over it. `rules` are the mesh's own, whose
    changes the audit notes.
    """
    catalog = assemble(settings, gate, clock, sign, teams, rules)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None, None]:
        await to_thread.run_sync(catalog.try_to_note)
        yield
        catalog.close()

    app = make_app(lifespan)
    app.state.catalog = catalog
    app.state.verify = verify
    app.state.login = None
    app.state.decide = _with_grants(catalog, gate)
    app.add_middleware(Edge, settings=settings)
    return app


def serve_rows(app: FastAPI, storage: Storage, limits: Limits) -> None:
    """Let an application answer reads too: it alone holds the storage and the keys."""
    catalog: Catalog = app.state.catalog
    account = ReadAudit(catalog.engine, catalog.clock)
    app.state.gateway = Gateway(catalog, app.state.decide, storage, account, limits)


def sign_in_at(app: FastAPI, at: Login) -> None:
    """Let people sign in to an application's pages at their issuer, instead of pasting a token."""
    app.state.login = at


def _with_grants(catalog: Catalog, gate: PolicyGate) -> Decide:
    """Decide with the teams and grants of the moment: what was lost or revoked counts no more at the next decision."""

    def decided(principal: Principal, purpose: str, entry: Entry) -> Decision:
        who, grants = catalog.standing(principal)
        return gate.decide(who, purpose, entry, grants)

    return decided


def make_app(lifespan: Lifespan[FastAPI] | None = None) -> FastAPI:
    """Put the routes together; with no catalog behind them, they only describe themselves."""
    app = FastAPI(
        title="Meshwright catalog",
        version=__version__,
        lifespan=lifespan,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        responses={422: {"model": Problem}},
    )
    app.include_router(api.router)
    app.include_router(recording.one)
    app.include_router(recording.many)
    app.include_router(marquez.router)
    app.include_router(audit.router)
    app.include_router(policies.router)
    app.include_router(gateway.router)
    app.include_router(grants.router)
    app.include_router(access.router)
    app.include_router(asking.router)
    app.include_router(product.router)
    app.include_router(pictures.router)
    app.include_router(login.router)
    app.include_router(routes.router)
    app.mount("/static", StaticFiles(packages=[("meshwright_catalog.pages", "static")]), name="static")
    app.add_api_route("/health", health, methods=["GET"], summary="Tell whether the catalog answers")
    for kind, answer in KNOWN:
        app.add_exception_handler(kind, answer)
    return app


def health(catalog: TheCatalog) -> Health:
    """Read the database once."""
    with reading(catalog.engine) as session:
        session.execute(text("SELECT 1"))
    return Health()
