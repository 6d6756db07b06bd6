"""A memory of bounded weight: what was kept or weighed longest ago is let go of first."""

from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Weighed(Generic[K, V]):
    """Values by their keys, together no heavier than `most` bytes; for several threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._kept: dict[K, tuple[V, int]] = {}
        self._weight = 0

    def get(self, key: K) -> V | None:
        """Give what is kept, or None."""
        found = self._kept.get(key)
        return None if found is None else found[0]

    def keep(self, key: K, value: V, weight: int) -> V:
        """Keep a value that weighs about so many bytes, in place of what its key had, and give it.

        What alone is heavier than everything may be is not kept.
        """
        with self._lock:
            self._let_go(key)
            if weight <= self._most:
                self._kept[key] = value, weight
                self._weight += weight
            while self._weight > self._most:
                self._let_go(next(iter(self._kept)))
        return value

    def _let_go(self, key: K) -> None:
        before = self._kept.pop(key, None)
        self._weight -= before[1] if before else 0
