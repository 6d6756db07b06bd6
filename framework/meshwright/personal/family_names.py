# ruff: noqa: RUF001, SIM905 - forms of several languages read best on one line
"""Family names that are common in languages with capitals, and how people are addressed: `Frau Keller`."""

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from meshwright.personal.people import is_company, is_given_name, plain_letters

_TITLE = (
    r"(?:mrs?|ms|miss|dr|prof|herrn?|frau|hr|fr|fam(?:ilie)?|dhr|mevr(?:ouw)?|mw|meneer|mme|mlle|monsieur|madame|sra?|srta|dona?|dña|sig(?:ra|na)?|dott"
    r"|pan[ií]?|bay(?:an)?|bpk|bapak|ibu|encik|puan|cik|shri|smt|kum|mag|ing|drs|ir|eng|adv|rev|fru|herra|rouva|ông|bà|anh|chị|g-n|г-н|г-жа|пан[иі]?|господин|госпожа)"
)
_TITLED = re.compile(rf"{_TITLE}\.?(?:[ .]+{_TITLE}\.?)* ?(?P<name>[^\W\d_].*)", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_][\w'’.-]*(?:[ /]+[^\W\d_][\w'’.-]*){0,4}")
_BEHIND = re.compile(r",? (?:jr|sr|ii|iii|iv)\.?$", re.IGNORECASE)
_PARTS = re.compile(r"[ -]+")
_BEFORE = frozenset(
    "van von der den de del la le da di do dos das du ter ten zu zum el al bin ben st mac mc o d".split()
)
_MOST = 2
_SOME = 0.05


def is_titled(value: str) -> bool:
    """Tell whether a value is a name behind what people are addressed by."""
    found = _TITLED.fullmatch(value)
    return found is not None and _NAME.fullmatch(found["name"]) is not None and found["name"][0].isupper()


def is_family_name(value: str) -> bool:
    """Tell whether a value is a common family name, or two, or one that is a given name as well."""
    words = [word for word in _PARTS.split(_BEHIND.sub("", value)) if word.lower() not in _BEFORE]
    if not 1 <= len(words) <= _MOST or not all(word[:1].isupper() for word in words):
        return False
    return any(map(_is_common, words)) or _is_common("".join(words)) or all(map(is_given_name, words))


def families(values: Sequence[str]) -> int:
    """Count the family names; none where some of the values are companies, which are called after families, too."""
    companies = sum(map(is_company, values))
    return sum(map(is_family_name, values)) if companies <= _SOME * len(values) else 0


def _is_common(word: str) -> bool:
    return plain_letters(word.lower()).replace("'", "") in family_names()


@cache
def family_names() -> frozenset[str]:
    """Read the family names, in small letters and without accents; none that is as often a colour or a thing."""
    text = files("meshwright.personal").joinpath("family_names.txt").read_text(encoding="utf-8")
    return frozenset(text.split())
