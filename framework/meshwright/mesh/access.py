"""Who may see what, and what changes it: `Mesh.access`."""

from dataclasses import dataclass
from typing import Literal

from meshwright.access.finding import Finding
from meshwright.mesh import allowing
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

    def test(self) -> tuple[list[Finding], int]:
        """Run the policy tests of every product; return the failures and the number of cases."""
        return allowing.run_tests(self.world)
