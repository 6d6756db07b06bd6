"""The public keys of an issuer, fetched from the one address that mesh.toml names (RFC 7517).

Nothing in a token leads to a request anywhere else, and no token, however many come, makes requests more frequent.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from meshwright.errors import CatalogUnavailable
from meshwright.io.access_tokens import PublicKey
from meshwright.io.jwks import Found, usable_keys

log = logging.getLogger(__name__)

TIMEOUT_S = 3.0
WAIT_S = 1.0
"""How long a caller waits for another's fetch."""
PAUSE_S = 10.0
"""The least time between two fetches, whatever tokens ask for."""
FRESH_S = 300.0
"""After this keys are fetched again: one that the issuer took back is refused from then on."""
KEPT_S = 3600.0
"""How long keys hold while the issuer does not answer."""
MOST_BYTES = 256 * 1024

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class _Unfetched(Exception):
    """Why an issuer's answer was not taken."""


@dataclass
class IssuerKeys:
    """The keys at an address, kept for a while; many threads may ask at once, and one that fetches holds `fetching`."""

    url: str
    monotonic: Callable[[], float] = time.monotonic
    fetching: threading.Lock = field(default_factory=threading.Lock)
    _held: tuple[float, Found] | None = None
    _tried: float | None = None

    def find(self, kid: str, algorithm: str) -> PublicKey | None:
        """Return the key of an id and an algorithm, or None; raise `CatalogUnavailable` while no keys are to be had."""
        wanted = kid, algorithm
        held = self._current()
        if held is None or wanted not in held or self._age() >= FRESH_S:
            self._refresh(needed=held is None or wanted not in held)
            held = self._current()
        if held is None:
            raise CatalogUnavailable("issuer", "its keys cannot be fetched")
        return held.get(wanted)

    def _current(self) -> Found | None:
        held = self._held
        return held[1] if held is not None and self.monotonic() - held[0] < KEPT_S else None

    def _age(self) -> float:
        held = self._held
        return KEPT_S if held is None else self.monotonic() - held[0]

    def _refresh(self, *, needed: bool) -> None:
        """Fetch, unless that was tried just now; one thread does, and others wait only when they have to."""
        if self._just_tried():
            return
        if not self.fetching.acquire(timeout=WAIT_S if needed else 0):
            if needed:
                raise CatalogUnavailable("issuer", "its keys are being fetched")
            return
        try:
            if not self._just_tried():
                self._fetch()
        finally:
            self.fetching.release()

    def _just_tried(self) -> bool:
        return self._tried is not None and self.monotonic() - self._tried < PAUSE_S

    def _fetch(self) -> None:
        begun = self.monotonic()
        try:
            keys = usable_keys(fetched(self.url, self.monotonic))
            if keys is None:
                raise _Unfetched("its answer is no set of keys")
            self._held = begun, keys
        except _Unfetched as problem:
            log.warning("the issuer's keys were not fetched: %s", problem)
        finally:
            self._tried = self.monotonic()


def fetched(url: str, monotonic: Callable[[], float]) -> bytes:
    """Get what the address itself answers, following nothing and reading only so much."""
    import httpx

    away = urlsplit(url).hostname not in _LOOPBACK
    deadline = monotonic() + TIMEOUT_S
    body = bytearray()
    try:
        with (
            httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, trust_env=away) as client,
            client.stream("GET", url, headers={"Accept": "application/json", "Accept-Encoding": "identity"}) as answer,
        ):
            if answer.status_code != 200:
                raise _Unfetched(f"it answers {answer.status_code}")
            for chunk in answer.iter_raw():
                body += chunk
                if len(body) > MOST_BYTES or monotonic() > deadline:
                    raise _Unfetched("its answer is too long, or comes too slowly")
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as problem:
        raise _Unfetched(type(problem).__name__) from None
    return bytes(body)
