"""Telephone numbers as the numbering plans of the countries have them."""

import re
from collections.abc import Sequence
from functools import cache

_DATE_OR_VERSION = re.compile(r"\d{4}-\d\d?-\d\d?.*|\d+(?:\.\d+){1,3}")
_GROUPED = re.compile(r"\(?\d{1,5}\)?(?:[ ./-]{1,2}\(?\d{1,5}\)?){1,6}|\(\d{2,5}\) ?\d{4,9}")
_WITHIN = re.compile(r"(?<![\w+])\+[1-9]\d{0,2}[ ()./\d-]{6,18}\d(?!\w)")
_REGIONS = (
    "US", "GB", "DE", "FR", "ES", "IT", "PL", "NL", "BE", "CH", "AT", "SE", "DK", "NO", "FI", "PT", "CZ", "HU", "RO",
    "GR", "IE", "TR", "BR", "MX", "AU", "NZ", "IN", "JP", "CN", "KR", "ZA", "SK", "BG", "HR",
)  # fmt: skip
_GLANCE = 40


@cache
def is_international(value: str) -> bool:
    """Tell whether a value is a telephone number with the code of its country, as long as numbers there may be."""
    return value.startswith(("+", "00")) and _long("+" + value.removeprefix("00").lstrip("+"))


def holds_international(value: str) -> bool:
    """Tell whether such a number stands somewhere in a value that has letters too."""
    return any(map(is_international, _WITHIN.findall(value))) and any(map(str.isalpha, value))


def national(values: Sequence[str]) -> int:
    """Count the values that are grouped numbers of one country's plan: the country that takes the most of them."""
    grouped = [v for v in values if _GROUPED.fullmatch(v) and not _DATE_OR_VERSION.fullmatch(v)]
    if len(grouped) * 2 < len(values):
        return 0
    glance = grouped[:_GLANCE]
    best = max(_REGIONS, key=lambda region: sum(_valid(v, region) for v in glance))
    return sum(_valid(v, best) for v in grouped)


def _long(value: str) -> bool:
    import phonenumbers  # noqa: PLC0415 - as in `_valid`

    try:
        # Numbers that plans keep for examples are possible, and not valid.
        return phonenumbers.is_possible_number(phonenumbers.parse(value, None))
    except phonenumbers.NumberParseException:
        return False


def _valid(value: str, region: str) -> bool:
    import phonenumbers  # noqa: PLC0415 - it takes long to import, and most tables hold no telephone number

    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(value, region))
    except phonenumbers.NumberParseException:
        return False
