"""What a column's name says in any of the languages that `column_words.toml` has, as words that `kinds.py` knows."""

import re
from functools import lru_cache
from itertools import pairwise

from meshwright.names import snake_case
from meshwright.personal.lexicon import Lexicon, lexicons, words_of
from meshwright.personal.words import ABOUT

_FILE = "column_words.toml"
_OF_PEOPLE = ("state_number",)
"""What is said by all words of a name together, whatever its last one says: `emp_code`."""
_STILL = frozenset({"id", "status", "base", "plate", "list"})
"""What may stand last in the name of a number, or of how somebody lives."""
_SHORTENED = re.compile(r"([^\W\d_]{4,})\.(?=$|[\s)/-])")
"""What stands for the word that it begins: `Geschl.`, `Staatsang.`"""
_NEVER = {"id": "phone", "list": "demographic"}
"""What names that end so never mean: a `cell_id` is of a mast, a `sex_code_list` of codes."""


def _ends(words: list[str], phrases: Lexicon) -> bool:
    """Tell whether a name is one phrase of two words or more."""
    return len(words) > 1 and " ".join(words) in phrases.whole


@lru_cache(maxsize=10_000)
def tokens_of(name: str) -> tuple[str, ...]:
    """Spell a name as words without accents, and before them what phrases of other languages in it stand for.

    Behind them where `id` or `status` ends the name, which else says that a column is only about such a thing.
    Little is added where it is: `telefon_count`, `is_patient`.
    """
    tokens = snake_case(name).split("_")
    if tokens[0] in ("is", "has"):
        return tuple(tokens)
    words = words_of(name)
    if tokens[-1] in ABOUT - _STILL:
        return (*tokens, *(meaning for meaning in _OF_PEOPLE if _ends(words, lexicons(_FILE)[meaning])))
    joined = {first + second for first, second in pairwise(words)}
    unnumbered = [word.rstrip("0123456789") or word for word in words]
    spellings = (words,) if unnumbered == words else (words, unnumbered)
    shortened = tuple(" ".join(words_of(word)) for word in _SHORTENED.findall(name))
    meant = [
        meaning
        for meaning, phrases in lexicons(_FILE).items()
        if any(map(phrases.finds, spellings))
        or not joined.isdisjoint(phrases.long)
        or (shortened and any(phrase.startswith(shortened) for phrase in phrases.long))
    ]
    if "about" in meant:
        return tuple(tokens)
    meant = [meaning for meaning in meant if meaning != _NEVER.get(tokens[-1])]
    return (*tokens, *meant) if tokens[-1] in _STILL or not tokens[-1] else (*meant, *tokens)
