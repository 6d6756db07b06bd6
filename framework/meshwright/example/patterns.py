"""Texts that match a regular expression: literals, classes, groups, alternatives and counts, and no more."""

import re
import string
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import polars as pl

_PRINTABLE = "".join(sorted(set(string.printable) - set(string.whitespace))) + " "
_ESCAPED = {
    "d": string.digits,
    "w": string.ascii_lowercase + string.ascii_uppercase + string.digits + "_",
    "s": " ",
    "t": "\t",
    "n": "\n",
    "r": "\r",
}
_COUNT = re.compile(r"\{(\d+)(?:(,)(\d*))?\}")
_UNBOUNDED = 10**6


@dataclass(frozen=True, slots=True)
class Repeat:
    """A set of characters or a choice of sequences, so many times."""

    of: "str | tuple[tuple[Repeat, ...], ...]"
    least: int
    most: int


class _Unsupported(Exception):
    """Syntax outside of the subset."""


def matching(pattern: str, number: int, low: int, high: int | None) -> str | None:
    """Give the `number`th text of a length from `low` to `high` that matches, or None when none can be guessed."""
    try:
        choice, end = _choice(pattern, 0)
    except (_Unsupported, IndexError):
        return None
    if end != len(pattern):
        return None
    for extra in range(low + 2):
        text = _nth(choice, number, extra)
        if low <= len(text) and (high is None or len(text) <= high) and _matches(pattern, text):
            return text
    return None


def _matches(pattern: str, text: str) -> bool:
    return bool(pl.select(pl.lit(text).str.contains(f"^(?:{pattern})$")).item())


def _size(choice: Sequence[Sequence[Repeat]], extra: int) -> int:
    return sum(prod(_room(part) ** _times(part, extra) for part in sequence) for sequence in choice)


def _room(part: Repeat) -> int:
    return len(part.of) if isinstance(part.of, str) else _size(part.of, 0)


def _times(part: Repeat, extra: int) -> int:
    return min(part.least + extra, part.most)


def _nth(choice: Sequence[Sequence[Repeat]], number: int, extra: int) -> str:
    """Count through the texts like an odometer: the last character turns fastest."""
    number %= _size(choice, extra)
    for sequence in choice:
        room = prod(_room(part) ** _times(part, extra) for part in sequence)
        if number < room:
            return _spell(sequence, number, extra)
        number -= room
    raise AssertionError("a number below the sum of all rooms lies in one of them")


def _spell(sequence: Sequence[Repeat], number: int, extra: int) -> str:
    texts: list[str] = []
    for part in reversed(sequence):
        for _ in range(_times(part, extra)):
            number, digit = divmod(number, _room(part))
            texts.append(part.of[digit] if isinstance(part.of, str) else _nth(part.of, digit, 0))
    return "".join(reversed(texts))


def _choice(pattern: str, at: int) -> tuple[tuple[tuple[Repeat, ...], ...], int]:
    options: list[tuple[Repeat, ...]] = []
    sequence: list[Repeat] = []
    while at < len(pattern) and pattern[at] != ")":
        if pattern[at] == "|":
            options.append(tuple(sequence))
            sequence, at = [], at + 1
        elif pattern[at] in "^$":  # the whole value matches anyway
            at += 1
        else:
            of, at = _atom(pattern, at)
            least, most, at = _count(pattern, at)
            sequence.append(Repeat(of, least, most))
    return (*options, tuple(sequence)), at


def _atom(pattern: str, at: int) -> "tuple[str | tuple[tuple[Repeat, ...], ...], int]":
    char = pattern[at]
    if char == "(":
        return _group(pattern, at + 1)
    if char == "[":
        return _set(pattern, at + 1)
    if char == "\\":
        return _escape(pattern[at + 1]), at + 2
    if char in "*+?{}":
        raise _Unsupported
    return (string.ascii_lowercase if char == "." else char), at + 1


def _group(pattern: str, at: int) -> tuple[tuple[tuple[Repeat, ...], ...], int]:
    if opening := re.compile(r"\?(?::|P?<\w+>)").match(pattern, at):
        at = opening.end()
    elif pattern[at] == "?":
        raise _Unsupported
    inner, at = _choice(pattern, at)
    if pattern[at] != ")":
        raise _Unsupported
    return inner, at + 1


def _escape(char: str) -> str:
    if char in _ESCAPED:
        return _ESCAPED[char]
    if char in "DWS":
        return "".join(c for c in _PRINTABLE if c not in _ESCAPED[char.lower()])
    if char.isalnum():
        raise _Unsupported
    return char


def _set(pattern: str, at: int) -> tuple[str, int]:
    negated = pattern[at] == "^"
    at += negated
    chars: list[str] = []
    while pattern[at] != "]" or not chars:
        if pattern[at] == "[" or pattern[at : at + 2] in ("&&", "--", "~~"):
            raise _Unsupported
        low, at = _member(pattern, at)
        if pattern[at] == "-" and pattern[at + 1] != "]" and len(low) == 1:
            high, at = _member(pattern, at + 1)
            low = "".join(map(chr, range(ord(low), min(ord(high), ord(low) + 500) + 1)))
        chars += low
    found = [c for c in _PRINTABLE if c not in chars] if negated else list(dict.fromkeys(chars))
    if not found:
        raise _Unsupported
    return "".join(found), at + 1


def _member(pattern: str, at: int) -> tuple[str, int]:
    return (_escape(pattern[at + 1]), at + 2) if pattern[at] == "\\" else (pattern[at], at + 1)


def _count(pattern: str, at: int) -> tuple[int, int, int]:
    simple = {"?": (0, 1), "*": (0, _UNBOUNDED), "+": (1, _UNBOUNDED)}
    if at >= len(pattern):
        return 1, 1, at
    if pattern[at] in simple:
        (least, most), at = simple[pattern[at]], at + 1
    elif found := _COUNT.match(pattern, at):
        least = int(found[1])
        most = int(found[3]) if found[3] else _UNBOUNDED if found[2] else least
        at = found.end()
    else:
        return 1, 1, at
    return least, most, at + (pattern[at : at + 1] == "?")
