"""What an issuer publishes at one address, kept for a while.

Nothing that anybody sends leads to a request anywhere else, and no number of callers makes requests more frequent.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from meshwright.errors import CatalogUnavailable
from meshwright.io.issuer.http import Unanswered, answered

log = logging.getLogger(__name__)

WAIT_S = 1.0
"""How long a caller waits for another's fetch, unless said otherwise."""
PAUSE_S = 10.0
"""The least time between two fetches, whatever callers ask for."""
FRESH_S = 300.0
"""After this it is fetched again: a key that the issuer took back is refused from then on."""
KEPT_S = 3600.0
"""How long it holds while the issuer does not answer."""

T = TypeVar("T")


@dataclass
class Kept(Generic[T]):
    """What `read` makes of the answer of an address, None when that is not what it should be.

    Many threads may ask at once; one that fetches holds `fetching`. `what` and `form` are for what is said of it.
    """

    url: str
    read: Callable[[bytes], T | None]
    what: str
    form: str
    monotonic: Callable[[], float] = time.monotonic
    wait_s: float = WAIT_S
    fetching: threading.Lock = field(default_factory=threading.Lock)
    _held: tuple[float, T] | None = None
    _tried: float | None = None

    def find(self, enough: Callable[[T], bool]) -> T:
        """Return what is held, fetched again when it is old or not enough; raise `CatalogUnavailable` without any."""
        held = self._current()
        needed = held is None or not enough(held)
        if needed or self._age() >= FRESH_S:
            self._refresh(needed=needed)
            held = self._current()
        if held is None:
            raise CatalogUnavailable("issuer", f"its {self.what} cannot be fetched")
        return held

    def _current(self) -> T | None:
        held = self._held
        return held[1] if held is not None and self.monotonic() - held[0] < KEPT_S else None

    def _age(self) -> float:
        held = self._held
        return KEPT_S if held is None else self.monotonic() - held[0]

    def _refresh(self, *, needed: bool) -> None:
        """Fetch, unless that was tried just now; one thread does, and others wait only when they have to."""
        if self._just_tried():
            return
        if not self.fetching.acquire(timeout=self.wait_s if needed else 0):
            if needed:
                raise CatalogUnavailable("issuer", f"still waits for its {self.what} being fetched")
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
            found = self.read(answered(self.url, self.monotonic))
            if found is None:
                raise Unanswered(f"its answer is no {self.form}")
            self._held = begun, found
        except Unanswered as problem:
            log.warning("the issuer's %s were not fetched: %s", self.what, problem)
        finally:
            self._tried = self.monotonic()
