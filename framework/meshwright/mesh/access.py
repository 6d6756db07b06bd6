"""Who may see what, and what changes it: `Mesh.access`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from meshwright.access.finding import Finding
from meshwright.access.review import AccessChange, Sight, Sought, Unheld
from meshwright.grants import EmergencyRequest, GrantLevel, Grants, GrantView, Orphan
from meshwright.markers import RevealLevel
from meshwright.mesh import allowing, granting, reviewing
from meshwright.mesh.world import World


@dataclass(frozen=True)
class Access:
    """The access rules of a workspace; `principal` is who asks for a change."""

    world: World
    principal: str | None = None

    def allow(
        self,
        team: str,
        product: str,
        *,
        level: Literal["read", "token", "coarse", "clear"],
        purpose: str,
        cls: str | None = None,
        why: str | None = None,
        write: bool = True,
    ) -> str:
        """Write a permit and its test beside a product; return the change as a diff."""
        return allowing.allow(self.world, team, product, allowing.Wish(level, purpose, cls, why or ""), write=write)

    def request(
        self,
        product: str,
        *,
        level: GrantLevel,
        purpose: str,
        until: datetime | timedelta,
        reason: str,
        columns: Sequence[str] = (),
        cls: str = "",
        grantee: str = "",
    ) -> GrantView:
        """Ask the owner for columns or a class at a level, until a time or for as long; return how the request stands.

        `grantee` is `team:NAME` or `service:domain.product`; empty: yourself.
        """
        ask = granting.Ask(product, level, purpose, until, reason, tuple(columns), cls, grantee)
        return granting.request(self.world, self.principal, ask)

    def break_glass(
        self, product: str, *, purpose: str, reason: str, columns: Sequence[str] = (), cls: str = ""
    ) -> GrantView:
        """Open classified columns for one hour without asking; loud."""
        wanted = EmergencyRequest(product=product, columns=tuple(columns), cls=cls, purpose=purpose, reason=reason)
        return granting.break_glass(self.world, self.principal, wanted)

    def requests(self) -> Sequence[GrantView]:
        """List what waits for you, newest first."""
        return self._grants.listed("waiting")

    def grants(self, product: str | None = None, *, owned: bool = False) -> Sequence[GrantView]:
        """List your own grants, or those of products that you answer for, newest first."""
        return self._grants.listed("owned" if owned else "mine", product)

    def approve(self, grant: str, *, note: str = "") -> GrantView:
        """Approve a request, as owner or as data protection; raise `NotYourDecision` for who asked."""
        return self._grants.say(grant, "approve", note)

    def refuse(self, grant: str, *, reason: str) -> GrantView:
        """Refuse a request."""
        return self._grants.say(grant, "refuse", reason)

    def revoke(self, grant: str, *, note: str = "") -> GrantView:
        """End a grant, or withdraw a request; it counts at the next decision."""
        return self._grants.say(grant, "revoke", note)

    def recertify(self, grant: str, *, note: str = "") -> GrantView:
        """Confirm as owner that a grant is still needed."""
        return self._grants.say(grant, "confirm", note)

    def review(self, grant: str, *, note: str = "") -> GrantView:
        """Say that a broken glass was looked at."""
        return self._grants.say(grant, "review", note)

    def orphans(self) -> Sequence[Orphan]:
        """List products without an owner and requests that nobody can decide; raise `DataProtectionOnly`."""
        return self._grants.orphans()

    @property
    def _grants(self) -> Grants:
        return granting.grants_of(self.world, self.principal)

    def test(self) -> tuple[list[Finding], int]:
        """Run the policy tests of every product; return the failures and the number of cases."""
        return allowing.run_tests(self.world)

    def who_can(
        self,
        product: str,
        *,
        column: str | None = None,
        level: RevealLevel | None = None,
        at: datetime | None = None,
    ) -> list[Sight]:
        """List everybody who may see a product; `at` asks for a past moment, by what the git repository held then."""
        return list(reviewing.who(self.world, product, Sought(column, level), at))

    def diff(self, base: str) -> list[AccessChange]:
        """Tell who gains or loses what since a git revision."""
        return list(reviewing.changed(self.world, base))

    def coverage(self) -> tuple[int, tuple[Unheld, ...]]:
        """Count the policies, and find those whose removal no test would notice."""
        return reviewing.uncovered(self.world)
