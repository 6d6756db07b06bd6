"""What the policies let a caller see: the catalog asks the same decision as every other surface."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from meshwright.access import (
    AccessRequest,
    Decision,
    Policies,
    Principal,
    decide,
    may_discover_each,
    service_of,
    with_derived,
)
from meshwright.grants import Grant
from meshwright.names import governed_by
from meshwright.ports import Clock
from meshwright.registry import Entry
from meshwright.spec import Spec
from meshwright_catalog.audit.log import Event
from meshwright_catalog.known import Known
from meshwright_catalog.weighed import Weighed

TokenVerifier = Callable[[str], Principal]
"""Turns a token into the principal it was signed for; raises `MeshError` when it was not, or no longer holds."""

Contract = tuple[Spec, str]
"""What a product is decided by: its contract, and the text of the policies that it was registered with."""

_KEPT, _RULES = 64_000_000, 4_000
"""The most bytes that a gate remembers of rules; about those of one product, beside the text of its policies."""
_NOBODYS = Spec(id="mesh.nothing", version="1.0.0", columns=())


class Gate(Protocol):
    """Tell whether a principal may know that a product exists, and by which rules of the mesh."""

    @property
    def policies(self) -> Callable[[], Policies]:
        """Give the mesh's rules as they are now; those of products count as registered."""
        ...

    def each(self, principal: Principal, contracts: Sequence[Contract], grants: tuple[Grant, ...] = ()) -> list[bool]:
        """Decide about every one of these products at the same moment; `grants` are the principal's."""
        ...

    def rules(self, principal: Principal, spec: Spec, policies: str) -> Policies:
        """Give the rules that decide about one product for a principal."""
        ...

    def basis(self, principal: Principal) -> Hashable:
        """Give all that a decision to discover reads beside the product, its grants and the time.

        While it is equal, the decision about the same contract and policies is too; None: no decision is remembered.
        """
        ...


@dataclass(frozen=True, slots=True)
class Visit:
    """One caller's visit: what the database says at this moment, who asks, and what lets them in.

    `principal` is in no team that their newest known token does not name; `outdated` says that it names others than the
    token they came with. `grants` are the caller's own and their teams', read for this visit alone. `known` is what the
    catalog remembers. `denials` are noted in the audit when the visit is over.
    """

    session: Session
    principal: Principal
    gate: Gate
    now: datetime
    grants: tuple[Grant, ...] = ()
    known: Known = field(default_factory=Known)
    denials: list[Event] = field(default_factory=list[Event])
    outdated: bool = False

    def may_discover(self, entry: Entry) -> bool:
        """Tell whether this caller may know that the product exists."""
        [allowed] = self.gate.each(self.principal, [(entry.spec, entry.policies)], self.grants)
        return allowed

    def may_discover_each(self, contracts: Sequence[Contract | None]) -> list[bool]:
        """Tell of every product whether this caller may know of it; None is one that nobody registered.

        That one is decided about in vain, so that it is as much work as a hidden one.
        """
        asked = [(_NOBODYS, "") if contract is None else contract for contract in contracts]
        allowed = self.gate.each(self.principal, asked, self.grants)
        return [is_allowed and contract is not None for is_allowed, contract in zip(allowed, contracts, strict=True)]

    def decide_in_vain(self) -> None:
        """Decide about a product that nobody registered, so that an unknown one is as much work as a hidden one."""
        self.may_discover_each([None])

    def rules(self, entry: Entry) -> Policies:
        """Give the rules that decide about a product for this caller; the entry is whole."""
        return self.gate.rules(self.principal, entry.spec, entry.policies)

    def decide(self, purpose: str, entry: Entry) -> Decision:
        """Tell what this caller would read for a purpose, column by column; the entry is whole."""
        return decide(AccessRequest(self.principal, purpose, self.now, entry.spec, self.grants), self.rules(entry))

    def protects_data(self) -> bool:
        """Tell whether this caller answers for data protection."""
        return self.gate.policies().principals.protects_data(self.principal)

    def is_current(self) -> bool:
        """Tell whether this caller is in the teams that they come with: an older token may name others."""
        return not self.outdated and self.gate.policies().principals.is_current(self.principal)


@dataclass(frozen=True)
class PolicyGate:
    """Decide by the mesh's policies, asked for each time, and the ones that each product was registered with."""

    policies: Callable[[], Policies]
    clock: Clock
    _known: Weighed[tuple[str, str, str, str, Principal], Policies] = field(
        default_factory=lambda: Weighed[tuple[str, str, str, str, Principal], Policies](_KEPT)
    )

    def each(self, principal: Principal, contracts: Sequence[Contract], grants: tuple[Grant, ...] = ()) -> list[bool]:
        """Tell of every product whether the principal may know that it exists; of the rules made for it, keep none."""
        mesh, now = self.policies(), self.clock()
        return may_discover_each(
            (AccessRequest(principal, "", now, spec, grants), _made(mesh, principal, spec, text))
            for spec, text in contracts
        )

    def basis(self, principal: Principal) -> Hashable:
        """Give the digest of the mesh's rules, and who asks."""
        return self.policies().common_digest, principal

    def decide(self, principal: Principal, purpose: str, entry: Entry, grants: tuple[Grant, ...] = ()) -> Decision:
        """Tell what the principal would read for a purpose, column by column; `grants` are the principal's."""
        request = AccessRequest(principal, purpose, self.clock(), entry.spec, grants)
        return decide(request, self.rules(principal, entry.spec, entry.policies))

    def rules(self, principal: Principal, spec: Spec, policies: str) -> Policies:
        """Give the policies that decide about one product; kept, for making them costs more than asking them."""
        mesh = self.policies()
        key = mesh.common_digest, spec.id, spec.purpose, policies, principal
        kept = self._known.get(key)
        if kept is not None and kept.principals.claimed is mesh.principals.claimed:
            return kept
        return self._known.keep(key, _made(mesh, principal, spec, policies), _RULES + 4 * len(policies))


def _made(mesh: Policies, principal: Principal, spec: Spec, text: str) -> Policies:
    derived = [service_of(spec), *([principal] if _builds_its_own(principal) else [])]
    principals = with_derived(mesh.principals.declared, derived)
    return replace(mesh, principals=principals, products={governed_by(spec.id): text})


def _builds_its_own(principal: Principal) -> bool:
    """Tell whether a service is a product's: declared nowhere, it is known by whoever verified its name."""
    return principal.kind == "service" and principal.name.startswith(f"{principal.domain}.") and not principal.teams
