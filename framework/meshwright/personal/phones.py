"""Telephone numbers as the numbering plans of the countries have them."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_DATE_OR_VERSION = re.compile(r"\d{4}-\d\d?-\d\d?.*|\d{1,3}(?:\.\d{1,3}){1,3}|\d\d?([./-])\d\d?\1\d{2,4}")
_GROUPED = re.compile(
    r"\(?\d{1,5}\)?(?:[ ./-]{1,3}\(?\d{1,5}\)?){1,6}|\(?\d{2,5}\)?[ ./-]{1,3}\d{4,9}|\(\d{2,5}\) ?\d{4,9}"
)
_EXTENSION = re.compile(r" ?(?:x|ext\.?) ?\d{1,6}")
_WITHIN = re.compile(r"(?<![\w+])\+[1-9]\d{0,2}[ ()./\d-]{6,18}\d(?!\w)")
_WITHIN_NATIONAL = re.compile(
    r"(?<![\w+/.-])(?:\(?0\d{1,4}\)?[ /-]{1,3}\d[\d ]{4,9}\d|\(?[2-9]\d\d\)?[ -]{1,2}\d{3}-\d{4})(?![\w/-])"
)
_TRUNK = re.compile(r"^1[-. ](?=\(?[2-9]\d\d\)?[-. ])")
_FEWEST = 8
_SHORT = [[3, 3, 3], [2, 3, 2, 2]]
"""Groups of nine digits that people write where their plan has others."""
_REGIONS = (
    "US", "GB", "DE", "FR", "ES", "IT", "PL", "NL", "BE", "CH", "AT", "SE", "DK", "NO", "FI", "PT", "CZ", "HU", "RO",
    "GR", "IE", "TR", "BR", "MX", "AU", "NZ", "IN", "JP", "CN", "KR", "ZA", "SK", "BG", "HR",
)  # fmt: skip
_GLANCE = 40
_CODED = re.compile(r"[1-9][0-9]{9,12}")
_VARIED = 4


@cache
def is_international(value: str) -> bool:
    """Tell whether a value is a telephone number with the code of its country, as long as numbers there may be."""
    plain = value.replace("(0)", "")
    return plain.startswith(("+", "00")) and _passes("+" + plain.removeprefix("00").lstrip("+"))


def holds_international(value: str) -> bool:
    """Tell whether a valid one stands somewhere in a value that has letters too."""
    return any(map(str.isalpha, value)) and any(
        _is_valid(found.replace("(0)", ""), None) for found in _WITHIN.findall(value)
    )


def coded(values: Sequence[str]) -> int:
    """Count the bare digits that are numbers with the code of their country; none where they begin alike.

    Numbers of orders begin alike, too, and so do those of one area.
    """
    if not all(map(_CODED.fullmatch, values[:_GLANCE])) or len({value[:6] for value in values}) < _VARIED:
        return 0
    return sum(_is_valid(f"+{value}", None) for value in values)


def national(values: Sequence[str]) -> int:
    """Count the values that are numbers of one country's plan, written as there: the country that takes the most.

    Numbers with the code of a country count with them, since people write both into one column.
    """
    abroad = [value for value in values if value.startswith(("+", "00")) and is_international(value)]
    written = [plain for value in values if _is_written(plain := _plain(value))]
    bare = [value for value in values if value.isdecimal() and len(value) >= _FEWEST]
    if not written or (len(abroad) + len(written)) * (4 if bare else 2) < len(values):
        return 0
    country = _country(written)
    return len(abroad) + _valid(written, country) + sum(_is_valid(value, country) for value in bare)


def held(values: Sequence[str]) -> int:
    """Count the texts in which such a number stands; none where hardly all that looks so is of one country's plan."""
    hits = [found for value in values if any(map(str.isalpha, value)) for found in _WITHIN_NATIONAL.findall(value)]
    valid = _valid(hits, _country(hits))
    return valid if valid >= 0.9 * len(hits) else 0


def _plain(value: str) -> str:
    return _TRUNK.sub("", re.sub(r"^0 ?\(", "(0", _EXTENSION.sub("", value)))


def _is_written(value: str) -> bool:
    long = sum(map(str.isdecimal, value)) >= _FEWEST
    return long and _GROUPED.fullmatch(value) is not None and not _DATE_OR_VERSION.fullmatch(value)


def _country(numbers: Sequence[str]) -> str:
    glance = numbers[:_GLANCE]
    return max(_REGIONS, key=lambda region: _valid(glance, region))


def _valid(numbers: Iterable[str], region: str) -> int:
    return sum(_is_national(number, region) for number in numbers)


def _is_national(value: str, region: str) -> bool:
    """Tell whether a number is one of a country, and is grouped, or begins, as its numbers are written."""
    import phonenumbers  # noqa: PLC0415 - it takes long to import, and most tables hold no telephone number

    parsed = _parsed(value, region)
    if parsed is None or not _is_somebodys(parsed):
        return False
    usual = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    return _alike(re.findall(r"\d+", value), re.findall(r"\d+", usual)) and ("-" not in value or _dashed(value, usual))


def _is_valid(value: str, region: str | None) -> bool:
    parsed = _parsed(value, region)
    return parsed is not None and _is_somebodys(parsed)


def _parsed(value: str, region: str | None) -> "PhoneNumber | None":
    import phonenumbers  # noqa: PLC0415 - as in `_is_national`

    try:
        return phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException:
        return None


def _is_somebodys(parsed: "PhoneNumber") -> bool:
    """Tell whether a number is one of a plan, and not one that companies rent for their callers."""
    import phonenumbers  # noqa: PLC0415 - as in `_is_national`

    kinds = phonenumbers.PhoneNumberType
    rented = (kinds.TOLL_FREE, kinds.SHARED_COST, kinds.PREMIUM_RATE, kinds.UAN)
    return phonenumbers.is_valid_number(parsed) and phonenumbers.number_type(parsed) not in rented


def _alike(groups: list[str], usual: list[str]) -> bool:
    """Tell whether digits stand in the usual groups, behind the usual code of an area, or in threes."""
    first, *rest = groups
    if rest == usual[1:]:
        return first in (usual[0], usual[0].lstrip("0"))
    if usual[0].startswith("0"):
        return first == usual[0] or (len(first) > 3 and usual[0].startswith(first))  # 0151 of 01512
    return (first == usual[0] and len(rest) == 1) or [len(group) for group in groups] in _SHORT


def _dashed(value: str, usual: str) -> bool:
    return "-" in usual or value.lstrip("(").startswith("0")


def _passes(value: str) -> bool:
    import phonenumbers  # noqa: PLC0415 - as in `_is_national`

    parsed = _parsed(value, None)
    # Numbers that plans keep for examples are possible, and not valid.
    return parsed is not None and phonenumbers.is_possible_number(parsed)
