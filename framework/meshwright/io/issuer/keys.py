"""The public keys of an issuer, fetched from the one address that mesh.toml names (RFC 7517)."""

import threading
import time
from collections.abc import Callable

from meshwright.io.issuer.jwks import Found, usable_keys
from meshwright.io.issuer.kept import WAIT_S, Kept
from meshwright.io.issuer.tokens import PublicKey


class IssuerKeys:
    """The keys at an address, kept for a while; many threads may ask at once, and wait `wait_s` for one that does."""

    def __init__(self, url: str, monotonic: Callable[[], float] = time.monotonic, wait_s: float = WAIT_S) -> None:
        self._kept = Kept[Found](url, usable_keys, "keys", "set of keys", monotonic, wait_s)

    @property
    def fetching(self) -> threading.Lock:
        """What the thread that fetches holds."""
        return self._kept.fetching

    def find(self, kid: str, algorithm: str) -> PublicKey | None:
        """Return the key of an id and an algorithm, or None; raise `CatalogUnavailable` while no keys are to be had."""
        wanted = kid, algorithm
        return self._kept.find(lambda keys: wanted in keys).get(wanted)
