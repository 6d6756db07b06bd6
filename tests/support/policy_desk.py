"""A product whose policies change, and people of data protection on every side of it."""

from collections.abc import Callable
from dataclasses import dataclass

from meshwright.access import Principal
from meshwright.registry import Receipt
from meshwright.spec import ColumnSpec, Registration, ScalarType
from meshwright_catalog.embedded import EmbeddedRegistry
from meshwright_catalog.gate import PolicyGate

PRODUCT = "sales.orders"
DORA = Principal("user", "dora", "office", ("office",), ())
DAN = Principal("user", "dan", "office", ("office",), ())
DORA_TOO = Principal("user", "dora-admin", "office", ("office",), (), person="dora")
FINN = Principal("user", "finn", "office", ("office", "order-desk"), ("operations",))
FINN_TOO = Principal("user", "finn-office", "office", ("office",), (), person="finn")
SAL = Principal("user", "sal", "sales", ("office",), ())
READ = """
@id("read") @why("the desk reads")
permit(principal in Mesh::Team::"order-desk", action in [Mesh::Action::"discover", Mesh::Action::"read"],
  resource == Mesh::Product::"sales.orders");
"""


def see(level: str, team: str = "order-desk", cls: str = "pii", name: str = "see") -> str:
    """Permit a team a level of a class."""
    scope = (
        f'principal in Mesh::Team::"{team}", action == Mesh::Action::"see_{level}", resource in Mesh::Class::"{cls}"'
    )
    return f'@id("{name}") @why("work") permit({scope});\n'


TOKEN, CLEAR = READ + see("token"), READ + see("clear")


@dataclass
class Desk:
    """A product whose policies change."""

    ana: EmbeddedRegistry
    gate: PolicyGate
    make: Callable[..., Registration]

    def hands_in(self, text: str, version: str = "1.0.0", owner: str = "order-desk", tests: str = "") -> Receipt:
        """Register the product with these policies, as a build does."""
        return self.ana.register(self.makes(text, version, owner, tests))

    def makes(self, text: str, version: str = "1.0.0", owner: str = "order-desk", tests: str = "") -> Registration:
        """Make what a build registers."""
        email = ColumnSpec(name="email", type=ScalarType(kind="string"), classes=("pii.contact.email",))
        stated = {"version": version, "owner": owner, "policies": text, "policy_tests": tests}
        return self.make(PRODUCT, "id", email, **stated)

    def level(self, major: int = 1) -> str:
        """Tell what the order desk sees of the address."""
        service = self.ana.acting_as(Principal("service", PRODUCT, "sales"))
        entry = service.find(PRODUCT, major)
        assert entry is not None
        return self.gate.decide(self.ana.principal, "operations", entry).column("email").level

    def states(self) -> list[tuple[int, str]]:
        """List the versions, oldest first."""
        return [(v.number, v.state) for v in reversed(self.ana.policy_review.versions(PRODUCT))]
