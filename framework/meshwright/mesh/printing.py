"""Where goes what a team's own code prints: never into the answer of a command, and no classified value anywhere."""

import io
import sys
from collections.abc import Generator
from contextlib import contextmanager, redirect_stdout


class Withheld(io.TextIOBase):
    """Takes text, keeps none of it, and counts its `lines`."""

    def __init__(self) -> None:
        super().__init__()
        self.lines = 0

    def write(self, text: str) -> int:
        """Count the line breaks of a text."""
        self.lines += text.count("\n")
        return len(text)


@contextmanager
def aside() -> Generator[None]:
    """Send it to stderr: stdout belongs to whoever called, and may be read by a program."""
    with redirect_stdout(sys.stderr):
        yield


@contextmanager
def withheld(*, when: bool = True) -> Generator[Withheld]:
    """Keep it back where it may hold classified values, as `LazyFrame.inspect` prints them; else send it aside.

    A build goes on without it: whoever looks for a mistake prints, and a log that others read is not the place.
    """
    kept = Withheld()
    with redirect_stdout(kept if when else sys.stderr):
        yield kept
