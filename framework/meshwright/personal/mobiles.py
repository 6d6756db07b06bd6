# ruff: noqa: E501 - a table of forms reads best with a country an entry
"""Numbers of mobile telephones as people write them at home, in the countries with the most of them."""

import re
from collections.abc import Sequence

from meshwright.personal import phones

_FORMS = {
    "CN": r"1[3-9]\d[ -]?\d{4}[ -]?\d{4}", "IN": r"0?[6-9]\d{4}[ -]?\d{5}", "JP": r"0[789]0[ -]?\d{4}[ -]?\d{4}",
    "KR": r"01[016789][ .-]?\d{3,4}[ .-]?\d{4}", "ID": r"08\d{2}[ -]?\d{3,4}[ -]?\d{3,5}", "VN": r"0[35789]\d[ .]?\d{3}[ .]?\d{4}|0[35789]\d{2}[ .]?\d{3}[ .]?\d{3}",
    "TH": r"0[689]\d?[ -]?\d{3,4}[ -]?\d{4}", "PH": r"09\d{2}[ -]?\d{3}[ -]?\d{4}", "PK": r"03\d{2}[ -]?\d{7}", "BD": r"01[3-9]\d{2}[ -]?\d{6}",
    "MY": r"01\d[ -]?\d{3,4}[ -]?\d{4}", "AU": r"04\d\d[ ]?\d{3}[ ]?\d{3}", "SA": r"0?5\d[ ]?\d{3}[ ]?\d{4}", "EG": r"01[0125][ ]?\d{4}[ ]?\d{4}",
    "IR": r"09\d{2}[ -]?\d{3}[ -]?\d{4}", "IL": r"05\d[ -]?\d{3}[ -]?\d{4}", "TR": r"0? ?\(?5\d\d\)? ?\d{3} ?\d\d ?\d\d",
    "KZ": r"[78]?[ -]?\(?7\d\d\)?[ -]?\d{3}[ -]?\d\d[ -]?\d\d", "RU": r"[78]?[ -]?\(?9\d\d\)?[ -]?\d{3}[ -]?\d\d[ -]?\d\d", "UA": r"0(?:39|50|6[3678]|73|9[1-9])[ -]?\d{3}[ -]?\d\d[ -]?\d\d",
    "DE": r"01[567]\d[ /-]*\d{3,4}[ ]?\d{3,5}", "FR": r"0[67](?:[ .-]?\d\d){4}", "GB": r"07\d{3}[ ]?\d{3}[ ]?\d{3}", "ES": r"[67]\d\d(?:[ .-]?\d{3}){2}|[67]\d\d(?: \d\d){3}",
    "IT": r"3[2-9]\d[ /.-]?\d{3}[ ]?\d{3,4}", "PL": r"[5-8]\d\d[ -]?\d{3}[ -]?\d{3}", "NL": r"06[ -]?(?:\d[ ]?){8}", "SE": r"07[02369][ -]?\d{3}[ ]?\d\d[ ]?\d\d",
    "BR": r"\(?\d\d\)? ?9[ ]?\d{4}[ -]?\d{4}", "MX": r"\(?(?:55|33|81)\)?[ -]\d{3,4}[ -]\d{4}", "CO": r"3[0-5]\d[ -]?\d{3}[ -]?\d{4}", "AR": r"(?:11|15)[ -]?\d{4}[ -]?\d{4}",
    "NG": r"0[789][01]\d[ ]?\d{3}[ ]?\d{4}", "KE": r"0[17]\d{2}[ ]?\d{3}[ ]?\d{3}", "ZA": r"0[678]\d[ ]?\d{3}[ ]?\d{4}", "GH": r"0[25]\d[ ]?\d{3}[ ]?\d{4}",
    "CH": r"07[5-9][ ]?\d{3}[ ]?\d\d[ ]?\d\d", "CZ": r"[67]\d\d[ ]?\d{3}[ ]?\d{3}", "HU": r"06[ /-]?[2357]0[ /-]?\d{3}[ -]?\d{4}", "RO": r"07\d\d[ .]?\d{3}[ .]?\d{3}", "GR": r"69\d{1,2}[ ]?\d{3}[ ]?\d{3,4}",
    "AT": r"06\d{2}[ /-]*(?:\d[ ]?){6,7}\d", "BE": r"04\d\d[ /.-]?\d\d[ .]?\d\d[ .]?\d\d", "PT": r"9[1236]\d[ ]\d{3}[ ]\d{3}", "NO": r"[49]\d\d \d\d \d{3}", "DK": r"[2-9]\d(?: \d\d){3}",
    "FI": r"0(?:4\d|50)[ -]?\d{3,4}[ ]?\d{3,4}", "SK": r"09\d\d[ /]?\d{3}[ ]?\d{3}", "HR": r"09\d[ /-]?\d{3}[ -]?\d{3,4}", "RS": r"06\d[ /-]?\d{3,4}[ -]?\d{3,4}", "BG": r"08[789]\d[ ]?\d{3}[ ]?\d{3}",
    "AE": r"05[024568][ -]?\d{3}[ ]?\d{4}", "MA": r"0[67]\d\d[ -]?\d{6}|0[67](?:[ .-]\d\d){4}", "CL": r"9[ ]\d{4}[ ]\d{4}", "PE": r"9\d\d[ -]\d{3}[ -]\d{3}", "SG": r"[89]\d{3}[ -]\d{4}",
    "TZ": r"0[67]\d\d[ ]?\d{3}[ ]?\d{3}", "ET": r"09\d\d[ ]?\d{3}[ ]?\d{3}", "LK": r"07\d[ -]?\d{3}[ ]?\d{4}", "NZ": r"02[0-9][ -]?\d{3}[ -]?\d{3,4}", "TW": r"09\d\d[ -]?\d{3}[ -]?\d{3}",
}  # fmt: skip
_COMPILED = tuple(re.compile(form) for form in _FORMS.values())
_WRITTEN = re.compile(r"\(?\d[\d ()./-]{6,18}\d")
_GLANCE, _VARIED = 40, 4


def mobile(values: Sequence[str]) -> int:
    """Count the mobile numbers of the country that takes the most, and those with the code of a country.

    Without such codes, none where they begin alike, or most are bare digits without a zero in front: such are order
    numbers, too. Beside many of them also those of a second country, and codes without the `+`.
    """
    abroad = [value for value in values if value.startswith(("+", "00"))]
    home = [value for value in values if not value.startswith(("+", "00")) and _WRITTEN.fullmatch(value)]
    if not home or (len(home) + len(abroad)) * 2 < len(values):
        return 0
    international = sum(map(phones.is_international, abroad))
    found, others = _of_one_country(home)
    if international * 4 >= len(values):
        second, rest = _of_one_country(others)
        coded = [value for value in rest if not value.startswith("0") and phones.is_international(f"+{value}")]
        return international + len(found) + len(second) + len(coded)
    if len({value[:4] for value in found}) < _VARIED or _bare(found) * 2 > len(found):
        return 0
    return international + len(found)


def _of_one_country(numbers: Sequence[str]) -> tuple[list[str], list[str]]:
    """Tell the numbers of the country that takes the most from the others."""
    glance = numbers[:_GLANCE]
    best = max(_COMPILED, key=lambda form: sum(form.fullmatch(value) is not None for value in glance))
    found = [value for value in numbers if best.fullmatch(value)]
    return found, [value for value in numbers if not best.fullmatch(value)]


def _bare(numbers: Sequence[str]) -> int:
    return sum(number.isdecimal() and not number.startswith("0") and len(number) != 11 for number in numbers)
