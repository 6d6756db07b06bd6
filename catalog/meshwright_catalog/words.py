"""Split names and sentences into the words that are searched for; one way for documents and queries."""

import re
import unicodedata
from functools import lru_cache

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[^\W_]+")
_LONGEST = 60


@lru_cache(maxsize=65_536)
def words(text: str) -> tuple[str, ...]:
    """Split at case changes, underscores and punctuation; fold case and accents; make plurals singular."""
    plain = unicodedata.normalize("NFKD", _CAMEL.sub(" ", text))
    plain = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    return tuple(singular(word)[:_LONGEST] for word in _WORD.findall(plain))


def singular(word: str) -> str:
    """Take an English plural ending off; the same for every spelling is what matters, not the grammar."""
    if len(word) <= 3 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1]
