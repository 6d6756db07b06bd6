"""How the lineage page writes names, kinds and classes."""

import unicodedata
from collections.abc import Sequence
from zlib import crc32

from meshwright.names import printable

_HUES = 5


def short(text: str, most: int) -> str:
    """Cut the middle out of a name that has no room; wide letters count twice."""
    text = printable(text)
    if sum(map(_wide, text)) <= most:
        return text
    head, tail, room = "", "", (most - 1) / 2
    for letter in text:
        if sum(map(_wide, head + letter)) > room:
            break
        head += letter
    for letter in reversed(text):
        if sum(map(_wide, letter + tail)) > room:
            break
        tail = letter + tail
    return f"{head}…{tail}"


def kind_words(kinds: Sequence[str]) -> str:
    """Write OpenLineage's kinds for people; what does not hand values on says so."""
    return ", ".join(
        name.replace("_", " ").lower() + (" (indirect)" if kind == "INDIRECT" else "")
        for kind, _, name in (each.partition(":") for each in kinds)
    )


def hue(name: str) -> int:
    """Choose a class's colour by the top of its name, the same on every page; the name stands beside it always."""
    return crc32(name.partition(".")[0].encode()) % _HUES


def _wide(letter: str) -> int:
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
