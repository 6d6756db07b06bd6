"""Steps that are taken beside the caller's work."""

import threading
from collections import deque
from collections.abc import Callable

BACKGROUND = "background"
"""The name of the thread, for whoever looks at those of a process."""


class Background:
    """Take steps in order in one thread, which lives while there are any; a process ends after the last of them.

    A step must end by itself, and raise nothing.
    """

    def __init__(self) -> None:
        self._steps: deque[Callable[[], None]] = deque()
        self._taken = threading.Lock()
        self._thread: threading.Thread | None = None

    def take(self, step: Callable[[], None]) -> None:
        """Add a step; return at once."""
        with self._taken:
            self._steps.append(step)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=BACKGROUND)
                self._thread.start()

    def wait(self) -> None:
        """Wait until every step was taken."""
        thread = self._thread
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        while (step := self._next()) is not None:
            step()

    def _next(self) -> Callable[[], None] | None:
        with self._taken:
            if self._steps:
                return self._steps.popleft()
            self._thread = None
            return None


def side_by_side(steps: list[Callable[[], None]]) -> None:
    """Take steps at the same time, and wait for all of them; they raise nothing."""
    threads = [threading.Thread(target=step, daemon=True) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
