# ruff: noqa: RUF001 - letters of several scripts
"""Lists of words in the languages of the world, kept in readable files, and where they stand in a text.

A phrase is found on whole words, without case and accents. `*` before or after it stands for more letters; scripts
that put no spaces between words are looked for anywhere.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_SPACELESS = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "LAO", "MYANMAR", "KHMER")
_SHORTEST, _LONGEST = 2, 24
_JOINED = 6
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_ASCII = re.compile(r"[a-z0-9]+")
_LATIN = str.maketrans({"ß": "ss", "ł": "l", "ø": "o", "ı": "i", "đ": "d", "æ": "ae", "œ": "oe", "ς": "σ"})
_ACCENTS = range(0x300, 0x370)
_ARABIC_SIGNS = range(0x64B, 0x660)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Phrases of one meaning: whole ones, what words start, end or have within, and what stands anywhere.

    `long` are those that are one word and long enough to be known where somebody writes it as two.
    """

    whole: frozenset[str]
    starts: frozenset[str]
    ends: frozenset[str]
    within: tuple[str, ...]
    longest: int
    long: frozenset[str]

    def finds(self, words: Sequence[str]) -> bool:
        """Tell whether a phrase stands among words, as `words_of` gives them."""
        for n, word in enumerate(words):
            runs = (" ".join(words[n : n + length]) for length in range(2, self.longest + 1))
            if word in self.whole or any(word[-k:] in self.ends for k in self._lengths(word)):
                return True
            if self._starts(" ".join(words[n : n + self.longest])) or not self.whole.isdisjoint(runs):
                return True
        text = " ".join(words)
        return not text.isascii() and any(part in text for part in self.within)

    def takes(self, words: Sequence[str]) -> bool:
        """Tell whether some words are one phrase and nothing else."""
        text = " ".join(words)
        return text in self.whole or text in self.within or self._starts(text)

    def _starts(self, text: str) -> bool:
        return any(text[:k] in self.starts for k in self._lengths(text))

    @staticmethod
    def _lengths(text: str) -> range:
        return range(_SHORTEST, min(len(text), _LONGEST) + 1)


def words_of(text: str) -> list[str]:
    """Split a text into words in small letters and without accents; `OrderID` has two."""
    apart = _HUMP.sub(" ", text)
    if apart.isascii():
        return _ASCII.findall(apart.lower())
    return "".join(c if _is_letter(c) else " " for c in _bare(apart)).split()


@cache
def lexicons(file: str) -> Mapping[str, Lexicon]:
    """Read a file of this package: each of its tables is one lexicon, whatever the keys within are."""
    text = files("meshwright.personal").joinpath(file).read_text(encoding="utf-8")
    read: dict[str, dict[str, str]] = tomllib.loads(text)
    return {name: _lexicon(",".join(lists.values()).split(",")) for name, lists in read.items()}


def _lexicon(phrases: Iterable[str]) -> Lexicon:
    whole: set[str] = set()
    starts: set[str] = set()
    ends: set[str] = set()
    long: set[str] = set()
    within: set[str] = set()
    for phrase in phrases:
        plain = " ".join(words_of(phrase.replace("*", "")))
        if not plain:
            continue
        before, after = phrase.strip().startswith("*"), phrase.strip().endswith("*")
        if _spaceless(plain):
            (within if len(plain) > 1 or before or after else whole).add(plain)
            continue
        whole.add(plain)
        long.update([plain] if len(plain) >= _JOINED and " " not in plain else ())
        if len(plain) > _JOINED and plain.isascii():
            whole.add(plain.replace(" ", ""))  # dateofbirth
        starts.update([plain] if after else ())
        ends.update([plain] if before else ())
    longest = max((phrase.count(" ") + 1 for phrase in whole), default=1)
    return Lexicon(
        frozenset(whole), frozenset(starts), frozenset(ends), tuple(sorted(within)), longest, frozenset(long)
    )


def _bare(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.lower().translate(_LATIN))
    kept = (c for c in apart if ord(c) not in _ACCENTS and ord(c) not in _ARABIC_SIGNS)
    return unicodedata.normalize("NFC", "".join(kept)).replace("آ", "ا").replace("ي", "ی").replace("ك", "ک")


@cache
def _is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMN"


def _spaceless(text: str) -> bool:
    return not text.isascii() and unicodedata.name(text[0], "").startswith(_SPACELESS)
