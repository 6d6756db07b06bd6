# ruff: noqa: E501, RUF001, RUF002 - forms of several languages read best on one line
"""What stands in a text about somebody, or leaves a trace of somebody on the net, by how it is written."""

import ipaddress
import re
from itertools import pairwise

from meshwright.personal.people import is_given_name

_TITLE = (
    r"Herrn?|Frau|Hr\.|Fr\.|Mr\.?|Mrs\.?|Ms\.?|Miss|Mme|Mlle|Monsieur|Madame|Sra?\.|Señora?|Dona?|Sig\.(?:ra)?|Signora?|Dott\.(?:ssa)?"
    r"|Dhr\.?|Mevr\.?|Mevrouw|Meneer|Pan(?:em|[aiuie])?|Panią|Paní|Gospođa|Gospodin|Domnul|Doamna|Bay|Bayan|Bapak|Pak|Ibu|Bu|Ông|Bà|Anh|Chị|Encik|Puan"
    r"|Bwana|Bi|Г-н|Г-жа|Господин|Госпожа|Пан|Пані|Κος|Κα|Kos|Dr\.|Prof\."
)
_TITLED = re.compile(rf"(?<![\w-])(?:{_TITLE}) (?:[A-ZÀ-ÞΑ-ΩА-ЯŁŚŻŽČŠŘŐŞÇİĐ]\.? ?)?[A-ZÀ-ÞΑ-ΩА-ЯŁŚŻŽČŠŘŐŞÇİĐ][^\W\d_]+")
_UNSPACED = re.compile(
    r"[\u3400-\u9fff\u30a0-\u30ff]{1,4}(?:先生|女士|小姐|さん|様|氏(?![\u3400-\u9fff]))|[\uac00-\ud7a3]{2,4} ?(?:님|씨)(?=\W|[은는이가의께을를]|$)"
    r"|(?:السيدة?|الأستاذة?|الدكتورة?|الآنسة) \w{3,}|(?:מר|גב'|גברת|ד\"ר) \w{2,}|(?:श्री|श्रीमती|डॉ\.?) [\u0900-\u097f]{2,}|(?:นาย|นางสาว|นาง|คุณ)[\u0e00-\u0e7f]{3,}"
)
_WORDS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)?")
_FEWEST = 4
_DAY = r"(?:\d{1,2}[./-] ?\d{1,2}[./-] ?(?:\d{4}|\d\d)|\d{4}-\d\d-\d\d|\d{1,2}\.? [^\W\d_]{3,9}\.? \d{4}|\d{4}年\d{1,2}月\d{1,2}日)"
_BORN = re.compile(
    rf"(?:\bgeb(?:oren)?\.?(?: am| op)?|\*|\bborn(?: on)?|\bd\.?o\.?b\.?:?|\bné(?:e|\(e\))? le|\bnacid[oa] el|\bnascid[oa] em|\bnat[oa] il|\bur\.|\bnar\.|\bszül\.?"
    rf"|\bnăscut(?:ă)?(?: la)?|\bf(?:ø|ö)dt?d?|\bs\.|\bрод(?:\.|илс[яь]|илась)|\bр\.|\bнар\.|\bd\.? ?t\.?:?|\blahir|\bsinh(?: ngày)?:?|\bγεν(?:\.|νήθηκε)|مواليد|נולדה?) ?{_DAY}"
    rf"|{_DAY} ?(?:г\. ?р\.|р\. ?н\.|生まれ?|출생|生\b)|\d{{4}}년 ?\d{{1,2}}월 ?\d{{1,2}}일생",
    re.IGNORECASE,
)
_ICD = re.compile(r"[A-TV-Z]\d\d\.\d{1,2}[+*!]?(?: ?[GVAZRLB]{1,2})?")
_CODED = re.compile(r"[A-TV-Z]\d[0-9A-Z](?:\.?\w{1,4})?[+*!]?")
_FATHERED = re.compile(
    r"\b[А-ЯІЇЄҐ][а-яіїєґё]{2,}(?:[иі]ч[ауем]{0,2}|вн[аыуеоі]й?)\b|\b[А-ЯІЇЄҐЁ][а-яіїєґё'’-]{2,} [А-ЯІЇЄҐ]\. ?[А-ЯІЇЄҐ]\."
)
_COOKIE = re.compile(
    r"Mozilla/\d.*|(?:GA|GS|fb|FB)\d?\.\d\.\d{6,}\.\w{6,}|(?:GA|GS)\d\.\d\.[\w$.-]{10,}|fb\.\d\.\d{10,}\.[\w-]+"
)
_TRACE = re.compile(r"(?=.*\d)[\w.:{}%/=+-]{8,}")
_IP = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])")


def speaks_of_somebody(value: str) -> bool:
    """Tell whether a text of some words names a person: `Rückruf bei Frau Keller`, a given name before another one."""
    words = _WORDS.findall(value[:400])
    if not value.isascii() and _FATHERED.search(value):
        return True
    if not value.isascii() and _UNSPACED.search(value):
        return len(value) > 8
    if len(words) < _FEWEST:
        return False
    if _TITLED.search(value):
        return True
    pairs = pairwise(words)
    return any(
        first[:1].isupper() and second[:1].isupper() and not first.isupper() and len(second) > 1
        and is_given_name(first) and f"{first} {second}" in value
        for first, second in pairs
    )  # fmt: skip


def is_born_on(value: str) -> bool:
    """Tell whether a value says that somebody was born on a day: `geb. 3.5.1971`, `* 3.5.1971`, `д.р. 03.05.1971`."""
    return len(value) < 80 and _BORN.search(value) is not None


def is_age(value: str) -> bool:
    """Tell whether a value is an age in years."""
    return value.isdecimal() and int(value) < 120


def is_icd(value: str) -> bool:
    """Tell whether a value is written like the code of an illness (ICD-10) with its place behind the point."""
    return _ICD.fullmatch(value) is not None


def is_illness_code(value: str) -> bool:
    """Tell whether a value is written like the code of an illness, for a column that is called so."""
    return _CODED.fullmatch(value) is not None


def is_cookie(value: str) -> bool:
    """Tell whether a value is a cookie by which advertisers know a browser, or what a browser says of itself."""
    return _COOKIE.fullmatch(value) is not None


def is_trace(value: str) -> bool:
    """Tell whether a value is written like what knows a device or a browser again."""
    return _TRACE.fullmatch(value) is not None or is_cookie(value)


def holds_public_address(value: str) -> bool:
    """Tell whether a public IP address stands in a longer text, such as a line of a log."""
    if value.count(".") < 3 or len(value) < 24:
        return False
    return any(map(is_public, _IP.findall(value)))


def is_public(value: str) -> bool:
    """Tell whether an IP address is routed on the net, and hardly a version."""
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return False
    return address.is_global and max(address.packed) > 31
