"""Grants for one principal, over the services that the API calls."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from meshwright.access import Principal
from meshwright.grants import Act, EmergencyRequest, Grant, GrantRequest, GrantView, Orphan, Status, Which
from meshwright_catalog.catalog import Catalog
from meshwright_catalog.grants import service
from meshwright_catalog.grants.lists import Asked, listed
from meshwright_catalog.grants.orphans import orphans


@dataclass(frozen=True)
class EmbeddedGrants:
    """Ask for access, and decide about it, in the caller's own process."""

    catalog: Catalog
    principal: Principal

    def request(self, wanted: GrantRequest) -> GrantView:
        """Ask; raise `GrantRejected` or `UnknownProduct`."""
        with self.catalog.change(self.principal) as visit:
            return service.request(visit, wanted)

    def break_glass(self, wanted: EmergencyRequest) -> GrantView:
        """Open classified columns for an hour without asking."""
        with self.catalog.change(self.principal) as visit:
            return service.break_glass(visit, wanted)

    def say(self, grant: str, act: Act, note: str = "") -> GrantView:
        """Approve, refuse, revoke, confirm or review."""
        with self.catalog.change(self.principal) as visit:
            return service.say(visit, grant, act, note)

    def listed(self, which: Which, product: str | None = None, status: Status | None = None) -> Sequence[GrantView]:
        """List grants, newest first."""
        with self.catalog.visit(self.principal) as visit:
            asked = Asked(which, product, statuses=frozenset({status} if status else ()))
            page = listed(visit, asked)
            found = [*page.grants]
            while page.next:
                page = listed(visit, replace(asked, before=page.next))
                found += page.grants
            return found

    def held(self) -> Sequence[Grant]:
        """Give the grants that may count for the principal."""
        return self.catalog.grants(self.principal)

    def orphans(self) -> Sequence[Orphan]:
        """List what nobody answers for; raise `DataProtectionOnly`."""
        with self.catalog.visit(self.principal) as visit:
            return orphans(visit)
