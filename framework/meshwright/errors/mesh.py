"""The root of the tree, and how its sentences name what is near."""

from collections.abc import Collection
from difflib import get_close_matches


def counted(number: int, thing: str) -> str:
    """Count things in words: `1 row`, `1,000 rows`."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def nearest(name: str, known: Collection[str]) -> str:
    """Compose the end of a sentence that offers the nearest known name, or lists a few."""
    if match := get_close_matches(name, known, 1):
        return f"; did you mean {match[0]!r}?"
    if not known:
        return ""
    some = ", ".join(sorted(known)[:8])
    return f"; known: {some}{', ...' if len(known) > 8 else ''}"


class MeshError(Exception):
    """Say where, what is wrong and what to do, in one line and without a cell's value."""

    def __init__(self, where: str, problem: str, hint: str = "") -> None:
        self.where = where
        self.problem = problem
        self.hint = hint
        super().__init__(f"{where}: {problem}" + (f" ({hint})" if hint else ""))
