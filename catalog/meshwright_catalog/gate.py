"""What the policies let a caller see: the catalog asks the same decision as every other surface."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from meshwright.access import AccessRequest, Decision, Policies, Principal, decide, may_discover, service_of
from meshwright.names import governed_by
from meshwright.spec import Registration, Spec

TokenVerifier = Callable[[str], Principal]
"""Turns a token into the principal it was signed for; raises `MeshError` when it was not, or no longer holds."""

_KEPT = 20_000


class Gate(Protocol):
    """The one access decision, as far as the catalog asks it."""

    def may_discover(self, principal: Principal, registration: Registration, now: datetime) -> bool:
        """Tell whether the principal may know that the product exists."""
        ...

    def decide(self, principal: Principal, registration: Registration, now: datetime, purpose: str) -> Decision:
        """Tell what the principal would read, column by column."""
        ...


@dataclass(frozen=True, slots=True)
class Visit:
    """One caller's visit: what the database says at this moment, who asks, and what lets them in."""

    session: Session
    principal: Principal
    gate: Gate
    now: datetime

    def may_discover(self, registration: Registration) -> bool:
        """Tell whether this caller may know that the product exists."""
        return self.gate.may_discover(self.principal, registration, self.now)


@dataclass(frozen=True)
class PolicyGate:
    """Decide by the mesh's policies and the ones that each product was registered with."""

    policies: Policies
    _known: dict[tuple[str, str, str, Principal], Policies] = field(default_factory=dict)

    def may_discover(self, principal: Principal, registration: Registration, now: datetime) -> bool:
        """Tell whether the principal may know that the product exists."""
        return may_discover(AccessRequest(principal, "", now, registration.spec), self._of(principal, registration))

    def decide(self, principal: Principal, registration: Registration, now: datetime, purpose: str) -> Decision:
        """Tell what the principal would read, column by column."""
        return decide(AccessRequest(principal, purpose, now, registration.spec), self._of(principal, registration))

    def _of(self, principal: Principal, registration: Registration) -> Policies:
        """Give the policies that decide about one product; kept, for making them costs more than asking them."""
        spec = registration.spec
        key = spec.id, spec.purpose, registration.policies, principal
        if key not in self._known:
            if len(self._known) >= _KEPT:
                self._known.clear()
            self._known[key] = self._made(principal, spec, registration.policies)
        return self._known[key]

    def _made(self, principal: Principal, spec: Spec, text: str) -> Policies:
        services = {spec.id: service_of(spec), **self.policies.principals.services}
        if principal.kind == "service" and principal.name.startswith(f"{principal.domain}."):
            # A product's service is declared nowhere but in its own domain; here a verified token speaks for it.
            services.setdefault(principal.name, principal)
        principals = replace(self.policies.principals, services=services)
        return replace(self.policies, principals=principals, products={governed_by(spec.id): text})
