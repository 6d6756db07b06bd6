"""How many answers are under way, of each principal and together."""

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from threading import Lock

from anyio import CapacityLimiter

from meshwright.access import Principal
from meshwright.errors import TooManyRequests
from meshwright_catalog.gateway.limits import Limits


class Streams:
    """Count answers under way, so that nobody takes the gateway from the others."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._lock = Lock()
        self.threads = CapacityLimiter(limits.threads)
        self._running: Counter[tuple[str, str]] = Counter()

    @contextmanager
    def place(self, principal: Principal) -> Generator[None]:
        """Hold a place for one answer; raise `TooManyRequests` when there is none."""
        who = principal.kind, principal.name
        with self._lock:
            if self._running[who] >= self._limits.streams_each or self._running.total() >= self._limits.streams:
                raise TooManyRequests("catalog")
            self._running[who] += 1
        try:
            yield
        finally:
            with self._lock:
                self._running[who] -= 1
                self._running += Counter()  # drops those who are at zero

    @property
    def running(self) -> int:
        """Tell how many answers are under way."""
        with self._lock:
            return self._running.total()
