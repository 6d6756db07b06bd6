"""A figure that the demo shows, with the command that gives it again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One computed value and where it comes from."""

    name: str
    value: Any
    command: str


@dataclass(frozen=True, slots=True)
class Section:
    """One thing the demo shows: a few lines for people, the same as figures for programs."""

    title: str
    lines: Sequence[str]
    figures: Sequence[Figure] = field(default_factory=tuple)
