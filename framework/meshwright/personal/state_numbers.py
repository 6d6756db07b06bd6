"""Numbers by which states know people that python-stdnum lacks: how they are written, and what their digits prove."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import cycle

from stdnum import luhn
from stdnum.exceptions import ValidationError

_APART = re.compile(r"[ ./()-]")
_SINGAPORE = {"S": (0, "JZIHGFEDCBA"), "T": (4, "JZIHGFEDCBA"), "F": (0, "XWUTRQPNMLK"), "G": (4, "XWUTRQPNMLK")}
_NEW_ZEALAND = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_TAIWAN = "ABCDEFGHJKLMNPQRSTUVXYWZIO"


def _weighed(digits: Sequence[int], weights: Sequence[int], modulus: int) -> int:
    return sum(d * w for d, w in zip(digits, cycle(weights), strict=False)) % modulus


def _crossed(digits: str, weights: Sequence[int]) -> int:
    """Sum the digits of the products, as German insurance does."""
    return sum(sum(divmod(int(d) * w, 10)) for d, w in zip(digits, cycle(weights), strict=False)) % 10


def _lettered(text: str) -> str:
    """Write letters as their place in the alphabet, with two digits."""
    return "".join(c if c.isdecimal() else f"{ord(c) - 64:02}" for c in text)


def _card_of_germany(text: str) -> bool:
    return _weighed([int(c, 36) for c in text[:-1]], (7, 3, 1), 10) == int(text[-1])


def _health_of_germany(text: str) -> bool:
    return _crossed(_lettered(text[:-1]), (1, 2)) == int(text[-1])


def _pension_of_germany(text: str) -> bool:
    return _crossed(_lettered(text[:-1]), (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)) == int(text[-1])


def _snils(text: str) -> bool:
    return _weighed([int(c) for c in text[:9]], range(9, 0, -1), 101) % 100 == int(text[9:])


def _inn_of_a_person(text: str) -> bool:
    digits = [int(c) for c in text]
    first, second = (7, 2, 4, 10, 3, 5, 9, 4, 6, 8), (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
    return (_weighed(digits[:10], first, 11) % 10, _weighed(digits[:11], second, 11) % 10) == (digits[10], digits[11])


def _card_of_taiwan(text: str) -> bool:
    place = _TAIWAN.index(text[0]) + 10
    return _weighed([place // 10, place % 10, *map(int, text[1:])], (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1), 10) == 0


def _card_of_hong_kong(text: str) -> bool:
    values = [36 if len(text) == 8 else int(text[0], 36), *(int(c, 36) for c in text[-8:])]
    return _weighed(values, range(9, 0, -1), 11) == 0


def _card_of_singapore(text: str) -> bool:
    offset, letters = _SINGAPORE[text[0]]
    return letters[(_weighed([int(c) for c in text[1:8]], (2, 7, 6, 5, 4, 3, 2), 11) + offset) % 11] == text[8]


def _card_of_egypt(text: str) -> bool:
    try:
        date(1700 + 100 * int(text[0]), int(text[1:3]) % 12 + 1, 1)
        date(2000, int(text[3:5]), int(text[5:7]))
    except ValueError:
        return False
    return 1 <= int(text[7:9]) <= 88


def _by_luhn(text: str) -> bool:
    try:
        return bool(luhn.validate(text))
    except ValidationError:
        return False


def _person_of_latvia(text: str) -> bool:
    return (1101 - sum(int(d) * w for d, w in zip(text, (1, 6, 3, 7, 9, 10, 5, 8, 4, 2), strict=False))) % 11 == int(
        text[10]
    )


def _person_of_kazakhstan(text: str) -> bool:
    digits = [int(c) for c in text]
    first = _weighed(digits[:11], range(1, 12), 11)
    check = first if first < 10 else _weighed(digits[:11], (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2), 11)
    return check == digits[11]


def _patient_of_new_zealand(text: str) -> bool:
    values = [_NEW_ZEALAND.index(c) + 1 if c.isalpha() else int(c) for c in text]
    total = sum(v * w for v, w in zip(values, range(7, 1, -1), strict=False))
    if text[6].isalpha():
        return values[6] == 23 - total % 23
    return total % 11 != 0 and (11 - total % 11) % 10 == values[6]


def _patient_of_australia(text: str) -> bool:
    return _weighed([int(c) for c in text[:8]], (1, 3, 7, 9), 10) == int(text[8])


def _researcher(text: str) -> bool:
    total = 0
    for digit in text[-16:-1]:
        total = (total + int(digit)) * 2
    return "0123456789X"[(12 - total % 11) % 11] == text[-1]


def _shape(_: str) -> bool:
    return True


_NUMBERS: Mapping[str, tuple[str, Callable[[str], bool]]] = {
    "ae.id": (r"784(?:19|20)\d{10}", _by_luhn),
    "au.medicare": (r"[2-6]\d{9}[1-9]?", _patient_of_australia),
    "de.card": (r"(?=.*[A-Z])[CFGHJKLMNPRTVWXYZ][0-9CFGHJKLMNPRTVWXYZ]{8}\d", _card_of_germany),
    "de.kvnr": (r"[A-Z]\d{9}", _health_of_germany),
    "de.rvnr": (r"\d{8}[A-Z]\d{3}", _pension_of_germany),
    "eg.id": (r"[23]\d{13}", _card_of_egypt),
    "gb.nino": (r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]", _shape),
    "hk.id": (r"[A-Z]{1,2}\d{6}[\dA]", _card_of_hong_kong),
    "kz.iin": (r"\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[1-6]\d{5}", _person_of_kazakhstan),
    "lv.pk": (r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d\d[0-2]\d{4}", _person_of_latvia),
    "nz.nhi": (r"[A-HJ-NP-Z]{3}(?:\d{4}|\d{2}[A-HJ-NP-Z]{2})", _patient_of_new_zealand),
    "orcid": (r"(?:HTTPS?:ORCIDORG)?000000\d{9}[\dX]", _researcher),
    "ru.inn": (r"\d{12}", _inn_of_a_person),
    "ru.snils": (r"\d{11}", _snils),
    "sg.nric": (r"[STFG]\d{7}[A-Z]", _card_of_singapore),
    "sa.id": (r"[12]\d{9}", _by_luhn),
    "tw.id": (r"[A-Z][1289]\d{8}", _card_of_taiwan),
}
NAMES = tuple(_NUMBERS)


def validator(name: str) -> Callable[[str], bool]:
    """Give the check of one kind of numbers; values may have spaces and dashes."""
    pattern, passes = _NUMBERS[name]
    shaped = re.compile(pattern)

    def is_valid(value: str) -> bool:
        plain = _APART.sub("", value).upper()
        return shaped.fullmatch(plain) is not None and passes(plain)

    return is_valid
