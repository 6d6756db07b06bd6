"""Policy versions for one principal, over the services that the API calls."""

from collections.abc import Sequence
from dataclasses import dataclass

from meshwright.access import Policies, Principal
from meshwright.registry import PolicyVersion, WhoCan, WhoCanQuery
from meshwright_catalog.catalog import Catalog
from meshwright_catalog.policies import decisions, told
from meshwright_catalog.policies.sights import sights


@dataclass(frozen=True)
class EmbeddedPolicyReview:
    """Review policy versions in the caller's own process."""

    catalog: Catalog
    principal: Principal

    def pending(self) -> Sequence[PolicyVersion]:
        """List the versions that wait."""
        with self.catalog.visit(self.principal) as visit:
            return told.pending(visit)

    def versions(self, product: str) -> Sequence[PolicyVersion]:
        """List a product's versions, newest first."""
        with self.catalog.visit(self.principal) as visit:
            return told.versions(visit, product)

    def who_can(self, product: str, asked: WhoCanQuery, rules: Policies | None = None) -> WhoCan:
        """Say who may see a product; `rules` are the mesh's of a past moment, from a process that keeps them."""
        with self.catalog.visit(self.principal) as visit:
            return sights(visit, product, asked, rules)

    def approve(self, product: str, number: int) -> PolicyVersion:
        """Put the version in force that was looked at and waits."""
        with self.catalog.change(self.principal) as visit:
            return decisions.approve_version(visit, product, number)

    def refuse(self, product: str, number: int, reason: str) -> PolicyVersion:
        """Refuse the version that was looked at and waits, for good."""
        with self.catalog.change(self.principal) as visit:
            return decisions.refuse_version(visit, product, number, reason)

    def roll_back(self, product: str, number: int | None = None) -> PolicyVersion:
        """Let the version before, or the one named, decide again."""
        with self.catalog.change(self.principal) as visit:
            return decisions.roll_back(visit, product, number)
