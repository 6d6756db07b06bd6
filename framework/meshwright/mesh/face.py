"""The mesh at run time: build, read, find and govern data products from one workspace."""

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload
from uuid import UUID, uuid4

import polars as pl

from meshwright.access import Decision, Principal
from meshwright.access.finding import Finding
from meshwright.errors import MeshError, NeedsWorkspace, NobodyAsks, UnknownProduct
from meshwright.features import Manifest, TrainingSet
from meshwright.io.workspace import find_workspace, read_workspace
from meshwright.markers import RevealLevel
from meshwright.mesh import checking, contracts, designing, explaining, planning, training
from meshwright.mesh.access import Access
from meshwright.mesh.admission import decision_of
from meshwright.mesh.auditing import Auditing
from meshwright.mesh.building import build
from meshwright.mesh.discovering import discovered
from meshwright.mesh.doctor import doctor
from meshwright.mesh.elsewhere import Remote
from meshwright.mesh.jobs import How
from meshwright.mesh.loading import load
from meshwright.mesh.reader import Reader
from meshwright.mesh.reading import View, column_query, remote_view, view
from meshwright.mesh.recording import deliver_pending
from meshwright.mesh.remote import RemoteMesh, open_catalog
from meshwright.mesh.reports import BuildReport, PlanStep, Refusal
from meshwright.mesh.telling import Together, alone
from meshwright.mesh.verifying import ProductVerified, verified
from meshwright.mesh.world import AnyProduct, World
from meshwright.ports import Clock, Registry
from meshwright.products import Consumer, Product
from meshwright.read import Scalar, shown
from meshwright.schema import Contract, InputPort

if TYPE_CHECKING:
    from meshwright.models import ForecastReport  # it brings numpy, which a mesh without models does not need

S = TypeVar("S", bound=Contract | InputPort)


def utc_now() -> datetime:
    """Return the present."""
    return datetime.now(UTC)


@dataclass(frozen=True, repr=False)
class Mesh(Reader):
    """A workspace, opened as one principal for one purpose.

    This process holds the storage, so masks here guard against mistakes, not against the process's owner.
    """

    world: World
    principal: str | None = None
    purpose: str = ""
    new_run_id: Callable[[], UUID] = uuid4

    @overload
    @classmethod
    def open(
        cls,
        workspace: str | Path | None = None,
        *,
        env: str | None = None,
        principal: str | None = None,
        purpose: str | None = None,
        clock: Clock = utc_now,
    ) -> "Mesh": ...
    @overload
    @classmethod
    def open(cls, *, catalog: str, token: str | None = None, purpose: str | None = None) -> RemoteMesh: ...
    @classmethod
    def open(
        cls,
        workspace: str | Path | None = None,
        *,
        env: str | None = None,
        principal: str | None = None,
        purpose: str | None = None,
        clock: Clock = utc_now,
        catalog: str | None = None,
        token: str | None = None,
    ) -> "Mesh | RemoteMesh":
        """Open the nearest workspace at or above a folder, as somebody, for a purpose; or a catalog at its address.

        Without them MESH_PRINCIPAL and MESH_PURPOSE count, then the environment's own in mesh.toml. At a catalog the
        token says who asks; without it MESH_TOKEN counts. Raises `NeedsWorkspace` for a principal there.
        """
        if catalog is not None:
            if principal is not None:
                raise NeedsWorkspace("principal")
            return open_catalog(catalog, token, purpose)
        root = find_workspace(Path(workspace) if workspace is not None else Path.cwd())
        found = read_workspace(root.resolve(), env)
        who = principal or os.environ.get("MESH_PRINCIPAL") or found.here.principal
        why = purpose or os.environ.get("MESH_PURPOSE") or found.here.purpose
        return cls(World(found, clock), who, why or "")

    def __repr__(self) -> str:
        who = self.principal or "nobody"
        return f"<Mesh in {self.world.workspace.root}, as {who!r}, purpose {self.purpose!r}, enforced: {self.enforced}>"

    @property
    def enforced(self) -> Literal["advisory"]:
        """Tell who holds the policies: this process, which holds the storage too.

        Products of other workspaces may come through a gateway all the same: `view(...).enforced` tells of one read.
        """
        return "advisory"

    @cached_property
    def reader(self) -> Principal:
        """Who asks; a service is named by its product's id."""
        if self.principal is None:
            raise NobodyAsks
        principals = self.world.policies.principals
        return principals.find(self.principal, "service" if self.principal in principals.services else "user")

    def product(self, name: str) -> AnyProduct:
        """Find a product of this workspace."""
        if name not in self.world.products:
            raise UnknownProduct(name, self.world.products)
        return self.world.products[name]

    def consumer(self, consumer: Consumer[...] | str) -> Consumer[...]:
        """Find a consumer of this workspace."""
        if not isinstance(consumer, str):
            return consumer
        if consumer not in self.world.consumers:
            raise UnknownProduct(consumer, self.world.consumers)
        return self.world.consumers[consumer]

    def build(
        self,
        product: Product[..., Any] | str,
        *,
        force: bool = False,
        allow_empty: bool = False,
        adopt: bool = False,
        **parameters: Any,
    ) -> BuildReport:
        """Build one product from the live versions of its inputs; raise when nothing was published.

        `allow_empty` lets it put no rows in the place of some, once; `adopt` lets it put its rows, never add them, in
        the place of a version that somebody else wrote.
        """
        found = self.product(product) if isinstance(product, str) else product
        how = How(force, allow_empty, adopt)
        return build(self.world, found, parameters, alone(self.world, self.new_run_id()), how)

    def build_all(
        self,
        products: Sequence[str] | None = None,
        *,
        force: bool = False,
        only: bool = False,
        allow_empty: bool = False,
        adopt: bool = False,
        at: datetime | None = None,
        started: Callable[[str], None] = lambda _: None,
    ) -> Iterator[BuildReport | Refusal]:
        """Build products in dependency order; what needs a product that failed is skipped, the rest goes on.

        `at` is the time that this was planned for, as lineage tells it; without it the present.
        """
        deliver_pending(self.world)
        how, asked_at = How(force, allow_empty, adopt), self.world.clock()
        together = Together(self.world, self.new_run_id(), asked_at, at or asked_at)
        failed: dict[str, str] = {}
        name = ""
        try:
            for name in planning.in_order(self.world, products, only=only):
                outcome = self._build_next(name, together, failed, started, how)
                if isinstance(outcome, Refusal):
                    failed[name] = outcome.status
                yield outcome
        except Exception:
            together.end([*_told(failed), f"{name} (failed)"])
            raise
        except BaseException:
            together.stop()
            raise
        together.end(_told(failed))

    def _build_next(
        self, name: str, together: Together, failed: Collection[str], started: Callable[[str], None], how: How
    ) -> BuildReport | Refusal:
        missing = sorted(planning.needs(self.world, name) & set(failed))
        if missing:
            return Refusal(product=name, status="skipped", where=name, problem=f"needs {', '.join(missing)}")
        started(name)
        try:
            return build(self.world, self.product(name), {}, together.telling(name, self.new_run_id()), how)
        except MeshError as error:
            return Refusal(product=name, status="failed", where=error.where, problem=error.problem, hint=error.hint)

    def plan(self, products: Sequence[str] | None = None) -> list[PlanStep]:
        """Tell what `build_all` would do, and why."""
        return list(planning.plan(self.world, products))

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
        found = discovered(self.world, self.reader, product, major).at(version)
        if isinstance(found, Remote):
            query = column_query(found.spec.columns, columns, levels or {}, where or {}, order_by)
            return remote_view(found, query.model_copy(update={"limit": limit}), self.purpose, version)
        decided = decision_of(self.world, found, self.reader, self.purpose)
        shown(found.spec, decided)  # who may not read learns nothing of versions and columns
        asked = column_query(found.spec.columns, columns, levels or {}, where or {}, order_by)
        query = asked.model_copy(update={"limit": limit})
        return view(self.world, found, decided, query, version)

    def load(self, consumer: Consumer[...]) -> pl.LazyFrame:
        """Run a consumer on its ports, read under its purpose as this principal."""
        return load(self.world, consumer, self.reader)

    def training_set(self, consumer: Consumer[...] | str, **parameters: Any) -> TrainingSet:
        """Run a consumer on the live versions of its ports, and pin them: rows and manifest."""
        return training.training_set(self.world, self.consumer(consumer), self.reader, parameters, self.new_run_id())

    def rebuild(self, manifest: Manifest, consumer: Consumer[...] | None = None) -> TrainingSet:
        """Make a training set again from exactly the versions of its manifest; raise when other rows come out."""
        return training.rebuild(
            self.world, manifest, self.consumer(consumer or manifest.consumer), self.reader, self.new_run_id()
        )

    def model_report(self, product: str, *, seed: int = 0) -> "ForecastReport":
        """Hold a model against its baselines on its training set's last weeks; read as this principal, built never."""
        if product not in self.world.models:
            raise UnknownProduct(product, self.world.models, "models")
        model = self.world.models[product]
        learnt = self.training_set(model.training)
        return model.judge(learnt.rows, seed, learnt.manifest.id)

    def decision(self, product: str, *, major: int | None = None) -> Decision:
        """Give the decision that every read of the product obeys."""
        return explaining.decision(self.world, self.reader, self.purpose, product, major)

    def caveat(self, product: str) -> str:
        """Say of a service what its own build alone may do."""
        return explaining.caveat(self.world, self.reader, product)

    def _decision_in_full(self, product: str, major: int | None) -> Decision:
        return explaining.in_full(self.world, self.reader, self.purpose, product, major)

    @property
    def access(self) -> Access:
        """Who may see what, and what changes it."""
        return Access(self.world, self.principal)

    @property
    def audit(self) -> Auditing:
        """What was read, refused and changed, for data protection."""
        return Auditing(self.world, self.reader)

    def catalog(self) -> Registry:
        """Open the catalog as this principal; what it missed while it was out of reach is handed over first."""
        deliver_pending(self.world)
        return self.world.registry(self.reader)

    def check(self, base: str | None = None, *, pii: bool = False) -> list[Finding]:
        """Find what is wrong with contracts, ports, policies, labels and committed files."""
        return list(checking.check(self.world, base, pii=pii))

    def verify_lineage(self, products: Sequence[str] | None = None, *, rows: int = 300) -> Iterator[ProductVerified]:
        """Hold the lineage of products against what changing their inputs changes, on so many rows of each input."""
        return verified(self.world, products, rows)

    def write_contracts(self) -> list[str]:
        """Write the contract file of every product; return the paths that changed."""
        return contracts.write(self.world)

    def tell_designs(self) -> list[str]:
        """Tell the catalog what products are made from by their code, built or not; return those that changed."""
        return designing.tell(self.world)

    def contract_changes(self, base: str) -> list[dict[str, str]]:
        """List what changed in the contracts since a git revision."""
        return contracts.changes_since(self.world, base)

    def development_token(self, principal: str, hours: float) -> str:
        """Sign a token for a principal with the workspace's own key."""
        principals = self.world.policies.principals
        found = principals.find(principal, "service" if principal in principals.services else "user")
        return self.world.token(found, timedelta(hours=hours))

    def doctor(self) -> list[Finding]:
        """Look at tables, keys, catalog and outbox; heal what a stopped command left."""
        return list(doctor(self.world))


def _told(failed: Mapping[str, str]) -> list[str]:
    return [f"{name} ({status})" for name, status in failed.items()]
