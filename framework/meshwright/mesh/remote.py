"""The mesh at a catalog's address: read, search, show, explain and follow lineage, with a token and no workspace."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, NoReturn

from meshwright.access import Decision
from meshwright.errors import NeedsWorkspace, NotSignedIn
from meshwright.grants import Grants
from meshwright.io.catalog import HttpRegistry
from meshwright.io.gateway import HttpGateway
from meshwright.markers import RevealLevel
from meshwright.mesh.asking import Asking
from meshwright.mesh.inputs import elsewhere
from meshwright.mesh.reader import Reader
from meshwright.mesh.reading import View, column_query, remote_view
from meshwright.ports import Gateway, Registry
from meshwright.read import Scalar
from meshwright.registry import WhoCan, WhoCanQuery


@dataclass(frozen=True, repr=False)
class RemoteMesh(Reader):
    """A catalog, opened as whoever the token speaks for, for one purpose.

    Every row comes through the gateway, which holds the storage: what is not granted never arrives here. The words that
    need a workspace, such as `build`, raise `NeedsWorkspace`.
    """

    registry: Registry
    gateway: Gateway
    purpose: str = ""

    def __repr__(self) -> str:
        return f"<RemoteMesh, purpose {self.purpose!r}, enforced: {self.enforced}>"

    @property
    def enforced(self) -> Literal["gateway"]:
        """Tell who holds the policies: always the gateway."""
        return "gateway"

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("_"):
            raise AttributeError(name)
        raise NeedsWorkspace(name)

    def catalog(self) -> Registry:
        """Open the catalog as this principal."""
        return self.registry

    @property
    def access(self) -> "RemoteAccess":
        """Ask for access, and decide about what others ask for."""
        return RemoteAccess(self.registry)

    def decision(self, product: str, *, major: int | None = None) -> Decision:
        """Ask the service for the decision that every read of the product obeys."""
        return elsewhere(self.registry, self.gateway, product, major).decision(self.purpose)

    def view(
        self,
        product: str,
        *,
        columns: Sequence[str] | None = None,
        levels: Mapping[str, RevealLevel] | None = None,
        where: Mapping[str, Scalar] | None = None,
        order_by: Sequence[str] = (),
        limit: int | None = None,
        version: int | None = None,
        major: int | None = None,
    ) -> View:
        """Read a product as this principal may see it: without hidden columns, others clear, coarse or as tokens.

        It is of the newest major version, or of `major`; `version` is one of that table.
        """
        found = elsewhere(self.registry, self.gateway, product, major)
        query = column_query(found.spec.columns, columns, levels or {}, where or {}, order_by)
        return remote_view(found, query.model_copy(update={"limit": limit}), self.purpose, version)


@dataclass(frozen=True)
class RemoteAccess(Asking):
    """Requests and grants at a catalog's address; what changes policies needs a workspace."""

    registry: Registry

    @property
    def _grants(self) -> Grants:
        return self.registry.grants

    def _now(self) -> datetime:
        return datetime.now(UTC)

    def _sights(self, product: str, asked: WhoCanQuery) -> WhoCan:
        return self.registry.policy_review.who_can(product, asked)


def open_catalog(url: str, token: str | None, purpose: str | None) -> RemoteMesh:
    """Open a catalog; without a token or a purpose MESH_TOKEN and MESH_PURPOSE count."""
    mine = token or os.environ.get("MESH_TOKEN", "")
    if not mine:
        raise NotSignedIn("MESH_TOKEN")
    reason = purpose or os.environ.get("MESH_PURPOSE") or ""
    return RemoteMesh(HttpRegistry(url, token=mine), HttpGateway(url, token=lambda: mine), reason)
