"""What the catalog that a workspace opens itself lets through."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from meshwright.access import AccessRequest, Policies, Principal, may_discover
from meshwright.ports import Clock
from meshwright.spec import Spec


@dataclass(frozen=True)
class WorkspaceGate:
    """Decide about the workspace's own products by its files, about others by what they were registered with."""

    policies: Callable[[], Policies]
    own: Callable[[], Collection[str]]
    clock: Clock

    def __call__(self, principal: Principal, spec: Spec, policies: str) -> bool:
        """Tell whether a principal may know that a registered product exists."""
        known = self.policies()
        if spec.id not in self.own():
            known = known.with_product(spec, policies)
        return may_discover(AccessRequest(principal, "", self.clock(), spec), known)
