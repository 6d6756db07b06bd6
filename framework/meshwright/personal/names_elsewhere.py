# ruff: noqa: E501, RUF001 - titles are read best on one line; letters of several scripts
"""Names of people in scripts without capitals: by the surnames in front, or by a common name as one of few words."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from meshwright.personal.lexicon import words_of

_HAN = re.compile(r"[\u3400-\u9fff]{2,4}")
_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff々]{2,5}[ \u3000]?[\u3040-\u30ff\u3400-\u9fff々]{1,5}")
_HANGUL = re.compile(r"[\uac00-\ud7a3]{1,2} ?[\uac00-\ud7a3]{1,2}")
_ASIDE = re.compile(r" *[(（][^()（）]*[)）]$")
_CALLED = re.compile(
    r" ?(?:收|亲启|親啟|先生|女士|小姐|さん|様|さま|殿|君|氏|님|씨|[部課係社]長|主任|教授|老师|经理|선생님|대리|과장|부장|차장|사원|팀장|이사|대표|교수)$"
)
_MOST = 6
_KOREAN = frozenset(
    "민서지현수영은하윤준도예주연우성호진경희숙미정혜선아인원재승동상철태훈석규환식자순옥란나라람름솔별빛이유리소율린채빈건창광병종용기범찬혁욱근남길복춘말분금화명봉만문두덕학황항혁균구국강관권라령례로루림모무배백보봉부비빈사삼새샘세송슬시신심안애양언엄엽오완왕요운웅원월위윤율을음의익일임잎장전제조존중직천초추충치탁탄택평표풍필한해향헌협형홍효후휘흔흥"
)
"""Syllables of given names."""


def is_name_elsewhere(value: str) -> bool:
    """Tell whether a value is written as a person is called in a script without capitals."""
    if value.isascii() or len(value) > 60:
        return False
    whole = _ASIDE.sub("", value).strip()
    plain = _CALLED.sub("", whole).strip()
    if plain != whole and plain in (*_surnames("chinese"), *_surnames("japanese"), *_surnames("korean")):
        return True
    if _HANGUL.fullmatch(plain):
        joined = plain.replace(" ", "")
        return plain.startswith(_surnames("korean")) and 2 < len(joined) < 5 and set(joined[-2:]) <= _KOREAN
    if _JAPANESE.fullmatch(plain) and plain.startswith(_surnames("japanese")):
        return True
    if _HAN.fullmatch(plain):
        return plain.startswith(_surnames("chinese")) and (len(plain) < 4 or plain.startswith(_compound()))
    return _among_words(plain)


def _among_words(plain: str) -> bool:
    if any(map(str.isdecimal, plain)) or any(c.isupper() or c.islower() for c in plain):
        return False
    words = words_of(plain)
    return 1 < len(words) <= _MOST and not _common().isdisjoint(words)


def _surnames(language: str) -> tuple[str, ...]:
    return tuple(_read()[language])


@cache
def _compound() -> tuple[str, ...]:
    return tuple(name for name in _read()["chinese"] if len(name) > 1)


@cache
def _common() -> frozenset[str]:
    apart = (names for language, names in _read().items() if language not in ("chinese", "japanese", "korean"))
    return frozenset(word for names in apart for name in names for word in words_of(name))


@cache
def _read() -> Mapping[str, tuple[str, ...]]:
    text = files("meshwright.personal").joinpath("names_elsewhere.toml").read_text(encoding="utf-8")
    return {language: tuple(names.split()) for language, names in tomllib.loads(text).items()}
