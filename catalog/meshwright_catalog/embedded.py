"""The catalog inside the caller's process: for a workspace without a service."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from meshwright.access import Principal
from meshwright.audit import AuditHead, AuditPage, AuditQuery
from meshwright.ports import Clock, Event
from meshwright.registry import (
    Entry,
    Impact,
    ImpactQuery,
    LineageGraph,
    LineagePath,
    LineageQuery,
    PathQuery,
    Publisher,
    Receipt,
    Release,
    SearchPage,
    SearchQuery,
)
from meshwright.spec import Registration
from meshwright_catalog import events, lineage, products
from meshwright_catalog.audit import asked
from meshwright_catalog.catalog import Catalog, Sign, assemble, unsigned
from meshwright_catalog.gate import Gate
from meshwright_catalog.grants.embedded import EmbeddedGrants
from meshwright_catalog.policies.embedded import EmbeddedPolicyReview
from meshwright_catalog.settings import kept_at


@dataclass(frozen=True)
class EmbeddedRegistry:
    """A `Registry` for one principal, over the same services that the API calls."""

    catalog: Catalog
    principal: Principal

    def acting_as(self, principal: Principal) -> "EmbeddedRegistry":
        """Ask the same catalog as somebody else."""
        return replace(self, principal=principal)

    def register(self, registration: Registration) -> Receipt:
        """Add or replace one product's entry; raise `ForeignDomain` for all but a service of its domain."""
        with self.catalog.change(self.principal) as visit:
            return products.register(visit, registration)

    def publisher(self, product: str) -> Publisher:
        """Name the principal as who registers a product; raise `ForeignDomain` for all but a service of its domain."""
        with self.catalog.visit(self.principal) as visit:
            return products.publisher(visit, product)

    def find(self, product: str, major: int | None = None) -> Entry | None:
        """Return a product's entry, or None when the principal may not discover it or nobody registered it."""
        with self.catalog.visit(self.principal) as visit:
            return products.find(visit, product, major)

    def held(self, product: str, major: int | None = None) -> Entry | None:
        """Find what `find` does with its policies and the table's place, for a process that holds the storage itself.

        It reads by them as it reads its own products. What it shows comes from `find`.
        """
        with self.catalog.visit(self.principal) as visit:
            return products.held(visit, product, major)

    def products(self) -> Sequence[Entry]:
        """List every entry the principal may discover, by id, each in its newest major version."""
        with self.catalog.visit(self.principal) as visit:
            return products.discoverable(visit)[1]

    def releases(self, product: str) -> Sequence[Release]:
        """List a product's registrations, newest first; none when the principal may not discover it."""
        with self.catalog.visit(self.principal) as visit:
            return products.releases(visit, product)

    def search(self, query: SearchQuery) -> SearchPage:
        """Find products by words and filters."""
        return self.catalog.search(self.principal, query)

    def lineage(self, query: LineageQuery) -> LineageGraph:
        """Follow data up or down from a product or column; raise `UnknownProduct` for what may not be discovered."""
        with self.catalog.visit(self.principal) as visit:
            return lineage.follow(visit, query)

    def impact(self, query: ImpactQuery) -> Impact:
        """Tell what a product or column reaches."""
        with self.catalog.visit(self.principal) as visit:
            return lineage.impact(visit, query)

    def path(self, query: PathQuery) -> LineagePath:
        """Find the shortest way of data between two products or columns."""
        with self.catalog.visit(self.principal) as visit:
            return lineage.path(visit, query)

    def record(self, event: Event) -> None:
        """Take one OpenLineage event of the principal's own domain."""
        with self.catalog.change(self.principal) as visit:
            events.record(visit, event)

    @property
    def policy_review(self) -> EmbeddedPolicyReview:
        """Review policy versions as the principal."""
        return EmbeddedPolicyReview(self.catalog, self.principal)

    def audit(self, query: AuditQuery) -> AuditPage:
        """List who read, was refused and changed what; raise `DataProtectionOnly` for everybody else."""
        with self.catalog.visit(self.principal) as visit:
            return asked.events(visit, query)

    def audit_head(self) -> AuditHead:
        """Tell the audit's last event, signed; raise `DataProtectionOnly` for everybody else."""
        with self.catalog.visit(self.principal) as visit:
            return self.catalog.signed(asked.last(visit))

    @property
    def grants(self) -> EmbeddedGrants:
        """Ask for access and decide about it as the principal."""
        return EmbeddedGrants(self.catalog, self.principal)

    def close(self) -> None:
        """Let go of the database."""
        self.catalog.close()


def open_catalog(
    place: Path | tuple[str, Path], *, principal: Principal, gate: Gate, clock: Clock, sign: Sign = unsigned
) -> EmbeddedRegistry:
    """Open the catalog in an SQLite file, making or migrating it; `gate` decides what the principal may discover.

    Or at the address of a database, with a folder for the search index, which for a file stands beside it and may be
    deleted at any time. Hands over a registry.
    """
    return EmbeddedRegistry(assemble(replace(kept_at(place), pool=False), gate, clock, sign), principal)
