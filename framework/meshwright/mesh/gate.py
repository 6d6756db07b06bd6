"""What the catalog that a workspace opens itself lets through."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from meshwright.access import AccessRequest, Policies, Principal, may_discover_each
from meshwright.grants import Grant
from meshwright.ports import Clock
from meshwright.spec import Spec


@dataclass(frozen=True)
class WorkspaceGate:
    """Decide about the workspace's own products by its files, about others by what they were registered with.

    Files say nothing of the older major versions of a product.
    """

    policies: Callable[[], Policies]
    own: Callable[[], Mapping[str, Spec]]
    clock: Clock

    def each(
        self, principal: Principal, contracts: Sequence[tuple[Spec, str]], grants: tuple[Grant, ...] = ()
    ) -> list[bool]:
        """Tell of every registered product whether a principal, who holds `grants`, may know that it exists."""
        now = self.clock()
        return may_discover_each(
            (AccessRequest(principal, "", now, spec, grants), self.rules(principal, spec, text))
            for spec, text in contracts
        )

    def rules(self, principal: Principal, spec: Spec, policies: str) -> Policies:
        """Give the rules that decide about one product."""
        known, own = self.policies(), self.own().get(spec.id)
        return known if own is not None and own.major == spec.major else known.with_product(spec, policies)

    def basis(self, principal: Principal) -> None:
        """Remember no decision: a workspace's files change under it, and its commands end soon."""
