"""Who may see what, and what changes it: `Mesh.access`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from meshwright.access.finding import Finding
from meshwright.access.review import AccessChange, Unheld
from meshwright.grants import Grants
from meshwright.mesh import allowing, granting, reviewing
from meshwright.mesh.asking import Asking
from meshwright.mesh.world import World
from meshwright.registry import WhoCan, WhoCanQuery


@dataclass(frozen=True)
class Access(Asking):
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

    @property
    def _grants(self) -> Grants:
        return granting.grants_of(self.world, self.principal)

    def _now(self) -> datetime:
        return self.world.clock()

    def test(self) -> tuple[list[Finding], int]:
        """Run the policy tests of every product; return the failures and the number of cases."""
        return allowing.run_tests(self.world)

    def _sights(self, product: str, asked: WhoCanQuery) -> WhoCan:
        return reviewing.who(self.world, self.principal, product, asked)

    def diff(self, base: str) -> list[AccessChange]:
        """Tell who gains or loses what since a git revision."""
        return list(reviewing.changed(self.world, base))

    def rotate_keys(self) -> str:
        """Make tokens with a new key from now on; return its id. What was published with the old one builds anew."""
        return self.world.rotate_keys()

    def coverage(self) -> tuple[int, tuple[Unheld, ...]]:
        """Count the policies, and find those whose removal no test would notice."""
        return reviewing.uncovered(self.world)
