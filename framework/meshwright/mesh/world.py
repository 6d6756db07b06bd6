"""What a mesh is made of: the one place of the library that constructs io and engines."""

import os
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

from meshwright.access import Policies, Principal, policies_of
from meshwright.domain import Domain
from meshwright.engines.polars import PolarsEngine
from meshwright.errors import NoCatalog, TokenRejected, UnloadableDomain
from meshwright.graph import dependencies
from meshwright.io.catalog import HttpRegistry
from meshwright.io.delta import DeltaStore
from meshwright.io.files import FileReader
from meshwright.io.gateway import HttpGateway
from meshwright.io.keys import KeyFile, make_missing_keys, rotate_keys
from meshwright.io.openlineage import EventRecorder, event_recorder
from meshwright.io.policies import read_policies
from meshwright.io.signatures import signature
from meshwright.io.tokens import Identity, make_signing_key, sign_development_token, signing_key
from meshwright.io.workspace import Place, Workspace, domain_places, load_domain
from meshwright.mesh.gate import WorkspaceGate
from meshwright.mesh.printing import aside
from meshwright.ports import Clock, Event, Gateway, Keys, PolicyTexts, Registry, SourceReader
from meshwright.products import Consumer, Product
from meshwright.registry import Entry, WhoCan, WhoCanQuery
from meshwright.rejected import SUFFIX as REJECTED
from meshwright.spec import Spec
from meshwright.tables import Engine, Store

if TYPE_CHECKING:
    from meshwright.models import Model  # it brings numpy, which a mesh without models does not need

AnyProduct = Product[..., Any]

SHORT = timedelta(minutes=10)
"""How long a token holds that one command uses."""


def wait_a_little(attempt: int) -> None:
    """Wait longer with each attempt, and never as long as another writer that waits too."""
    time.sleep(random.uniform(0, 0.02 * 2 ** min(attempt, 6)))  # noqa: S311 - spreads writers, guards nothing


@dataclass(frozen=True)
class World:
    """A workspace with everything around it, made on first use.

    `pause` waits before an append tries again that lost a race.
    """

    workspace: Workspace
    clock: Clock
    pause: Callable[[int], None] = wait_a_little

    @cached_property
    def places(self) -> Mapping[str, Place]:
        """Where each domain is declared."""
        return {place.name: place for place in domain_places(self.workspace)}

    @cached_property
    def domains(self) -> Mapping[str, Domain]:
        """Every domain of the workspace, imported."""
        return {name: _domain(place) for name, place in self.places.items()}

    @cached_property
    def products(self) -> Mapping[str, AnyProduct]:
        """Every product of the workspace's domains, by id."""
        return {p.id: p for d in self.domains.values() for p in d.products}

    @cached_property
    def consumers(self) -> Mapping[str, Consumer[...]]:
        """Every consumer of the workspace's domains, by `domain.name`."""
        return {f"{d.name}.{c.name}": c for d in self.domains.values() for c in d.consumers}

    @cached_property
    def models(self) -> "Mapping[str, Model]":
        """Every model of the workspace's domains, by the product that it publishes."""
        return {m.product.id: m for d in self.domains.values() for m in d.models}

    @cached_property
    def specs(self) -> Mapping[str, Spec]:
        """What each product of the workspace promises."""
        return {name: p.spec for name, p in self.products.items()}

    @cached_property
    def policies(self) -> Policies:
        """The access rules of the mesh and of the workspace's products."""
        return policies_of(self.policy_texts, self.specs.values())

    @cached_property
    def policy_texts(self) -> PolicyTexts:
        """The access rules as written."""
        folders = {name: place.folder for name, place in self.places.items() if place.folder}
        return read_policies(self.workspace.root / self.workspace.settings.mesh.policies, folders)

    @cached_property
    def store(self) -> Store:
        """The tables of this environment."""
        return self._store(self.workspace.here.root)

    @cached_property
    def shared_store(self) -> Store | None:
        """The tables of the environment that inputs come from when this one has none."""
        reads = self.workspace.here.reads
        return self._store(self.workspace.settings.env[reads].root) if reads else None

    def _store(self, root: str) -> Store:
        return DeltaStore(self.workspace.place(root), self.workspace.here.storage_options)

    def store_of(self, table: str) -> Store:
        """Open the store of a table that another workspace registered; its root is above domain, product and major."""
        root = table.rsplit("/", 3)[0]
        return self.store if root == self.workspace.place(self.workspace.here.root) else DeltaStore(root)

    @cached_property
    def engine(self) -> Engine:
        """What runs transforms."""
        return PolarsEngine(self.workspace.here.storage_options)

    @cached_property
    def sources(self) -> SourceReader:
        """What reads the operational systems' files."""
        return FileReader()

    @cached_property
    def keys(self) -> Keys:
        """The secrets that tokens are made with; a workspace without any gets its own."""
        path = self._key_file
        make_missing_keys(path)
        return KeyFile(path)

    def rotate_keys(self) -> str:
        """Make tokens with a new key from now on; return its id."""
        make_missing_keys(self._key_file)
        return rotate_keys(self._key_file)

    @property
    def _key_file(self) -> Path:
        return self.workspace.state / "keys.json"

    def token(self, principal: Principal, lifetime: timedelta) -> str:
        """Sign a development token with the workspace's key; a workspace without one gets its own.

        Raise `TokenRejected` where an issuer says who asks: nobody would take it.
        """
        if self.workspace.here.catalog.oidc:
            problem = f"no development token is taken in {self.workspace.env!r}: mesh.toml names an issuer"
            raise TokenRejected(problem, "put an access token of the issuer into MESH_TOKEN")
        path = self.workspace.state / "signing.pem"
        make_signing_key(path)
        identity = Identity(principal.kind, principal.name)
        return sign_development_token(identity, signing_key(path), self.clock(), lifetime)

    def registry(self, principal: Principal) -> Registry:
        """Open the catalog as one principal: the service of mesh.toml, or the file that this process opens itself."""
        url = self.workspace.here.catalog.url
        if url is not None:
            return HttpRegistry(url, token=os.environ.get("MESH_TOKEN") or self.token(principal, SHORT))
        registry: Registry = self._embedded.acting_as(principal)
        return registry

    def gateway(self, principal: Principal) -> Gateway | None:
        """Open the gateway of the catalog's service as one principal; None where the catalog is a file."""
        url = self.workspace.here.catalog.url
        if url is None:
            return None
        return HttpGateway(url, token=lambda: os.environ.get("MESH_TOKEN") or self.token(principal, SHORT))

    def held(self, principal: Principal, product: str, major: int | None = None) -> Entry | None:
        """Find a product of another workspace with its rules and place, in the catalog's file that is ours to open."""
        found: Entry | None = self._embedded.acting_as(principal).held(product, major)
        return found

    def reads_elsewhere(self, spec: Spec) -> bool:
        """Tell whether a product reads products of other workspaces."""
        return any(name.removesuffix(REJECTED) not in self.specs for name in dependencies(spec))

    def sights(self, principal: Principal, product: str, asked: WhoCanQuery, rules: Policies | None) -> WhoCan:
        """Ask the catalog who may see a product; one whose file is ours to open is told the mesh's rules of the time.

        Raises as `PolicyReview.who_can` does.
        """
        if self.workspace.here.catalog.url is not None:
            return self.registry(principal).policy_review.who_can(product, asked)
        found: WhoCan = self._embedded.acting_as(principal).policy_review.who_can(product, asked, rules)
        return found

    @cached_property
    def _embedded(self) -> Any:
        found = [e for e in entry_points(group="meshwright.registries") if e.name == "embedded"]
        if not found:
            raise NoCatalog
        place = self.workspace.catalog_place
        nobody = Principal("user", "nobody", "")
        return found[0].load()(place, principal=nobody, gate=self.gate, clock=self.clock, sign=self.sign)

    def sign(self, text: bytes) -> str:
        """Sign a text with the workspace's key; a workspace without one gets its own."""
        path = self.workspace.state / "signing.pem"
        make_signing_key(path)
        return signature(text, path)

    @cached_property
    def recorder(self) -> EventRecorder:
        """Where lineage events go; each is handed to the catalog by the service whose run it tells of."""
        transport = self.workspace.here.lineage.transport
        return event_recorder(self.workspace.state, self._record, transport, env=self.workspace.env)

    def _record(self, event: Event) -> None:
        """Hand an event over as the service whose job it is; a consumer's or a whole domain's has no more rights."""
        name = ".".join(event["job"]["name"].split(".")[:2])
        declared = self.policies.principals.services.get(name)
        self.registry(declared or Principal("service", name, name.partition(".")[0])).record(event)

    @cached_property
    def gate(self) -> WorkspaceGate:
        """What decides whether a principal may know that a registered product exists."""
        return WorkspaceGate(lambda: self.policies, lambda: self.specs, self.clock)

    def reloaded(self) -> "World":
        """Forget what was read, so that files changed since count."""
        return replace(self)


def _domain(place: Place) -> Domain:
    with aside():
        found = load_domain(place)
    if not isinstance(found, Domain):
        raise UnloadableDomain(place.name, f"{place.target} is a {type(found).__name__}, no Domain")
    return found
