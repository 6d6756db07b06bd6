"""How the lineage page writes names, kinds and classes."""

import unicodedata
from collections.abc import Sequence
from hashlib import blake2b
from zlib import crc32

from meshwright.names import printable

_HUES = 5
_ROW, _LABEL = 34, 18


def anchor(key: str) -> str:
    """Name a node in a page and behind the # of an address, whatever its name holds."""
    return f"n-{blake2b(key.encode(), digest_size=8).hexdigest()}"


def row(name: str, label: str) -> tuple[str, str]:
    """Cut a column's name and its class to what a row has room for: the class gives way first, but not wholly."""
    left = short(name, _ROW - min(_LABEL, len(label) + 2) if label else _ROW)
    return left, short(label, _ROW - 2 - len(left)) if label else ""


def fitting(classes: Sequence[str]) -> tuple[list[str], int]:
    """Choose the classes that fit in one line, and count the others."""
    told, room = list[str](), _ROW
    for each in classes:
        cut = each if told else short(each, _ROW - 6)
        if len(cut) + 2 > room - (4 if len(told) + 1 < len(classes) else 0):
            break
        told.append(cut)
        room -= len(cut) + 3
    return told, len(classes) - len(told)


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
