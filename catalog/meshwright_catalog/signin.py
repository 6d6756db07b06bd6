"""Say who a development token speaks for, by the mesh's own list of people and services."""

from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from meshwright.access import Principal, Principals
from meshwright.io.tokens import verify_token
from meshwright.names import product_id
from meshwright.ports import Clock


@dataclass(frozen=True)
class DevelopmentTokens:
    """Verify tokens that `mesh token` signed with the workspace's key; `principals` are read at each call."""

    key: Ed25519PublicKey
    principals: Callable[[], Principals]
    clock: Clock

    def __call__(self, token: str) -> Principal:
        """Return the principal; raise `MeshError` for a forged or expired token or one who is no longer known."""
        identity = verify_token(token, self.key, self.clock())
        known = self.principals()
        if identity.kind == "service" and identity.name not in known.services:
            domain, _ = product_id(identity.name)
            return Principal("service", identity.name, domain)
        return known.find(identity.name, identity.kind)
