"""Values that somebody lists: words that say what kind a thing is, and not what a person is called or known by."""

import re
from collections.abc import Collection, Sequence

from meshwright.personal.column_words import tokens_of
from meshwright.personal.names import has, human, party, person_name
from meshwright.personal.people import is_given_name, is_initialled, is_known_name, is_login, is_title
from meshwright.personal.streets import is_street
from meshwright.personal.words import KIND_OF

_LONGEST, _DIGITS = 40, 5
_CODE = re.compile(r"(?=[^0-9]*[0-9])[A-Za-z0-9][A-Za-z0-9_./+-]{0,9}")
_PHRASE = re.compile(r"[^\W_]+(?:[ _/&+.-]{1,3}[^\W_]+){0,3}")
_ALTERNATIVE = re.compile(r"[\w '@,.-]+")
_CALLED = has({"login"})


def may_be_personal(value: str, classes: Collection[str] = ()) -> bool:
    """Tell whether a value could itself be somebody's: a name, an address, a number, or a text that anybody wrote.

    `m`, `female` and `O+` say something of many; of a column that holds names (`pii.name`), all but titles and
    single letters is one.
    """
    text = value.strip()
    if any(name == "pii.name" or name.startswith("pii.name.") for name in classes):
        return sum(map(str.isalpha, text)) > 1 and not is_title(text)
    long = len(text) > _LONGEST or sum(map(str.isdecimal, text)) >= _DIGITS or "@" in text
    looks = (is_known_name, is_given_name, is_initialled, is_login, is_street)
    return long or any(each(text) for each in looks)


def alternatives(pattern: str) -> tuple[str, ...]:
    """List the values that a pattern spells out; none where it says how they are written."""
    found = [each.strip("()^$").removeprefix("?:").replace("\\", "") for each in pattern.split("|")]
    return tuple(found) if all(map(_ALTERNATIVE.fullmatch, found)) else ()


def may_be_listed(name: str, values: Sequence[str]) -> bool:
    """Tell whether the values of a column that nobody looked at yet are codes, or kinds by the column's name.

    What could name people is left out when in doubt: surnames are words as good as any.
    """
    tokens = list(tokens_of(name))
    if party(tokens) or human(tokens) or person_name(tokens) or _CALLED(tokens) or tokens[-1] == "by":
        return False
    if any(may_be_personal(value) for value in values):
        return False
    said = not KIND_OF.isdisjoint(tokens)
    return all((said and len(v) <= 24 and _PHRASE.fullmatch(v)) or _CODE.fullmatch(v) for v in values)
